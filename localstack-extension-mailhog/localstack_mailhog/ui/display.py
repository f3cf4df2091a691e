"""How values are shown to people: the filters of the templates."""

import re
from collections.abc import Iterator

from localstack_mailhog.content.links import urls_in

_BIDI_CONTROLS = dict.fromkeys(
    (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)), "\ufffd"
)
"""Characters that change the direction of what follows: with them ``gnp.exe`` looks like ``exe.png``."""

_OPENED = ("http://", "https://", "mailto:")
"""What a link may begin with to be one here."""


def size(count: int) -> str:
    """A number of bytes."""
    if count < 1000:
        return f"{count} B"
    amount, unit = (count / 1e3, "kB") if count < 999_500 else (count / 1e6, "MB")
    return f"{amount:.0f} {unit}" if amount >= 9.95 else f"{amount:.1f} {unit}"


def honest(text: str) -> str:
    """*text* with the characters made visible that would show it in another order than it has."""
    return text.translate(_BIDI_CONTROLS)


def name(author: str) -> str:
    """How a list names an author: by the name that stands before the address, or by the address."""
    found = re.match(r'\s*"?([^"<>]+?)"?\s*<', author)
    return found[1] if found else author.strip(" <>") or "<>"


def address(url: str) -> str:
    """Where a link of a mail leads, if it may be followed from here; empty otherwise."""
    if url.lower().startswith("www."):
        return f"http://{url}"
    return url if url.lower().startswith(_OPENED) else ""


def linked(text: str) -> Iterator[tuple[str, str]]:
    """*text* in pieces, each with the address that it links to, if any."""
    end = 0
    for url in urls_in(text):
        begin = text.find(url, end)
        if begin < 0 or not url:
            continue
        yield text[end:begin], ""
        yield url, address(url)
        end = begin + len(url)
    yield text[end:], ""
