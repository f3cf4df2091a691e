"""A document of plain lines as PDF (ISO 32000): one font, and as many pages as it takes."""

from collections.abc import Sequence

LINES = 48
"""How many lines there are on a page."""

_WIDTH, _HEIGHT, _MARGIN, _SIZE, _LEADING = 595, 842, 60, 11, 15
"""Of A4, in points."""

_ESCAPED = {ord(each): f"\\{each}" for each in "\\()"}


def document(lines: Sequence[str]) -> bytes:
    """A PDF with *lines* of text; what its font, Helvetica in WinAnsi, lacks is a question mark."""
    pages = [lines[first : first + LINES] for first in range(0, max(len(lines), 1), LINES)]
    # The catalogue, the tree of pages and the font are the first three; each page has two more.
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, page in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {_WIDTH} {_HEIGHT}] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * number} 0 R >>".encode()
        )
        objects.append(_stream(page))
    return _file(objects)


def _stream(lines: Sequence[str]) -> bytes:
    top = _HEIGHT - _MARGIN
    shown = b"".join(
        b"(" + line.translate(_ESCAPED).encode("cp1252", "replace") + b") Tj T*\n" for line in lines
    )
    text = f"BT /F1 {_SIZE} Tf {_LEADING} TL {_MARGIN} {top} Td\n".encode() + shown + b"ET"
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text)


def _file(objects: Sequence[bytes]) -> bytes:
    """The objects, numbered, and the table of where each begins."""
    file, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    return file + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (count, table, count, len(file))
    )
