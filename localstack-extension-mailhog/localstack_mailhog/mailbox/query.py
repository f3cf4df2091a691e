"""The language of searches: what a person types, and whether a mail is meant.

Words that are all to be found, in any part of a mail; ``"a phrase"``; ``-not`` and ``one OR other``; and fields::

    from: to: cc: bcc: subject: body: attachment:   a part of it
    header:name=value  header:name                  a field of the head, or only that it is there
    mailbox:address  tag:name  id:…                 exactly; a mailbox is a recipient of the envelope
    has:attachment  is:unread  is:read  is:tagged
    before:2026-11-30  after:2026-11-30T08:00Z  after:15m     days, times, or how long ago (s, m, h, d, w)
    larger:100k  smaller:5M                         the whole mail, in bytes

``OR`` binds closer than the blank: ``a OR b c`` is ``(a OR b) c``, as in Gmail. Whatever is no field is a word:
nothing that is typed is an error. Letter case never matters.
https://support.google.com/mail/answer/7190
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from localstack_mailhog.durations import SECONDS
from localstack_mailhog.mailbox.digest import Digest, fold
from localstack_mailhog.mailbox.mail import Entry
from localstack_mailhog.mailbox.tags import clean

TEXT_FIELDS: dict[str, Callable[[Digest], str]] = {
    "from": lambda digest: digest.author,
    "to": lambda digest: digest.addressees,
    "cc": lambda digest: digest.cc,
    "bcc": lambda digest: digest.bcc,
    "subject": lambda digest: digest.subject,
    "attachment": lambda digest: digest.attachments,
    "header": lambda digest: digest.header_values,
    "body": lambda digest: digest.body,
}
"""The parts of a mail that have text, cheapest first; a word may be in any of them."""


@dataclass(frozen=True, slots=True)
class Text:
    """Text that stands in a field, or in any of them."""

    field: str
    """A key of :data:`TEXT_FIELDS`; empty for any."""
    text: str
    """Folded."""

    def means(self, entry: Entry, digest: Digest) -> bool:
        fields = [self.field] if self.field else TEXT_FIELDS
        return any(self.text in TEXT_FIELDS[field](digest) for field in fields)


@dataclass(frozen=True, slots=True)
class Header:
    """A field of the head, with text that stands in its value."""

    name: str
    """Folded."""
    value: str
    """Folded; empty for any value."""

    def means(self, entry: Entry, digest: Digest) -> bool:
        return self.is_in(digest.headers)

    def is_in(self, headers: str) -> bool:
        """Whether a field of *headers*, as a digest has them, is meant."""
        begin = f"\n{self.name}:"
        at = headers.find(begin)
        while at >= 0:
            end = headers.index("\n", at + 1)
            if self.value in headers[at + len(begin) : end]:
                return True
            at = headers.find(begin, end)
        return False


@dataclass(frozen=True, slots=True)
class In:
    """It came for a recipient, in lower case."""

    mailbox: str

    def means(self, entry: Entry, digest: Digest) -> bool:
        return self.mailbox in (recipient.lower() for recipient in entry.recipients)


@dataclass(frozen=True, slots=True)
class Tagged:
    """A tag, or any where it is empty."""

    tag: str

    def means(self, entry: Entry, digest: Digest) -> bool:
        return self.tag in entry.tags if self.tag else bool(entry.tags)


@dataclass(frozen=True, slots=True)
class Identified:
    """The sink's id of one mail."""

    id: str

    def means(self, entry: Entry, digest: Digest) -> bool:
        return entry.id == self.id


@dataclass(frozen=True, slots=True)
class Unread:
    """Nobody has read it."""

    def means(self, entry: Entry, digest: Digest) -> bool:
        return entry.unread


@dataclass(frozen=True, slots=True)
class HasAttachment:
    """It has an attachment."""

    def means(self, entry: Entry, digest: Digest) -> bool:
        return digest.attachment_count > 0


@dataclass(frozen=True, slots=True)
class Arrived:
    """It arrived at or after a time, in nanoseconds since 1970."""

    since: int

    def means(self, entry: Entry, digest: Digest) -> bool:
        return entry.created >= self.since


@dataclass(frozen=True, slots=True)
class Larger:
    """It has more bytes."""

    size: int

    def means(self, entry: Entry, digest: Digest) -> bool:
        return entry.size > self.size


@dataclass(frozen=True, slots=True)
class Not:
    """The term does not fit."""

    term: "Term"

    def means(self, entry: Entry, digest: Digest) -> bool:
        return not self.term.means(entry, digest)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of the terms fits."""

    terms: "tuple[Term, ...]"

    def means(self, entry: Entry, digest: Digest) -> bool:
        return any(term.means(entry, digest) for term in self.terms)


Term = (
    Text
    | Header
    | In
    | Tagged
    | Identified
    | Unread
    | HasAttachment
    | Arrived
    | Larger
    | Not
    | AnyOf
)


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched: mail that every term fits; without any, all mail."""

    terms: tuple[Term, ...]

    def means(self, entry: Entry, digest: Digest) -> bool:
        """Whether a mail is searched."""
        return all(term.means(entry, digest) for term in self.terms)


def parse(text: str, now: datetime) -> Query:
    """Read a query.

    :param now: the time that ``after:15m`` counts from; its time zone is that of days and times without one
    """
    groups: list[list[Term]] = []
    joining = False
    for token in _tokens(text):
        if token.is_bare and token.text == "OR":
            joining = bool(groups)
            continue
        term = _term(token, now)
        if term is None:
            continue
        if joining:
            groups[-1].append(term)
        else:
            groups.append([term])
        joining = False
    return Query(tuple(group[0] if len(group) == 1 else AnyOf(tuple(group)) for group in groups))


def containing(field: str, text: str) -> Query:
    """The query for *text* in a field, or in any where that is empty, whatever characters it has."""
    return Query((Text(field, fold(text)),))


@dataclass(frozen=True, slots=True)
class _Token:
    negated: bool
    field: str
    text: str
    is_bare: bool
    """A word without a field, a sign or quotes."""


_TOKEN = re.compile(
    r"""
    (?P<sign> -? )
    (?: (?P<field> [A-Za-z]+ ) : (?! // ) )?
    (?: (?P<name> [^\s":=]+ = )? "(?P<quoted> [^"]* )"? | (?P<plain> [^\s"]+ ) )
    """,
    re.VERBOSE,
)


def _tokens(text: str) -> Iterator[_Token]:
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        found = _TOKEN.match(text, position)
        if found is None:  # a field without a value, or a sign alone
            end = position + len(text[position:].split(maxsplit=1)[0])
            yield _Token(False, "", text[position:end], is_bare=True)
            position = end
            continue
        position = found.end()
        field = (found["field"] or "").lower()
        value = (
            found["plain"] if found["quoted"] is None else (found["name"] or "") + found["quoted"]
        )
        if field and field not in _FIELDS:
            # "Re: hello", "http://…", "12:30": what looks like a field and is none.
            field, value = "", f"{found['field']}:{value}"
        bare = not field and not found["sign"] and found["quoted"] is None
        yield _Token(bool(found["sign"]), field, value, bare)


def _term(token: _Token, now: datetime) -> Term | None:
    if not token.text.strip():
        return None
    term = _FIELDS[token.field](token.text, now) if token.field else None
    if term is None:
        # A value that the field cannot have is searched as it was typed.
        text = f"{token.field}:{token.text}" if token.field else token.text
        term = Text("", fold(text))
    return Not(term) if token.negated else term


def _in(field: str) -> "_Reading":
    return lambda value, now: Text(field, fold(value))


def _header(value: str, now: datetime) -> Term:
    name, _, wanted = value.partition("=")
    return Header(fold(name.strip()), fold(wanted))


def _is(value: str, now: datetime) -> Term | None:
    states: dict[str, Term] = {"unread": Unread(), "read": Not(Unread()), "tagged": Tagged("")}
    return states.get(value.lower())


def _has(value: str, now: datetime) -> Term | None:
    return HasAttachment() if value.lower() in ("attachment", "attachments") else None


def _tag(value: str, now: datetime) -> Term | None:
    return Tagged(clean(value)) if clean(value) else None


def _after(value: str, now: datetime) -> Term | None:
    moment = _moment(value, now)
    return None if moment is None else Arrived(moment)


def _before(value: str, now: datetime) -> Term | None:
    moment = _moment(value, now)
    return None if moment is None else Not(Arrived(moment))


def _larger(value: str, now: datetime) -> Term | None:
    size = _size(value)
    return None if size is None else Larger(size)


def _smaller(value: str, now: datetime) -> Term | None:
    size = _size(value)
    return None if size is None else Not(Larger(size - 1))


_Reading = Callable[[str, datetime], Term | None]

_FIELDS: dict[str, _Reading] = {
    **{field: _in(field) for field in TEXT_FIELDS if field != "header"},
    "header": _header,
    "is": _is,
    "has": _has,
    "mailbox": lambda value, now: In(value.lower()),
    "tag": _tag,
    "id": lambda value, now: Identified(value),
    "after": _after,
    "since": _after,
    "before": _before,
    "larger": _larger,
    "smaller": _smaller,
}

_SIZES = {"": 1, "k": 1000, "m": 1000_000, "g": 1000_000_000}


def _moment(value: str, now: datetime) -> int | None:
    """A day, a time or a duration before *now*, in nanoseconds since 1970."""
    try:
        if ago := re.fullmatch(r"(\d{1,6})([smhdw])", value.lower()):
            moment = now - timedelta(seconds=int(ago[1]) * SECONDS[ago[2]])
        else:
            moment = datetime.fromisoformat(value.replace("/", "-"))
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=now.tzinfo)
        return int(moment.timestamp() * 1_000_000) * 1000
    except (ValueError, OverflowError):
        return None


def _size(value: str) -> int | None:
    found = re.fullmatch(r"(\d{1,12})([kmg]?)b?", value.lower())
    return int(found[1]) * _SIZES[found[2]] if found else None


def fields() -> Iterable[str]:
    """The names that may stand before a colon."""
    return _FIELDS.keys()
