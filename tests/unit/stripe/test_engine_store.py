"""The store against a model of it: whatever is written, committed and given up, everyone reads what they should."""

from copy import deepcopy

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from localstack_stripe.engine import collection
from localstack_stripe.engine.changes import Changes
from localstack_stripe.engine.collection import EARLIEST, LATEST, Selection
from localstack_stripe.engine.store import AccountRecords, Store
from localstack_stripe.engine.text import dumped

KIND = "widget"
COLOURS = st.sampled_from(["red", "green", None])
MOMENTS = st.integers(0, 9)
PICK = st.integers(0, 2**16)


class Model:
    """Records by id, and the order in which they came, in which those that are gone keep their places."""

    def __init__(self):
        self.records = {}
        self.order = {}

    def newest_first(self):
        return sorted(self.records, key=self.order.__getitem__, reverse=True)


class TheStore(RuleBasedStateMachine):
    """Units of work, one after the other, on one account."""

    def __init__(self):
        super().__init__()
        self.store = AccountRecords("acct_1", lambda record: True)
        self.committed = Model()
        self.number = 0
        self.begin()

    def begin(self):
        self.changes = Changes(self.store)
        self.model = deepcopy(self.committed)

    def picked(self, number):
        ids = self.model.newest_first()
        return ids[number % len(ids)] if ids else None

    @rule(colour=COLOURS, created=MOMENTS)
    def add(self, colour, created):
        self.number += 1
        id = f"w_{self.number}"
        record = {"object": KIND, "id": id, "colour": colour, "created": created, "n": {"x": 1}}
        self.changes.add(deepcopy(record))
        self.model.records[id] = record
        self.model.order[id] = self.number

    @rule(number=PICK, colour=COLOURS, created=MOMENTS)
    def change(self, number, colour, created):
        id = self.picked(number)
        if id is not None:
            record = self.changes.change(self.changes.get(KIND, id))
            for each in (record, self.model.records[id]):
                each["colour"], each["created"] = colour, created

    @rule(number=PICK)
    def remove(self, number):
        id = self.picked(number)
        if id is not None:
            self.changes.remove(self.changes.get(KIND, id))
            del self.model.records[id]

    @initialize(number=st.sampled_from([0, 3, 150]))
    def begin_with_many(self, number):
        for each in range(number):
            self.add(["red", "green", None][each % 3], each // 20)
        self.commit()

    @rule(every=st.integers(2, 6))
    def remove_most(self, every):
        for place, id in enumerate(self.model.newest_first()):
            if place % every:
                self.changes.remove(self.changes.get(KIND, id))
                del self.model.records[id]
        self.commit()

    @rule()
    def commit(self):
        before, now = self.committed.records, self.model.records
        replaced = self.changes.replaced()
        self.changes.commit()
        for was, is_ in replaced:
            id = (was or is_)["id"]
            assert (was, is_) == (before.get(id), now.get(id))
        # What was added and removed again was never there.
        known = self.committed.order.keys() | now.keys()
        self.model.order = {id: at for id, at in self.model.order.items() if id in known}
        self.committed = self.model
        self.begin()

    @rule()
    def give_up(self):
        self.begin()

    @rule(
        equal=st.dictionaries(st.just("colour"), COLOURS),
        bounds=st.none() | st.tuples(MOMENTS, MOMENTS),
        cursor=st.none() | PICK,
        up=st.booleans(),
    )
    def select(self, equal, bounds, cursor, up):
        since, until = bounds or (EARLIEST, LATEST)
        order = self.model.order
        known = [id for id in order if id in self.model.records or id in self.committed.order]
        at = known[cursor % len(known)] if known and cursor is not None else None
        expected = [
            id
            for id in self.model.newest_first()
            if all(self.model.records[id][name] == value for name, value in equal.items())
            and since <= self.model.records[id]["created"] <= until
            and (at is None or (order[id] > order[at] if up else order[id] < order[at]))
        ]

        cursors = {} if at is None else {"newer_than" if up else "older_than": at}
        found = list(self.changes.select(KIND, Selection(equal, since, until), **cursors))

        assert found == (expected[::-1] if up and at is not None else expected)

    @rule(colour=COLOURS)
    def where(self, colour):
        found = self.changes.where(KIND, "colour", colour)

        records = [self.model.records[id] for id in self.model.newest_first()]
        assert found == [record for record in records if record["colour"] == colour]

    @invariant()
    def this_unit_of_work_sees_its_changes(self):
        records = self.model.records
        assert list(self.changes.all(KIND)) == [records[id] for id in self.model.newest_first()]
        for id in self.model.order:
            assert self.changes.get(KIND, id) == records.get(id)

    @invariant()
    def everyone_else_sees_what_is_committed(self):
        others = Changes(self.store)
        records = self.committed.records
        assert list(others.all(KIND)) == [records[id] for id in self.committed.newest_first()]
        for id, record in records.items():
            assert others.text(KIND, id) == dumped(record)


TestTheStore = TheStore.TestCase
TestTheStore.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


def test_what_was_dumped_can_be_loaded():
    store = Store(lambda record: True)
    changes = Changes(store.account("acct_1"))
    for number in range(3):
        record = {"object": KIND, "id": f"w_{number}", "created": number}
        changes.note(changes.add(record), "used", True)
    changes.bury(changes.get(KIND, "w_1"))
    changes.commit()
    dump = store.dump("acct_1")

    loaded = store.load("acct_2", dump)

    assert [record["id"] for record in loaded] == ["w_0", "w_2"]
    assert store.dump("acct_2") == dump
    assert store.accounts() == ["acct_1", "acct_2"]
    copy = Changes(store.account("acct_2"))
    assert copy.noted({"object": KIND, "id": "w_0"}, "used") is True
    assert copy.buried(KIND, "w_1") == {"id": "w_1", "object": KIND, "deleted": True}
    assert store.elsewhere(KIND, "w_2", "acct_1") == ["acct_2"]


def test_only_the_places_of_the_last_removed_records_are_remembered(monkeypatch):
    monkeypatch.setattr(collection, "MOST_GONE", 2)
    records = collection.Collection()
    for id in ("w_1", "w_2", "w_3"):
        records.put(id, {"id": id}, b"{}", True)

    for id in ("w_1", "w_2", "w_3"):
        records.remove(id)

    assert [records.has_place(id) for id in ("w_1", "w_2", "w_3")] == [False, True, True]
