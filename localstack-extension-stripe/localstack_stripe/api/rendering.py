"""Record → JSON: inline resources, lists of children, and what the request expands.

Expanding: https://docs.stripe.com/api/expanding_objects. What may be expanded is what the contract says: references,
and the optional lists and structures of a resource.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from localstack_stripe.api.as_stored import page_text
from localstack_stripe.contract.loader import (
    Array,
    Contract,
    Deleted,
    Field,
    Inline,
    ListOf,
    Map,
    Reference,
    Structure,
    Type,
)
from localstack_stripe.engine.behaviours import BEHAVIOURS, find
from localstack_stripe.engine.children import PARENT, Paths
from localstack_stripe.engine.errors import NotInVersion, StripeError, invalid
from localstack_stripe.engine.lists import Found, Page, embedded
from localstack_stripe.engine.shapes import alternatives, inlined, one_of
from localstack_stripe.engine.shown import Shown
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.text import dumped
from localstack_stripe.engine.work import UnitOfWork

MAX_DEPTH = 4

Expansion = dict[str, Any]
"""A tree of names: ``{"latest_invoice": {"confirmation_secret": {}}}``."""


class Rendering:
    """Makes answers from records.

    :param contract: what there is to be shown
    """

    changed: frozenset[str] = frozenset()
    """The kinds of which it does not answer with the texts of records as they are stored."""
    telling: frozenset[str] = frozenset()
    """Those of which its form says what has happened, as events tell it."""

    def __init__(self, contract: Contract, shown: Shown) -> None:
        self.contract = contract
        self._paths = Paths(contract)
        self._shown = shown

    # What the request asks for

    def expansion(
        self, paths: Iterable[str], returns: Type, left_out: list[str] | None = None
    ) -> Expansion:
        """The tree of what *paths* expand in what an operation returns.

        :param left_out: gets the paths of what there is not; without it, they are refused
        :raises StripeError: 400 where a path is too deep or what it names cannot be expanded
        """
        tree: Expansion = {}
        for path in paths:
            names = path.split(".")
            if len(names) > MAX_DEPTH:
                raise invalid(
                    f"You cannot expand more than {MAX_DEPTH} levels of a property. Property: {path}",
                    code="property_expansion_max_depth",
                )
            if not self._expandable(returns, names):
                error = self._unexpandable(path, returns)
                if left_out is None or not isinstance(error, NotInVersion):
                    raise error
                left_out.append(path)
                # What leads there may be all that the client reads: `latest_invoice` of `latest_invoice.charge`.
                while names and not self._expandable(returns, names):
                    names.pop()
            node = tree
            for name in names:
                node = node.setdefault(name, {})
        return tree

    def _unexpandable(self, path: str, returns: Type) -> StripeError:
        """What Stripe says names the property that leads nowhere, and of one inside of another object that there is none.

        What is in an object's hash is named by its path from there, whether it exists or not.
        """
        name, inside, types = "", 0, [returns]
        for each in path.split("."):
            in_hash = bool(types) and all(one_of(type, Structure) for type in types)
            name = f"{name}.{each}" if in_hash else each
            types = [found for type in types for found in self._of(type, each)]
            if not types:
                break
            inside += each != "data"
        message = f"This property cannot be expanded ({name})."
        if inside and not types and not in_hash:
            message = f"This property cannot be expanded because it doesn't exist: {name}."
        if one_of(returns, ListOf) and self._expandable(returns, ["data", *path.split(".")]):
            message += f" You may want to try expanding 'data.{path}' instead."
            return invalid(message)
        return invalid(message) if types else NotInVersion(message)

    def _of(self, type: Type, name: str) -> Iterator[Type]:
        """The types of what is called *name* in a value of *type*."""
        for kind in alternatives(type):
            match kind:
                case ListOf(item) if name == "data":
                    yield item
                case Array(item):
                    yield from self._of(item, name)
                case Inline(resource) | Deleted(resource):
                    yield from self._fields_of(self.contract.resources[resource].fields, name)
                case Reference(resources):
                    for each in resources:
                        yield from self._fields_of(self.contract.resources[each].fields, name)
                case Structure(structure):
                    yield from self._fields_of(self.contract.structures[structure], name)
                case _:
                    pass

    @staticmethod
    def _fields_of(fields: Mapping[str, Field], name: str) -> Iterator[Type]:
        if name in fields:
            yield fields[name].type

    def _expandable(self, type: Type, names: list[str]) -> bool:
        """Whether *names* lead from a value of *type* to something that can be expanded."""
        if not names:
            return False
        for kind in alternatives(type):
            match kind:
                case ListOf(item, listed):
                    if listed == "search" and names == ["total_count"]:
                        return True
                    # What is always there may be asked for: `items.data`.
                    if names == ["data"]:
                        return True
                    if names[0] == "data" and self._expandable(item, names[1:]):
                        return True
                case Array(item):
                    if self._expandable(item, names):
                        return True
                case Inline(resource) | Deleted(resource):
                    hidden = BEHAVIOURS.hidden.get(resource, frozenset()) - {PARENT}
                    if names[0] in hidden or _is_included(resource, names):
                        return True
                    if _is_hidden_within(resource, names):
                        return True
                    if self._expandable_field(self.contract.resources[resource].fields, names):
                        return True
                case Reference(resources):
                    fields = (self.contract.resources[name].fields for name in resources)
                    if any(self._expandable_field(each, names) for each in fields):
                        return True
                    if any(_is_included(each, names) for each in resources):
                        return True
                    if any(_is_hidden_within(each, names) for each in resources):
                        return True
                case Structure(name):
                    if self._expandable_field(self.contract.structures[name], names):
                        return True
                case _:
                    pass
        return False

    def _expandable_field(self, fields: Mapping[str, Field], names: list[str]) -> bool:
        field = fields.get(names[0])
        if field is None:
            return False
        if len(names) > 1:
            return self._expandable(field.type, names[1:])
        item = one_of(field.type, Array)
        # What is always there in whole, such as an item's price or an invoice's lines, may be asked for all the same.
        if any(isinstance(each, Reference | Inline | ListOf) for each in alternatives(field.type)):
            return True
        if item and (one_of(item.item, Reference) or one_of(item.item, Inline)):
            return True
        return field.optional and bool(one_of(field.type, Structure) or item)

    # The answer

    def render(
        self, work: UnitOfWork, result: Record | Page | None, expansion: Expansion, url: str
    ) -> bytes:
        """The JSON text of what an operation returned. Nothing is to be written after it."""
        if isinstance(result, Page):
            inside = expansion.get("data", {})
            if result.kind == "list" and not inside and isinstance(result.records, Found):
                keys = result.records.keys
                if self.changed.isdisjoint(object for object, _ in keys):
                    texts = work.texts(keys)
                    text = page_text(texts, dumped(result.url), has_more=result.has_more)
                    if text is not None:
                        return text
            shown = [self.record(work, record, inside) for record in result.records]
            envelope = _envelope(result, shown, url)
            if result.count is not None and "total_count" in expansion:
                envelope["total_count"] = result.count()
            return dumped(envelope)
        if result is None or "object" not in result:
            # OAuth's answers are no resources. What is answered with nothing has no fields: SDKs look for an error in it.
            return dumped(result or {})
        is_plain = not expansion and result["object"] not in self.changed
        if is_plain and work.get(result["object"], result["id"]) is result:
            text = work.text(result["object"], result["id"])
            if text is not None:
                return text
        return dumped(self.record(work, result, expansion))

    def record(self, work: UnitOfWork, record: Record, expansion: Expansion) -> Record:
        """A record as a client sees it. It may be the record itself, and is not to be written to."""
        if record.get("deleted") or (not expansion and self._shown.as_stored(record)):
            return record
        object = record["object"]
        fields = self.contract.resources[object].fields
        shown = dict(record)
        if "id" not in fields:
            del shown["id"]
        for name in BEHAVIOURS.hidden.get(object, ()):
            if "." in name:
                shown = _without(shown, name.split("."), expansion)
            elif name not in expansion:
                shown.pop(name, None)
        special, lists = self._shown.special(object), self._shown.lists(object)
        if not expansion:
            for name, field in special.items():
                if name in lists:
                    if not field.optional or name in record:
                        shown[name] = self._list(work, record, field)
                elif shown.get(name) is not None:
                    shown[name] = self._value(work, shown[name], field.type, None)
            return shown
        for name in special.keys() | (expansion.keys() & fields.keys()):
            asked = expansion.get(name)
            if asked is not None and (object, name) in BEHAVIOURS.includable:
                shown[name] = BEHAVIOURS.includable[object, name](work, record)
            if name in lists:
                if not lists[name].optional or asked is not None or name in record:
                    shown[name] = self._children(work, record, lists[name], asked or {})
            elif shown.get(name) is not None:
                shown[name] = self._value(work, shown[name], fields[name].type, asked)
        return shown

    def _value(self, work: UnitOfWork, value: Any, type: Type, asked: Expansion | None) -> Any:
        """One value: inline resources are always shown, references when they are asked for."""
        if value is None:
            return None
        if isinstance(value, list):
            array = one_of(type, Array)
            if array is None:
                return value
            return [self._value(work, item, array.item, asked) for item in value]
        if isinstance(value, str):
            inline = inlined(type)
            reference = one_of(type, Reference)
            if asked is not None and reference is not None:
                inline += reference.resources
            for resource in inline:
                found = find(work, resource, value) or work.buried(resource, value)
                if found is not None:
                    return self.record(work, found, asked or {})
            return value
        if isinstance(value, dict):
            if one_of(type, ListOf) is not None and "data" in value:
                inner = (asked or {}).get("data", {})
                return value | {"data": [self.record(work, each, inner) for each in value["data"]]}
            if "object" in value and value["object"] in self.contract.resources:
                return self.record(work, value, asked or {})
            structure = one_of(type, Structure)
            if structure is not None:
                return self._structure(work, value, structure.name, asked or {})
            mapped = one_of(type, Map)
            if mapped is not None and asked is not None:
                return {
                    key: self._value(work, item, mapped.item, asked) for key, item in value.items()
                }
        return value

    def _structure(
        self, work: UnitOfWork, value: Record, name: str, expansion: Expansion
    ) -> Record:
        special = self._shown.special_of_structure(name)
        names = (special.keys() | expansion.keys()) & value.keys()
        if not names:
            return value
        fields = self.contract.structures[name]
        shown = dict(value)
        for each in names:
            shown[each] = self._value(work, value[each], fields[each].type, expansion.get(each))
        return shown

    def _list(self, work: UnitOfWork, record: Record, field: Field) -> Record:
        """The children of a record without expansion, which several events and an answer may show."""
        key = (record["object"], record["id"], field.name)
        shown = work.shown_lists.get(key)
        if shown is None:
            shown = work.shown_lists[key] = self._children(work, record, field, {})
        return shown

    def _children(
        self, work: UnitOfWork, record: Record, field: Field, expansion: Expansion
    ) -> Record:
        listed = one_of(field.type, ListOf)
        parent = record["object"].rpartition(".")[2]
        children: list[Record] = []
        for kind in inlined(listed.item):
            home = self._paths.home(kind, parent, record["object"])
            if home is not None:
                children += work.where(kind, home, record["id"])
        stored = record.get(field.name)
        if not children and isinstance(stored, dict) and stored:
            return stored
        if not field.optional:
            # What a record always shows, its items and lines, stands in the order in which it was added.
            children.reverse()
        inner = expansion.get("data", {})
        url = self._children_url(record, field)
        return embedded(children, url, lambda child: self.record(work, child, inner))

    def _children_url(self, record: Record, field: Field) -> str:
        listed = one_of(field.type, ListOf)
        own, of_kind = self._list_urls(record["object"], field.name, listed)
        if own is not None:
            return own.replace("{}", record["id"])
        return f"{of_kind}?{record['object'].rpartition('.')[2]}={record['id']}"

    @cache  # noqa: B019 - one rendering lives as long as its emulator
    def _list_urls(self, object: str, name: str, listed: ListOf) -> tuple[str | None, str]:
        of_kind = f"/v1/{inlined(listed.item)[0].replace('.', '/')}s"
        for operation in self.contract.operations.values():
            if operation.verb != "GET" or one_of(operation.returns, ListOf) is None:
                continue
            head, _, last = operation.path.rpartition("}/")
            if last == name and self._paths.parent_of(operation) == object:
                return head.partition("{")[0] + "{}/" + last, of_kind
        return None, of_kind


def _envelope(page: Page, data: Any, url: str) -> Record:
    if page.kind == "list2":
        return {"data": data, "next_page_url": page.next, "previous_page_url": page.previous}
    if page.kind == "search":
        envelope = {"object": "search_result", "data": data, "has_more": page.has_more}
        return envelope | {"next_page": page.next, "url": page.url}
    return {"object": "list", "data": data, "has_more": page.has_more, "url": page.url}


def _without(value: Any, names: list[str], asked: Expansion) -> Any:
    """A value without what *names* lead to, in each of its parts, where that was not asked for."""
    if isinstance(value, list):
        return [_without(each, names, asked) for each in value]
    name, *within = names
    if not isinstance(value, dict) or name not in value:
        return value
    if within:
        return value | {name: _without(value[name], within, asked.get(name, {}))}
    return value if name in asked else {key: each for key, each in value.items() if key != name}


def _is_included(resource: str, names: list[str]) -> bool:
    """Whether *names* are that of a field which is made when it is asked for, whatever its type."""
    return len(names) == 1 and (resource, names[0]) in BEHAVIOURS.includable


def _is_hidden_within(resource: str, names: list[str]) -> bool:
    """Whether *names* lead to a field of a structure which is shown to who asks for it by its name."""
    return len(names) > 1 and ".".join(names) in BEHAVIOURS.hidden.get(resource, ())
