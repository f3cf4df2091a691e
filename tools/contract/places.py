"""Walks the parameters of operations beside the fields of what is answered, place by place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias, cast

from tools.contract.grammar import structures_in
from tools.contract.json_values import JSON, Document

# Field, with its mark → type.
Fields: TypeAlias = dict[str, str]


class Shown(NamedTuple):
    """A field of an answer: the resource or structure that has it, its name with its mark, and its type."""

    owner: str
    marked: str
    type: str


@dataclass(frozen=True)
class Place:
    """One parameter of an operation.

    :param inside: the structure that has it; none where it is the operation's own
    :param fields: the parameters that it stands among, where its type can be replaced
    :param names: its name, after those of what it is inside of
    :param shown: the fields of that name in the same place of the answer
    """

    operation: str
    inside: str | None
    fields: Fields
    marked: str
    names: tuple[str, ...]
    shown: list[Shown]


def places(document: Document) -> Iterator[Place]:
    """Every parameter of every operation that is not the older path of another, at any depth."""
    walk = _Walk(document)
    operations = cast(dict[str, dict[str, JSON]], document["operations"])
    for key, operation in operations.items():
        fields = cast(Fields, operation["parameters"])
        answered = walk.resources_in(str(operation["returns"]))
        yield from walk.through(key, None, fields, answered, (), frozenset())


class _Walk:
    def __init__(self, document: Document) -> None:
        self._structures = cast(dict[str, Fields], document["structures"])
        self._resources = cast(dict[str, dict[str, Fields]], document["resources"])

    def resources_in(self, type_: str) -> list[tuple[str, Fields]]:
        """The resources that are in place in a type, with their fields."""
        return [(kind, self._resources[kind]["fields"]) for kind in re.findall(r"#([\w.]+)", type_)]

    def through(
        self,
        operation: str,
        inside: str | None,
        fields: Fields,
        answered: list[tuple[str, Fields]],
        names: tuple[str, ...],
        above: frozenset[str],
    ) -> Iterator[Place]:
        for marked, type_ in fields.items():
            name = marked.rstrip("!")
            path = (*names, name)
            shown = [
                Shown(owner, there, each[there])
                for owner, each in answered
                for there in (name, f"{name}?")
                if there in each
            ]
            yield Place(operation, inside, fields, marked, path, shown)
            for structure in structures_in(type_):
                if structure not in above:
                    below = [found for _, _, type_ in shown for found in self._inside(type_)]
                    sent = self._structures[structure]
                    yield from self.through(
                        operation, structure, sent, below, path, above | {structure}
                    )

    def _inside(self, type_: str) -> list[tuple[str, Fields]]:
        structures = [(name, self._structures[name]) for name in structures_in(type_)]
        return structures + self.resources_in(type_)
