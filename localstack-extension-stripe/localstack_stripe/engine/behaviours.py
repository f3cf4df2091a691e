"""The registry of behaviours: what people wrote beyond the generic operations.

A behaviour is a function for one operation (:func:`operation`), or a hook that a generic operation calls
(:func:`prepares`, :func:`defaults`, :func:`before_create`, :func:`before_update`, :func:`before_delete`).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from localstack_stripe.contract.loader import Operation
from localstack_stripe.engine.browsers import require_secret
from localstack_stripe.engine.collection import Value
from localstack_stripe.engine.content import Content
from localstack_stripe.engine.errands import Brought, ErrandNeeded
from localstack_stripe.engine.errors import no_such, not_emulated
from localstack_stripe.engine.lists import Filter, Page
from localstack_stripe.engine.presets import settle
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork, display_name

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")


@dataclass(slots=True)
class Call:
    """One call of an operation, with parameters that validation has typed.

    :param path: the values of the path's placeholders
    :param params: without ``expand``; an unset parameter is ``None``
    :param publishable: whether a browser's key makes it
    :param key: the key that makes it
    :param brought: what was done outside for it, once that is done
    """

    operation: Operation
    path: Mapping[str, str]
    params: Mapping[str, Any]
    work: UnitOfWork
    publishable: bool = False
    key: str = ""
    brought: Brought | None = None

    def outside(self, run: Callable[[], T]) -> T:
        """What *run* brings, which would hold up the loop, and is done beside it
        (:mod:`localstack_stripe.engine.errands`). There is one such errand to a call.

        :param run: is run in a thread, and must not touch any record
        :raises ErrandNeeded: where that has not been done yet
        """
        if self.brought is None:
            raise ErrandNeeded(run)
        result: T = self.brought.result()
        return result

    @property
    def base(self) -> str:
        """What the client has before the path: scheme, host, and the prefix of a gateway."""
        return self.work.base


Result = Record | Page | Content | None
Behaviour = Callable[[Call], Result]
CreateHook = Callable[[Call, Record], None]
UpdateHook = Callable[[Call, Record, Record], None]

K = TypeVar("K")


class Listed(NamedTuple):
    """What a list has.

    :param fields: what the fields of its records are, where no parameter says it
    :param unless: parameters that name whose records are asked for: of those, all are listed
    """

    fields: Mapping[str, Value]
    unless: tuple[str, ...]


class Behaviours:
    """What was registered, by operation and by resource."""

    def __init__(self) -> None:
        self.operations: dict[str, Behaviour] = {}
        self.parameters: dict[str, Callable[[Call], Call]] = {}
        self.prepared: dict[str, Callable[[Call], Record]] = {}
        self.defaults: dict[str, Callable[[UnitOfWork], Record]] = {}
        self.before_create: dict[str, CreateHook] = {}
        self.checks: dict[str, CreateHook] = {}
        self.before_update: dict[str, UpdateHook] = {}
        self.before_delete: dict[str, CreateHook] = {}
        self.includable: dict[tuple[str, str], Callable[[UnitOfWork, Record], Any]] = {}
        self.hidden: dict[str, frozenset[str]] = {}
        self.shown_once: dict[str, tuple[str, ...]] = {}
        self.refused: dict[str, tuple[str, ...]] = {}
        self.plain: set[str] = set()
        self.views: dict[str, Callable[[UnitOfWork, str], Record | None]] = {}
        self.stand_ins: dict[str, Callable[[UnitOfWork, str], Record | None]] = {}
        self.filters: dict[str, dict[str, Filter]] = {}
        self.listed: defaultdict[str, list[Listed]] = defaultdict(list)


BEHAVIOURS = Behaviours()
"""Filled when ``localstack_stripe.resources`` is imported. It holds code, never state."""


def operation(key: str) -> Callable[[Behaviour], Behaviour]:
    """Register what an operation does, instead of the generic engine: ``POST /v1/invoices/{invoice}/pay``."""

    def register(behaviour: Behaviour) -> Behaviour:
        BEHAVIOURS.operations[key] = behaviour
        return behaviour

    return register


def behaviour_of(operation: Operation) -> Behaviour | None:
    """What an operation does: an older path does what its newer one does, unless it has a behaviour of its own."""
    known = BEHAVIOURS.operations
    return known.get(operation.key) or known.get(operation.main_key)


def _registering(registry: dict[K, Any], key: K) -> Callable[[F], F]:
    def register(function: F) -> F:
        registry[key] = function
        return function

    return register


def understands(parameter: str) -> Callable[[F], F]:
    """Register what a parameter means wherever it is sent: the hook gets the call, and returns it in other words."""
    return _registering(BEHAVIOURS.parameters, parameter)


def prepares(object: str) -> Callable[[F], F]:
    """Register what has to be there before a new record is: the hook returns what the record has of it."""
    return _registering(BEHAVIOURS.prepared, object)


def defaults(object: str) -> Callable[[F], F]:
    """Register what a new record has besides its empty fields."""
    return _registering(BEHAVIOURS.defaults, object)


def before_create(object: str) -> Callable[[F], F]:
    """Register what happens to a new record, filled from the parameters, before it is answered."""
    return _registering(BEHAVIOURS.before_create, object)


def checks(object: str) -> Callable[[F], F]:
    """Register what a new or changed record must have, where nothing else of it is followed: its level stays generic."""
    return _registering(BEHAVIOURS.checks, object)


def before_update(object: str) -> Callable[[F], F]:
    """Register what happens to a changed record; the hook gets the call, the new and the old record."""
    return _registering(BEHAVIOURS.before_update, object)


def before_delete(object: str) -> Callable[[F], F]:
    """Register what else goes when a record is deleted, or refuse it."""
    return _registering(BEHAVIOURS.before_delete, object)


def includable(object: str, name: str) -> Callable[[F], F]:
    """Register how a field is made that is answered only when it is expanded."""
    return _registering(BEHAVIOURS.includable, (object, name))


def hides(object: str, *names: str) -> None:
    """Register fields that are kept in the record and answered only when they are expanded.

    :param names: a field, or one within a field's structure, such as ``document.number``
    """
    BEHAVIOURS.hidden[object] = frozenset(names)


def shows_once(object: str, *names: str) -> None:
    """Register facts that are noted of a record and that only the answer that creates it shows, as its secret."""
    BEHAVIOURS.shown_once[object] = names


def plain(*operations: str) -> None:
    """Register operations that were compared with Stripe's documentation: there is no more to them than the engine."""
    BEHAVIOURS.plain.update(operations)


def refuses(operations: Iterable[str], *paths: str) -> None:
    """Register parameters that operations know and the emulator does not follow yet.

    They are refused, rather than ignored, because an answer without their effect would be wrong about money or time.

    :param paths: such as ``default_tax_rates`` or ``items[].tax_rates``
    """
    for key in operations:
        BEHAVIOURS.refused[key] = (*BEHAVIOURS.refused.get(key, ()), *paths)


def refuse_not_emulated(paths: Iterable[str], params: Mapping[str, Any]) -> None:
    """Refuse what was registered with :func:`refuses`, where it says something.

    :param paths: what was registered of an operation
    :raises StripeError: 400, which names the parameter and says that the emulator is at fault
    """
    for path in paths:
        head, _, inner = path.partition("[].")
        values = (params.get(head) or []) if inner else [params]
        for place, value in enumerate(values):
            if value.get(inner or head):
                raise not_emulated(f"{head}[{place}][{inner}]" if inner else head)


def view(object: str) -> Callable[[F], F]:
    """Register how a resource is found that is another one seen differently, as a plan is a price."""
    return _registering(BEHAVIOURS.views, object)


def stands_in(object: str) -> Callable[[F], F]:
    """Register how a record is made for one of Stripe's test values, such as ``pm_card_visa``, or nothing."""
    return _registering(BEHAVIOURS.stand_ins, object)


def list_filter(operation: str, parameter: str) -> Callable[[F], F]:
    """Register what a list's parameter selects, where that is not equality with a field."""
    return _registering(BEHAVIOURS.filters.setdefault(operation, {}), parameter)


def lists_only(operation: str, unless: Iterable[str] = (), **fields: Value) -> None:
    """Register what the fields of what a list has are, where no parameter says it.

    :param unless: parameters that name whose records are asked for: of those, all are listed
    """
    BEHAVIOURS.listed[operation].append(Listed(fields, tuple(unless)))


def listed_only(call: Call) -> Mapping[str, Value]:
    """What the fields of what a list has are, by what is asked for."""
    return listed_by(call.operation.key, call.params)


def listed_by(operation: str, params: Mapping[str, Any]) -> Mapping[str, Value]:
    """The same of an operation with parameters."""
    return {
        name: value
        for listed in BEHAVIOURS.listed.get(operation, ())
        if all(params.get(each) is None for each in listed.unless)
        for name, value in listed.fields.items()
    }


def find(work: UnitOfWork, object: str, id: str) -> Record | None:
    """A record of *object*, or the view of another that stands for it."""
    settle(work, object)
    look = BEHAVIOURS.views.get(object)
    return work.get(object, id) if look is None else look(work, id)


# What placeholders are called in errors, where it is not their name: `No such customer` has the param `id`.
_NAMED_ID = {"customer", "subscription", "charge", "account", "invoiceitem"}
# An invoice is called `id` by some operations and `invoice` by others, as recorded from Stripe's test mode.
_NAMED_ID_IN = {
    "POST /v1/invoices/{invoice}",
    "POST /v1/invoices/{invoice}/finalize",
    "POST /v1/invoices/{invoice}/mark_uncollectible",
    "POST /v1/invoices/{invoice}/pay",
    "POST /v1/invoices/{invoice}/void",
}


def require_path(call: Call, placeholder: str, object: str) -> Record:
    """The record that a placeholder of the path names.

    :raises StripeError: 404 ``resource_missing``, 400 where a browser does not give its client secret
    """
    id = call.path[placeholder]
    record = find(call.work, object, id)
    if record is None:
        is_named_id = placeholder in _NAMED_ID or call.operation.key in _NAMED_ID_IN
        param = "id" if is_named_id else placeholder
        raise no_such(display_name(object), id, param, status=404)
    require_secret(record, call.params, publishable=call.publishable)
    return record
