"""Does an answer have the shape that the contract gives it? Checked on every answer that these tests get."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from localstack_stripe.contract.loader import (
    Array,
    Contract,
    Deleted,
    Enum,
    Field,
    Inline,
    ListOf,
    Map,
    Null,
    Reference,
    Scalar,
    Structure,
    Type,
    Union,
)

_PYTHON: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "timestamp": (int,),
    "moment": (str,),
    "decimal": (str,),
    "int64": (str, int),
}


def mistakes(contract: Contract, value: Any, type: Type, path: str = "") -> list[str]:
    """Where *value* does not have the type that it should have; nothing where all is well."""
    return list(_mistakes(contract, value, type, path))


def _mistakes(contract: Contract, value: Any, type: Type, path: str) -> Iterator[str]:
    if isinstance(type, Union):
        if value is None:
            if not type.nullable:
                yield f"{path} is null"
            return
        attempts = [mistakes(contract, value, member, path) for member in type.members]
        if all(attempts):
            yield from min(attempts, key=len)
        return
    match type:
        case Null():
            if value is not None:
                yield f"{path} should be nothing"
        case Scalar(kind):
            expected = _PYTHON.get(kind)
            fits = expected is None or isinstance(value, expected)
            if not fits or (isinstance(value, bool) and kind not in ("boolean", "any")):
                yield f"{path} should be {kind}, is {value!r}"
        case Enum(values):
            if value not in values:
                yield f"{path} should be one of {values[:5]}, is {value!r}"
        case Array(item):
            yield from _each(contract, value, item, path)
        case Map(item):
            if not isinstance(value, dict):
                yield f"{path} should be an object, is {value!r}"
                return
            for key, each in value.items():
                yield from _mistakes(contract, each, item, f"{path}[{key}]")
        case ListOf(item, kind):
            yield from _page(contract, value, item, kind, path)
        case Reference(resources):
            if isinstance(value, dict):
                yield from _resource(contract, value, resources, path)
            elif not isinstance(value, str):
                yield f"{path} should be an id, is {value!r}"
        case Inline(resource) | Deleted(resource):
            yield from _resource(contract, value, (resource,), path)
        case Structure(name):
            yield from _fields(contract, value, contract.structures[name], path)


def _each(contract: Contract, value: Any, item: Type, path: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{path} should be an array, is {value!r}"
        return
    for place, each in enumerate(value):
        yield from _mistakes(contract, each, item, f"{path}[{place}]")


def _page(contract: Contract, value: Any, item: Type, kind: str, path: str) -> Iterator[str]:
    if not isinstance(value, dict) or not isinstance(value.get("data"), list):
        yield f"{path} should be a list object, is {value!r}"
        return
    named = {"list": "list", "search": "search_result", "list2": None}[kind]
    if value.get("object") != named:
        yield f"{path}.object should be {named}, is {value.get('object')!r}"
    yield from _each(contract, value["data"], item, f"{path}.data")


def _resource(
    contract: Contract, value: Any, resources: tuple[str, ...], path: str
) -> Iterator[str]:
    if not isinstance(value, dict) or value.get("object") not in resources:
        yield f"{path} should be a {' or '.join(resources)}, is {value!r}"
        return
    if value.get("deleted"):
        return
    yield from _fields(contract, value, contract.resources[value["object"]].fields, path)


def _fields(
    contract: Contract, value: Any, fields: Mapping[str, Field], path: str
) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path} should be an object, is {value!r}"
        return
    for name, field in fields.items():
        if name not in value:
            if not field.optional:
                yield f"{path}.{name} is missing"
        elif not (value[name] is None and field.optional):
            yield from _mistakes(contract, value[name], field.type, f"{path}.{name}")
