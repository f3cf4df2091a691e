"""The events of a unit of work, made from what it changed (https://docs.stripe.com/api/events).

They are records like others and are committed with the changes, or discarded with them. No behaviour has to remember
to make one; it says only what no change shows, such as that an invoice was open before it was paid.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import orjson

from localstack_stripe.contract.loader import Contract
from localstack_stripe.engine.behaviours import find
from localstack_stripe.engine.changes import Change
from localstack_stripe.engine.shapes import Shapes
from localstack_stripe.engine.shown import Shown
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.text import dumped, loaded
from localstack_stripe.engine.work import Happening, UnitOfWork
from localstack_stripe.events.previous import previous_attributes
from localstack_stripe.events.thin import ThinEvents
from localstack_stripe.events.types import EventTypes


class Form(Protocol):
    """What a client of some version sees of a record."""

    @property
    def changed(self) -> Collection[str]:
        """The kinds of which that is not what is stored."""

    @property
    def telling(self) -> Collection[str]:
        """Those of which it, and not what is stored, says what has happened."""

    def record(self, work: UnitOfWork, record: Record, expansion: dict[str, Any]) -> Record:
        """A record as such a client sees it."""


TWINS = {"price": "plan"}
"""What is seen as two kinds of object and makes the events of both."""

NAMELESS = frozenset({"invoice.upcoming"})
"""Types whose object has no id yet (https://docs.stripe.com/api/events/types#event_types-invoice.upcoming)."""

OF_ACCOUNTS = {
    "account": "id",
    "application": "_account",
    "bank_account": "account",
    "capability": "account",
    "card": "account",
    "person": "account",
}
"""What a platform keeps of its connected accounts, and which field says of which it is."""

EVENT = "event"

MOMENT = "happened at"
"""Noted of an event on a test clock: when it really happened, since events are kept by that."""


@dataclass(slots=True)
class _Event:
    type: str
    shown: bytes
    """The text of the object as it is shown."""
    subject: Record
    """The record of it, which tells the time that it lives in."""
    previous: dict[str, Any] | None = None
    data: dict[str, Any] | None = None
    """What a thin event says besides."""


class Events:
    """Adds to units of work the events that they make.

    :param form: what events show of a record, whoever reads them (https://docs.stripe.com/webhooks/versioning)
    :param version: that of this form, the account's default
    :param begin: makes a unit of work for an account
    :param platform_of: the account that an account is connected to, or nothing
    :param shown: which records are shown with others
    """

    def __init__(
        self,
        contract: Contract,
        shapes: Shapes,
        form: Form,
        version: str,
        begin: Callable[[str], UnitOfWork],
        platform_of: Callable[[str], str | None],
        shown: Shown,
    ) -> None:
        self._contract = contract
        self._shapes = shapes
        self._types = EventTypes(contract)
        self._thin = ThinEvents(contract)
        self._form = form
        self._changed, self._telling = form.changed, form.telling
        self._version = version
        self._begin = begin
        self._platform_of = platform_of
        self._shown = shown

    def add_to(self, work: UnitOfWork, changes: list[Change]) -> None:
        """Add the events of what *work* has changed so far."""
        events = self._in_order(work, changes) if changes or work.has_told else None
        if not events:
            return
        cause = work.cause
        request = (cause.request_id, cause.idempotency_key) if cause is not None else (None, None)
        real = work.now()
        for event in events:
            if event.type not in self._contract.events:
                context = work.account if self._platform_of(work.account) else None
                self._thin.create(work, event.type, event.subject, context, event.data)
                continue
            account = self._connected(work, event.subject)
            # What happened to a connected account is among its own events, though its platform keeps the account.
            home = work if account in (None, work.account) else work.of(account)
            moment = work.now(event.subject) if home is work else home.now()
            id = work.new_id(EVENT)
            previous = None if event.previous is None else dumped(event.previous)
            facts = (id, moment, event.type, event.shown, previous, *request, account)
            home.insert_unwritten(EVENT, id, moment, self._write, facts)
            if home is work and moment != real:
                work.note({"object": EVENT, "id": id}, MOMENT, real)

    @cached_property
    def _blank(self) -> Record:
        """What is the same in all events."""
        return self._shapes.skeleton(EVENT) | {"api_version": self._version}

    def _write(
        self,
        id: str,
        created: int,
        type: str,
        shown: bytes,
        previous: bytes | None,
        request_id: str | None,
        idempotency_key: str | None,
        account: str | None,
    ) -> bytes:
        """The text of an event. Most are never read, so it is written when it is."""
        data = {"object": _inside_event(shown)}
        if previous is not None:
            data["previous_attributes"] = _inside_event(previous)
        event = {
            **self._blank,
            "id": id,
            "created": created,
            "data": data,
            "request": {"id": request_id, "idempotency_key": idempotency_key},
            "type": type,
        }
        if account is not None:
            event["account"] = account
        return dumped(event)

    def _connected(self, work: UnitOfWork, subject: Record) -> str | None:
        """The connected account that an event comes from (https://docs.stripe.com/connect/webhooks), or nothing.

        An account, and what belongs to it as its persons do, is kept by its platform.
        """
        of = subject.get(OF_ACCOUNTS.get(subject["object"], ""))
        if isinstance(of, str) and of != work.account:
            return of
        return work.account if self._platform_of(work.account) else None

    def _in_order(self, work: UnitOfWork, changes: list[Change]) -> list[_Event]:
        """First what is new, then what was said to have happened, then what else changed."""
        derived = self._derived(work, changes)
        if not work.happenings:
            if len(derived) > 1:
                derived.sort(key=_is_old)
            return derived
        said = {(each.type, each.record["id"]) for each in work.happenings}
        new: list[_Event] = []
        others: list[_Event] = []
        for event in derived:
            if (event.type, event.subject["id"]) not in said:
                (others if _is_old(event) else new).append(event)
        told = []
        shown: dict[bytes, bytes] = {}  # several may have happened to the same state
        for each in work.happenings:
            if each.text not in shown:
                shown[each.text] = self._told(work, each)
            told.append(_Event(each.type, shown[each.text], each.record, each.previous, each.data))
        return [*new, *told, *others]

    def _told(self, work: UnitOfWork, happening: Happening) -> bytes:
        if happening.as_stored and happening.record["object"] not in self._changed:
            return happening.text
        shown = self._form.record(work, loaded(happening.text), {})
        if happening.type in NAMELESS:
            shown = {name: value for name, value in shown.items() if name != "id"}
        return dumped(shown)

    def _derived(self, work: UnitOfWork, changes: list[Change]) -> list[_Event]:
        derived: list[_Event] = []
        has_been = [before for before, _ in changes if before is not None]
        earlier = self._begin(work.account) if has_been else work  # of which nothing is asked
        gone = {before["id"] for before, now in changes if now is None and before is not None}
        for before, now in changes:
            subject = now or before
            if subject is None or (now is None and _went_with(subject, gone)):
                continue
            derived += self._of_change(work, earlier, subject, before, now)
            twin = TWINS.get(subject["object"])
            if twin is not None:
                was = find(earlier, twin, before["id"]) if before is not None else None
                seen = find(work, twin, now["id"]) if now is not None else None
                derived += self._of_change(work, earlier, seen or was or {}, was, seen)
        return derived

    def _of_new(self, work: UnitOfWork, record: Record) -> list[_Event]:
        """What happens when a record is made."""
        object = record["object"]
        types = [type for type in self._types.of_new(object) if type.happened(None, record)]
        if not types:
            return []
        text = None if object in self._changed else work.text(object, record["id"])
        if text is None:
            text = dumped(self._form.record(work, record, {}))
        return [_Event(type.name, text, record) for type in types]

    def _of_change(
        self,
        work: UnitOfWork,
        earlier: UnitOfWork,
        subject: Record,
        before: Record | None,
        now: Record | None,
    ) -> list[_Event]:
        object = subject.get("object")
        if object is None:
            return []
        if before is None and now is not None and object not in self._telling:
            return self._of_new(work, now)
        was, has_become = before, now
        if object in self._telling:
            was = before and self._form.record(earlier, before, {})
            has_become = now and self._form.record(work, now, {})
        # What belongs to a record and is shown in it can be different although the record is the same.
        if was == has_become and not self._shown.always_lists(object):
            return []
        types = [type for type in self._types.of(object) if type.happened(was, has_become)]
        if not types:
            return []
        is_as_stored = now is not None and object not in self._changed
        text = work.text(object, subject["id"]) if is_as_stored else None
        shown = (
            self._form.record(work if now is not None else earlier, subject, {})
            if text is None
            else subject
        )
        previous: dict[str, Any] | None = None
        if before is not None and now is not None and any(type.tells_previous for type in types):
            previous = previous_attributes(self._form.record(earlier, before, {}), shown)
        if text is None:
            text = dumped(shown)
        return [
            _Event(type.name, text, subject, previous if type.tells_previous else None)
            for type in types
            if previous or not type.tells_previous
        ]


def _is_old(event: _Event) -> bool:
    """Whether the event happened to what was there before."""
    return not event.type.endswith(".created")


def _inside_event(text: bytes) -> orjson.Fragment:
    """An object's text, two levels deeper: as the object of the data of an event."""
    return orjson.Fragment(text.replace(b"\n", b"\n    "))


def happened_at(work: UnitOfWork, event: Record) -> int:
    """When an event really happened, in the emulator's time, whatever its test clock showed."""
    moment: int | None = work.noted(event, MOMENT)
    return event["created"] if moment is None else moment


def _went_with(record: Record, gone: set[str]) -> bool:
    """Whether a deleted record belonged to one that was deleted too: only that one's event is made."""
    return any(
        isinstance(value, str) and value in gone and name != "id" for name, value in record.items()
    )
