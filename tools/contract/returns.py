"""What each operation returns, from the Node SDK.

The typings declare what a method returns; the scripts beside them, which request it sends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tree_sitter import Node

from tools.contract.grammar import joined
from tools.contract.resources import ResourceReader
from tools.contract.typescript import (
    TypeScriptModule,
    TypeScriptPackage,
    descendants,
    parse,
    text,
)

_LIST_PROMISES = {
    "ApiListPromise": "list",
    "ApiSearchResultPromise": "search",
    "V2ListPromise": "list2",
}
_DELETED_V2_OBJECT = "V2DeletedObject"


def read_returns(package: TypeScriptPackage, resources: ResourceReader) -> dict[str, str]:
    """Verb and path with nameless placeholders (`GET /v1/customers/{}`) → what it returns."""
    returns: dict[str, str] = {}
    for module in package.modules():
        script = module.path.with_name(module.path.name.removesuffix(".d.ts") + ".js")
        for class_name, method, request in _requests(script):
            declared = _declared(module, class_name, method)
            if declared is not None:
                returns[request] = _returned(declared, module, resources)
    for request, returned in returns.items():
        if returned == _DELETED_V2_OBJECT:
            # The typings have one stub for all of v2: it is of what can be retrieved there.
            object_name = returns[request.replace("DELETE", "GET")].removeprefix("#")
            returns[request] = f"deleted({object_name})"
            resources.resources[object_name].stub = {}
    resources.structures.pop(_DELETED_V2_OBJECT, None)
    return returns


def request_shape(key: str) -> str:
    """An operation's key without the names of its placeholders, which differ between SDKs."""
    return re.sub(r"\{[^}]*\}", "{}", key)


def _requests(script: Path) -> Iterator[tuple[str, str, str]]:
    """Class, method and request of every call that sends one."""
    for definition in descendants(parse(script.read_bytes())):
        if definition.type != "class_declaration":
            continue
        class_name = text(definition.child_by_field_name("name"))
        for method in descendants(definition):
            if method.type != "method_definition":
                continue
            for call in descendants(method):
                function = call.child_by_field_name("function")
                if call.type == "call_expression" and text(function) == "this._makeRequest":
                    arguments = call.child_by_field_name("arguments")
                    assert arguments is not None
                    verb, path = arguments.named_children[:2]
                    if path.type in {"string", "template_string"}:
                        name = text(method.child_by_field_name("name"))
                        yield class_name, name, f"{text(verb)} {_path(path)}"


def _path(node: Node) -> str:
    return "".join(
        "{}" if part.type == "template_substitution" else text(part) for part in node.named_children
    )


def _declared(module: TypeScriptModule, class_name: str, method: str) -> Node | None:
    """The declared return type of a method."""
    definition = module.classes.get(class_name)
    for signature in descendants(definition) if definition else ():
        if (
            signature.type == "method_signature"
            and text(signature.child_by_field_name("name")) == method
        ):
            annotation = signature.child_by_field_name("return_type")
            return annotation.named_children[0] if annotation else None
    return None


def _returned(node: Node, module: TypeScriptModule, resources: ResourceReader) -> str:
    name = text(node.child_by_field_name("name"))
    arguments = node.child_by_field_name("type_arguments")
    if name in _LIST_PROMISES and arguments is not None:
        items = resources.alternatives(arguments.named_children[0], module, ())
        return f"{_LIST_PROMISES[name]}({joined(items)})"
    # Promise<Response<X>>, or a promise of a stream
    while node.type == "generic_type" and arguments is not None:
        [node] = arguments.named_children
        arguments = node.child_by_field_name("type_arguments")
    if text(node) == "StripeStreamResponse":
        return "binary"
    return joined(resources.alternatives(node, module, ()) or ["null"])
