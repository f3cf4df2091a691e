"""Every type of event, with the object that it carries, from the typings of the Node SDK.

Each type has an interface of its own. That of a snapshot event declares the object in its data; that of a thin event
(v2's) only says what `fetchRelatedObject` would fetch, if there is something to fetch.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tree_sitter import Node

from tools.contract.grammar import joined
from tools.contract.resources import ResourceReader, members, property_types
from tools.contract.typescript import Declaration, TypeScriptPackage, text

_SNAPSHOTS = Path("resources", "Events.d.ts")
_THIN = Path("resources", "V2", "Core", "Events.d.ts")


def read_events(package: TypeScriptPackage, resources: ResourceReader) -> dict[str, str]:
    """The types of events with a snapshot, such as `customer.created`, and what each is of."""
    events = {}
    for type_, declaration in _event_declarations(package, _SNAPSHOTS):
        data = declaration.module.find(("Data",), declaration.names)
        carried = property_types(data)["object"]
        events[type_] = joined(resources.alternatives(carried, data.module, data.scope))
    return events


def read_thin_events(package: TypeScriptPackage, resources: ResourceReader) -> dict[str, str]:
    """The types of v2's events, and what each is of; `null` where nothing can be fetched."""
    events = {}
    for type_, declaration in _event_declarations(package, _THIN):
        related = _fetched(declaration)
        events[type_] = (
            joined(resources.alternatives(related, declaration.module, declaration.scope))
            if related is not None
            else "null"
        )
    return events


def _event_declarations(
    package: TypeScriptPackage, path: Path
) -> Iterator[tuple[str, Declaration]]:
    """Each type of event with its interface, which extends `EventBase`."""
    for declaration in package.module(package.folder / path).declarations.values():
        extends = [node for node in declaration.node.children if node.type == "extends_type_clause"]
        if [text(base) for clause in extends for base in clause.named_children] == ["EventBase"]:
            yield text(property_types(declaration)["type"]), declaration


def _fetched(declaration: Declaration) -> Node | None:
    """`X` of `fetchRelatedObject(): Promise<X>`."""
    for member in members(declaration.node):
        if text(member.child_by_field_name("name")) == "fetchRelatedObject":
            promise = member.child_by_field_name("return_type")
            arguments = (
                promise.named_children[0].child_by_field_name("type_arguments") if promise else None
            )
            return arguments.named_children[0] if arguments else None
    return None
