"""Lists: filters, order and pages (https://docs.stripe.com/api/pagination)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from localstack_stripe.contract.loader import Operation, Reference
from localstack_stripe.engine.errors import invalid, no_such
from localstack_stripe.engine.search import matches, parse_query
from localstack_stripe.engine.shapes import one_of
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork, display_name

DEFAULT_LIMIT = 10
MAX_LIMIT = 100

_PAGING = {"limit", "starting_after", "ending_before", "page", "query", "expand"}

Filter = Callable[[UnitOfWork, Record, Any], bool]


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list, newest first.

    :param kind: which of Stripe's envelopes it goes into: ``list``, ``list2`` (v2) or ``search``
    :param next: what the next page is asked for with, where there is one and the envelope says so
    """

    records: list[Record]
    has_more: bool
    url: str
    kind: str = "list"
    next: str | None = None


def page_of(
    work: UnitOfWork,
    resources: list[str],
    operation: Operation,
    path: Mapping[str, str],
    params: Mapping[str, Any],
    kind: str,
    filters: Mapping[str, Filter],
) -> Page:
    """The page that *params* ask for, of the records of *resources*.

    :param filters: what a parameter selects, where that is not equality with the field of its name
    :raises StripeError: 400 where a cursor, a limit or a query cannot be used
    """
    limit = _limit(params.get("limit"))
    url = operation.path.format(**path)
    conditions = {name: value for name, value in {**params, **path}.items() if name not in _PAGING}
    _require_named(work, resources, params)
    records = _selected(work, resources, conditions, filters)
    if kind == "search":
        query = parse_query(params["query"])
        records = (record for record in records if matches(record, query))
    if kind in ("search", "list2"):
        return _numbered_page(records, params.get("page"), limit, url, kind)
    return _cursor_page(records, resources, params, limit, url)


def _limit(limit: int | None) -> int:
    if limit is None:
        return DEFAULT_LIMIT
    if limit < 1:
        raise invalid(
            "This value must be greater than or equal to 1.", "limit", "parameter_invalid_integer"
        )
    if limit > MAX_LIMIT:
        raise invalid(
            f"This value must be less than or equal to {MAX_LIMIT} (it currently is '{limit}').",
            "limit",
            "parameter_invalid_integer",
        )
    return limit


def _require_named(work: UnitOfWork, resources: list[str], params: Mapping[str, Any]) -> None:
    """Refuse to list what belongs to something that never existed; what was deleted may still have something."""
    fields = work.contract.resources[resources[0]].fields
    for name, value in params.items():
        reference = one_of(fields[name].type, Reference) if name in fields else None
        if reference is None or not isinstance(value, str):
            continue
        known = [kind for kind in reference.resources if kind in work.shapes.creatable]
        if known and not any(work.get(kind, value) or work.buried(kind, value) for kind in known):
            raise no_such(display_name(known[0]), value, name)


def _selected(
    work: UnitOfWork,
    resources: list[str],
    conditions: dict[str, Any],
    filters: Mapping[str, Filter],
) -> Iterator[Record]:
    for resource in resources:
        fields = work.contract.resources[resource].fields
        equal = {
            name: value
            for name, value in conditions.items()
            if name in fields and name not in filters and isinstance(value, str)
        }
        others = {name: value for name, value in conditions.items() if name not in equal}
        first = next(iter(equal), None)
        candidates: Iterable[Record]
        candidates = work.where(resource, first, equal[first]) if first else work.all(resource)
        for record in candidates:
            if all(record.get(name) == value for name, value in equal.items()) and all(
                _passes(work, record, name, value, fields, filters)
                for name, value in others.items()
            ):
                yield record


def _passes(
    work: UnitOfWork,
    record: Record,
    name: str,
    value: Any,
    fields: Mapping[str, Any],
    filters: Mapping[str, Filter],
) -> bool:
    test = filters.get(name)
    if test is not None:
        return test(work, record, value)
    if name not in fields or value is None:
        return True
    if isinstance(value, dict):
        actual = record.get(name)
        if isinstance(actual, dict):
            return all(actual.get(key) == wanted for key, wanted in value.items())
        return isinstance(actual, int) and in_range(actual, value)
    if isinstance(value, list):
        return record.get(name) in value
    return bool(record.get(name) == value)


def in_range(moment: int, bounds: Mapping[str, int]) -> bool:
    """Whether a timestamp is within ``gt``, ``gte``, ``lt`` and ``lte``."""
    return (
        moment > bounds.get("gt", moment - 1)
        and moment >= bounds.get("gte", moment)
        and moment < bounds.get("lt", moment + 1)
        and moment <= bounds.get("lte", moment)
    )


def _cursor_page(
    records: Iterator[Record],
    resources: list[str],
    params: Mapping[str, Any],
    limit: int,
    url: str,
) -> Page:
    after, before = params.get("starting_after"), params.get("ending_before")
    if after is not None and before is not None:
        raise invalid(
            "You can only specify one of these parameters: starting_after, ending_before."
        )
    if before is not None:
        newer: list[Record] = []
        for record in records:
            if record["id"] == before:
                # The page is the part next to the cursor, still newest first.
                return Page(newer[-limit:], len(newer) > limit, url)
            newer.append(record)
        raise no_such(display_name(resources[0]), before, "ending_before")
    if after is not None and not any(record["id"] == after for record in records):
        raise no_such(display_name(resources[0]), after, "starting_after")
    page = list(islice(records, limit + 1))
    return Page(page[:limit], len(page) > limit, url)


def _numbered_page(
    records: Iterator[Record], page: str | None, limit: int, url: str, kind: str
) -> Page:
    """Search results and v2 lists are paged by an opaque token: here the last id that was seen."""
    if page is not None and not any(record["id"] == page for record in records):
        raise invalid(f"Invalid page: {page}", "page")
    found = list(islice(records, limit + 1))
    more = len(found) > limit
    return Page(found[:limit], more, url, kind, found[limit - 1]["id"] if more else None)
