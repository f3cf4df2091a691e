"""A maildir: mail as files, one a mail, for other programs to read and for those who have one already.

What is there when the mailbox is opened is taken in, and what comes is written through before it is acknowledged. The
envelope stands in front of the mail, in the fields in which delivery agents put it, and is taken off again when the
file is read; so the mail stays what it was, byte for byte. MailHog's own files, which it calls a maildir, are read,
too. Marks and tags are not written, and what other programs do meanwhile is not seen.
https://cr.yp.to/proto/maildir.html
"""

import contextlib
import os
import re
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import getaddresses
from pathlib import Path

from localstack_mailhog.content.decoded import decode_headers
from localstack_mailhog.mailbox.errors import MailboxUnavailable
from localstack_mailhog.mailbox.mail import Mail

_OURS = re.compile(
    rb"X-Mailhog-Id: (?P<id>[^\r\n]*)\r\n"
    rb"Return-Path: <(?P<sender>[^\r\n]*)>\r\n"
    rb"(?P<recipients>(?:Delivered-To: [^\r\n]*\r\n)*)"
    rb"X-Mailhog-Helo: (?P<helo>[^\r\n]*)\r\n"
)
_MAILHOGS = re.compile(
    rb"HELO:<(?P<helo>[^\r\n]*)>\r\nFROM:<(?P<sender>[^\r\n]*)>\r\n"
    rb"(?P<recipients>(?:TO:<[^\r\n]*>\r\n)*)\r\n"
)
_FLAGS = re.compile(r":2,[A-Z]*S")


@dataclass(frozen=True, slots=True)
class Stored:
    """A mail in a maildir."""

    name: str
    """Its file, seen from the maildir's folder."""
    mail: Mail
    id: str
    """The sink's id; empty where another program put the mail there."""
    created: int
    """In nanoseconds since 1970."""
    unread: bool


class Maildir:
    """A maildir on disk.

    :param folder: where it is; it is made where it is not there
    :raises MailboxUnavailable: where it cannot be made
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            for name in ("tmp", "new", "cur"):
                (folder / name).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise MailboxUnavailable(f"no maildir can be made in {folder}: {error}") from error

    def read(self) -> Iterator[Stored]:
        """Every mail, oldest first; what is no mail, or cannot be read, is left out.

        :raises MailboxUnavailable: where the maildir cannot be read
        """
        try:
            paths = [
                path
                for where in (self.folder, self.folder / "new", self.folder / "cur")
                for path in where.iterdir()
                if path.is_file() and not path.name.startswith(".")
            ]
            aged = sorted((path.stat().st_mtime_ns, path) for path in paths)
        except OSError as error:
            raise MailboxUnavailable(f"{self.folder} cannot be read: {error}") from error
        for created, path in aged:
            with contextlib.suppress(OSError):
                stored = self._parse(path, created)
                if stored is not None:
                    yield stored

    def write(self, mail: Mail, identifier: str, created: int) -> str:
        """Put a mail there, whole or not at all, and return its file's name.

        :raises OSError: where that cannot be
        """
        recipients = "".join(f"Delivered-To: {recipient}\r\n" for recipient in mail.recipients)
        envelope = (
            f"X-Mailhog-Id: {identifier}\r\nReturn-Path: <{mail.sender}>\r\n{recipients}"
            f"X-Mailhog-Helo: {mail.helo}\r\n"
        )
        # Ids have characters that file names should not have.
        file = f"{created // 1_000_000_000}.{urllib.parse.quote(identifier, safe='')}"
        temporary, name = self.folder / "tmp" / file, f"new/{file}"
        try:
            temporary.write_bytes(envelope.encode("utf-8", "surrogateescape") + mail.raw)
            os.utime(temporary, ns=(created, created))
            temporary.rename(self.folder / name)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
        return name

    def remove(self, name: str) -> None:
        """Delete a mail, if it is still there."""
        with contextlib.suppress(OSError):
            (self.folder / name).unlink(missing_ok=True)

    def _parse(self, path: Path, created: int) -> Stored | None:
        raw = path.read_bytes()
        name = str(path.relative_to(self.folder))
        is_flat = path.parent == self.folder
        found = (_MAILHOGS if is_flat else _OURS).match(raw)
        if found is None:
            return None if is_flat else self._foreign(name, raw, created)
        mail = Mail(
            _text(found["sender"]),
            tuple(
                _text(re.sub(rb"^Delivered-To: |^TO:<|>$", b"", line))
                for line in found["recipients"].splitlines()
            ),
            raw[found.end() :],
            _text(found["helo"]),
        )
        identifier = _text(os.fsencode(path.name) if is_flat else found["id"])
        return Stored(name, mail, identifier, created, unread=not _FLAGS.search(name))

    def _foreign(self, name: str, raw: bytes, created: int) -> Stored:
        """A mail that another program put there: its envelope is what its head says."""
        headers = decode_headers(raw)

        def addresses(*wanted: str) -> tuple[str, ...]:
            values = [value for key, value in headers if key.lower() in wanted]
            return tuple(dict.fromkeys(each for _, each in getaddresses(values) if each))

        sender = addresses("return-path") or addresses("from")
        recipients = addresses("delivered-to", "x-original-to") or addresses("to", "cc", "bcc")
        mail = Mail(sender[0] if sender else "", recipients, raw)
        return Stored(name, mail, "", created, unread=not _FLAGS.search(name))


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
