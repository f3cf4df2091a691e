"""A unit of work: the one way to read and change records, with the time and the ids to make them with."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from localstack_stripe.contract.loader import Contract
from localstack_stripe.engine.applications import MADE_THROUGH, application_of
from localstack_stripe.engine.changes import Change, Changes, Key
from localstack_stripe.engine.clock import AccountClock, Clock, Timestamp
from localstack_stripe.engine.collection import Selection, Value
from localstack_stripe.engine.errors import no_such
from localstack_stripe.engine.ids import IdGenerator
from localstack_stripe.engine.shapes import Shapes
from localstack_stripe.engine.store import AccountRecords, Record
from localstack_stripe.engine.text import Facts, Write, dumped

TEST_CLOCK = "test_helpers.test_clock"

NAMES = {
    "balance_transaction": "balance transaction",
    "checkout.session": "checkout.session",
    "invoiceitem": "Invoice Item",
    "payment_method": "PaymentMethod",
    "promotion_code": "promotion code",
    "setup_intent": "setupintent",
    "shipping_rate": "shipping rate",
    "tax_rate": "tax rate",
}
"""How Stripe's messages call a resource, where it is not the last part of its ``object``."""


@dataclass(slots=True)
class Cause:
    """The request that something was done for."""

    request_id: str
    idempotency_key: str | None = None


@dataclass(slots=True)
class Happening:
    """An event that a behaviour says itself.

    :param record: what it happened to, which may have changed since
    :param text: the JSON of that as it was then
    :param as_stored: whether that is what a client sees of it
    :param previous: what of it was otherwise before
    :param data: what a thin event says besides what it happened to
    """

    type: str
    record: Record
    text: bytes
    as_stored: bool
    previous: Record | None
    data: Record | None = None


@dataclass(slots=True)
class Reach:
    """What a unit of work can do in other accounts than its own.

    :param begin: makes a unit of work for an account
    :param platform_of: names the account that an account is connected to
    """

    begin: Callable[[str], "UnitOfWork"]
    platform_of: Callable[[str], str | None]


class UnitOfWork:
    """Reads and writes one account's records; everything is committed at once, or nothing."""

    cause: Cause | None = None
    """The request that it is done for; none for what falls due by itself."""
    forced_decline: str | None = None
    """The reason with which a test wants the bank to decline, whatever the card."""
    takes_card_numbers: bool = False
    """Whether card numbers may be sent with a secret key, as an account may that has access to raw card data."""
    _left: tuple[Callable[[], None], ...] = ()
    """What is to be done for last; next to no unit of work has anything."""
    default_version: str | None = None
    """The version of the API that the account has, if not the one that is served."""
    reach: Reach | None = None
    """The accounts besides its own, where there are any."""
    base: str = ""
    """What clients have before the path, for the addresses of pages: that of the request, or of the one before it."""

    def __init__(
        self,
        records: AccountRecords,
        contract: Contract,
        shapes: Shapes,
        clock: Clock | AccountClock,
        ids: IdGenerator,
    ) -> None:
        self.account = records.account
        self.contract = contract
        self.shapes = shapes
        self.ids = ids
        self._clock = clock
        self._changes = Changes(records)
        self._is_preview = False
        self._now: Timestamp | None = None
        self.happenings: list[Happening] = []
        """What was said to have happened, in its order."""
        self.stand_ins: dict[str, str] = {}
        """Ids that this unit of work made for Stripe's test values: each use of ``pm_card_visa`` makes a payment
        method, and one request that names it twice means the same one."""
        self.told: str | None = None
        """The connected account that is told something, whose files and tax IDs can be named as one's own."""
        self.shown_lists: dict[tuple[str, str, str], Record] = {}
        """Lists of children as they are shown, by the parent's kind and id and the field. Nothing is written any more
        when something is shown."""
        self._parts: dict[str, UnitOfWork] | None = None

    # Other times and accounts

    def rehearsal(self) -> "UnitOfWork":
        """Another unit of work, on what has been changed so far: what is done there is only looked at."""
        assert self.reach is not None
        rehearsal = self.reach.begin(self.account)
        rehearsal.preview()
        rehearsal._changes, rehearsal._now = self._changes.copied(), self._now
        rehearsal.base = self.base
        return rehearsal

    def look_ahead(self, moment: int, clock: str | None) -> None:
        """Go on to a later moment, in a unit of work that only looks.

        :param clock: the id of the test clock that goes on; without one, the emulator's time does
        """
        assert self._is_preview
        test_clock = self.get(TEST_CLOCK, clock) if clock else None
        if test_clock is not None:
            self.change(test_clock)["frozen_time"] = moment
        else:
            self._now = Timestamp(moment)

    def of(self, account: str) -> "UnitOfWork":
        """The part of this unit of work that is done in another account, and is committed with it."""
        if self._parts is None:
            self._parts = {self.account: self}
        part = self._parts.get(account)
        if part is None:
            assert self.reach is not None
            part = self._parts[account] = self.reach.begin(account)
            part._parts, part._is_preview = self._parts, self._is_preview
            part.cause, part.forced_decline = self.cause, self.forced_decline
            part.base = self.base
        return part

    def parts(self) -> list["UnitOfWork"]:
        """This unit of work, and what was done of it in other accounts."""
        return [self] if self._parts is None else list(self._parts.values())

    def platform(self) -> str | None:
        """The account that this one is connected to (https://docs.stripe.com/connect), or nothing."""
        return self.reach.platform_of(self.account) if self.reach is not None else None

    # Reading

    def get(self, object: str, id: str) -> Record | None:
        """The record, or nothing. It is not to be written to; see :meth:`change`."""
        return self._changes.get(object, id)

    def peek(self, object: str, id: str) -> Record | None:
        """The same, not remembered: for who looks through many."""
        return self._changes.peek(object, id)

    def buried(self, object: str, id: str) -> Record | None:
        """The stub of a deleted record, or nothing."""
        return self._changes.buried(object, id)

    def require(self, object: str, id: str, param: str) -> Record:
        """The record that a parameter names.

        :raises StripeError: 400 ``resource_missing``
        """
        record = self.get(object, id)
        if record is None:
            raise no_such(display_name(object), id, param)
        return record

    def is_known(self, object: str) -> bool:
        """Whether there is, or was, any record of a kind."""
        return self._changes.is_known(object)

    def all(self, object: str) -> Iterator[Record]:
        """Every record of a kind, newest first."""
        return self._changes.all(object)

    def where(self, object: str, field: str, value: Value) -> list[Record]:
        """The records of a kind whose *field* (a dotted path) is *value*, newest first."""
        return self._changes.where(object, field, value)

    def select(
        self,
        object: str,
        selection: Selection,
        older_than: str | None = None,
        newer_than: str | None = None,
    ) -> Iterator[str]:
        """The ids of selected records, newest first; nothing is read that an index knows.

        :param older_than: begin behind this record
        :param newer_than: begin before this one, and go towards the newest
        :raises KeyError: where :meth:`has_place` denies such a record
        """
        return self._changes.select(object, selection, older_than, newer_than)

    def has_place(self, object: str, id: str) -> bool:
        """Whether a list can go on from a record: there is one, or there was."""
        return self._changes.has_place(object, id)

    def text(self, object: str, id: str) -> bytes | None:
        """The JSON text of a record, where that is all that a client sees of it. To be asked for after all changes."""
        return self._changes.text(object, id)

    def texts(self, keys: Sequence[Key]) -> list[bytes | None]:
        """The same of several, named by ``object`` and ``id``."""
        return self._changes.texts(keys)

    # Time

    def clock_of(self, record: Record) -> str | None:
        """The id of the test clock that a record lives on, its own, its customer's or its invoice's."""
        clock = record.get("test_clock")
        if clock is None and record.get("customer") is not None:
            customer = self.get("customer", record["customer"])
            clock = customer.get("test_clock") if customer else None
        elif clock is None and record.get("object") == "invoice_payment":
            clock = (self.get("invoice", record["invoice"]) or {}).get("test_clock")
        return clock

    def now(self, record: Record | None = None) -> Timestamp:
        """The time in which *record* lives: its test clock's, else the emulator's, which stands still meanwhile."""
        clock = self.clock_of(record) if record is not None else None
        test_clock = self.get(TEST_CLOCK, clock) if clock else None
        if test_clock is not None:
            return Timestamp(test_clock["frozen_time"])
        if self._now is None:
            self._now = self._clock.now()
        return self._now

    # Writing

    def create(self, object: str, **values: Any) -> Record:
        """Add a complete record of *object*: what is not given is empty, ``created`` and ``updated`` are now."""
        return self.add(object, values)

    def add(self, object: str, values: Record) -> Record:
        """The same, with the values together."""
        return self._changes.add(self._new(object, values))

    def insert_unwritten(
        self, object: str, id: str, created: int, write: Write, facts: Facts
    ) -> None:
        """Add a new record that is written when it is first read, and that nobody reads before the commit.

        :param write: makes its text of *facts*; the same for all records of a kind
        """
        self._changes.add_unwritten(object, id, created, write, facts)

    def new_id(self, object: str) -> str:
        """An id for a new record; none where its resource has no ids."""
        prefix, length = self.shapes.id_form(object)
        return self.ids.new(prefix, length) if length else ""

    def _new(self, object: str, values: Record) -> Record:
        record = self.shapes.skeleton(object)
        if "id" not in values and (id := self.new_id(object)):
            record["id"] = id
        self._stamp(record, self.shapes.times(object), values)
        if object in MADE_THROUGH and (platform := self.platform()) is not None:
            record["application"] = application_of(platform)
        record.update(values)
        # What has no id of Stripe's still needs one to be found by; rendering does not show it.
        record["id"] = record.get("id") or self.ids.text(16)
        return record

    def lay(self, object: str, **values: Any) -> None:
        """Put down a record that has been there from the start: nobody is told of it."""
        self._changes.lay(self._new(object, values))

    def has_always_been(self, record: Record) -> None:
        """Say that a record that was just made was there before: what is changed of it from here on is a change."""
        self._changes.lay(record)

    def stamp(self, record: Record, name: str) -> None:
        """Write the present into ``created`` or ``updated`` of a record, as its resource writes time."""
        written = self.shapes.times(record["object"]).get(name)
        if written is not None:
            record[name] = written(self.now(record))

    def stamp_all(self, record: Record) -> None:
        """Write the present into all fields of a new record that say when it was made."""
        self._stamp(record, self.shapes.times(record["object"]), record)

    def _stamp(
        self, record: Record, times: Mapping[str, Callable[[int], int | str]], living: Record
    ) -> None:
        if times:
            now = self.now(living)
            for name, written in times.items():
                record[name] = written(now)

    def change(self, record: Record) -> Record:
        """The record to write to: a copy, made on the first call in this unit of work."""
        return self._changes.change(record)

    def remove(self, record: Record) -> None:
        """Remove the record without a trace."""
        self._changes.remove(record)

    def bury(self, record: Record) -> Record:
        """Delete the record, and return the stub that is left of it."""
        return self._changes.bury(record)

    def note(self, record: Record, fact: str, value: Any = True) -> None:
        """Remember something of a record that Stripe knows and does not show."""
        self._changes.note(record, fact, value)

    def noted(self, record: Record, fact: str) -> Any:
        """What was noted of a record, or nothing."""
        return self._changes.noted(record, fact)

    def happened(
        self,
        type: str,
        record: Record,
        previous: Record | None = None,
        data: Record | None = None,
    ) -> None:
        """Say that an event happened to a record, as it is now.

        To be said of what is over when the unit of work is: an invoice that is paid at once was open in between. What
        the changes show is no one's to say (https://docs.stripe.com/api/events/types).

        :param type: such as ``invoice.finalized``
        :param previous: what changed, as it was: of an update of what is no record of its own
        :param data: what a thin event says besides what it happened to
        """
        as_stored = self._changes.as_stored(record)
        self.happenings.append(Happening(type, record, dumped(record), as_stored, previous, data))

    @property
    def has_told(self) -> bool:
        """Whether anything was said to have happened that will count."""
        return bool(self.happenings) and not self._is_preview

    def has_touched(self, object: str) -> bool:
        """Whether any record of a kind has been changed so far."""
        return self._changes.has_touched(object)

    def replaced(self) -> list[Change]:
        """What has been changed so far, each as what was before and what is now; nothing where it will not count."""
        return [] if self._is_preview else self._changes.replaced()

    @property
    def is_preview(self) -> bool:
        """Whether what is done is only looked at."""
        return self._is_preview

    def preview(self) -> None:
        """Look only: what is changed here is answered, and never becomes everyone's."""
        for part in self.parts():
            part._is_preview = True

    def leave_for_last(self, do: Callable[[], None]) -> None:
        """Do something when the answer has been written, which does not show it yet."""
        self._left = (*self._left, do)

    def do_what_is_left(self) -> None:
        """Do what was left for last, in whichever part. Whoever commits sees to that."""
        for part in self.parts():
            if part._left:
                left, part._left = part._left, ()
                for do in left:
                    do()
                part.shown_lists.clear()

    def commit(self) -> None:
        """Make the changes everyone's."""
        if not self._is_preview:
            self._changes.commit()


def display_name(object: str) -> str:
    """What Stripe's messages call a resource: ``customer``, ``payment_intent``, ``PaymentMethod``."""
    return NAMES.get(object) or object.rpartition(".")[2]
