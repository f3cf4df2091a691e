"""What a unit of work has read and changed, and not yet committed."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from localstack_stripe.engine.collection import EVERYTHING, Selection, Value, value_of
from localstack_stripe.engine.store import ASIDE, AccountRecords
from localstack_stripe.engine.text import Facts, Record, Write, copy, dumped, loaded

Key = tuple[str, str]
"""A record's ``object`` and ``id``."""

Change = tuple[Record | None, Record | None]
"""A record as it was and as it is; nothing where there was or is none."""

_BURIED = ASIDE + "deleted "
"""Where the stubs of deleted records are."""

_NOTED = ASIDE + "noted "
"""Where is noted what Stripe knows of a record and does not show."""


class Changes:
    """New and changed records by key, nothing for removed ones; everyone else sees what is committed."""

    def __init__(self, records: AccountRecords) -> None:
        self._records = records
        self._staged: dict[Key, Record | None] = {}
        self._touched: dict[str, dict[str, None]] = {}
        self._renewed: set[Key] = set()
        """What was removed and added again, which makes it the newest of its kind."""
        self._read: dict[Key, Record] = {}
        self._texts: dict[Key, bytes] = {}
        self._laid: dict[Key, bytes] = {}
        self._unwritten: list[tuple[str, str, int, Write, Facts]] = []
        self._replaced: dict[Key, Record | None] = {}
        """What changed records were before."""

    def copied(self) -> "Changes":
        """The same changes, for somebody who changes more."""
        others = Changes(self._records)
        others._staged = {key: record and copy(record) for key, record in self._staged.items()}
        others._touched = {object: {**ids} for object, ids in self._touched.items()}
        others._renewed, others._laid = {*self._renewed}, {**self._laid}
        others._unwritten = [*self._unwritten]
        return others

    # Reading

    def get(self, object: str, id: str) -> Record | None:
        """The record as this unit of work sees it. Not to be mutated: see :meth:`change`."""
        key = (object, id)
        if key in self._staged:
            return self._staged[key]
        record = self._read.get(key)
        if record is None:
            record = self._records.collection(object).get(id)
            if record is not None:
                self._read[key] = record
        return record

    def peek(self, object: str, id: str) -> Record | None:
        """The same, not remembered: for who looks through many."""
        key = (object, id)
        return self._staged[key] if key in self._staged else self._committed(object, id)

    def is_known(self, object: str) -> bool:
        """Whether there is, or was, any record of a kind."""
        return object in self._touched or object in self._records.kinds()

    def buried(self, object: str, id: str) -> Record | None:
        """The stub of a deleted record, or nothing."""
        return self.get(_BURIED + object, id)

    def noted(self, record: Record, fact: str) -> Any:
        """What was noted of a record, or nothing."""
        return (self.get(_NOTED + record["object"], record["id"]) or {}).get(fact)

    def all(self, object: str) -> Iterator[Record]:
        """Every record of a kind, newest first."""
        collection = self._records.collection(object)
        for id in reversed(list(self._touched.get(object, ()))):
            record = self._staged[object, id]
            if record is not None and self._is_new(object, id):
                yield record
        for id in collection.ids():
            seen = self.peek(object, id)
            if seen is not None and (object, id) not in self._renewed:
                yield seen

    def where(self, object: str, field: str, value: Value) -> list[Record]:
        """The records of a kind whose *field* (a dotted path) is *value*, newest first."""
        collection = self._records.collection(object)
        ids = collection.ids_where(field, value)
        touched = self._touched.get(object)
        if touched:
            ids = [id for id in ids if id not in touched]
            matching = [id for id in touched if self._matches(object, id, field, value)]
            new = [id for id in matching if self._is_new(object, id)]
            old = [id for id in matching if id not in new]
            if old:
                ids = sorted(ids + old, key=collection.place, reverse=True)
            ids = new[::-1] + ids
        return [record for id in ids if (record := self.get(object, id)) is not None]

    def select(
        self,
        object: str,
        selection: Selection,
        older_than: str | None = None,
        newer_than: str | None = None,
    ) -> Iterator[str]:
        """The ids of selected records of a kind: see :meth:`Collection.select`."""
        if object in self._touched:
            return self._select_changed(object, selection, older_than, newer_than)
        return self._records.collection(object).select(selection, older_than, newer_than)

    def has_place(self, object: str, id: str) -> bool:
        """Whether a list can begin at a record: there is one, or was."""
        return self.get(object, id) is not None or self._records.collection(object).has_place(id)

    def text(self, object: str, id: str) -> bytes | None:
        """The text of a record, where that is all that a client sees of it.

        What is written to a new or changed record after that, without :meth:`change`, may be lost.
        """
        key = (object, id)
        if key not in self._staged:
            return self._records.collection(object).text(id)
        text = self._texts.get(key)
        if text is None:
            record = self._staged[key]
            if record is None or not self._records.as_stored(record):
                return None
            text = self._texts[key] = dumped(record)
        return text

    def texts(self, keys: Sequence[Key]) -> list[bytes | None]:
        """The same of several records."""
        if self._staged:
            return [self.text(object, id) for object, id in keys]
        texts: list[bytes | None] = []
        # A list's records stand together by their kind, of which nearly every list has one.
        for object, run in groupby(keys, itemgetter(0)):
            texts += self._records.collection(object).texts([id for _, id in run])
        return texts

    def as_stored(self, record: Record) -> bool:
        """Whether a client sees a record as it is stored."""
        return self._records.as_stored(record)

    # Writing

    def change(self, record: Record) -> Record:
        """The record to write to: a copy, made on the first call."""
        key = (record["object"], record["id"])
        staged = self._staged.get(key)
        if staged is None:
            # What is kept is text, so that reading it again is the quickest copy.
            staged = self._records.collection(key[0]).get(key[1]) or copy(record)
            self._stage(key, staged)
        self._texts.pop(key, None)
        return staged

    def add(self, record: Record) -> Record:
        """Add a new record; it may be written to until the commit."""
        key = (record["object"], record["id"])
        if key in self._staged and self._staged[key] is None:
            self._renewed.add(key)
            del self._touched[key[0]][key[1]]
        self._stage(key, record)
        return record

    def add_unwritten(self, object: str, id: str, created: int, write: Write, facts: Facts) -> None:
        """Add a new record that is written when it is first read. It is there from the commit on."""
        self._unwritten.append((object, id, created, write, facts))

    def remove(self, record: Record) -> None:
        """Remove the record."""
        self._stage((record["object"], record["id"]), None)

    def bury(self, record: Record) -> Record:
        """Remove the record and leave the stub that Stripe shows of it; :meth:`buried` finds it."""
        self.remove(record)
        stub = {"id": record["id"], "object": record["object"], "deleted": True}
        self._stage((_BURIED + record["object"], record["id"]), stub)
        return stub

    def lay(self, record: Record) -> None:
        """Put down what has always been there: it is no change, unless it is changed besides."""
        key = (record["object"], record["id"])
        self._laid[key] = dumped(record)
        self._replaced.pop(key, None)
        self.add(record)

    def note(self, record: Record, fact: str, value: Any) -> None:
        """Remember something of a record that Stripe knows and does not show, such as that it was used."""
        key = (_NOTED + record["object"], record["id"])
        self._stage(key, {**(self.get(*key) or {}), fact: value})

    # The end

    def has_touched(self, object: str) -> bool:
        """Whether any record of a kind was changed."""
        return object in self._touched

    def replaced(self) -> list[Change]:
        """Each change as what was there before and what is there now, in the order of first writing.

        Neither are the stubs of deleted records in it, since that a record is gone says it already, nor what was
        added and removed again.
        """
        changes: list[Change] = []
        for key, now in self._staged.items():
            if key[0].startswith(ASIDE):
                continue
            before = self._before(key)
            if before is not None or now is not None:
                changes.append((before, now))
        return changes

    def commit(self) -> None:
        """Make the changes everyone's.

        :raises StripeError: where a record cannot be written as JSON; then nothing is changed
        """
        if not (self._staged or self._unwritten):
            return  # as when something was only read
        known = self._texts
        written = [
            (key, record, None if record is None else known.get(key) or dumped(record))
            for key, record in self._staged.items()
        ]
        for key, record, text in written:
            object, id = key
            if key in self._renewed and id in self._records.collection(object):
                self._records.remove(object, id)
            if record is not None and text is not None:
                shown = key in known or self._records.shows(object, record)
                self._records.put(object, id, record, text, shown)
            elif id in self._records.collection(object):
                self._records.remove(object, id)
        for added in self._unwritten:
            self._records.put_unwritten(*added)
        self._staged, self._touched, self._read, self._texts = {}, {}, {}, {}
        self._renewed = set()
        self._laid, self._replaced, self._unwritten = {}, {}, []

    def _is_new(self, object: str, id: str) -> bool:
        return (object, id) in self._renewed or id not in self._records.collection(object)

    def _stage(self, key: Key, record: Record | None) -> None:
        self._staged[key] = record
        self._touched.setdefault(key[0], {})[key[1]] = None
        self._texts.pop(key, None)

    def _before(self, key: Key) -> Record | None:
        if key not in self._replaced:
            laid = self._laid.get(key)
            self._replaced[key] = loaded(laid) if laid is not None else self._committed(*key)
        return self._replaced[key]

    def _committed(self, object: str, id: str) -> Record | None:
        return self._read.get((object, id)) or self._records.collection(object).get(id)

    def _matches(self, object: str, id: str, field: str, value: Value) -> bool:
        record = self._staged[object, id]
        return record is not None and value_of(record, field) == value

    def _select_changed(
        self, object: str, selection: Selection, older_than: str | None, newer_than: str | None
    ) -> Iterator[str]:
        """The same, of a kind that this unit of work has changed records of."""
        collection = self._records.collection(object)
        new = [id for id in self._touched[object] if self._is_new(object, id)]

        def old(*span: str | None) -> list[str]:
            ids = collection.select(EVERYTHING, *span)
            return [id for id in ids if (object, id) not in self._renewed]

        if newer_than is not None:
            ids = (
                new[new.index(newer_than) + 1 :]
                if newer_than in new
                else [*old(None, newer_than), *new]
            )
        elif older_than is None or older_than in new:
            newer = new[: new.index(older_than)] if older_than is not None else new
            ids = [*reversed(newer), *old()]
        else:
            ids = old(older_than)
        seen = ((id, self.peek(object, id)) for id in ids)
        return (id for id, record in seen if record is not None and selection.matches(record))
