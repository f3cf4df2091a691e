"""What a version of the API changed, as seen from requests that were written before it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from localstack_stripe.api.decoding import Tree
from localstack_stripe.api.scalars import from_text
from localstack_stripe.contract.loader import Operation, parse_type, written_fields
from localstack_stripe.engine.paths import at
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

Find = Callable[[str, str], Record | None]
"""Finds a record of an account by its kind and its id."""

Translate = Callable[[Tree, Find], Tree]
"""Gives an operation's parameters in the words of today."""

Values = Callable[[UnitOfWork, Record], Record]
"""Gives values that an object had besides."""

Part = Callable[[UnitOfWork, Record], list[Record]]
"""Gives the records that are shown, of what an operation returns."""


class Moved(NamedTuple):
    """Where what a path did is done now.

    :param verb: of the operation
    :param part: gives what the path was for of what it returns, if that was not all
    """

    verb: str
    path: str
    part: Part | None = None


class Withdrawn(NamedTuple):
    """An operation that there was, in the notation of the contract.

    :param returns: what it answers
    """

    parameters: Mapping[str, str]
    returns: str

    def operation(self, key: str) -> Operation:
        """The operation, under its verb and path."""
        verb, path = key.split(" ")
        parameters = written_fields(self.parameters)
        return Operation(key, verb, path, "", parse_type(self.returns), parameters, "api", None)


@dataclass(frozen=True, eq=False, slots=True)
class Change:
    """One change.

    :param day: the day of the version; those that are older are concerned
    :param fields: what objects had besides, in the notation of the contract, by the kind of object or the structure; all
        that they had, of kinds that there are no more
    :param values: what such fields of an object would have
    :param absent: what an object did not have, by its kind
    :param shown: lists that objects had in them without being asked, by the kind of object
    :param telling: kinds of object of which events told by these values what had happened
    :param parameters: what translates an operation's parameters, by its key
    :param accepted: what operations and structures of parameters took besides, which behaviours still understand
    :param operations: those that there were, and are still behaved, by verb and path
    :param moved: paths that the API had, by verb and path
    """

    day: str
    fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    values: Mapping[str, Values] = field(default_factory=dict)
    absent: Mapping[str, Callable[[Record], tuple[str, ...]]] = field(default_factory=dict)
    shown: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    telling: tuple[str, ...] = ()
    parameters: Mapping[str, Translate] = field(default_factory=dict)
    accepted: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    operations: Mapping[str, Withdrawn] = field(default_factory=dict)
    moved: Mapping[tuple[str, str], Moved] = field(default_factory=dict)


def by(translate: Callable[[Tree], Tree]) -> Translate:
    """What translates an operation's parameters by themselves, as nearly all do."""
    return lambda tree, _: translate(tree)


def by_each(name: str, translate: Callable[[Tree], Tree]) -> Translate:
    """The same of the entries of a parameter that is a list."""
    return lambda tree, _: with_each(tree, name, translate)


def by_names(**names: str) -> Translate:
    """The same of parameters that had other names, old and new."""
    return lambda tree, _: renamed(tree, names)


def by_default(values: Tree, *said: str) -> Translate:
    """The same of what was meant where nothing was said.

    :param said: the parameters that say something else, besides those of the values
    """
    names = {*values, *said}
    return lambda tree, _: tree if names & tree.keys() else {**tree, **values}


def found_at(**places: str) -> Values:
    """Values that are elsewhere now, by their old names: dotted paths in the record."""
    return lambda _, record: {name: at(record, place) for name, place in places.items()}


def without(tree: Tree, *names: str) -> Tree:
    """All parameters but some."""
    return {name: value for name, value in tree.items() if name not in names}


def only(tree: Tree, *names: str) -> Tree:
    """Some parameters, of those that are given, in the order of the names."""
    return {name: tree[name] for name in names if name in tree}


def renamed(tree: Tree, names: Mapping[str, str]) -> Tree:
    """Parameters under their new names, where those are not given too."""
    moved = {new: tree[old] for old, new in names.items() if old in tree and new not in tree}
    return {**without(tree, *names), **moved}


def with_each(tree: Tree, name: str, translate: Callable[[Tree], Tree]) -> Tree:
    """Parameters of which one is a list whose entries are translated."""
    given = listed(tree.get(name))
    if given is None:
        return tree
    return {**tree, name: [translate(each) if isinstance(each, dict) else each for each in given]}


def flag(tree: Tree, name: str) -> bool | None:
    """What a parameter says that is a boolean; nothing where it is none."""
    said: bool | None = from_text(str(tree.get(name)), "boolean")
    return said


def listed(value: Any) -> list[Any] | None:
    """The entries of a parameter that is a list, however it was sent; nothing where it is none."""
    entries = [*value.values()] if isinstance(value, dict) else value
    return entries if isinstance(entries, list) else None


def named(value: Any, names: Mapping[str, str]) -> Any:
    """What a word is called now; what is none of the words stays as it is."""
    return names.get(value, value) if isinstance(value, str) else value
