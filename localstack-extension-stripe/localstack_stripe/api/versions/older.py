"""Answers and parameters for requests that were written for older versions of the API.

They are answered in today's words, and have besides what objects had then: nothing is taken away, so that code which knows
both finds what it looks for.
"""

from dataclasses import replace
from types import MappingProxyType

from localstack_stripe.api.decoding import Tree
from localstack_stripe.api.rendering import Expansion, Rendering
from localstack_stripe.api.versions.before_april_2024 import CHANGE as APRIL_2024
from localstack_stripe.api.versions.before_august_2018 import CHANGE as AUGUST_2018
from localstack_stripe.api.versions.before_august_2020 import CHANGE as AUGUST_2020
from localstack_stripe.api.versions.before_august_2022 import CHANGE as AUGUST_2022
from localstack_stripe.api.versions.before_august_2023 import CHANGE as AUGUST_2023
from localstack_stripe.api.versions.before_basil import CHANGE as BASIL
from localstack_stripe.api.versions.before_clover import CHANGE as CLOVER
from localstack_stripe.api.versions.before_dahlia import CHANGE as DAHLIA
from localstack_stripe.api.versions.before_december_2019 import CHANGE as DECEMBER_2019
from localstack_stripe.api.versions.before_endive import CHANGE as ENDIVE
from localstack_stripe.api.versions.before_february_2018 import CHANGE as FEBRUARY_2018
from localstack_stripe.api.versions.before_february_2019 import CHANGE as FEBRUARY_2019
from localstack_stripe.api.versions.before_july_2018 import CHANGE as JULY_2018
from localstack_stripe.api.versions.before_march_2019 import CHANGE as MARCH_2019
from localstack_stripe.api.versions.before_may_2018 import CHANGE as MAY_2018
from localstack_stripe.api.versions.before_meters import CHANGE as METERS
from localstack_stripe.api.versions.before_november_2018 import CHANGE as NOVEMBER_2018
from localstack_stripe.api.versions.before_november_2022 import CHANGE as NOVEMBER_2022
from localstack_stripe.api.versions.change import Change, Find, Moved
from localstack_stripe.api.versions.checkout_before_august_2022 import CHANGE as CHECKOUT_2022
from localstack_stripe.api.versions.discounts_before_basil import CHANGE as DISCOUNTS_BASIL
from localstack_stripe.api.versions.invoice_lines_before_basil import CHANGE as LINES_BASIL
from localstack_stripe.api.versions.upcoming_invoices_before_basil import CHANGE as UPCOMING_BASIL
from localstack_stripe.contract.loader import Contract, Field, Resource, written_fields
from localstack_stripe.engine.shown import Shown
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

CHANGES = (
    ENDIVE,
    DAHLIA,
    CLOVER,
    BASIL,
    DISCOUNTS_BASIL,
    LINES_BASIL,
    UPCOMING_BASIL,
    METERS,
    APRIL_2024,
    AUGUST_2023,
    NOVEMBER_2022,
    AUGUST_2022,
    CHECKOUT_2022,
    AUGUST_2020,
    DECEMBER_2019,
    MARCH_2019,
    FEBRUARY_2019,
    NOVEMBER_2018,
    AUGUST_2018,
    JULY_2018,
    MAY_2018,
    FEBRUARY_2018,
)
"""The latest first. The words of an older version are translated into those of the next, and so on."""


class Older(Rendering):
    """Makes answers as they were before some changes, which may be expanded as they could."""

    def __init__(self, contract: Contract, changes: tuple[Change, ...]) -> None:
        # What there was then: today's, and what is not in it any more.
        contract = _before(contract, changes)
        super().__init__(contract, Shown(contract))
        self._changes = changes
        self.changed = frozenset(
            object
            for change in changes
            for object in (*change.fields, *change.values, *change.shown)
        )
        self.telling = frozenset(object for change in changes for object in change.telling)
        self._always = {
            object: dict.fromkeys(names, Expansion())
            for change in changes
            for object, names in change.shown.items()
        }

    def record(self, work: UnitOfWork, record: Record, expansion: Expansion) -> Record:
        """A record as a client of that time sees it."""
        if record.get("deleted"):
            return record
        for change in self._changes:
            values = change.values.get(record["object"])
            if values is not None:
                record = {**record, **values(work, record)}
        always = self._always.get(record["object"])
        shown = super().record(work, record, {**always, **expansion} if always else expansion)
        for change in self._changes:
            absent = change.absent.get(record["object"])
            names = absent(record) if absent is not None else ()
            shown = {name: shown[name] for name in shown if name not in names} if names else shown
        return shown

    def parameters(self, operation: str, tree: Tree, find: Find) -> Tree:
        """The parameters of an operation in the words of today."""
        for change in reversed(self._changes):
            translate = change.parameters.get(operation)
            tree = translate(tree, find) if translate is not None else tree
        return tree

    def moved(self, verb: str, path: str) -> Moved:
        """Where what is asked for is done today."""
        for change in self._changes:
            if (verb, path) in change.moved:
                return change.moved[verb, path]
        return Moved(verb, path)

    def _list(self, work: UnitOfWork, record: Record, field: Field) -> Record:
        # What is kept for events of how lists are shown is as today.
        return self._children(work, record, field, {})


def changes_since(version: str) -> tuple[Change, ...]:
    """What has changed since a version."""
    return tuple(change for change in CHANGES if version[:10] < change.day)


def _before(contract: Contract, changes: tuple[Change, ...]) -> Contract:
    """The contract, with what there was besides."""
    resources, structures = dict(contract.resources), dict(contract.structures)
    operations = dict(contract.operations)
    for change in changes:
        for name, fields in change.fields.items():
            if name in structures:
                structures[name] = structures[name].with_(fields)
                continue
            known = resources.get(name) or Resource(name, _NOTHING, None, 0, False, _NOTHING)
            resources[name] = known._replace(fields=known.fields.with_(fields))
        for name, fields in change.accepted.items():
            if name in structures:
                structures[name] = structures[name].with_(fields)
                continue
            for key in [key for key, each in operations.items() if each.main_key == name]:
                parameters = operations[key].parameters.with_(fields)
                operations[key] = replace(operations[key], parameters=parameters)
        for key, withdrawn in change.operations.items():
            operations[key] = withdrawn.operation(key)
    return contract._replace(
        resources=MappingProxyType(resources),
        structures=MappingProxyType(structures),
        operations=MappingProxyType(operations),
    )


_NOTHING = written_fields({})
