"""Loads the contract of Stripe's API from `contract.json`.

The file is derived from Stripe's SDKs by ``tools/contract`` and says, one line an entry, what every
operation takes and returns and what every resource and structure consists of. Types are written in
this notation:

=====================  =========================================================================
``string``             also ``integer number boolean any``; ``timestamp`` (unix seconds),
                       ``moment`` (v2's time, a string as of RFC 3339), ``decimal`` (a number sent
                       as a string), ``int64`` (an integer sent as a string), ``binary`` (an
                       uploaded or downloaded file)
``string(512)``        a string of at most so many characters
``'paid'``             this very value; several are an enum; ``''`` unsets a parameter
``$TaxIdType``         the values of the enum of that name
``[T]``, ``{T}``       an array; an object with any keys
``list(T)``            a list object of v1; ``list2(T)`` of v2, ``search(T)`` a search result
``#customer``          the resource of that name, in place
``@customer``          its id, which can be expanded to the resource; there may be alternatives
``deleted(customer)``  the stub that is left of it
``CustomerShipping``   a structure of the contract
``A | B``              alternatives; with ``null``, the value may be null
=====================  =========================================================================

The name of a field carries a mark: a parameter with ``!`` is required, and a field of a resource
with ``?`` may be absent; a field of a resource without a mark is always there.

A type is parsed when it is first asked for: the start costs little more than reading the JSON.
"""

import re
from collections.abc import ItemsView, Iterator, KeysView, Mapping, ValuesView
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, TypeAlias, TypedDict, TypeVar, cast, get_args

import orjson

ScalarKind: TypeAlias = Literal[
    "string",
    "integer",
    "number",
    "boolean",
    "timestamp",
    "moment",
    "decimal",
    "int64",
    "binary",
    "any",
]
ListKind: TypeAlias = Literal["list", "list2", "search"]
Base: TypeAlias = Literal["api", "files", "meter_events", "connect"]

T = TypeVar("T")


def _unlike_others(kind: type[T]) -> type[T]:
    """Make values of *kind* equal to each other only: tuples are equal to whatever has the same content."""

    def equal(this: Any, other: object) -> bool:
        return type(other) is kind and tuple.__eq__(this, other)

    def unequal(this: Any, other: object) -> bool:
        return not equal(this, other)

    for name, method in (("__eq__", equal), ("__ne__", unequal), ("__hash__", tuple.__hash__)):
        setattr(kind, name, method)
    return kind


@_unlike_others
class Scalar(NamedTuple):
    """A plain value."""

    kind: ScalarKind
    max_length: int | None = None
    """The most characters that a string may have, where Stripe's documentation says."""


@dataclass(frozen=True, slots=True)
class Null:
    """Nothing: what an operation without an answer returns."""


@_unlike_others
class Enum(NamedTuple):
    """One of these strings."""

    values: tuple[str, ...]


@_unlike_others
class Array(NamedTuple):
    """Any number of items."""

    item: "Type"


@_unlike_others
class Map(NamedTuple):
    """An object with any keys, and items of one type."""

    item: "Type"


@_unlike_others
class ListOf(NamedTuple):
    """A page of items, in the envelope of v1's lists, of v2's, or of search results."""

    item: "Type"
    kind: ListKind


@_unlike_others
class Inline(NamedTuple):
    """A resource, in place."""

    resource: str


@_unlike_others
class Reference(NamedTuple):
    """The id of one of these resources, replaced by the resource itself when it is expanded."""

    resources: tuple[str, ...]


@_unlike_others
class Deleted(NamedTuple):
    """The stub of a deleted resource."""

    resource: str


@_unlike_others
class Structure(NamedTuple):
    """An object with fields of its own that is no resource."""

    name: str


@_unlike_others
class Union(NamedTuple):
    """One of several types.

    The members are never unions, null or more than one enum; with `nullable`, there may be only
    one of them.
    """

    members: "tuple[Type, ...]"
    nullable: bool


Type: TypeAlias = (
    Scalar | Null | Enum | Array | Map | ListOf | Inline | Reference | Deleted | Structure | Union
)


class Field(NamedTuple):
    """A parameter of an operation, or a field of a resource or structure."""

    name: str
    type: Type
    required: bool
    """Whether a request must have it."""
    optional: bool
    """Whether an answer may lack it."""


class Fields(Mapping[str, Field]):
    """Fields by their name, without marks; their types are parsed when the first is asked for."""

    __slots__ = ("_enums", "_parsed", "_texts", "_written")

    def __init__(self, written: Mapping[str, str], enums: Mapping[str, str]) -> None:
        self._written = written
        self._enums = enums
        self._parsed: dict[str, Field] | None = None
        self._texts: frozenset[str] | None = None

    @property
    def texts(self) -> frozenset[str]:
        """The names of those that hold a text and nothing else, null aside."""
        if self._texts is None:
            self._texts = frozenset(
                name for name, field in self._all().items() if _is_text(field.type)
            )
        return self._texts

    def with_(self, written: Mapping[str, str]) -> "Fields":
        """These and others, in the notation of the contract."""
        return Fields({**self._written, **written}, self._enums)

    def __getitem__(self, name: str) -> Field:
        return self._all()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._written)

    # What `Mapping` offers for these goes through `__getitem__` for every field, and raises where there is none.
    def __contains__(self, name: object) -> bool:
        return name in self._all()

    def get(self, name: str, default: Any = None) -> Any:
        return (self._parsed or self._all()).get(name, default)

    def keys(self) -> KeysView[str]:
        return self._all().keys()

    def items(self) -> ItemsView[str, Field]:
        return self._all().items()

    def values(self) -> ValuesView[Field]:
        return self._all().values()

    def _all(self) -> dict[str, Field]:
        if self._parsed is None:
            fields = (
                Field(
                    name=marked.rstrip("!?"),
                    type=parse_type(_with_enums(type_, self._enums)),
                    required=marked.endswith("!"),
                    optional=marked.endswith("?"),
                )
                for marked, type_ in self._written.items()
            )
            self._parsed = {field.name: field for field in fields}
        return self._parsed


def written_fields(written: Mapping[str, str]) -> Fields:
    """Fields that are not in the file, in its notation; they name no enums."""
    return Fields(written, {})


def _is_text(type: Type) -> bool:
    members = type.members if isinstance(type, Union) else (type,)
    return all(isinstance(each, Scalar) and each.kind == "string" for each in members)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the API."""

    key: str
    """Verb and path: `POST /v1/customers/{customer}`."""
    verb: str
    path: str
    method: str
    """The SDKs' method: `customers.update`."""
    returns: Type
    parameters: Fields
    base: Base
    """Which of Stripe's hosts serves it."""
    alias_of: str | None
    """The operation that this is an older path of.

    A placeholder that only the older path has is given to the operation as a parameter: `customer`
    of `/v1/customers/{customer}/subscriptions`.
    """

    main_key: str = field(init=False)
    """The key of what it does: its own, or that of the operation that it is an older path of."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "main_key", self.alias_of or self.key)


class Resource(NamedTuple):
    """One kind of object."""

    object: str
    fields: Fields
    id_prefix: str | None
    """What its ids begin with, underscore included; none when nothing (a coupon's)."""
    id_length: int
    """How many characters follow; 0 when ids are not made up, but are names, or there is none."""
    deletable: bool
    """Whether deleting it leaves a stub: its id, its object name and `deleted: true`."""
    deleted_fields: Mapping[str, Field]
    """What the stub has besides."""


class Contract(NamedTuple):
    """Everything that Stripe's SDKs know about its API."""

    versions: Mapping[str, str]
    """The API's version (`api`) and those of the SDKs that it was derived from."""
    operations: Mapping[str, Operation]
    resources: Mapping[str, Resource]
    structures: Mapping[str, Fields]
    defaults: Mapping[str, Mapping[str, str | int | bool]]
    """What the fields of a resource or structure have where a request says nothing, as far as that is documented."""
    events: Mapping[str, tuple[str, ...]]
    """The types of events with a snapshot, which a webhook endpoint can ask for, and the resources of which one is the
    snapshot."""
    thin_events: Mapping[str, tuple[str, ...]]
    """The types of v2's events, which only name what changed, and the resources of which one is named; none where
    nothing is."""
    api_versions: tuple[str, ...]
    """The versions of the API that a webhook endpoint can be bound to, oldest first."""


@cache
def load_contract() -> Contract:
    """The contract, read once a process."""
    written = Path(__file__).with_name("contract.json").read_bytes()
    return parse_contract(written)


def parse_contract(written: bytes) -> Contract:
    """The contract that is written in this JSON."""
    document = cast(_Document, orjson.loads(written))
    operations = document["operations"]
    enums = document["enums"]
    return Contract(
        versions=MappingProxyType(document["versions"]),
        operations=MappingProxyType(
            {key: _operation(key, operations, enums) for key in operations}
        ),
        resources=MappingProxyType(
            {name: _resource(name, entry, enums) for name, entry in document["resources"].items()}
        ),
        structures=MappingProxyType(
            {name: Fields(fields, enums) for name, fields in document["structures"].items()}
        ),
        defaults=MappingProxyType(document["defaults"]),
        events=MappingProxyType(_carried(document["events"])),
        thin_events=MappingProxyType(_carried(document["thin_events"])),
        api_versions=tuple(document["api_versions"]),
    )


@cache
def parse_type(written: str) -> Type:
    """The type that is written in the notation of the contract."""
    if _TOKEN.sub("", written).strip(" "):
        raise ValueError(f"{written!r} is not a type")
    tokens = _TOKEN.findall(written)
    type_ = _parse_union(tokens, written)
    if tokens:
        raise ValueError(f"{written!r} goes on after its end, at {tokens[0]!r}")
    return type_


class _OperationEntry(TypedDict, total=False):
    alias: str
    method: str
    returns: str
    base: Base
    parameters: dict[str, str]


class _ResourceEntry(TypedDict, total=False):
    id: str
    deletable: bool
    deleted_fields: dict[str, str]
    fields: dict[str, str]


class _Document(TypedDict):
    versions: dict[str, str]
    operations: dict[str, _OperationEntry]
    resources: dict[str, _ResourceEntry]
    structures: dict[str, dict[str, str]]
    enums: dict[str, str]
    defaults: dict[str, dict[str, str | int | bool]]
    events: dict[str, str]
    thin_events: dict[str, str]
    api_versions: list[str]


def _operation(
    key: str, entries: Mapping[str, _OperationEntry], enums: Mapping[str, str]
) -> Operation:
    entry = entries[key]
    alias_of = entry.get("alias")
    if alias_of is not None:
        entry = {**entries[alias_of], **entry}
    verb, path = key.split(" ")
    return Operation(
        key=key,
        verb=verb,
        path=path,
        method=entry["method"],
        returns=parse_type(entry["returns"]),
        parameters=Fields(entry["parameters"], enums),
        base=entry.get("base", "api"),
        alias_of=alias_of,
    )


def _resource(name: str, entry: _ResourceEntry, enums: Mapping[str, str]) -> Resource:
    prefix, separator, length = entry.get("id", "").rpartition("_")
    return Resource(
        object=name,
        fields=Fields(entry["fields"], enums),
        id_prefix=prefix + separator or None,
        id_length=int(length or 0),
        deletable=entry.get("deletable", False),
        deleted_fields=Fields(entry.get("deleted_fields", {}), enums),
    )


def _carried(events: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    return {type_: tuple(_RESOURCE.findall(carried)) for type_, carried in events.items()}


def _with_enums(type_: str, enums: Mapping[str, str]) -> str:
    return _ENUM.sub(lambda found: enums[found[1]], type_) if "$" in type_ else type_


_ENUM = re.compile(r"\$(\w+)")
_RESOURCE = re.compile(r"#([\w.]+)")
_TOKEN = re.compile(r"'[^']*'|[#@]?[A-Za-z_][\w.]*|\d+|[\[\]{}()|]")
_SCALAR_KINDS = frozenset(get_args(ScalarKind))
_LIST_KINDS = frozenset(get_args(ListKind))


def _parse_union(tokens: list[str], written: str) -> Type:
    """Take a type off the front of the tokens: all its alternatives."""
    values: list[str] = []
    references: list[str] = []
    members: list[Type] = []
    nullable = False
    while True:
        token = _next(tokens, written)
        if token.startswith("'"):
            values.append(token[1:-1])
        elif token.startswith("@"):
            references.append(token[1:])
        elif token == "null":
            nullable = True
        else:
            members.append(_parse_member(token, tokens, written))
        if not tokens or tokens[0] != "|":
            break
        tokens.pop(0)
    if references:
        members.insert(0, Reference(tuple(references)))
    if values:
        members.insert(0, Enum(tuple(values)))
    if not members:
        return Null()
    if len(members) == 1 and not nullable:
        return members[0]
    return Union(tuple(members), nullable)


def _parse_member(token: str, tokens: list[str], written: str) -> Type:
    """The alternative that begins with `token`."""
    if token == "[":
        return Array(_parse_enclosed(tokens, "]", written))
    if token == "{":
        return Map(_parse_enclosed(tokens, "}", written))
    if token.startswith("#"):
        return Inline(token[1:])
    if token == "string" and tokens[:1] == ["("]:
        tokens.pop(0)
        most = _next(tokens, written)
        _expect(")", tokens, written)
        return Scalar("string", int(most))
    if token in _SCALAR_KINDS:
        return Scalar(cast(ScalarKind, token))
    if tokens[:1] == ["("]:
        tokens.pop(0)
        if token in _LIST_KINDS:
            return ListOf(_parse_enclosed(tokens, ")", written), cast(ListKind, token))
        if token == "deleted":
            resource = _next(tokens, written)
            _expect(")", tokens, written)
            return Deleted(resource)
    elif token[0].isupper():
        return Structure(token)
    raise ValueError(f"{written!r} has no meaning at {token!r}")


def _parse_enclosed(tokens: list[str], end: str, written: str) -> Type:
    inner = _parse_union(tokens, written)
    _expect(end, tokens, written)
    return inner


def _expect(token: str, tokens: list[str], written: str) -> None:
    if _next(tokens, written) != token:
        raise ValueError(f"{written!r} lacks a {token!r}")


def _next(tokens: list[str], written: str) -> str:
    if not tokens:
        raise ValueError(f"{written!r} ends early")
    return tokens.pop(0)
