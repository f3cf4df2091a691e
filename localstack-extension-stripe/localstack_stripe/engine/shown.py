"""Which fields of a record a client sees otherwise than they are stored, and so whether its text can be sent as it is."""

from collections.abc import Mapping
from functools import cache

from localstack_stripe.contract.loader import (
    Array,
    Contract,
    Field,
    Inline,
    ListOf,
    Structure,
    Type,
)
from localstack_stripe.engine.behaviours import BEHAVIOURS
from localstack_stripe.engine.shapes import alternatives, one_of
from localstack_stripe.engine.store import Record


class Shown:
    """What the contract and the behaviours say of it."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self.special = cache(self._find_special)
        """The fields of a resource that are not simply shown as they are stored, by name."""
        self.special_of_structure = cache(self._find_special_of_structure)
        """The same of a structure."""
        self.lists = cache(self._find_lists)
        """The fields of a resource that are lists of other records, which are not stored in it."""
        self._doubtful = cache(self._find_doubtful)

    def as_stored(self, record: Record) -> bool:
        """Whether a client that expands nothing sees a record as it is stored."""
        doubtful = self._doubtful(record["object"])
        if doubtful is None:
            return False
        for name, is_hidden in doubtful:
            if name in record and (is_hidden or record[name]):
                return False
        return True

    def always_lists(self, object: str) -> bool:
        """Whether records of a kind are always shown with a list of others."""
        return any(not field.optional for field in self.lists(object).values())

    def _find_doubtful(self, object: str) -> tuple[tuple[str, bool], ...] | None:
        """The fields that prevent it, and whether they do so when they are empty, too; nothing where it never is."""
        resource = self._contract.resources.get(object)
        if resource is None or "id" not in resource.fields:
            return None
        lists = self.lists(object)
        if self.always_lists(object):
            return None
        hidden = {name.partition(".")[0] for name in BEHAVIOURS.hidden.get(object, ())}
        # An optional list is shown where the record has a place for it.
        others = self.special(object).keys() - hidden
        always = hidden | lists.keys()
        return tuple((name, name in always) for name in {*others, *hidden})

    def _find_special(self, object: str) -> dict[str, Field]:
        return self._special(self._contract.resources[object].fields)

    def _find_lists(self, object: str) -> dict[str, Field]:
        special = self.special(object).items()
        return {name: field for name, field in special if one_of(field.type, ListOf)}

    def _find_special_of_structure(self, name: str) -> dict[str, Field]:
        return self._special(self._contract.structures[name])

    def _special(self, fields: Mapping[str, Field]) -> dict[str, Field]:
        return {name: field for name, field in fields.items() if self._is_special(field.type, ())}

    def _is_special(self, type: Type, inside: tuple[str, ...]) -> bool:
        for kind in alternatives(type):
            match kind:
                case Inline() | ListOf():
                    return True
                case Array(item):
                    if self._is_special(item, inside):
                        return True
                case Structure(name):
                    if name in inside:
                        continue
                    fields = self._contract.structures[name].values()
                    if any(self._is_special(field.type, (*inside, name)) for field in fields):
                        return True
                case _:
                    pass
        return False
