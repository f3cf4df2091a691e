"""What falls due, and when.

A resource says when something is next due on a record of it (:func:`due`), and what happens then. The schedule is
kept from the committed records alone: every commit tells it what changed, so nothing can be scheduled by a request
that was refused, and nothing forgotten by one that was not. The emulator's time and each test clock have an order
of their own.
"""

import heapq
import logging
from collections.abc import Callable, Iterable
from typing import NamedTuple

from localstack_stripe.engine.clock import AccountClock, Clocks
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import TEST_CLOCK, UnitOfWork

LOG = logging.getLogger(__name__)

NextDue = Callable[[UnitOfWork, Record], int | None]
WhenDue = Callable[[UnitOfWork, Record], None]


class _Due(NamedTuple):
    next: NextDue
    happens: WhenDue


_DUE: dict[str, list[_Due]] = {}


def due(object: str, *, next: NextDue) -> Callable[[WhenDue], WhenDue]:
    """Register what happens to a record of *object* when its time has come; of several things, the earliest is first.

    :param next: when that is, in seconds since 1970, or nothing; asked after every change of the record
    """

    def register(happens: WhenDue) -> WhenDue:
        _DUE.setdefault(object, []).append(_Due(next, happens))
        return happens

    return register


def _first_due(work: UnitOfWork, record: Record) -> tuple[int, WhenDue] | None:
    """When something is next due on a record, and what happens then."""
    first: tuple[int, WhenDue] | None = None
    for each in _DUE[record["object"]]:
        moment = each.next(work, record)
        if moment is not None and (first is None or moment < first[0]):
            first = moment, each.happens
    return first


Subject = tuple[str, str, str]
"""Account, object and id."""

ClockKey = tuple[str, str | None]
"""An account and one of its test clocks."""

REAL_TIME: ClockKey = ("", None)
"""The emulator's own time, which all accounts share: what is due first is found without asking each of them."""


class Schedule:
    """The order of what falls due.

    :param clocks: which accounts have a time of their own
    """

    def __init__(self, clocks: Clocks) -> None:
        self._clocks = clocks
        self._queues: dict[ClockKey, list[tuple[int, int, Subject]]] = {}
        self._valid: dict[Subject, tuple[int, ClockKey]] = {}
        self._number = 0

    def follow(
        self, work: UnitOfWork, changes: Iterable[tuple[Record | None, Record | None]]
    ) -> None:
        """Take over what a commit has changed."""
        for before, now in changes:
            record = now or before
            assert record is not None
            if record["object"] not in _DUE:
                continue
            subject = (work.account, record["object"], record["id"])
            first = _first_due(work, now) if now is not None else None
            if first is None:
                self._valid.pop(subject, None)
            else:
                clock = work.clock_of(record)
                self._put(
                    first[0], (work.account, clock) if clock else self._of(work.account), subject
                )

    def _of(self, account: str) -> ClockKey:
        """The time that an account lives in, besides those of its test clocks."""
        owner = self._clocks.owner(account)
        return REAL_TIME if owner is None else (owner, None)

    def take_out(self, account: str) -> None:
        """Keep what is due in an account, and in those connected to it, apart: it has a time of its own."""
        for subject, (moment, clock) in list(self._valid.items()):
            if clock[1] is None and self._clocks.owner(subject[0]) == account:
                self._put(moment, (account, None), subject)

    def _put(self, moment: int, clock: ClockKey, subject: Subject) -> None:
        if self._valid.get(subject) == (moment, clock):
            return
        self._valid[subject] = (moment, clock)
        self._number += 1
        queue = self._queues.setdefault(clock, [])
        heapq.heappush(queue, (moment, self._number, subject))

    def next(self, clock: ClockKey) -> tuple[int, Subject] | None:
        """What is due first on a clock, and when."""
        queue = self._queues.get(clock)
        while queue:
            moment, _, subject = queue[0]
            if self._valid.get(subject) == (moment, clock):
                return moment, subject
            heapq.heappop(queue)
        return None

    def drop(self, subject: Subject) -> None:
        """Forget an entry that cannot be worked off."""
        self._valid.pop(subject, None)

    def forget(self, account: str) -> None:
        """Forget everything of an account."""
        self._queues = {key: queue for key, queue in self._queues.items() if key[0] != account}
        self._valid = {subject: at for subject, at in self._valid.items() if subject[0] != account}
        for subject, (moment, clock) in list(self._valid.items()):
            if clock == (
                account,
                None,
            ):  # a connected account's, which goes on without its platform
                self._put(moment, self._of(subject[0]), subject)


class Runner:
    """Works off what is due: one entry, one unit of work.

    :param begin: makes a unit of work for an account
    :param commit: commits it and tells the schedule
    """

    def __init__(
        self,
        schedule: Schedule,
        clocks: Clocks,
        begin: Callable[[str], UnitOfWork],
        commit: Callable[[UnitOfWork], None],
    ) -> None:
        self._schedule = schedule
        self._clocks = clocks
        self._begin = begin
        self._commit = commit
        self.advancing: dict[ClockKey, int] = {}
        """The test clocks that have not arrived yet, and where they are told to go."""

    def follow(self, account: str, changes: Iterable[tuple[Record | None, Record | None]]) -> None:
        """Notice test clocks that were told to advance."""
        for before, now in changes:
            record = now or before
            if record is None or record["object"] != TEST_CLOCK:
                continue
            key = (account, record["id"])
            if now is not None and now["status"] == "advancing":
                self.advancing[key] = now["status_details"]["advancing"]["target_frozen_time"]
            else:
                self.advancing.pop(key, None)

    def forget(self, account: str) -> None:
        """Forget everything of an account."""
        for key in [key for key in self.advancing if key[0] == account]:
            del self.advancing[key]

    def step(self) -> bool:
        """Do the next thing that is due, if there is one, and say whether there was."""
        for key, target in self.advancing.items():
            self._advance(key, target)
            return True
        for account, own in self._clocks.own.items():
            if self._step_of(account, own):
                return True
        entry = self._schedule.next(REAL_TIME)
        if entry is None or entry[0] > self._clocks.real.now():
            return False
        moment, subject = entry
        self._happen(self._begin(subject[0]), subject, moment)
        return True

    def _step_of(self, account: str, own: AccountClock) -> bool:
        """The same for an account with a time of its own; while that advances, each thing happens at its moment."""
        entry = self._schedule.next((account, None))
        last = own.now() if own.target is None else own.target
        if entry is not None and entry[0] <= last:
            moment, subject = entry
            if own.target is not None:
                own.reach(moment)
            self._happen(self._begin(subject[0]), subject, moment)
            return True
        if own.target is None:
            return False
        own.arrive()
        return True

    def _advance(self, key: ClockKey, target: int) -> None:
        account, clock_id = key
        assert clock_id is not None
        work = self._begin(account)
        clock = work.change(work.require(TEST_CLOCK, clock_id, "test_clock"))
        entry = self._schedule.next(key)
        if entry is not None and entry[0] <= target:
            clock["frozen_time"] = max(clock["frozen_time"], entry[0])
            if not self._happen(work, entry[1], entry[0]):
                failed = self._begin(account)
                clock = failed.change(failed.require(TEST_CLOCK, clock_id, "test_clock"))
                clock["status"], clock["status_details"] = "internal_failure", {}
                self._commit(failed)
            return
        clock["frozen_time"] = target
        clock["status"], clock["status_details"] = "ready", {}
        self._commit(work)

    def _happen(self, work: UnitOfWork, subject: Subject, moment: int) -> bool:
        account, object, id = subject
        record = work.get(object, id)
        before = _first_due(work, record) if record is not None else None
        if before is None or before[0] > moment:
            # Another record, such as an invoice that was paid, has made it due later, or never.
            self._commit(work)
            self._schedule.follow(work, [(record, record)] if record is not None else [])
            return True
        try:
            assert record is not None
            before[1](work, record)
            self._commit(work)
        except Exception:
            LOG.exception("What was due on %s of %s failed", id, account)
            self._schedule.drop(subject)
            return False
        after = work.get(object, id)
        if after is not None and _first_due(work, after) == before:
            LOG.error("What was due on %s of %s changed nothing and is dropped", id, account)
            self._schedule.drop(subject)
        return True
