"""Every operation of the API, from the services of the Python SDK."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tools.contract.grammar import singular
from tools.contract.parameters import Encodings, Fields, ParameterReader
from tools.contract.python_modules import PythonModule, PythonPackage

# Placeholders that name how the id is stored rather than what it is of.
_INTERNAL_PLACEHOLDER = re.compile(r"(_exposed_id|_id|_token)$")


@dataclass(frozen=True)
class Operation:
    """One operation as the Python SDK knows it: all but what it returns."""

    verb: str
    path: str
    method: str
    base: str
    parameters: Fields
    defaults: dict[str, str]
    """What the documentation of the parameters names as their defaults."""

    @property
    def key(self) -> str:
        return f"{self.verb} {self.path}"


def read_operations(package: PythonPackage, parameters: ParameterReader) -> dict[str, Operation]:
    """All operations of both namespaces by their key, such as `POST /v1/customers`."""
    operations: dict[str, Operation] = {}
    for namespace in ("v1", "v2"):
        module = package.module(f"stripe._{namespace}_services")
        prefix = "v2." if namespace == "v2" else ""
        for service, path, in_module in _services(module, f"{namespace.upper()}Services", prefix):
            for method in service.body:
                if isinstance(method, ast.FunctionDef):
                    operation = _read_method(method, path, in_module, parameters)
                    if operation is not None:
                        # Two services offer to delete a payment source: the first will do, as
                        # both take the same.
                        operations.setdefault(operation.key, operation)
    return operations


def clean_path(path: str) -> str:
    """A path with placeholders as Stripe's errors call them.

    The SDK's name is kept (`{intent}` of `/v1/payment_intents/{intent}` is also the `param` of
    Stripe's error) unless it names how the id is stored: `{subscription_exposed_id}`,
    `{account_id}` and `{shipping_rate_token}` become the singular of the segment before them.
    """
    segments = path.split("/")
    for position, segment in enumerate(segments):
        if segment.startswith("{") and _INTERNAL_PLACEHOLDER.search(segment[1:-1]):
            segments[position] = "{" + singular(segments[position - 1]) + "}"
    return "/".join(segments)


def _services(
    module: PythonModule, class_name: str, path: str
) -> Iterator[tuple[ast.ClassDef, str, PythonModule]]:
    """A service and those below it, each with its path, such as `test_helpers.test_clocks.`."""
    yield module.classes[class_name], path, module
    subservices = module.values.get("_subservices")
    if subservices is not None:
        for name, (module_name, inner_name) in sorted(ast.literal_eval(subservices).items()):
            inner_module = module.package.module(module_name)
            yield from _services(inner_module, inner_name, f"{path}{name}.")


def _read_method(
    method: ast.FunctionDef, service_path: str, module: PythonModule, parameters: ParameterReader
) -> Operation | None:
    call = _request(method)
    if call is None:
        return None
    verb, path = (_text(argument) for argument in call.args[:2])
    sent = {keyword.arg: keyword.value for keyword in call.keywords}
    accepted = next((a.annotation for a in method.args.args if a.arg == "params"), None)
    return Operation(
        verb=verb.upper(),
        path=clean_path(path),
        method=f"{service_path}{method.name}",
        base=_text(sent["base_address"]),
        parameters=(
            parameters.read(accepted, module, _encodings(sent["params"])) if accepted else {}
        ),
        defaults=parameters.named_defaults(accepted, module) if accepted else {},
    )


def _request(method: ast.FunctionDef) -> ast.Call | None:
    """The call that sends the request, if the method sends one."""
    for node in ast.walk(method):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in {"_request", "_request_stream"}
        ):
            return node
    return None


def _text(argument: ast.expr) -> str:
    """The text that an argument is: a literal, or the template of a literal's `format`."""
    if isinstance(argument, ast.Call) and isinstance(argument.func, ast.Attribute):
        argument = argument.func.value
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return argument.value
    raise ValueError(f"expected a text, found {ast.unparse(argument)}")


def _encodings(sent: ast.expr) -> Encodings:
    """What v2 sends in another form than it is typed: `_coerce_v2_params(params, {…})`."""
    encodings: Encodings = ast.literal_eval(sent.args[1]) if isinstance(sent, ast.Call) else {}
    return encodings
