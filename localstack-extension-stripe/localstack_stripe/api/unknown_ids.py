"""The lenient mode: an id that nothing has is made an object, for tests that were written for stripe-mock.

stripe-mock answers for whatever id it is asked for (https://github.com/stripe/stripe-mock).
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, cast

from localstack_stripe.api.hints import HEADER, objects_by_name, one_line
from localstack_stripe.api.ready import AS_IT_IS, READY, Ready
from localstack_stripe.api.smallest import BY_OWNER, BY_PREFIX, NOT_EMPTY, PARTS, SMALLEST, Another
from localstack_stripe.contract.loader import Contract, Field, Inline, Operation, Reference, Scalar
from localstack_stripe.engine.behaviours import Call, find
from localstack_stripe.engine.errors import NoSuchObject, StripeError
from localstack_stripe.engine.ids import ChosenId
from localstack_stripe.engine.initial import start, value_of
from localstack_stripe.engine.operations import GenericOperations
from localstack_stripe.engine.shapes import alternatives, nullable
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class UnknownIds:
    """Makes the objects that requests name and that do not exist."""

    def __init__(
        self,
        contract: Contract,
        generic: GenericOperations,
        begin: Callable[[str], UnitOfWork],
        commit: Callable[[UnitOfWork], None],
    ) -> None:
        self._contract = contract
        self._begin = begin
        self._commit = commit
        self._generic = generic
        self._objects = objects_by_name(contract)

    def make(
        self,
        error: StripeError,
        account: str,
        operation: Operation,
        path: Mapping[str, str],
        headers: dict[str, str],
    ) -> bool:
        """Make what is missing, where *error* says that something is, and say whether it was made.

        :param operation: what is to be done with it
        :param path: the values of the request's path, which say whose it is
        :param headers: of the answer, which get a hint
        """
        if not isinstance(error, NoSuchObject) or not error.id:
            return False
        work = self._begin(account)
        work.takes_card_numbers = True
        kinds = self._objects.get(error.name, ())
        likely = sorted(
            kinds, key=lambda kind: not error.id.startswith(self._prefix(kind, error.id))
        )
        possible = (each for each in likely if each not in PARTS or _owner(each, path))
        kind = next((each for each in possible if work.get(each, error.id) is None), None)
        if kind is None:
            return False
        owner = _owner(kind, path)
        if owner is not None and work.get(owner, path[owner]) is None:
            self._make(work, owner, path[owner])
        made = self._make(work, kind, error.id, READY.get((operation.main_key, kind)), path)
        owners = self._contract.resources[kind].fields.keys() & path.keys() - {"id"}
        made |= {name: path[name] for name in owners}
        if find(work, kind, error.id) is None:
            return False
        self._commit(work)
        hint = f"made {error.id}, which did not exist: STRIPE_UNKNOWN_IDS is create"
        headers[HEADER] = one_line(hint)
        return True

    def _prefix(self, kind: str, id: str) -> str:
        """What the ids of a kind begin with that are made as *id* has to be."""
        own = id.partition("_")[0]
        if (kind, own) in BY_PREFIX:
            return f"{own}_"
        return self._contract.resources[kind].id_prefix or " "

    def _make(
        self,
        work: UnitOfWork,
        kind: str,
        id: str | None = None,
        ready: Ready | None = None,
        path: Mapping[str, str] = MappingProxyType({}),
    ) -> Record:
        """An object of a kind, with an id if it matters which."""
        way = _way(kind, id, path)
        if way is not None:
            key, smallest = way
            params, steps = ready or AS_IT_IS
            made = self._do(work, key, {**smallest, **params}, _placed(key, path), kind, id)
            for step, params in steps:
                placeholder = _PLACEHOLDER.findall(step)[0]
                made = self._do(work, step, params, {placeholder: made["id"]})
            return made
        chosen = {} if id is None else {"id": id}
        record = start(work, kind, chosen)
        fields = self._contract.resources[kind].fields
        for name, value in NOT_EMPTY.get(kind, {}).items():
            record[name] = value_of(work, record, value, fields[name].type, record.get(name))
        for name, field in fields.items():
            if record.get(name) or field.optional or nullable(field.type):
                continue
            needed = next((each for each in self._named(name, field) if each != kind), None)
            if needed is not None:
                record[name] = self._make(work, needed)["id"]
        return record

    def _do(
        self,
        work: UnitOfWork,
        key: str,
        params: Mapping[str, Any],
        path: Mapping[str, str],
        kind: str = "",
        id: str | None = None,
    ) -> Record:
        """What an operation answers.

        :param id: that of the object of *kind* that it makes, if it matters which
        """
        filled = self._filled(work, key, params)
        if id is not None:
            filled["id"] = id
            work.ids = ChosenId(work.ids, self._prefix(kind, id), id)
        call = Call(self._contract.operations[key], dict(path), filled, work)
        return cast(Record, self._generic.perform(call))

    def _filled(self, work: UnitOfWork, key: str, value: Any) -> Any:
        """A parameter's value for the operation *key*, with the objects that it needs."""
        match value:
            case Another(kind, field):
                return self._make(work, kind, ready=READY.get((key, kind)))[field]
            case list():
                return [self._filled(work, key, each) for each in value]
            case dict():
                return {name: self._filled(work, key, each) for name, each in value.items()}
        return value

    def _named(self, name: str, field: Field) -> list[str]:
        """The kinds of object whose id a field is: the contract says it, or its name does."""
        for each in alternatives(field.type):
            match each:
                case Reference(resources):
                    return list(resources)
                case Inline(resource):
                    return [resource]
                case Scalar("string"):
                    return self._objects.get(name, [])
        return []


def _owner(kind: str, path: Mapping[str, str]) -> str | None:
    """Whose an object is that a request's path names, where it is made under its owner only."""
    return next((each for each in path if (kind, each) in BY_OWNER), None)


def _way(
    kind: str, id: str | None, path: Mapping[str, str]
) -> tuple[str, Mapping[str, Any]] | None:
    """By which operation, and with which parameters, an object is made, if any makes it."""
    owner = _owner(kind, path)
    if owner is not None:
        return BY_OWNER[kind, owner]
    return BY_PREFIX.get((kind, (id or "").partition("_")[0])) or SMALLEST.get(kind)


def _placed(key: str, path: Mapping[str, str]) -> dict[str, str]:
    """What of a request's path stands in that of the operation *key*, too."""
    return {name: path[name] for name in _PLACEHOLDER.findall(key)}
