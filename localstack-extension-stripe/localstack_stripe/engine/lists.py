"""Lists: filters, order and pages (https://docs.stripe.com/api/pagination)."""

import operator
import sys
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice, repeat
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import urlencode

from localstack_stripe.contract.loader import Operation
from localstack_stripe.engine.changes import Key
from localstack_stripe.engine.collection import EARLIEST, LATEST, Selection, Value
from localstack_stripe.engine.errors import invalid, no_such, too_small
from localstack_stripe.engine.forms import pairs, text_of
from localstack_stripe.engine.search import parse_query
from localstack_stripe.engine.shapes import is_timestamp
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork, display_name

DEFAULT_LIMIT = 10
MAX_LIMIT = 100

PAGING = frozenset({"limit", "starting_after", "ending_before", "page", "query", "expand"})
"""Parameters that say which part of a list is asked for, and how it is shown: the others say what is in it."""

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}

_ANY: Mapping[str, Value] = MappingProxyType({})

Filter = Callable[[UnitOfWork, Record, Any], bool]

EMBEDDED = 10
"""How many records of a list are shown inside the record that they belong to."""


def embedded(
    records: Sequence[Record], url: str, shown: Callable[[Record], Record] = lambda record: record
) -> Record:
    """A list as it stands inside the record that its records belong to.

    :param url: where all of them are listed
    :param shown: what is shown of one of them
    """
    return {
        "object": "list",
        "data": [shown(record) for record in records[:EMBEDDED]],
        "has_more": len(records) > EMBEDDED,
        "total_count": len(records),
        "url": url,
    }


class Found:
    """The records of a page, each read when somebody looks at it: most are answered from their text."""

    def __init__(self, work: UnitOfWork, keys: list[Key]) -> None:
        self.keys = keys
        self._work = work

    def __len__(self) -> int:
        return len(self.keys)

    def __iter__(self) -> Iterator[Record]:
        found = (self._work.get(object, id) for object, id in self.keys)
        return (record for record in found if record is not None)


@dataclass(slots=True)
class Page:
    """A part of a list, newest first.

    :param kind: which of Stripe's envelopes it goes into: ``list``, ``list2`` (v2) or ``search``
    :param next: where the envelope says what the next page is asked for with: search's token, or the address of v2
    :param previous: the same, of the previous page of v2
    :param count: counts what all pages of search results have, which is only done where it is asked for
    """

    records: list[Record] | Found
    has_more: bool
    url: str
    kind: str = "list"
    next: str | None = None
    previous: str | None = None
    count: Callable[[], int] | None = None


def page_of(
    work: UnitOfWork,
    resources: list[str],
    operation: Operation,
    path: Mapping[str, str],
    params: Mapping[str, Any],
    kind: str,
    filters: Mapping[str, Filter],
    exactly: Mapping[str, Value] = _ANY,
    order: Callable[[Record], int] | None = None,
) -> Page:
    """The page that *params* ask for, of the records of *resources*.

    :param filters: what a parameter selects, where that is not equality with the field of its name
    :param exactly: what fields have to be, where no parameter says it; nothing means nothing
    :param order: what the highest of comes first, where that is not the time in which a record was made
    :raises StripeError: 400 where a cursor, a limit or a query cannot be used
    """
    # What has no pages, such as the types of reports, is shown whole.
    limit = limit_of(params.get("limit")) if "limit" in operation.parameters else sys.maxsize - 1
    url = operation.path.format(**path)
    # A parent that the path calls `id` is not what is listed.
    named = {name: value for name, value in path.items() if name != "id"}
    conditions = {name: value for name, value in {**params, **named}.items() if name not in PAGING}
    wanted = [_wanted(work, each, conditions, filters, exactly) for each in resources]
    if order is not None:
        everything = Found(work, list(_keys(work, wanted, None, None)))
        return page_of_made(sorted(everything, key=order, reverse=True), resources[0], params, url)
    if kind == "list":
        return _cursor_page(work, wanted, params, limit, url)
    if kind == "search":
        for each in wanted:
            each.tests.append(parse_query(params["query"], each.resource).matches)
    asked = {name: value for name, value in params.items() if name in operation.parameters}
    return _numbered_page(work, wanted, asked, limit, url, kind)


def page_of_made(records: list[Record], object: str, params: Mapping[str, Any], url: str) -> Page:
    """The page that *params* ask for, of all the *records* of *object* that there are, in the order in which they are
    listed.

    :raises StripeError: 400 where a cursor or a limit cannot be used
    """
    limit = limit_of(params.get("limit"))
    ids = [record["id"] for record in records]
    after, before = _named_cursors(params, object, ids.__contains__)
    if before is not None:
        found = records[: ids.index(before)]
        return Page(found[-limit:], len(found) > limit, url)
    found = records[0 if after is None else ids.index(after) + 1 :]
    return Page(found[:limit], len(found) > limit, url)


def field_of(parameter: str, fields: Collection[str]) -> str | None:
    """The field that a list's parameter is about: the one of its name, or the one that it names several values of, as
    ``lookup_keys`` does; or nothing.
    """
    singular = (parameter, parameter.removesuffix("s"), parameter.removesuffix("es"))
    return next((name for name in singular if name in fields), None)


def limit_of(limit: int | None) -> int:
    """How many records a page has at most, by the parameter ``limit``.

    :raises StripeError: 400 where it cannot be that
    """
    if limit is None:
        return DEFAULT_LIMIT
    if limit < 1:
        raise too_small("limit")
    if limit > MAX_LIMIT:
        raise invalid(
            f"This value must be less than or equal to {MAX_LIMIT} (it currently is '{limit}').",
            "limit",
            "parameter_invalid_integer",
        )
    return limit


class _Wanted(NamedTuple):
    """What is asked for of one resource: what indexes know, and what has to be read."""

    resource: str
    selection: Selection
    tests: list[Callable[[Record], bool]]

    def ids(
        self, work: UnitOfWork, older_than: str | None = None, newer_than: str | None = None
    ) -> Iterator[str]:
        ids = work.select(self.resource, self.selection, older_than, newer_than)
        if not self.tests:
            return ids
        read = ((id, work.peek(self.resource, id)) for id in ids)
        return (
            id
            for id, record in read
            if record is not None and all(test(record) for test in self.tests)
        )


def _wanted(
    work: UnitOfWork,
    resource: str,
    conditions: Mapping[str, Any],
    filters: Mapping[str, Filter],
    exactly: Mapping[str, Value],
) -> _Wanted:
    fields = work.contract.resources[resource].fields
    equal, span = dict(exactly), (EARLIEST, LATEST)
    tests: list[Callable[[Record], bool]] = []
    for name, value in conditions.items():
        if name in filters:
            tests.append(partial(_passes_filter, work, filters[name], value))
        elif value is None:
            continue
        elif isinstance(value, list) and (field := field_of(name, fields)) is not None:
            tests.append(partial(_passes, field, value))
        elif name not in fields:
            continue
        elif isinstance(value, str | int):
            equal[name] = value
        elif name == "created" and isinstance(value, dict) and is_timestamp(fields[name].type):
            span = _span(value)
        else:
            tests.append(partial(_passes, name, value))
    return _Wanted(resource, Selection(equal, *span), tests)


def _span(bounds: Mapping[str, int]) -> tuple[int, int]:
    """The first and the last moment within ``gt``, ``gte``, ``lt`` and ``lte``."""
    return (
        max(EARLIEST, bounds.get("gte", EARLIEST), bounds.get("gt", EARLIEST) + 1),
        min(LATEST, bounds.get("lte", LATEST), bounds.get("lt", LATEST) - 1),
    )


def _passes_filter(work: UnitOfWork, test: Filter, value: Any, record: Record) -> bool:
    return test(work, record, value)


def _passes(name: str, value: Any, record: Record) -> bool:
    actual = record.get(name)
    if isinstance(value, dict):
        if isinstance(actual, dict):
            return all(actual.get(key) == wanted for key, wanted in value.items())
        return isinstance(actual, int | str) and in_range(actual, value)
    return actual in value if isinstance(value, list) else bool(actual == value)


def in_range(moment: int | str, wanted: Any) -> bool:
    """Whether a timestamp, or a moment of v2, is the wanted one, or within ``gt``, ``gte``, ``lt`` and ``lte``."""
    if not isinstance(wanted, dict):
        return bool(moment == wanted)
    return all(_COMPARISONS[name](moment, bound) for name, bound in wanted.items())


def _keys(
    work: UnitOfWork, wanted: list[_Wanted], older_than: str | None, newer_than: str | None
) -> Iterator[Key]:
    """What is wanted from a cursor on, resource by resource; from *newer_than*, towards the newest.

    The cursor is of one of them.
    """
    if len(wanted) == 1:
        # As it is with nearly all lists, which need no generator.
        (one,) = wanted
        return zip(repeat(one.resource), one.ids(work, older_than, newer_than), strict=False)
    return _keys_of_several(work, wanted, older_than, newer_than)


def _keys_of_several(
    work: UnitOfWork, wanted: list[_Wanted], older_than: str | None, newer_than: str | None
) -> Iterator[Key]:
    cursor = older_than if newer_than is None else newer_than
    for each in wanted if newer_than is None else reversed(wanted):
        if cursor is None:
            ids = each.ids(work) if newer_than is None else reversed(list(each.ids(work)))
        elif work.has_place(each.resource, cursor):
            cursor = None
            ids = each.ids(work, older_than, newer_than)
        else:
            continue
        yield from zip(repeat(each.resource), ids, strict=False)


def _cursor_page(
    work: UnitOfWork, wanted: list[_Wanted], params: Mapping[str, Any], limit: int, url: str
) -> Page:
    is_known = partial(_is_known, work, wanted)
    after, before = _named_cursors(params, wanted[0].resource, is_known)
    found = list(islice(_keys(work, wanted, after, before), limit + 1))
    # What ends before a cursor is the part next to it, and still newest first.
    keys = found[:limit] if before is None else found[:limit][::-1]
    return Page(Found(work, keys), len(found) > limit, url)


def _named_cursors(
    params: Mapping[str, Any], object: str, is_known: Callable[[str], bool]
) -> tuple[str | None, str | None]:
    """What the records of a page stand after, or before."""
    after, before = params.get("starting_after"), params.get("ending_before")
    for name, cursor in (("starting_after", after), ("ending_before", before)):
        if cursor is not None and not is_known(cursor):
            raise no_such(display_name(object), cursor, name)
    if after is not None and before is not None:
        # https://github.com/stripe/stripe-dotnet/issues/1848
        raise invalid(
            "Received both starting_after and ending_before parameters. Please pass in only one."
        )
    return after, before


def _is_known(work: UnitOfWork, wanted: list[_Wanted], id: str) -> bool:
    return any(work.has_place(each.resource, id) for each in wanted)


def _numbered_page(
    work: UnitOfWork,
    wanted: list[_Wanted],
    params: Mapping[str, Any],
    limit: int,
    url: str,
    kind: str,
) -> Page:
    """Search results and v2 lists are paged by an opaque token: here a direction and the record to go on from."""
    older, newer = _cursors(params.get("page"))
    cursor = older or newer
    if cursor is not None and not _is_known(work, wanted, cursor):
        raise invalid(f"Invalid page: {params['page']}", "page")
    found = list(islice(_keys(work, wanted, older, newer), limit + 1))
    keys = found[:limit] if newer is None else found[:limit][::-1]
    following = preceding = None
    if keys:
        first, last = keys[0][1], keys[-1][1]
        is_cut = len(found) > limit
        if is_cut if newer is None else any(_keys(work, wanted, last, None)):
            following = _token(_OLDER, last)
        if is_cut if newer is not None else cursor and any(_keys(work, wanted, None, first)):
            preceding = _token(_NEWER, first)
    if kind == "list2":
        following, preceding = _link(url, params, following), _link(url, params, preceding)
    count = None
    if kind == "search":
        count = partial(_count, work, wanted)
    return Page(Found(work, keys), following is not None, url, kind, following, preceding, count)


def _count(work: UnitOfWork, wanted: list[_Wanted]) -> int:
    return sum(1 for _ in _keys(work, wanted, None, None))


_OLDER, _NEWER = "older", "newer"


def _token(direction: str, id: str) -> str:
    return urlsafe_b64encode(f"{direction} {id}".encode()).decode().rstrip("=")


def _cursors(page: str | None) -> tuple[str | None, str | None]:
    """What a page's records are older than, and what they are newer than."""
    if page is None:
        return None, None
    try:
        padded = page.encode("ascii") + b"=" * (-len(page) % 4)
        direction, _, id = urlsafe_b64decode(padded).decode().partition(" ")
    except ValueError:
        direction, id = "", ""
    if direction not in (_OLDER, _NEWER) or not id:
        raise invalid(f"Invalid page: {page}", "page")
    return (id, None) if direction == _OLDER else (None, id)


def _link(url: str, params: Mapping[str, Any], page: str | None) -> str | None:
    """The address of another page of a v2 list: everything that was asked for, and the page."""
    if page is None:
        return None
    asked = pairs({**params, "page": page})
    form = [(name, text_of(value)) for name, value in asked if value is not None]
    return f"{url}?{urlencode(form)}"
