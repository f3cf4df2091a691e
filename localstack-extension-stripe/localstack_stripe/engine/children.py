"""What belongs to what: the record that a path goes through, and those that are found under it.

A path such as ``/v1/tax/calculations/{calculation}/line_items`` names a parent. Most children have a field for it;
those that do not keep it aside (:data:`PARENT`), where no client sees it.
"""

import re
from collections.abc import Mapping
from functools import cached_property

from localstack_stripe.contract.loader import Contract, Inline, Operation, Reference, Type
from localstack_stripe.engine.behaviours import hides
from localstack_stripe.engine.shapes import inlined, one_of

PARENT = "_parent"
"""Where a child that has no field for its parent keeps its id."""

HOMELESS = (
    "credit_note_line_item",
    "financial_connections.account_owner",
    "item",
    "payment_intent_amount_details_line_item",
    "product_feature",
    "tax.calculation_line_item",
    "tax.transaction_line_item",
)
"""The resources that are found only under a parent, and do not say which."""

for _kind in HOMELESS:
    hides(_kind, PARENT)

_PLACEHOLDER = re.compile(r"\{\w+\}")


class Paths:
    """What the paths of a contract's operations say of records.

    Placeholders are called differently from path to path (``{id}``, ``{credit_note}``), and test helpers act on what
    is read elsewhere: it is the shape of a path that counts.
    """

    def __init__(self, contract: Contract) -> None:
        self._operations = contract.operations
        self._resources = contract.resources

    @cached_property
    def _read_at(self) -> dict[str, str]:
        """The resources by the shape of the path at which one is read."""
        found: dict[str, str] = {}
        for operation in self._operations.values():
            inline = one_of(operation.returns, Inline)
            if operation.verb == "GET" and operation.path.endswith("}") and inline is not None:
                found.setdefault(_shape(operation.path), inline.resource)
        return found

    def parent_of(self, operation: Operation) -> str | None:
        """The resource that the path's last placeholder names, where something follows it, or nothing."""
        head, brace, rest = operation.path.rpartition("}")
        return self._read_at.get(_shape(head + brace)) if brace and rest else None

    def homes(self, operation: Operation, child: str, path: Mapping[str, str]) -> dict[str, str]:
        """What a child of the path's parent has in the field that names it: none where it can have no such parent."""
        parent = self.parent_of(operation)
        if parent is None:
            return {}
        placeholder, id = list(path.items())[-1]
        field = self.home(child, placeholder, parent)
        return {field: id} if field is not None else {}

    def home(self, child: str, placeholder: str, parent: str) -> str | None:
        """The field in which a child keeps its parent, or nothing where it has none."""
        fields = self._resources[child].fields
        for name in (placeholder, parent.rpartition(".")[2]):
            if name in fields and name != "id":  # a parent that the path calls so is not the child
                return name
        if child in HOMELESS:
            return PARENT
        referring = (name for name, field in fields.items() if _refers(field.type, parent))
        return next(referring, None)

    def acts(self, operation: Operation) -> bool:
        """Whether it does something with a record, as ``…/cancel`` does, rather than add one below it."""
        if operation.verb != "POST" or f"GET {operation.path}" in self._operations:
            return False
        parent = self.parent_of(operation)
        return parent is not None and parent in inlined(operation.returns)


def _refers(type: Type, resource: str) -> bool:
    reference = one_of(type, Reference)
    return reference is not None and resource in reference.resources


def _shape(path: str) -> str:
    return _PLACEHOLDER.sub("{}", path.replace("/test_helpers/", "/"))
