"""The committed records of one kind: their text, in the order of creation, found by id, by value and by moment.

A record stands at a place, and places only grow: so a page costs the same wherever it is and however many records
there are, and an index is a sorted list of places. Texts, unlike dictionaries, cost the garbage collector nothing.
"""

from array import array
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TypeAlias, cast

from localstack_stripe.engine.paths import at
from localstack_stripe.engine.text import Facts, Record, Write, loaded

Value: TypeAlias = str | int | bool | None
"""What an index finds records by."""

NEVER = -(2**63)
"""The moment of creation of what has none."""

EARLIEST, LATEST = NEVER + 1, 2**63 - 1

MOST_GONE = 10_000
"""How many removed records' places are remembered: a list can go on from the last ones that were removed."""

_FEW = 64
"""Empty places that are not worth closing up."""


@dataclass(slots=True)
class Selection:
    """Which records: those whose fields (dotted paths) have these values, created between two moments, both included."""

    equal: Mapping[str, Value]
    since: int = EARLIEST
    until: int = LATEST

    @property
    def is_timed(self) -> bool:
        """Whether the moment of creation matters."""
        return self.since > EARLIEST or self.until < LATEST

    def matches(self, record: Record) -> bool:
        """Whether a record is one of them."""
        return all(value_of(record, field) == value for field, value in self.equal.items()) and (
            not self.is_timed or self.since <= _moment_of(record) <= self.until
        )


EVERYTHING = Selection({})


def value_of(record: Record, field: str) -> Value:
    """What a record is found by in the index of *field*, a dotted path; nothing where that is no plain value."""
    value = at(record, field)
    return value if isinstance(value, str | int | None) else None


def _moment_of(record: Record) -> int:
    created = record.get("created")
    return created if isinstance(created, int) else NEVER


class Collection:
    """The committed records of one kind of one account."""

    __slots__ = (
        "_as_stored",
        "_ascending",
        "_created",
        "_gone",
        "_ids",
        "_indexes",
        "_places",
        "_texts",
        "_write",
    )

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._gone: dict[str, int] = {}
        self._ids: list[str] = []
        self._texts: list[bytes | Facts] = []
        self._as_stored = bytearray()
        self._created = array("q")
        self._ascending = True
        self._indexes: dict[str, dict[Value, list[int]]] = {}
        self._write: Write | None = None

    # Reading

    def __contains__(self, id: str) -> bool:
        return id in self._places

    def __len__(self) -> int:
        return len(self._places)

    def get(self, id: str) -> Record | None:
        """The record, read anew, or nothing."""
        place = self._places.get(id)
        return self._record(place) if place is not None else None

    def text(self, id: str) -> bytes | None:
        """The record's text, where that is all that a client sees of it."""
        place = self._places.get(id)
        return self._text(place) if place is not None and self._as_stored[place] else None

    def texts(self, ids: Iterable[str]) -> list[bytes | None]:
        """The same of several records.

        :raises KeyError: where there is no such record
        """
        return self._texts_at(map(self._places.__getitem__, ids))

    def has_place(self, id: str) -> bool:
        """Whether there is such a record, or was."""
        return id in self._places or id in self._gone

    def place(self, id: str) -> int:
        """Where in the order of creation the record stands, or stood before it was removed.

        :raises KeyError: where there was never such a record
        """
        place = self._places.get(id)
        return self._gone[id] if place is None else place

    def ids(self) -> Iterator[str]:
        """The ids of all records, newest first."""
        return filter(None, reversed(self._ids))

    def ids_where(self, field: str, value: Value) -> list[str]:
        """The ids of the records whose *field* (a dotted path) is *value*, newest first."""
        places = self._index(field).get(value)
        return [self._ids[place] for place in reversed(places)] if places else []

    def select(
        self, selection: Selection, older_than: str | None = None, newer_than: str | None = None
    ) -> Iterator[str]:
        """The ids of selected records.

        :param older_than: begin behind this record, which may be gone
        :param newer_than: begin before this one, and go towards the newest; else towards the oldest
        :raises KeyError: where there was never such a record
        """
        places = self._selected(selection, older_than, newer_than)
        # Places that are empty have no id.
        return filter(None, map(self._ids.__getitem__, places))

    def newest(self, selection: Selection, most: int) -> list[bytes | None]:
        """The texts of the newest selected records, where they are all that a client sees of them."""
        places = filter(self._ids.__getitem__, self._selected(selection))
        return self._texts_at(islice(places, most))

    def _selected(
        self, selection: Selection, older_than: str | None = None, newer_than: str | None = None
    ) -> Iterable[int]:
        """The places of selected records, and some that are empty."""
        low, high = self._between(older_than, newer_than)
        is_timed = selection.is_timed
        if is_timed and self._ascending:
            low = max(low, bisect_left(self._created, selection.since))
            high = min(high, bisect_right(self._created, selection.until))
            is_timed = False
        columns = [self._index(field).get(value, []) for field, value in selection.equal.items()]
        columns.sort(key=len)
        steps: Iterator[int] | range
        places: Iterator[int] | range
        if columns:
            shortest = columns.pop(0)
            steps = range(bisect_left(shortest, low), bisect_left(shortest, high))
            places = map(shortest.__getitem__, steps if newer_than is not None else reversed(steps))
        else:
            steps = range(low, high)
            places = steps if newer_than is not None else reversed(steps)
        for column in columns:
            places = filter(partial(_has, column), places)
        if is_timed:
            created, since, until = self._created, selection.since, selection.until
            places = (place for place in places if since <= created[place] <= until)
        return places

    def _between(self, older_than: str | None, newer_than: str | None) -> tuple[int, int]:
        low, high = 0, len(self._ids)
        if older_than is not None:
            high = self.place(older_than)
        if newer_than is not None:
            # A removed one's place may have been taken by the next newer.
            low = self.place(newer_than) + (newer_than in self._places)
        return low, high

    def _index(self, field: str) -> dict[Value, list[int]]:
        index = self._indexes.get(field)
        if index is None:
            index = self._indexes[field] = {}
            for place, id in enumerate(self._ids):
                if id:
                    index.setdefault(value_of(self._record(place), field), []).append(place)
        return index

    def _texts_at(self, places: Iterable[int]) -> list[bytes | None]:
        as_stored = self._as_stored
        if self._write is None:
            texts = cast(list[bytes], self._texts)
            return [texts[place] if as_stored[place] else None for place in places]
        return [self._text(place) if as_stored[place] else None for place in places]

    def _text(self, place: int) -> bytes:
        text = self._texts[place]
        if not isinstance(text, bytes):
            assert self._write is not None
            text = self._texts[place] = self._write(*text)
        return text

    def _record(self, place: int) -> Record:
        return loaded(self._text(place))

    # Writing, for a commit only

    def put(self, id: str, record: Record, text: bytes, as_stored: bool) -> None:
        """Add or replace a record.

        :param text: of the record
        :param as_stored: whether a client sees it as it is stored
        """
        created = _moment_of(record)
        place = self._places.get(id)
        if place is None:
            self._to_indexes(self._append(id, created, text, as_stored), record)
            return
        if self._indexes:
            self._reindex(place, self._record(place), record)
        if self._created[place] != created:
            self._created[place] = created
            self._ascending = False
        self._texts[place] = text
        self._as_stored[place] = as_stored

    def put_unwritten(self, id: str, created: int, write: Write, facts: Facts) -> None:
        """Add a new record that is seen as it is stored, and is written when it is first read.

        :param write: the same for all records of a kind
        """
        self._write = write
        place = self._append(id, created, facts, True)
        if self._indexes:
            self._to_indexes(place, self._record(place))

    def _append(self, id: str, created: int, text: bytes | Facts, as_stored: bool) -> int:
        """Add what is new, and say where it stands."""
        place = self._places[id] = len(self._ids)
        if self._gone:
            self._gone.pop(id, None)
        if place and created < self._created[-1]:
            self._ascending = False
        self._ids.append(id)
        self._texts.append(text)
        self._as_stored.append(as_stored)
        self._created.append(created)
        return place

    def remove(self, id: str) -> None:
        """Remove a record; where it stood is remembered."""
        place = self._places.pop(id)
        self._gone[id] = place
        if len(self._gone) > MOST_GONE:
            del self._gone[next(iter(self._gone))]
        for field, index in self._indexes.items():
            _take(index, value_of(self._record(place), field), place)
        self._ids[place], self._texts[place] = "", b""
        if len(self._ids) - len(self._places) > max(_FEW, len(self._places)):
            self._close_up()

    def _to_indexes(self, place: int, record: Record) -> None:
        for field, index in self._indexes.items():
            index.setdefault(value_of(record, field), []).append(place)

    def _reindex(self, place: int, before: Record, now: Record) -> None:
        for field, index in self._indexes.items():
            old, new = value_of(before, field), value_of(now, field)
            if old != new:
                _take(index, old, place)
                insort(index.setdefault(new, []), place)

    def _close_up(self) -> None:
        """Give up empty places, once they are more than the others. Indexes are made again when they are needed."""
        kept = [place for place, id in enumerate(self._ids) if id]
        self._gone = {id: bisect_left(kept, place) for id, place in self._gone.items()}
        self._ids = [self._ids[place] for place in kept]
        self._texts = [self._texts[place] for place in kept]
        self._as_stored = bytearray(self._as_stored[place] for place in kept)
        self._created = array("q", (self._created[place] for place in kept))
        self._places = {id: place for place, id in enumerate(self._ids)}
        self._indexes = {}


def _has(places: list[int], place: int) -> bool:
    position = bisect_left(places, place)
    return position < len(places) and places[position] == place


def _take(index: dict[Value, list[int]], value: Value, place: int) -> None:
    places = index[value]
    del places[bisect_left(places, place)]
    if not places:
        del index[value]
