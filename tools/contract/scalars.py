"""Which numbers of a resource are integers, timestamps, 64-bit integers or fractions, and which texts are moments.

The typings of the Node SDK know only `number` and `string`; the classes of the Python SDK have the
same names, and tell them apart.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import TypeAlias

from tools.contract.grammar import structure_name
from tools.contract.python_modules import (
    PythonPackage,
    class_constant,
    documented_fields,
    unquoted,
)
from tools.contract.timestamps import is_moment, is_timestamp

# Class → field → how its numbers, or its moments, are written in the contract. The class of a resource goes by the
# object's name, as the SDKs do not always call it the same, and a nested one by the names down to
# it: `customer`, `customer.InvoiceSettings`.
Scalars: TypeAlias = Mapping[str, Mapping[str, str]]


def read_scalars(package: PythonPackage) -> Scalars:
    """The numbers and moments of all resource classes, nested ones included."""
    scalars: dict[str, dict[str, str]] = {}
    for module_name in package.module_names("**/_*.py"):
        if re.search(r"\.params\.|\.events\.|_service$", module_name):
            continue
        module = package.module(module_name)
        for node in module.classes.values():
            object_name = class_constant(node, "OBJECT_NAME")
            name = str(object_name or structure_name(module.namespace, [node.name]))
            _read_class(node, name, scalars, is_v2=module.namespace[:1] == ["v2"])
    return scalars


def _read_class(
    node: ast.ClassDef, name: str, scalars: dict[str, dict[str, str]], *, is_v2: bool
) -> None:
    encodings = class_constant(node, "_field_encodings")
    fields = {}
    for field, annotation, text in documented_fields(node):
        kind = _kind(
            field, annotation, text, encodings.get(field) if isinstance(encodings, dict) else None
        )
        if kind is None and is_v2 and _is_text(annotation) and is_moment(field, text):
            kind = "moment"
        if kind is not None:
            fields[field] = kind
    if fields:
        scalars[name] = fields
    for inner in node.body:
        if isinstance(inner, ast.ClassDef):
            _read_class(inner, f"{name}.{inner.name}", scalars, is_v2=is_v2)


def _kind(field: str, annotation: ast.expr, text: str, encoding: object) -> str | None:
    mentioned = {node.id for node in ast.walk(unquoted(annotation)) if isinstance(node, ast.Name)}
    if "float" in mentioned:
        return "number"
    if "int" not in mentioned:
        return None
    if encoding == "int64_string":
        return "int64"
    collected = mentioned & {"List", "Dict", "UntypedStripeObject"}
    return "timestamp" if not collected and is_timestamp(field, text) else "integer"


def _is_text(annotation: ast.expr) -> bool:
    return ast.unparse(unquoted(annotation)) in {"str", "Optional[str]"}
