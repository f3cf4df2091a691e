"""Looks names up in the source of the Python SDK, which is parsed and never imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path


class PythonPackage:
    """The modules of one package, parsed when first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._modules: dict[str, PythonModule] = {}

    def module(self, name: str) -> PythonModule:
        """The module with the dotted name `name`, such as `stripe.checkout._session`."""
        if name not in self._modules:
            path = self.folder.joinpath(*name.split(".")[1:])
            source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
            self._modules[name] = PythonModule(self, name, ast.parse(source.read_bytes()))
        return self._modules[name]

    def module_names(self, pattern: str) -> Iterator[str]:
        """The dotted names of the modules whose path below the package matches `pattern`."""
        for path in sorted(self.folder.glob(pattern)):
            relative = path.relative_to(self.folder.parent).with_suffix("")
            yield ".".join(relative.parts)


@dataclass(frozen=True)
class PythonModule:
    """One parsed module: its top-level definitions, and the names it imports."""

    package: PythonPackage
    name: str
    tree: ast.Module

    @property
    def namespace(self) -> list[str]:
        """The packages between `stripe` (or `stripe.params`) and the module."""
        parts = self.name.split(".")[1:-1]
        return parts[1:] if parts[:1] == ["params"] else parts

    @cached_property
    def classes(self) -> dict[str, ast.ClassDef]:
        return {node.name: node for node in self.tree.body if isinstance(node, ast.ClassDef)}

    @cached_property
    def values(self) -> dict[str, ast.expr]:
        """What is assigned to a name at the top of the module."""
        return {
            target.id: node.value
            for node in self.tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }

    @cached_property
    def imports(self) -> dict[str, tuple[str, str]]:
        """Local name → module and name there; also of the imports for type checkers alone."""
        return {
            alias.asname or alias.name: (node.module, alias.name)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.ImportFrom) and node.module
            for alias in node.names
        }

    def find_class(self, name: str) -> tuple[PythonModule, ast.ClassDef]:
        """The class that `name` means in this module, and the module that defines it."""
        if name in self.classes:
            return self, self.classes[name]
        if name not in self.imports:
            raise LookupError(f"{self.name} does not say what {name} is")
        module_name, original_name = self.imports[name]
        return self.package.module(module_name).find_class(original_name)


def class_constant(definition: ast.ClassDef, name: str) -> object:
    """The plain value that a class assigns to `name`, or none."""
    for statement in definition.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                pass
            case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value) if (
                target == name
            ):
                pass
            case _:
                continue
        constant: object = ast.literal_eval(value)
        return constant
    return None


def documented_fields(node: ast.ClassDef) -> Iterator[tuple[str, ast.expr, str]]:
    """The annotated names of a class, each with its annotation and the text below it."""
    for position, statement in enumerate(node.body):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            yield (
                statement.target.id,
                statement.annotation,
                _text_at(node.body, position + 1),
            )


def _text_at(body: list[ast.stmt], position: int) -> str:
    if position < len(body):
        statement = body[position]
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            return str(statement.value.value)
    return ""


def unquoted(annotation: ast.expr) -> ast.expr:
    """The annotation itself, where it is written as a string."""
    while isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        annotation = ast.parse(annotation.value.strip(), mode="eval").body
    return annotation


def type_arguments(annotation: ast.Subscript) -> list[ast.expr]:
    """`A, B` of `Union[A, B]`."""
    inside = annotation.slice
    return list(inside.elts) if isinstance(inside, ast.Tuple) else [inside]
