"""Answers and parameters for requests that were written for older versions of the API.

They are answered in today's words, and have besides what objects had then: nothing is taken away, so that code which knows
both finds what it looks for.
"""

from types import MappingProxyType

from localstack_stripe.api.decoding import Tree
from localstack_stripe.api.rendering import Expansion, Rendering
from localstack_stripe.api.versions.before_basil import CHANGE as BASIL
from localstack_stripe.api.versions.before_clover import CHANGE as CLOVER
from localstack_stripe.api.versions.change import Change
from localstack_stripe.contract.loader import Contract, Field
from localstack_stripe.engine.shown import Shown
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

CHANGES = (CLOVER, BASIL)
"""The latest first: the words of the oldest version are translated by all."""


class Older(Rendering):
    """Makes answers as they were before some changes, which may be expanded as they could."""

    def __init__(self, contract: Contract, changes: tuple[Change, ...]) -> None:
        contract = _before(contract, changes)
        super().__init__(contract, Shown(contract))
        self._changes = changes
        self.changed = frozenset(object for change in changes for object in change.values)

    def record(self, work: UnitOfWork, record: Record, expansion: Expansion) -> Record:
        """A record as a client of that time sees it."""
        if record.get("deleted"):
            return record
        for change in self._changes:
            values = change.values.get(record["object"])
            if values is not None:
                record = {**record, **values(work, record)}
        return super().record(work, record, expansion)

    def parameters(self, operation: str, tree: Tree) -> Tree:
        """The parameters of an operation in the words of today."""
        for change in self._changes:
            translate = change.parameters.get(operation)
            tree = translate(tree) if translate is not None else tree
        return tree

    def _list(self, work: UnitOfWork, record: Record, field: Field) -> Record:
        # What is kept for events of how lists are shown is as today.
        return self._children(work, record, field, {})


def changes_since(version: str) -> tuple[Change, ...]:
    """What has changed since a version."""
    return tuple(change for change in CHANGES if version[:10] < change.day)


def _before(contract: Contract, changes: tuple[Change, ...]) -> Contract:
    """The contract, with the fields that there were besides."""
    resources = dict(contract.resources)
    for change in changes:
        for object, fields in change.fields.items():
            resource = resources[object]
            resources[object] = resource._replace(fields=resource.fields.with_(fields))
    return contract._replace(resources=MappingProxyType(resources))
