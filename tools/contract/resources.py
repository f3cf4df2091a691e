"""Every resource, from the typings of the Node SDK.

These say what the Python SDK does not: `field: X | null` is always present and may be null,
`field?: X` may be absent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from tree_sitter import Node

from tools.contract.grammar import joined, literal, structure_name, without_open_marker
from tools.contract.scalars import Scalars
from tools.contract.typescript import (
    Declaration,
    Names,
    TypeScriptModule,
    TypeScriptPackage,
    text,
)

# Field, with `?` when it may be absent → type.
Fields: TypeAlias = dict[str, str]

_KEYWORDS = {"boolean": "boolean", "any": "any", "unknown": "any"}
_NAMED = {"Decimal": "decimal", "bigint": "int64"}
_LISTS = {"ApiList": "list", "ApiSearchResult": "search", "V2List": "list2"}
# What every stub of a deleted object has.
_STUB = {"id", "object", "deleted"}


@dataclass
class Resource:
    """One resource: its fields, and those of its stub once it is deleted, if it can be."""

    fields: Fields = field(default_factory=dict)
    stub: Fields | None = None


class ResourceReader:
    """Reads all resources of the typings, and collects the structures inside them by name."""

    def __init__(self, package: TypeScriptPackage, scalars: Scalars) -> None:
        self.resources: dict[str, Resource] = {}
        self.structures: dict[str, Fields] = {}
        self._scalars = scalars
        self._origins: dict[str, tuple[Path, Names]] = {}
        self._objects: dict[tuple[Path, Names], tuple[str, bool]] = {}
        declarations = list(_resource_declarations(package))
        for declaration, object_name, deleted in declarations:
            self._objects[declaration.module.path, declaration.names] = object_name, deleted
        for declaration, object_name, deleted in declarations:
            fields = self._fields(declaration)
            resource = self.resources.setdefault(object_name, Resource())
            if deleted:
                resource.stub = {name: fields[name] for name in fields if name not in _STUB}
            elif resource.fields:
                raise ValueError(f"two resources are called {object_name}")
            else:
                resource.fields = fields

    def alternatives(self, node: Node, module: TypeScriptModule, scope: Names) -> list[str]:
        """The alternatives of a type that stands outside a resource."""
        return list(_Field(self, module, scope, "", "").read(node))

    def named(self, declaration: Declaration) -> str:
        """How an interface is written: a resource, the stub of one, a map or a structure."""
        key = declaration.module.path, declaration.names
        if key in self._objects:
            object_name, deleted = self._objects[key]
            return f"deleted({object_name})" if deleted else f"#{object_name}"
        inside = members(declaration.node)
        if [member.type for member in inside] == ["index_signature"]:
            value = _Field(self, declaration.module, declaration.scope, "", "")
            return "{" + joined(value.read(_annotated(inside[0]))) + "}"
        if not inside:
            return "{any}"
        name = _structure_name(declaration)
        if self._origins.setdefault(name, key) != key:
            raise ValueError(f"{key} and {self._origins[name]} would both be {name}")
        if name not in self.structures:
            self.structures[name] = {}  # first, as a structure may contain itself
            self.structures[name] = self._fields(declaration)
        return name

    def number(self, structure: str, name: str) -> str:
        """How the numbers of a field are written."""
        try:
            return self._scalars[structure][name]
        except KeyError:
            raise LookupError(f"the Python SDK has no number {structure}.{name}") from None

    def text(self, structure: str, name: str) -> str:
        """How the texts of a field are written: as moments, where they are."""
        kind = self._scalars.get(structure, {}).get(name)
        return kind if kind == "moment" else "string"

    def scalars_key(self, declaration: Declaration) -> str:
        """Under which name the scalars of a structure are known."""
        first, *inner = declaration.names
        for name in (first, f"{first}Base"):
            known = self._objects.get((declaration.module.path, (name,)))
            if known is not None:
                return ".".join([known[0], *inner])
        return _structure_name(declaration)

    def _fields(self, declaration: Declaration) -> Fields:
        structure = self.scalars_key(declaration)
        fields = {}
        for member in members(declaration.node):
            if member.type != "property_signature":
                continue
            name = text(member.child_by_field_name("name"))
            field_ = _Field(self, declaration.module, declaration.scope, structure, name)
            alternatives = field_.alternatives(_annotated(member))
            if alternatives:
                optional = any(child.type == "?" for child in member.children)
                fields[f"{name}?" if optional else name] = joined(alternatives)
        return fields


@dataclass(frozen=True)
class _Field:
    """One field while its type is read: who reads, where names are looked up, and its name."""

    reader: ResourceReader
    module: TypeScriptModule
    scope: Names
    structure: str
    name: str

    def alternatives(self, node: Node) -> list[str]:
        """The alternatives of a field's type; none when it is no data (`void`, a function)."""
        found = without_open_marker(self.read(node))
        live = [one for one in found if not one.startswith("deleted(")]
        if "string" in live and any(one.startswith("#") for one in live):
            # `string | Customer`: an id, which is replaced by the customer when it is expanded.
            return [
                "@" + one[1:] if one.startswith("#") else one for one in live if one != "string"
            ]
        return live

    def read(self, node: Node) -> Iterator[str]:
        if node.type == "union_type":
            for member in node.named_children:
                yield from self.read(member)
        elif node.type == "predefined_type":
            yield from self._keyword(text(node))
        elif node.type == "literal_type":
            yield _literal(node.named_children[0])
        elif node.type == "generic_type":
            yield self._generic(node)
        elif node.type == "object_type":
            [signature] = node.named_children
            yield "{" + joined(self.alternatives(_annotated(signature))) + "}"
        elif node.type in {"type_identifier", "nested_type_identifier"}:
            yield from self._named(text(node))
        elif node.type != "function_type":
            raise ValueError(f"cannot read the type {text(node)}")

    def _keyword(self, keyword: str) -> Iterator[str]:
        if keyword == "number":
            yield self.reader.number(self.structure, self.name)
        elif keyword == "string":
            yield self.reader.text(self.structure, self.name)
        elif keyword != "void":
            yield _KEYWORDS[keyword]

    def _generic(self, node: Node) -> str:
        name = text(node.child_by_field_name("name"))
        arguments = node.child_by_field_name("type_arguments")
        assert arguments is not None
        inner = joined(self.alternatives(arguments.named_children[0]))
        if name == "Array":
            return f"[{inner}]"
        return f"{_LISTS[name]}({inner})"

    def _named(self, name: str) -> Iterator[str]:
        if name == "OtherString":
            yield "string"
        elif name in _NAMED:
            yield _NAMED[name]
        else:
            declaration = self.module.find(tuple(name.split(".")), self.scope)
            value = declaration.node.child_by_field_name("value")
            if value is None:
                yield self.reader.named(declaration)
            elif _is_event_union(declaration):
                yield self.reader.named(declaration.module.declarations["EventBase",])
            else:
                alias = _Field(
                    self.reader, declaration.module, declaration.scope, self.structure, self.name
                )
                yield from alias.read(value)


def _resource_declarations(package: TypeScriptPackage) -> Iterator[tuple[Declaration, str, bool]]:
    """Each interface that is a resource, its object name, and whether it is a deleted stub."""
    for module in package.modules():
        for declaration in list(module.declarations.values()):
            if len(declaration.names) > 1 or declaration.node.type != "interface_declaration":
                continue
            types = property_types(declaration)
            object_type = types.get("object")
            if object_type is not None and object_type.type == "literal_type":
                yield declaration, text(object_type), text(types.get("deleted")) == "true"


def property_types(declaration: Declaration) -> dict[str, Node]:
    """The properties of an interface by their name, each with its type."""
    return {
        text(member.child_by_field_name("name")): _annotated(member)
        for member in members(declaration.node)
        if member.type == "property_signature"
    }


def _is_event_union(declaration: Declaration) -> bool:
    """`Event` is the union of one interface an event type; what they share is its `EventBase`."""
    return declaration.names == ("Event",) and ("EventBase",) in declaration.module.declarations


def _structure_name(declaration: Declaration) -> str:
    names = [name.removesuffix("Base") for name in declaration.names]
    return structure_name(declaration.module.namespace, names)


def members(interface: Node) -> list[Node]:
    """What is declared in an interface."""
    body = interface.child_by_field_name("body")
    return [member for member in body.named_children if member.type != "comment"] if body else []


def _annotated(member: Node) -> Node:
    """The type of a property or an index signature."""
    annotation = member.child_by_field_name("type")
    if annotation is None:
        raise ValueError(f"{text(member)} has no type")
    return annotation.named_children[0]


def _literal(node: Node) -> str:
    if node.type == "string":
        return literal(text(node))
    if node.type in {"true", "false"}:
        return "boolean"
    return text(node)  # null
