"""Which operation of the contract a request means: a trie, one dictionary step a path segment."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from urllib.parse import unquote

from localstack_stripe.contract.loader import Operation
from localstack_stripe.engine.errors import NotInVersion, StripeError


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
        self._operations = tuple(operations)
        self._literal: dict[tuple[str, str], Operation] = {}
        self._by_id: dict[tuple[str, str], tuple[Operation, str]] = {}
        """By what comes before the id of a record, which ends the path."""
        for operation in self._operations:
            head, _, last = operation.path.rpartition("/")
            if "{" not in operation.path:
                self._literal.setdefault((operation.verb, operation.path), operation)
            elif "{" not in head:
                self._by_id.setdefault((operation.verb, head), (operation, last[1:-1]))

    @cached_property
    def _root(self) -> _Node:
        root = _Node()
        for operation in self._operations:
            _add(root, operation)
        return root

    def match(self, verb: str, path: str) -> tuple[Operation, dict[str, str]]:
        """The operation and the values of its path's placeholders.

        :raises StripeError: 404, in Stripe's words, where there is none
        """
        operation = self._literal.get((verb, path))
        if operation is not None:
            return operation, {}
        head, _, last = path.rpartition("/")
        by_id = self._by_id.get((verb, head))
        if by_id is not None and last:
            return by_id[0], {by_id[1]: unquote(last) if "%" in last else last}
        # Some SDKs have built URLs with a doubled slash before the resource; Stripe accepts them.
        version, _, rest = path.lstrip("/").partition("/")
        segments = [version, *rest.lstrip("/").split("/")]
        values: list[str] = []
        found = None if "" in segments else _find(self._root, verb, segments, 0, values)
        if found is None:
            raise _unrecognized(verb, path, without_id="" in segments[2:])
        operation, names = found
        return operation, dict(zip(names, values, strict=True))


def _unrecognized(verb: str, path: str, *, without_id: bool) -> StripeError:
    """There is no such URL.

    :param without_id: whether that is so because an id is empty (https://github.com/stripe/stripe-php/issues/598)
    """
    hint = (
        "If you are trying to list objects, remove the trailing slash. If you are trying to retrieve an object, make "
        "sure you passed a valid (non-empty) identifier in your code. "
    )
    return NotInVersion(
        f"Unrecognized request URL ({verb}: {path}). {hint if without_id else ''}Please see https://stripe.com/docs "
        "or we can help at https://support.stripe.com/.",
        status=404,
    )


def _add(root: _Node, operation: Operation) -> None:
    node = root
    names = []
    for segment in operation.path.strip("/").split("/"):
        if segment.startswith("{"):
            names.append(segment[1:-1])
            node.placeholder = node.placeholder or _Node()
            node = node.placeholder
        else:
            node = node.literals.setdefault(segment, _Node())
    node.operations.setdefault(operation.verb, (operation, tuple(names)))


def _find(
    node: _Node, verb: str, segments: list[str], place: int, values: list[str]
) -> tuple[Operation, tuple[str, ...]] | None:
    """What the segments from *place* on lead to; the values of placeholders are left in *values*."""
    if place == len(segments):
        return node.operations.get(verb)
    segment = segments[place]
    literal = node.literals.get(segment)
    if literal is not None:
        found = _find(literal, verb, segments, place + 1, values)
        if found is not None:
            return found
    if node.placeholder is None:
        return None
    values.append(unquote(segment) if "%" in segment else segment)
    found = _find(node.placeholder, verb, segments, place + 1, values)
    if found is None:
        values.pop()
    return found
