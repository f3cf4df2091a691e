"""The generic operations: every operation of the contract, worked from its data alone.

An operation nobody wrote code for still creates, reads, changes and deletes well-formed records.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from localstack_stripe.contract.loader import Contract, Deleted, Inline, ListOf, Operation
from localstack_stripe.engine.actions import act, outcome_of
from localstack_stripe.engine.assignment import assign
from localstack_stripe.engine.behaviours import (
    BEHAVIOURS,
    Behaviour,
    Call,
    Result,
    behaviour_of,
    find,
    listed_only,
    require_path,
)
from localstack_stripe.engine.browsers import public_part, require_secret
from localstack_stripe.engine.children import PARENT, Paths
from localstack_stripe.engine.errors import already_exists, no_such
from localstack_stripe.engine.initial import start
from localstack_stripe.engine.lists import Page, page_of
from localstack_stripe.engine.presets import settle
from localstack_stripe.engine.references import References
from localstack_stripe.engine.shapes import alternatives, inlined, one_of
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import display_name

Way = Callable[[Call], Result]
"""What performs the calls of one operation."""


class GenericOperations:
    """Every operation of the contract, worked from its data."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._paths = Paths(contract)
        self._references = References(contract)
        self._ways: dict[str, Way] = {}

    def perform(self, call: Call) -> Result:
        """What *call* does: as somebody wrote it down, else by the engine's rules."""
        call = _understood(call)
        behaviour = behaviour_of(call.operation)
        result = self.run(call) if behaviour is None else self.behave(behaviour, call)
        return public_part(result) if call.publishable and isinstance(result, dict) else result

    def run(self, call: Call) -> Result:
        """What *call* does according to its verb, its path and what it returns."""
        operation = call.operation
        if call.path:
            call.work.told = self._connected(call)
        params = self._references.resolve(call.work, operation, call.params)
        if params is not call.params:
            call = replace(call, params=params)
        way = self._ways.get(operation.key)
        if way is None:
            way = self._ways[operation.key] = self._way(operation)
        return way(call)

    def _connected(self, call: Call) -> str | None:
        """The connected account that its platform tells something of, or nothing."""
        id = call.path.get("account")
        if id is None or not call.operation.path.startswith("/v1/accounts/"):
            return None
        return id if id != call.work.account and call.work.get("account", id) else None

    def _way(self, operation: Operation) -> Way:
        """How an operation is worked: it is found out once."""
        listed = one_of(operation.returns, ListOf)
        on_record = operation.path.endswith("}")
        if listed is not None:
            return lambda call: self._list(call, listed)
        if operation.verb == "DELETE":
            return self._delete
        resources = inlined(operation.returns)
        if not resources:
            return lambda call: None
        object = resources[0]
        if operation.verb == "GET":
            if not on_record:
                return lambda call: self._singleton(call, object)
            return lambda call: self._buried(call) or self._named(call, resources)
        if on_record:
            return lambda call: self.update(call, self._named(call, resources))
        if self._is_singleton(operation):
            return lambda call: self.update(call, self._singleton(call, object))
        if "{" not in operation.path:
            return lambda call: self.create(call, object)
        if self._paths.acts(operation):
            return lambda call: self._act(call, self._named(call, resources))
        return lambda call: self.create(call, object, **self._parent_fields(call, object))

    def behave(self, behaviour: Behaviour, call: Call) -> Result:
        """What a behaviour does, which has the first word on what the call names; what it ignored has to exist, too."""
        result = behaviour(call)
        self._references.check(call.work, call.operation, call.params)
        return result

    def create(self, call: Call, object: str, **values: Any) -> Record:
        """Make a record from the call's parameters.

        :raises StripeError: where a parameter names what does not exist, or the id is taken
        """
        work = call.work
        settle(work, object)
        given = call.params.get("id")
        if given is not None and "id" in self._contract.resources[object].fields:
            if work.get(object, given) is not None:
                raise already_exists(display_name(object), "id")
            values["id"] = given
        prepare = BEHAVIOURS.prepared.get(object)
        if prepare is not None:
            values |= prepare(call)
        fields = self._contract.resources[object].fields
        record = start(work, object, values)
        assign(work, record, call.params, fields)
        if work.clock_of(record) is not None:  # which it has by its parameters
            work.stamp_all(record)
        check = BEHAVIOURS.checks.get(object)
        if check is not None:
            check(call, record)
        hook = BEHAVIOURS.before_create.get(object)
        if hook is not None:
            hook(call, record)
        once = BEHAVIOURS.shown_once.get(object, ())
        return {**record, **{name: work.noted(record, name) for name in once}} if once else record

    def update(self, call: Call, before: Record) -> Record:
        """Change a record by the call's parameters."""
        record = self._changed(call, before)
        check = BEHAVIOURS.checks.get(record["object"])
        if check is not None:
            check(call, record)
        hook = BEHAVIOURS.before_update.get(record["object"])
        if hook is not None:
            hook(call, record, before)
        return record

    def _changed(self, call: Call, before: Record) -> Record:
        """The record, with what the call's parameters say of it."""
        record = call.work.change(before)
        assign(call.work, record, call.params, self._contract.resources[before["object"]].fields)
        call.work.stamp(record, "updated")
        return record

    def _act(self, call: Call, record: Record) -> Record:
        """Do what an action does, which is no update; one whose outcome is not known changes nothing."""
        if outcome_of(self._contract, call.operation) is None:
            return record
        changed = self._changed(call, record)
        act(call.work, call.operation, changed)
        return changed

    def _delete(self, call: Call) -> Result:
        stub = one_of(call.operation.returns, Deleted)
        resources = [
            kind.resource
            for kind in alternatives(call.operation.returns)
            if isinstance(kind, Deleted | Inline)
        ]
        if not call.operation.path.endswith("}"):
            record = self._child(call, resources[0])
        else:
            record = self._named(call, resources)
        if stub is None:
            record = call.work.change(record)
        hook = BEHAVIOURS.before_delete.get(record["object"])
        if hook is not None:
            hook(call, record)
        buried = call.work.bury(record)
        return record if stub is None else buried

    def _buried(self, call: Call) -> Record | None:
        """The stub of a deleted record, where Stripe answers it rather than that there is none."""
        stub = one_of(call.operation.returns, Deleted)
        return call.work.buried(stub.resource, list(call.path.values())[-1]) if stub else None

    def _named(self, call: Call, resources: list[str]) -> Record:
        """The record that the path's last placeholder names, of its parent where the path has one."""
        names = list(call.path)
        last = names[-1]
        for resource in resources:
            record = find(call.work, resource, call.path[last])
            if record is not None and self._belongs(record, call, names[:-1]):
                require_secret(record, call.params, publishable=call.publishable)
                return record
        return (
            require_path(call, last, resources[0])
            if len(names) == 1
            else self._missing(call, last, resources[0])
        )

    def _missing(self, call: Call, placeholder: str, object: str) -> Record:
        raise no_such(display_name(object), call.path[placeholder], placeholder, status=404)

    def _belongs(self, record: Record, call: Call, parents: list[str]) -> bool:
        return all(
            record.get(parent, record.get(PARENT, call.path[parent])) == call.path[parent]
            for parent in parents
        )

    def _child(self, call: Call, object: str) -> Record:
        for parent, id in call.path.items():
            found = call.work.where(object, parent, id)
            if found:
                return found[0]
        return self._missing(call, next(iter(call.path)), object)

    def _singleton(self, call: Call, object: str) -> Record:
        """The one record of its kind that the account or the path's parent has, made when first asked for."""
        self._require_parent(call)
        id = "/".join([object, *call.path.values()]) if call.path else object
        existing = call.work.get(object, id)
        if existing is not None:
            return existing
        values = {"id": id, **self._parent_fields(call, object)}
        record = start(call.work, object, values)
        call.work.has_always_been(record)
        return record

    def _is_singleton(self, operation: Operation) -> bool:
        """Whether what is posted to is the one record that is read at the same path."""
        read = self._contract.operations.get(f"GET {operation.path}")
        return read is not None and one_of(read.returns, ListOf) is None

    def _require_parent(self, call: Call) -> bool:
        """See to it that the parent exists that the path names, and say whether it names one."""
        parent = self._paths.parent_of(call.operation)
        if parent is not None:
            require_path(call, list(call.path)[-1], parent)
        return parent is not None

    def _parent_fields(self, call: Call, object: str) -> Record:
        self._require_parent(call)
        fields = self._contract.resources[object].fields
        # A parent that the path calls `id` is not the new record's.
        path = {name: value for name, value in call.path.items() if name != "id"}
        named = {name: value for name, value in path.items() if name in fields}
        return named | self._paths.homes(call.operation, object, call.path)

    def _list(self, call: Call, listed: ListOf) -> Page:
        has_parent = self._require_parent(call)
        resources = inlined(listed.item)
        for each in resources:
            settle(call.work, each)
        homes = [self._paths.homes(call.operation, each, call.path) for each in resources]
        if has_parent:
            resources = [each for each, home in zip(resources, homes, strict=True) if home]
        return page_of(
            call.work,
            resources,
            call.operation,
            call.path,
            call.params,
            listed.kind,
            BEHAVIOURS.filters.get(call.operation.key, {}),
            exactly={**next(filter(None, homes), {}), **listed_only(call)},
        )


def _understood(call: Call) -> Call:
    """The call in the words that behaviours know."""
    if BEHAVIOURS.parameters.keys().isdisjoint(call.params):
        return call
    for name, meaning in BEHAVIOURS.parameters.items():
        if call.params.get(name) is not None:
            call = meaning(call)
    return call
