"""The mail that is being read: its views, and previews of its attachments.

A view is a way to look at a mail. To add one is to add it to :data:`VIEWS` and to write its template.
"""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from localstack_mailhog.api.own.shapes import AUTHENTICATION
from localstack_mailhog.content.codes import codes_of
from localstack_mailhog.content.decoded import Decoded, Part, decode_mail
from localstack_mailhog.content.html_check import Finding, check_html
from localstack_mailhog.content.links import Link, links_of
from localstack_mailhog.mailbox.digest import Summary
from localstack_mailhog.mailbox.mail import Entry
from localstack_mailhog.ui import frame
from localstack_mailhog.ui.display import linked

MOST_TEXT = 300_000
"""How many characters of a text or of the source are shown; the download has them all."""

MOST_PARTS = 500
MOST_FIELDS = 500
MOST_FIELD = 10_000
"""How many characters of a field of the head are shown."""

MOST_ATTACHMENTS = 50
MOST_THUMBNAILS = 12
MOST_BYTES_WITH_THUMBNAILS = 5_000_000
MOST_PARTS_WITH_THUMBNAILS = 200
"""Each image is a request that takes the mail apart again: a larger mail's are shown only when they are asked for."""

IMAGES = {
    *("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp"),
    *("image/svg+xml", "image/x-icon", "image/vnd.microsoft.icon"),
}
"""What browsers show as an image. Drawings run no scripts where they are images."""

_TEXTS = {"application/json", "application/xml", "application/javascript", "message/rfc822"}


class Opened:
    """A mail that is being read. What it says is found out when a view asks.

    :param raw: its bytes
    """

    def __init__(self, entry: Entry, summary: Summary, raw: bytes) -> None:
        self.entry = entry
        self.summary = summary
        self.raw = raw
        self.mail: Decoded = decode_mail(raw)

    @functools.cached_property
    def views(self) -> "list[View]":
        """The views that this mail has."""
        return [view for view in VIEWS if view.fits(self)]

    def view(self, name: str) -> "View":
        """The view of that name; where this mail has none, the one that tells most."""
        return next((view for view in self.views if view.name == name), self.views[0])

    @functools.cached_property
    def links(self) -> tuple[Link, ...]:
        """Where it leads."""
        return links_of(self.mail)

    @functools.cached_property
    def codes(self) -> tuple[str, ...]:
        """What a reader may have to type somewhere."""
        return codes_of(self.mail)

    @functools.cached_property
    def html_check(self) -> tuple[Finding, ...]:
        """What the HTML uses that some mail program lacks."""
        return check_html(self.mail.html or "")

    @property
    def has_remote_images(self) -> bool:
        """Whether images are left out of the HTML unless they are asked for."""
        return frame.wants_remote_images(self.mail)

    @property
    def is_html_cut(self) -> bool:
        """Whether only the beginning of the HTML is shown."""
        return len(self.mail.html or "") > frame.MOST_HTML

    @property
    def text(self) -> Iterator[tuple[str, str]]:
        """The text in pieces, each with the address that it links to, if any."""
        return linked((self.mail.text or "")[:MOST_TEXT])

    @property
    def is_text_cut(self) -> bool:
        """Whether only the beginning of the text is shown."""
        return len(self.mail.text or "") > MOST_TEXT

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The fields of the head, those that are endless cut."""
        return [
            (name, value if len(value) <= MOST_FIELD else f"{value[:MOST_FIELD]}…")
            for name, value in self.mail.headers[:MOST_FIELDS]
        ]

    @property
    def authentication(self) -> list[tuple[str, str]]:
        """Those of them that say, or with which somebody may check, who sent the mail."""
        return [(name, value) for name, value in self.fields if name.lower() in AUTHENTICATION]

    @property
    def source(self) -> str:
        """The beginning of the mail as it came."""
        return self.raw[:MOST_TEXT].decode("utf-8", "replace").replace("\r\n", "\n")

    @property
    def is_source_cut(self) -> bool:
        """Whether there is more of it."""
        return len(self.raw) > MOST_TEXT

    @property
    def parts(self) -> list[Part]:
        """The parts, as many as are shown."""
        return list(self.mail.parts[:MOST_PARTS])

    @functools.cached_property
    def attachments(self) -> "list[Attachment]":
        """The attachments, as many as are shown."""
        shown = [Attachment(part) for part in self._apart[:MOST_ATTACHMENTS]]
        if (
            len(self.raw) <= MOST_BYTES_WITH_THUMBNAILS
            and len(self.mail.parts) <= MOST_PARTS_WITH_THUMBNAILS
        ):
            images = [each for each in shown if each.kind == "image"]
            for each in images[:MOST_THUMBNAILS]:
                each.has_thumbnail = True
        return shown

    @property
    def attachments_left_out(self) -> int:
        """How many there are besides."""
        return len(self._apart) - len(self.attachments)

    @functools.cached_property
    def _apart(self) -> list[Part]:
        """The attachments that are not shown in the HTML."""
        inside = frame.shown_within(self.mail)
        return [part for part in self.mail.attachments if part not in inside]

    def attachment(self, section: str) -> "Attachment | None":
        """The attachment, or other part with content, of that section."""
        for part in self.mail.parts:
            if part.section == section and not part.is_divided:
                return Attachment(part)
        return None


class Attachment:
    """A part that can be looked at or saved."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.section = part.section
        self.has_thumbnail = False

    @property
    def kind(self) -> str:
        """How it is previewed: as ``image`` or ``text``; empty for not at all.

        A PDF is not: what shows it in a browser runs its scripts, and shows nothing in a sandbox.
        """
        content_type = self.part.content_type
        if content_type in IMAGES:
            return "image"
        return "text" if content_type.startswith("text/") or content_type in _TEXTS else ""

    @property
    def text(self) -> str:
        """The beginning of the text."""
        return self.part.text[:MOST_TEXT]

    @property
    def is_text_cut(self) -> bool:
        """Whether there is more of it."""
        return len(self.part.text) > MOST_TEXT


@dataclass(frozen=True, slots=True)
class View:
    """A way to look at a mail: ``templates/views/<name>.html``."""

    name: str
    label: str
    fits: Callable[[Opened], object]
    """Whether a mail can be looked at so."""
    count: Callable[[Opened], int] | None = None
    """How many things there are to see."""


VIEWS = (
    View("html", "HTML", lambda mail: mail.mail.html is not None),
    View("text", "Text", lambda mail: mail.mail.text is not None),
    View("headers", "Headers", lambda mail: True, lambda mail: len(mail.mail.headers)),
    View(
        "links",
        "Links and codes",
        lambda mail: mail.links or mail.codes,
        lambda mail: len(mail.links) + len(mail.codes),
    ),
    View("parts", "Structure", lambda mail: True, lambda mail: len(mail.mail.parts)),
    View("source", "Source", lambda mail: True),
    View("check", "HTML check", lambda mail: mail.mail.html is not None),
)
