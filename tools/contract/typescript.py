"""Looks names up in the typings of the Node SDK."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

# The names from the top of a module to a declaration: `Customer`, `InvoiceSettings`.
Names = tuple[str, ...]

_parser = Parser(Language(tree_sitter_typescript.language_typescript()))
_DECLARATIONS = {"interface_declaration", "type_alias_declaration"}


def parse(source: bytes) -> Node:
    """The syntax tree of a module, or of a script: the grammar reads both."""
    return _parser.parse(source).root_node


@dataclass(frozen=True)
class Declaration:
    """An interface or a type alias, and where it was declared."""

    module: TypeScriptModule
    names: Names
    node: Node

    @property
    def scope(self) -> Names:
        """The namespaces in which the names it uses are looked up."""
        return self.names[:-1]


@dataclass
class TypeScriptModule:
    """One `.d.ts` file: what it declares, imports and exports again."""

    package: TypeScriptPackage
    path: Path
    declarations: dict[Names, Declaration] = field(default_factory=dict)
    namespaces: set[Names] = field(default_factory=set)
    classes: dict[str, Node] = field(default_factory=dict)
    # Local name → file, and the name there; none for `import * as`.
    imports: dict[str, tuple[Path, str | None]] = field(default_factory=dict)
    exports: dict[str, tuple[Path, str]] = field(default_factory=dict)

    @property
    def namespace(self) -> list[str]:
        """The folders between `resources` and the file."""
        parts = self.path.relative_to(self.package.folder).parts
        return list(parts[1:-1])

    def find(self, names: Names, scope: Names) -> Declaration:
        """What `names`, used inside the namespaces `scope`, means here."""
        for depth in range(len(scope), -1, -1):
            declaration = self.declarations.get(scope[:depth] + names)
            if declaration is not None:
                return declaration
        return self.find_exported(names)

    def find_exported(self, names: Names) -> Declaration:
        """What `names`, used from outside, means here."""
        if names in self.declarations:
            return self.declarations[names]
        first, rest = names[0], names[1:]
        if first in self.exports:
            path, original = self.exports[first]
            return self.package.module(path).find_exported((original, *rest))
        if first in self.imports:
            path, imported = self.imports[first]
            inner = (imported, *rest) if imported is not None else rest
            return self.package.module(path).find_exported(inner)
        if (first,) in self.namespaces and rest:
            return self.find_exported(rest)
        raise LookupError(f"{self.path.name} does not say what {'.'.join(names)} is")


class TypeScriptPackage:
    """The modules of one folder of typings, parsed when first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._modules: dict[Path, TypeScriptModule] = {}

    def module(self, path: Path) -> TypeScriptModule:
        if path not in self._modules:
            module = TypeScriptModule(self, path)
            self._modules[path] = module
            for statement in parse(path.read_bytes()).named_children:
                _read_statement(statement, module, ())
        return self._modules[path]

    def modules(self) -> Iterator[TypeScriptModule]:
        """The modules that declare resources."""
        for path in sorted((self.folder / "resources").rglob("*.d.ts")):
            yield self.module(path)


def text(node: Node | None) -> str:
    """The source text of a node; a text's own quotes are dropped."""
    if node is None or node.text is None:
        return ""
    return node.text.decode().strip("'\"")


def _read_statement(statement: Node, module: TypeScriptModule, scope: Names) -> None:
    if statement.type == "import_statement":
        _read_import(statement, module)
    elif statement.type == "export_statement" and statement.child_by_field_name("source"):
        _read_reexport(statement, module)
    elif statement.type in {"export_statement", "ambient_declaration", "expression_statement"}:
        for inner in statement.named_children:
            _read_statement(inner, module, scope)
    elif statement.type in _DECLARATIONS:
        names = (*scope, text(statement.child_by_field_name("name")))
        module.declarations[names] = Declaration(module, names, statement)
    elif statement.type == "internal_module":
        names = (*scope, *text(statement.child_by_field_name("name")).split("."))
        module.namespaces.add(names)
        body = statement.child_by_field_name("body")
        for inner in body.named_children if body else ():
            _read_statement(inner, module, names)
    elif statement.type == "class_declaration":
        module.classes[text(statement.child_by_field_name("name"))] = statement


def _read_import(statement: Node, module: TypeScriptModule) -> None:
    path = _target(statement, module)
    for clause in descendants(statement):
        if clause.type == "namespace_import":
            module.imports[text(clause.named_children[0])] = (path, None)
        elif clause.type == "import_specifier":
            name = text(clause.child_by_field_name("name"))
            alias = clause.child_by_field_name("alias")
            module.imports[text(alias) if alias else name] = (path, name)


def _read_reexport(statement: Node, module: TypeScriptModule) -> None:
    path = _target(statement, module)
    for clause in descendants(statement):
        if clause.type == "export_specifier":
            name = text(clause.child_by_field_name("name"))
            alias = clause.child_by_field_name("alias")
            module.exports[text(alias) if alias else name] = (path, name)


def _target(statement: Node, module: TypeScriptModule) -> Path:
    source = text(statement.child_by_field_name("source"))
    return (module.path.parent / source).resolve().with_suffix(".d.ts")


def descendants(node: Node) -> Iterator[Node]:
    for child in node.named_children:
        yield child
        yield from descendants(child)
