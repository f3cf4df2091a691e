"""Which operation of the contract a request means: a trie, one dictionary step a path segment."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import unquote

from localstack_stripe.contract.loader import Operation
from localstack_stripe.engine.errors import StripeError


class _Node:
    __slots__ = ("literals", "operations", "placeholder")

    def __init__(self) -> None:
        self.literals: dict[str, _Node] = {}
        self.placeholder: _Node | None = None
        self.operations: dict[str, tuple[Operation, tuple[str, ...]]] = {}


class Router:
    """Matches verb and path against the contract's operations.

    A literal segment beats a placeholder, as ``/v1/customers/search`` must not be the customer ``search``.
    """

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._root = _Node()
        for operation in operations:
            self._add(operation)

    def _add(self, operation: Operation) -> None:
        node = self._root
        names = []
        for segment in operation.path.strip("/").split("/"):
            if segment.startswith("{"):
                names.append(segment[1:-1])
                node.placeholder = node.placeholder or _Node()
                node = node.placeholder
            else:
                node = node.literals.setdefault(segment, _Node())
        node.operations.setdefault(operation.verb, (operation, tuple(names)))

    def match(self, verb: str, path: str) -> tuple[Operation, dict[str, str]]:
        """The operation and the values of its path's placeholders.

        :raises StripeError: 404, in Stripe's words, where there is none
        """
        # Some SDKs have built URLs with a doubled slash; Stripe accepts them.
        segments = [segment for segment in path.split("/") if segment]
        found = self._find(self._root, verb, segments, [])
        if found is None:
            raise StripeError(
                f"Unrecognized request URL ({verb}: {path}). Please see https://stripe.com/docs "
                "or we can help at https://support.stripe.com/.",
                status=404,
            )
        (operation, names), values = found
        return operation, dict(zip(names, values, strict=True))

    def _find(
        self, node: _Node, verb: str, segments: list[str], values: list[str]
    ) -> tuple[tuple[Operation, tuple[str, ...]], list[str]] | None:
        if not segments:
            operation = node.operations.get(verb)
            return None if operation is None else (operation, values)
        literal = node.literals.get(segments[0])
        if literal is not None:
            found = self._find(literal, verb, segments[1:], values)
            if found is not None:
                return found
        if node.placeholder is None:
            return None
        return self._find(node.placeholder, verb, segments[1:], [*values, unquote(segments[0])])
