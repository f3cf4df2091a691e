"""The lenient mode: an id that nothing has is made an object, for tests that were written for stripe-mock.

stripe-mock answers for whatever id it is asked for (https://github.com/stripe/stripe-mock).
"""

from collections.abc import Callable, Mapping
from typing import Any, cast

from localstack_stripe.api.hints import HEADER, objects_by_name, one_line
from localstack_stripe.api.smallest import NOT_EMPTY, PARTS, SMALLEST, Another
from localstack_stripe.contract.loader import Contract, Field, Inline, Reference, Scalar
from localstack_stripe.engine.behaviours import Call
from localstack_stripe.engine.errors import NoSuchObject, StripeError
from localstack_stripe.engine.ids import ChosenId
from localstack_stripe.engine.initial import start, value_of
from localstack_stripe.engine.operations import GenericOperations
from localstack_stripe.engine.shapes import alternatives, nullable
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork


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
        self, error: StripeError, account: str, path: Mapping[str, str], headers: dict[str, str]
    ) -> bool:
        """Make what is missing, where *error* says that something is, and say whether it was made.

        :param path: the values of the request's path, which say whose it is
        :param headers: of the answer, which get a hint
        """
        if not isinstance(error, NoSuchObject) or not error.id:
            return False
        work = self._begin(account)
        kinds = self._objects.get(error.name, ())
        likely = sorted(kinds, key=lambda kind: not error.id.startswith(self._prefix(kind)))
        kind = next((each for each in likely if work.get(each, error.id) is None), None)
        if kind is None or kind in PARTS:
            return False
        made = self._make(work, kind, error.id)
        owners = self._contract.resources[kind].fields.keys() & path.keys() - {"id"}
        made |= {name: path[name] for name in owners}
        self._commit(work)
        hint = f"made {error.id}, which did not exist: STRIPE_UNKNOWN_IDS is create"
        headers[HEADER] = one_line(hint)
        return True

    def _prefix(self, kind: str) -> str:
        return self._contract.resources[kind].id_prefix or " "

    def _make(self, work: UnitOfWork, kind: str, id: str | None = None) -> Record:
        """An object of a kind, with an id if it matters which."""
        chosen = {} if id is None else {"id": id}
        if kind in SMALLEST:
            key, smallest = SMALLEST[kind]
            params = {name: self._filled(work, value) for name, value in smallest.items()} | chosen
            if id is not None:
                work.ids = ChosenId(work.ids, self._prefix(kind), id)
            made = self._generic.perform(Call(self._contract.operations[key], {}, params, work))
            return cast(Record, made)
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

    def _filled(self, work: UnitOfWork, value: Any) -> Any:
        match value:
            case Another(kind, field):
                return self._make(work, kind)[field]
            case list():
                return [self._filled(work, each) for each in value]
            case dict():
                return {name: self._filled(work, each) for name, each in value.items()}
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
