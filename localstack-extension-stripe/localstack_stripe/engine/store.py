"""Records by account, and the unit of work through which they change.

A record is a plain dictionary in Stripe's own JSON shape, with references as ids. Outside a unit of work nothing
mutates one; a unit of work copies a record on its first write and commits everything or nothing.
"""

from collections.abc import Iterator
from typing import Any

import orjson

Record = dict[str, Any]
"""A Stripe object as JSON has it. Its shape is the contract's, not Python's."""

_ASIDE = "aside: "
"""Before a kind's name: what is kept of its records and is none itself."""

_BURIED = _ASIDE + "deleted "
"""Where the stubs of deleted records are."""

_NOTED = _ASIDE + "noted "
"""Where is noted what Stripe knows of a record and does not show."""

Key = tuple[str, str]
"""A record's ``object`` and ``id``."""


class AccountRecords:
    """All committed records of one account."""

    def __init__(self, account: str) -> None:
        self.account = account
        self._collections: dict[str, dict[str, Record]] = {}
        self._indexes: dict[tuple[str, str], dict[Any, dict[str, None]]] = {}
        self._positions: dict[str, dict[str, int]] = {}
        self._next_position = 0

    def get(self, object: str, id: str) -> Record | None:
        """The record, or nothing."""
        return self._collections.get(object, {}).get(id)

    def collection(self, object: str) -> dict[str, Record]:
        """All records of a kind, oldest first."""
        return self._collections.get(object, {})

    def ids_where(self, object: str, field: str, value: Any) -> dict[str, None]:
        """The ids of the records of a kind whose *field* is *value*, in no order."""
        index = self._indexes.get((object, field))
        if index is None:
            index = self._indexes[object, field] = {}
            for id, record in self.collection(object).items():
                index.setdefault(_indexed(record, field), {})[id] = None
        return index.get(value, {})

    def position(self, object: str, id: str) -> int:
        """Where in the order of creation the record stands; one that is not committed yet comes last."""
        return self._positions.get(object, {}).get(id, self._next_position)

    def put(self, object: str, id: str, record: Record | None) -> None:
        """Replace, add or (with nothing) remove a record. For a commit only."""
        collection = self._collections.setdefault(object, {})
        before = collection.get(id)
        if record is None:
            collection.pop(id, None)
            self._positions[object].pop(id, None)
        else:
            collection[id] = record
            if before is None:
                self._positions.setdefault(object, {})[id] = self._next_position
                self._next_position += 1
        for (kind, field), index in self._indexes.items():
            if kind != object:
                continue
            old = _indexed(before, field) if before else None
            new = _indexed(record, field) if record else None
            if before is not None and (record is None or old != new):
                index.get(old, {}).pop(id, None)
            if record is not None and (before is None or old != new):
                index.setdefault(new, {})[id] = None


def _indexed(record: Record, field: str) -> Any:
    value: Any = record
    for name in field.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, str | int | None) else None


def copy(record: Record) -> Record:
    """A deep copy. Records are JSON, and this is JSON's quickest way there and back."""
    duplicate: Record = orjson.loads(orjson.dumps(record))
    return duplicate


class Changes:
    """What a unit of work has changed and not yet committed: new records by key, nothing for removed ones."""

    def __init__(self, records: AccountRecords) -> None:
        self._records = records
        self._staged: dict[Key, Record | None] = {}

    def get(self, object: str, id: str) -> Record | None:
        """The record as this unit of work sees it. Not to be mutated: see :meth:`change`."""
        key = (object, id)
        if key in self._staged:
            return self._staged[key]
        return self._records.get(object, id)

    def change(self, record: Record) -> Record:
        """The record to write to: a copy, made on the first call."""
        key = (record["object"], record["id"])
        staged = self._staged.get(key)
        if staged is None:
            staged = self._staged[key] = copy(record)
        return staged

    def add(self, record: Record) -> Record:
        """Add a new record; it may be written to until the commit."""
        self._staged[record["object"], record["id"]] = record
        return record

    def remove(self, record: Record) -> None:
        """Remove the record."""
        self._staged[record["object"], record["id"]] = None

    def bury(self, record: Record) -> Record:
        """Remove the record and leave the stub that Stripe shows of it; :meth:`buried` finds it."""
        self.remove(record)
        stub = {"id": record["id"], "object": record["object"], "deleted": True}
        self._staged[_BURIED + record["object"], record["id"]] = stub
        return stub

    def buried(self, object: str, id: str) -> Record | None:
        """The stub of a deleted record, or nothing."""
        return self.get(_BURIED + object, id)

    def note(self, record: Record, fact: str, value: Any) -> None:
        """Remember something of a record that Stripe knows and does not show, such as that it was used."""
        key = (_NOTED + record["object"], record["id"])
        self._staged[key] = {**(self.get(*key) or {}), fact: value}

    def noted(self, record: Record, fact: str) -> Any:
        """What was noted of a record, or nothing."""
        return (self.get(_NOTED + record["object"], record["id"]) or {}).get(fact)

    def all(self, object: str) -> Iterator[Record]:
        """Every record of a kind, newest first."""
        committed = self._records.collection(object)
        for (kind, id), record in reversed(self._staged.items()):
            if kind == object and record is not None and id not in committed:
                yield record
        for id in reversed(committed):
            seen = self.get(object, id)
            if seen is not None:
                yield seen

    def where(self, object: str, field: str, value: Any) -> list[Record]:
        """The records of a kind whose *field* (a dotted path) is *value*, newest first."""
        ids = dict(self._records.ids_where(object, field, value))
        for (kind, id), record in self._staged.items():
            if kind == object:
                ids.pop(id, None)
                if record is not None and _indexed(record, field) == value:
                    ids[id] = None
        order = sorted(
            enumerate(ids), key=lambda item: (self._records.position(object, item[1]), item[0])
        )
        found = (self.get(object, id) for _, id in reversed(order))
        return [record for record in found if record is not None]

    def replaced(self) -> list[tuple[Record | None, Record | None]]:
        """Each change as what was there before and what is there now, in the order of first writing.

        Neither are the stubs of deleted records in it, since that a record is gone says it already, nor what was
        added and removed again.
        """
        changes = (
            (self._records.get(object, id), record)
            for (object, id), record in self._staged.items()
            if not object.startswith(_ASIDE)
        )
        return [(before, now) for before, now in changes if before is not None or now is not None]

    def commit(self) -> list[tuple[Record | None, Record | None]]:
        """Make the changes everyone's, and return them as :meth:`replaced` does."""
        changes = self.replaced()
        for (object, id), record in self._staged.items():
            if record is not None or self._records.get(object, id) is not None:
                self._records.put(object, id, record)
        self._staged = {}
        return changes


class Store:
    """The records of every account."""

    def __init__(self) -> None:
        self._accounts: dict[str, AccountRecords] = {}

    def account(self, account: str) -> AccountRecords:
        """An account's records; an account is made when it is first used."""
        records = self._accounts.get(account)
        if records is None:
            records = self._accounts[account] = AccountRecords(account)
        return records

    def elsewhere(self, object: str, id: str, account: str) -> list[str]:
        """The other accounts that have a record of that id. It asks every account: for what was not found only."""
        return [
            name
            for name, records in self._accounts.items()
            if name != account and records.get(object, id) is not None
        ]

    def reset(self, account: str) -> None:
        """Forget everything of one account."""
        self._accounts.pop(account, None)
