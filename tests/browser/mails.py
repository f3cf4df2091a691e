"""Mails for the pages to show, and putting them into a sink."""

import struct
import zlib
from email.message import EmailMessage
from email.policy import SMTP

from localstack_mailhog.mailbox.mail import Mail
from localstack_mailhog.sink import MailSink

SECONDS = 10


def deliver(
    sink: MailSink, raw: bytes, to: tuple[str, ...] = ("b@y.example",), sender: str = "a@x.example"
) -> str:
    """Put a mail into the sink; its id."""
    return sink.deliver(Mail(sender, to, raw)).result(SECONDS)


def deliver_subjects(sink: MailSink, *subjects: str) -> list[str]:
    """Put a small mail for each subject into the sink; their ids."""
    return [deliver(sink, f"Subject: {subject}\r\n\r\nText\r\n".encode()) for subject in subjects]


def deliver_many(sink: MailSink, count: int, first: int = 0) -> None:
    """Put that many small mails into the sink, whose subjects are numbers from *first* on."""
    futures = [
        sink.deliver(
            Mail("a@x.example", ("b@y.example",), f"Subject: {number}\r\n\r\nText\r\n".encode())
        )
        for number in range(first, first + count)
    ]
    for future in futures:
        future.result(SECONDS)


def order() -> EmailMessage:
    """A mail as shops send it: text and HTML, an image in it, a code, links, attachments."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = "Shop <shop@x.example>", "Zoë <zoe@y.example>"
    mail["Subject"] = "Bestellung"
    mail["DKIM-Signature"] = "v=1; d=x.example"
    mail.set_content("Der Code ist 402913.\nMehr: https://x.example/order?id=1&b=2.\n")
    mail.add_alternative(
        "<h1 style='display: flex'>Das HTML</h1><img id=logo src='cid:logo@x'>"
        "<a href='https://x.example/track'>Verfolgen</a>"
        "<a href='javascript:alert(1)'>Böse</a>",
        subtype="html",
    )
    html = mail.get_payload()[1]  # type: ignore[index]
    html.add_related(png(), "image", "png", cid="<logo@x>")  # type: ignore[union-attr]
    mail.add_attachment(b"PDF" * 500, "application", "pdf", filename="Rechnüng.pdf")
    mail.add_attachment(png(), "image", "png", filename="photo.png")
    mail.add_attachment("Zeile;ä\n".encode(), "text", "csv", filename="table.csv")
    return mail


def png(width: int = 8, height: int = 8) -> bytes:
    """An image."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + crc

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress((b"\0" + b"\x80" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
