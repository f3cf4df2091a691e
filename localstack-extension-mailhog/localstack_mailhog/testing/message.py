"""A mail as a test sees it."""

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from localstack_mailhog.content.codes import codes_of
from localstack_mailhog.content.decoded import Decoded, Part, decode_mail
from localstack_mailhog.content.html_scan import visible_text
from localstack_mailhog.content.links import Link, links_of

Pattern = str | re.Pattern[str]
"""What something should be, or have in it; a compiled pattern is searched for."""


def has(text: str, wanted: Pattern) -> bool:
    """Whether *wanted* is in *text*."""
    if isinstance(wanted, re.Pattern):
        return wanted.search(text) is not None
    return wanted in text


def shown(wanted: Pattern) -> str:
    """What is wanted, as a person reads it."""
    return f"/{wanted.pattern}/" if isinstance(wanted, re.Pattern) else repr(wanted)


class ReceivedMessage(Mapping[str, str]):
    """A mail: a mapping of its headers, decoded, whose names may be written in any case.

    Of a header that occurs more than once, the mapping has the first; :meth:`get_all` has all.

    :param summary: what the sink's lists have of it
    :param load: gets its bytes, once, when they are first needed
    """

    def __init__(self, summary: Mapping[str, Any], load: Callable[[], bytes]) -> None:
        self.id: str = summary["id"]
        """The sink's id of it."""
        self.position: int = summary["position"]
        """Where it stands in the order of arrival."""
        self.sender: str = summary["sender"]
        """The envelope's sender; empty for the null sender."""
        self.recipients: list[str] = list(summary["recipients"])
        """The envelope's recipients: those of ``Bcc``, too."""
        self.subject: str = summary["subject"]
        """The subject, decoded; empty where there is none."""
        self.tags: list[str] = list(summary["tags"])
        """The tags that it had when it was read."""
        self._load = load

    @functools.cached_property
    def raw(self) -> bytes:
        """The bytes that were sent."""
        return self._load()

    @property
    def text(self) -> str:
        """The plain text, with line ends as in Python; empty where there is none."""
        return self._decoded.text or ""

    @property
    def html(self) -> str:
        """The HTML; empty where there is none."""
        return self._decoded.html or ""

    @property
    def readable_text(self) -> str:
        """What a reader sees: the plain text, or where there is none the text of the HTML."""
        return self.text if self.text.strip() else visible_text(self.html)

    @property
    def attachments(self) -> tuple[Part, ...]:
        """The parts that are neither the text nor the HTML."""
        return self._decoded.attachments

    @functools.cached_property
    def links(self) -> tuple[Link, ...]:
        """The links of the HTML, and those of the text that the HTML does not have: ``url`` and ``text`` of each."""
        return links_of(self._decoded)

    @functools.cached_property
    def codes(self) -> tuple[str, ...]:
        """One-time codes, the likeliest first."""
        return codes_of(self._decoded)

    def link(self, wanted: Pattern) -> str:
        """The address of the first link that has *wanted* in its text or in its address.

        :raises AssertionError: where there is none; the message lists the links
        """
        __tracebackhide__ = True
        for link in self.links:
            if has(link.text, wanted) or has(link.url, wanted):
                return link.url
        there = [f"{link.text!r}: {link.url}" for link in self.links]
        raise AssertionError(_missing(f"no link with {shown(wanted)}", self, "links", there))

    @property
    def code(self) -> str:
        """The likeliest one-time code.

        :raises AssertionError: where there is none; the message has the text
        """
        __tracebackhide__ = True
        if not self.codes:
            lines = self.readable_text.strip().splitlines()
            raise AssertionError(_missing("no one-time code", self, "text", lines))
        return self.codes[0]

    def attachment(self, wanted: Pattern) -> Part:
        """The first attachment that has *wanted* in its file name: its ``content``, ``content_type`` and so on.

        :raises AssertionError: where there is none; the message lists the attachments
        """
        __tracebackhide__ = True
        for part in self.attachments:
            if has(part.filename, wanted):
                return part
        there = [f"{part.filename!r}: {part.content_type}" for part in self.attachments]
        raise AssertionError(
            _missing(f"no attachment with {shown(wanted)}", self, "attachments", there)
        )

    def get_all(self, name: str) -> list[str]:
        """Every header of that name, in order."""
        wanted = name.lower()
        return [value for key, value in self._decoded.headers if key.lower() == wanted]

    def __getitem__(self, name: str) -> str:
        values = self.get_all(name)
        if not values:
            raise KeyError(name)
        return values[0]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(self.get_all(name))

    def __iter__(self) -> Iterator[str]:
        names: dict[str, str] = {}
        for name, _ in self._decoded.headers:
            names.setdefault(name.lower(), name)
        return iter(names.values())

    def __len__(self) -> int:
        return len({key.lower() for key, _ in self._decoded.headers})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ReceivedMessage) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return (
            f"<mail from {self.sender or '<>'} to {', '.join(self.recipients)}: {self.subject!r}>"
        )

    @functools.cached_property
    def _decoded(self) -> Decoded:
        return decode_mail(self.raw)


MOST_LINES = 20


def _missing(what: str, message: ReceivedMessage, kind: str, lines: list[str]) -> str:
    """A failed assertion's text: what there is instead of what is missing."""
    if not lines:
        return f"{what} in {message!r}; it has no {kind}"
    more = [f"… and {len(lines) - MOST_LINES} more"] if len(lines) > MOST_LINES else []
    there = "".join(f"\n  {line}" for line in lines[:MOST_LINES] + more)
    return f"{what} in {message!r}; its {kind}:{there}"
