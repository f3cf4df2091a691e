"""The parameters of operations, from the `TypedDict` classes of the Python SDK."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from tools.contract.defaults import named_default
from tools.contract.grammar import (
    joined,
    literal,
    structure_name,
    without_open_marker,
)
from tools.contract.lengths import longest
from tools.contract.python_modules import (
    PythonModule,
    documented_fields,
    type_arguments,
    unquoted,
)
from tools.contract.timestamps import is_moment, is_timestamp

# Field, with `!` when it is required → type.
Fields: TypeAlias = dict[str, str]
# Field → `int64_string`, `decimal_string`, or the encodings of the fields inside.
Encodings: TypeAlias = Mapping[str, object]

_SCALARS = {
    "str": "string",
    "int": "integer",
    "float": "number",
    "bool": "boolean",
    "Decimal": "decimal",
    # The only parameter without a type is the content of an uploaded file.
    "Any": "binary",
}
_MAPS = {"Dict", "UntypedStripeObject"}
# What parameter classes inherit from: request options are not parameters.
_NOT_PARAMETERS = {"TypedDict", "RequestOptions"}
_RANGE = {"gt", "gte", "lt", "lte"}


class ParameterReader:
    """Reads parameter classes, and collects the structures that they use by their name."""

    def __init__(self) -> None:
        self.structures: dict[str, Fields] = {}
        self.defaults: dict[str, dict[str, str]] = {}
        """What the documentation of a structure's fields names as their defaults."""
        self._origins: dict[str, str] = {}

    def read(self, annotation: ast.expr, module: PythonModule, encodings: Encodings) -> Fields:
        """The parameters of a method whose `params` is annotated `Optional["SomeParams"]`."""
        in_module, definition = _class_of_parameters(annotation, module)
        return self._fields(definition, in_module, encodings)

    def named_defaults(self, annotation: ast.expr, module: PythonModule) -> dict[str, str]:
        """The defaults that the documentation of a method's parameters names."""
        in_module, definition = _class_of_parameters(annotation, module)
        return _named_defaults(definition, in_module)

    def _fields(
        self, definition: ast.ClassDef, module: PythonModule, encodings: Encodings
    ) -> Fields:
        fields: Fields = {}
        for name, annotation, text in _all_fields(definition, module):
            annotation, required = _without_requirement(annotation)
            field = _Field(self, module, name, text, encodings.get(name))
            most = longest(text)
            fields[f"{name}!" if required else name] = joined(
                f"string({most})" if most and alternative == "string" else alternative
                for alternative in field.alternatives(annotation)
            )
        return dict(sorted(fields.items()))

    def structure(self, name: str, module: PythonModule, field: _Field) -> str:
        """The name under which the class `name` is collected, once."""
        module, definition = module.find_class(name)
        flat = structure_name(module.namespace, [name])
        origin = f"{module.name}.{name}"
        if self._origins.setdefault(flat, origin) != origin:
            raise ValueError(f"{origin} and {self._origins[flat]} would both be {flat}")
        if flat not in self.structures:
            self.structures[flat] = {}  # first, as a structure may contain itself
            self.defaults[flat] = _named_defaults(definition, module)
            inner = field.encoding if isinstance(field.encoding, Mapping) else {}
            fields = self._fields(definition, module, inner)
            if field.holds_timestamps and _RANGE.issuperset(fields):
                fields = {
                    bound: type_.replace("integer", "timestamp") for bound, type_ in fields.items()
                }
            self.structures[flat] = fields
        return flat


class _Field:
    """One field while its annotation is read."""

    def __init__(
        self, reader: ParameterReader, module: PythonModule, name: str, text: str, encoding: object
    ) -> None:
        self.reader = reader
        self.module = module
        self.encoding = encoding
        self.holds_timestamps = is_timestamp(name, text)
        self.holds_moments = module.namespace[:1] == ["v2"] and is_moment(name, text)

    def alternatives(self, annotation: ast.expr, *, collected: bool = False) -> list[str]:
        """The alternatives of a type; `collected` inside a list or map, where no time is."""
        return without_open_marker(self._read(unquoted(annotation), collected))

    def _read(self, node: ast.expr, collected: bool) -> Iterator[str]:
        if isinstance(node, ast.BinOp):
            yield from self._read(unquoted(node.left), collected)
            yield from self._read(unquoted(node.right), collected)
        elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            yield from self._generic(node.value.id, type_arguments(node), collected)
        elif isinstance(node, ast.Name):
            yield self._named(node.id, collected)
        else:
            raise ValueError(f"cannot read the type {ast.unparse(node)}")

    def _generic(self, name: str, arguments: list[ast.expr], collected: bool) -> Iterator[str]:
        if name == "Literal":
            yield from (literal(ast.literal_eval(argument)) for argument in arguments)
        elif name == "Union":
            for argument in arguments:
                yield from self._read(unquoted(argument), collected)
        elif name == "Optional":
            yield from self._read(unquoted(arguments[0]), collected)
            yield "null"
        elif name == "List":
            yield "[" + joined(self.alternatives(arguments[0], collected=True)) + "]"
        elif name in _MAPS:
            yield "{" + joined(self.alternatives(arguments[-1], collected=True)) + "}"
        else:
            raise ValueError(f"cannot read the type {name}[…]")

    def _named(self, name: str, collected: bool) -> str:
        if name not in _SCALARS:
            return self.reader.structure(name, self.module, self)
        if name == "int":
            if self.encoding == "int64_string":
                return "int64"
            if self.holds_timestamps and not collected:
                return "timestamp"
        if name == "str" and self.holds_moments and not collected:
            return "moment"
        return _SCALARS[name]


def _class_of_parameters(
    annotation: ast.expr, module: PythonModule
) -> tuple[PythonModule, ast.ClassDef]:
    """The class that `Optional["SomeParams"]` names, and the module that defines it."""
    for node in ast.walk(annotation):
        inner = unquoted(node) if isinstance(node, ast.Constant) else node
        if isinstance(inner, ast.Name) and inner.id != "Optional":
            return module.find_class(inner.id)
    raise ValueError(f"no class of parameters in {ast.unparse(annotation)}")


def _named_defaults(definition: ast.ClassDef, module: PythonModule) -> dict[str, str]:
    named = ((name, named_default(text)) for name, _, text in _all_fields(definition, module))
    return {name: default for name, default in named if default is not None}


def _all_fields(
    definition: ast.ClassDef, module: PythonModule
) -> Iterator[tuple[str, ast.expr, str]]:
    """The fields of a class and of what it inherits from."""
    for base in definition.bases:
        if not isinstance(base, ast.Name) or base.id in _NOT_PARAMETERS:
            continue
        functional = module.values.get(base.id)
        if isinstance(functional, ast.Call):
            yield from _functional_fields(functional)
        else:
            base_module, base_definition = module.find_class(base.id)
            yield from _all_fields(base_definition, base_module)
    yield from documented_fields(definition)


def _functional_fields(call: ast.Call) -> Iterator[tuple[str, ast.expr, str]]:
    """The fields of `TypedDict("Name", {"in": …})`, the only way to have one named `in`."""
    fields = call.args[1]
    if not isinstance(fields, ast.Dict):
        raise ValueError(f"cannot read {ast.unparse(call)}")
    for key, annotation in zip(fields.keys, fields.values, strict=True):
        if isinstance(key, ast.Constant):
            yield str(key.value), annotation, ""


def _without_requirement(annotation: ast.expr) -> tuple[ast.expr, bool]:
    """The type itself, and whether the field must be given: it is not `NotRequired[…]`."""
    annotation = unquoted(annotation)
    if (
        isinstance(annotation, ast.Subscript)
        and isinstance(annotation.value, ast.Name)
        and annotation.value.id == "NotRequired"
    ):
        return annotation.slice, False
    return annotation, True
