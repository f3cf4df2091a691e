"""Parameter tree × contract → typed parameters, or the error that Stripe would give.

Wording and codes: https://docs.stripe.com/error-codes (``parameter_*``); metadata's limits:
https://docs.stripe.com/api/metadata.
"""

import re
from collections.abc import Mapping
from typing import Any

from localstack_stripe.api.decoding import Tree
from localstack_stripe.contract.loader import (
    Array,
    Contract,
    Enum,
    Field,
    Map,
    Scalar,
    Structure,
    Type,
)
from localstack_stripe.engine.clock import read_moment
from localstack_stripe.engine.content import Upload
from localstack_stripe.engine.errors import StripeError, invalid, missing_parameter
from localstack_stripe.engine.shapes import alternatives

Parameters = dict[str, Any]

_INTEGER = re.compile(r"[+-]?[0-9]{1,20}\Z")
_NUMBER = re.compile(r"[+-]?([0-9]{1,40}(\.[0-9]{0,40})?|\.[0-9]{1,40})\Z")
_POSITION = re.compile(r"[0-9]{1,9}\Z")
_LARGEST = (1 << 63) - 1
_BOOLEANS = {"true": True, "false": False}
_INTEGERS = ("integer", "timestamp", "int64")

METADATA_KEYS = 50
METADATA_KEY_LENGTH = 40
METADATA_VALUE_LENGTH = 500

UNSET: Any = None
"""What an empty string becomes where it means: remove the value."""


class Validation:
    """Checks parameters against the contract.

    :param contract: where structures are looked up
    :param added: fields that structures have besides, by the structure's name
    """

    def __init__(self, contract: Contract, added: Mapping[str, Mapping[str, Field]]) -> None:
        structures: dict[str, Mapping[str, Field]] = dict(contract.structures)
        for name, fields in added.items():
            structures[name] = {**structures[name], **fields}
        self._structures = structures

    def check(
        self, tree: Tree, fields: Mapping[str, Field], unsettable: frozenset[str] = frozenset()
    ) -> Parameters:
        """The typed parameters of a request.

        :param unsettable: parameters that an empty string unsets although their type does not say so
        :raises StripeError: 400 for the first thing that is wrong
        """
        return self._fields(tree, fields, "", unsettable)

    def _fields(
        self,
        tree: Tree,
        fields: Mapping[str, Field],
        prefix: str,
        unsettable: frozenset[str] = frozenset(),
    ) -> Parameters:
        unknown = [_path(prefix, name) for name in tree if name not in fields]
        if unknown:
            plural = "s" if len(unknown) > 1 else ""
            raise invalid(
                f"Received unknown parameter{plural}: {', '.join(unknown)}",
                unknown[0],
                "parameter_unknown",
            )
        for name, field in fields.items():
            if field.required and name not in tree:
                raise missing_parameter(_path(prefix, name))
        return {
            name: UNSET
            if value == "" and name in unsettable
            else self._value(value, fields[name].type, _path(prefix, name))
            for name, value in tree.items()
        }

    def _value(self, value: Any, type: Type, path: str) -> Any:
        candidates = alternatives(type)
        if value == "" and any(isinstance(c, Enum) and "" in c.values for c in candidates):
            return UNSET
        if value is None:
            return UNSET  # JSON's way to unset
        if isinstance(value, dict):
            return self._object(value, candidates, path)
        if isinstance(value, list):
            return self._array(value, candidates, path)
        return self._scalar(value, candidates, path)

    def _object(self, value: Tree, candidates: tuple[Type, ...], path: str) -> Any:
        structures = [c for c in candidates if isinstance(c, Structure)]
        refusal: StripeError | None = None
        for structure in structures:
            try:
                return self._fields(value, self._structures[structure.name], path)
            except StripeError as error:
                refusal = refusal or error
        for candidate in candidates:
            if isinstance(candidate, Map):
                return self._map(value, candidate, path)
            if isinstance(candidate, Array) and all(map(_POSITION.match, value)):
                ordered = [value[key] for key in sorted(value, key=int)]
                return self._array(ordered, candidates, path)
            if candidate == Scalar("any"):
                return value
        if refusal is not None:
            raise refusal
        if any(isinstance(c, Array) for c in candidates):
            raise invalid("Invalid array", path)
        raise invalid(f"Invalid {_kind(candidates)}: must be a string, not an object", path)

    def _array(self, value: list[Any], candidates: tuple[Type, ...], path: str) -> Any:
        for candidate in candidates:
            if isinstance(candidate, Array):
                return [
                    self._value(item, candidate.item, f"{path}[{position}]")
                    for position, item in enumerate(value)
                ]
            if candidate == Scalar("any"):
                return value
        if any(isinstance(c, Structure | Map) for c in candidates):
            raise invalid("Invalid object", path)
        raise invalid(f"Invalid {_kind(candidates)}: must not be an array", path)

    def _map(self, value: Tree, candidate: Map, path: str) -> Parameters:
        if path.rpartition("[")[2].rstrip("]") == "metadata":
            _check_metadata(value, path)
            # An empty string unsets a key, so it is a value here.
            return {
                key: item if item == "" else self._value(item, candidate.item, f"{path}[{key}]")
                for key, item in value.items()
            }
        return {
            key: self._value(item, candidate.item, f"{path}[{key}]") for key, item in value.items()
        }

    def _scalar(self, value: Any, candidates: tuple[Type, ...], path: str) -> Any:
        text = value if isinstance(value, str) else _json_text(value)
        enum = next((c for c in candidates if isinstance(c, Enum)), None)
        if enum is not None and text in enum.values:
            return text
        for candidate in candidates:
            if isinstance(candidate, Scalar) and candidate.max_length is not None:
                _check_length(text, candidate.max_length, path)
        scalars = [c.kind for c in candidates if isinstance(c, Scalar)]
        for kind in scalars:
            typed = _typed(value, text, kind)
            if typed is not None:
                return typed
        choices = [choice for choice in enum.values if choice] if enum is not None else []
        if choices:
            leaf = path.rpartition("[")[2].rstrip("]")
            raise invalid(f"Invalid {leaf}: must be {_one_of(choices)}", path)
        if not scalars:
            name = "array" if any(isinstance(c, Array) for c in candidates) else "object"
            raise invalid(f"Invalid {name}", path)
        raise _refused(text, scalars[0], path)


def _typed(value: Any, text: str, kind: str) -> Any:
    if isinstance(value, Upload):
        return value if kind in ("binary", "any") else None
    if kind == "any":
        return value
    if kind in _INTEGERS:
        return _integer(text)
    if kind == "number":
        if not _NUMBER.match(text):
            return None
        integer = _integer(text)
        return float(text) if integer is None else integer
    if kind == "decimal":
        return text if _NUMBER.match(text) else None
    if kind == "boolean":
        return _BOOLEANS.get(text)
    if kind == "moment":
        return read_moment(text)
    if kind == "string":
        return text or None
    return None


def _integer(text: str) -> int | None:
    """The integer that is written there, of at most 64 bits."""
    number = int(text) if _INTEGER.match(text) else None
    return None if number is None or abs(number) > _LARGEST else number


def _refused(text: str, kind: str, path: str) -> StripeError:
    if kind == "string":
        return invalid(
            f"You passed an empty string for '{path}'. We assume empty values are an attempt to unset a parameter; "
            f"however '{path}' cannot be unset. You should remove '{path}' from your request or supply a non-empty "
            "value.",
            path,
            "parameter_invalid_empty",
        )
    if kind in _INTEGERS:
        return invalid(f"Invalid integer: {text}", path, "parameter_invalid_integer")
    if kind == "moment":
        return invalid(
            f"Invalid timestamp: {text}. It must be an RFC 3339 date and time, such as 2022-09-18T13:22:00Z.",
            path,
        )
    if kind == "binary":
        return invalid("Invalid file: it must be sent as multipart/form-data", path)
    return invalid(f"Invalid {kind}: {text}", path)


def _check_length(text: str, longest: int, path: str) -> None:
    if len(text) > longest:
        raise invalid(
            f"Invalid string: {text[:10]}...{text[-10:]}; must be at most {longest} characters",
            path,
        )


def _check_metadata(metadata: Tree, path: str) -> None:
    if len(metadata) > METADATA_KEYS:
        raise invalid(
            f"Metadata can have up to {METADATA_KEYS} keys, but you passed in {len(metadata)}.",
            path,
        )
    for key, value in metadata.items():
        if len(key) > METADATA_KEY_LENGTH:
            raise invalid(
                f"Metadata keys can have up to {METADATA_KEY_LENGTH} characters, but you passed in a key that is "
                f"{len(key)} characters. Invalid key: {key}",
                path,
            )
        if isinstance(value, str) and len(value) > METADATA_VALUE_LENGTH:
            raise invalid(
                f"Metadata values can have up to {METADATA_VALUE_LENGTH} characters, but you passed in a value that "
                f"is {len(value)} characters. Invalid value: {value}",
                f"{path}[{key}]",
            )


def _path(prefix: str, name: str) -> str:
    return f"{prefix}[{name}]" if prefix else name


def _kind(candidates: tuple[Type, ...]) -> str:
    return next((c.kind for c in candidates if isinstance(c, Scalar)), "value")


def _one_of(choices: list[str]) -> str:
    if len(choices) == 1:
        return choices[0]
    if len(choices) == 2:
        return f"one of {choices[0]} or {choices[1]}"
    return f"one of {', '.join(choices[:-1])}, or {choices[-1]}"


def _json_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if isinstance(value, Upload) else str(value)
