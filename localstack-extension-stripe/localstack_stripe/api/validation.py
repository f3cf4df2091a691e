"""Parameter tree × contract → typed parameters, or the error that Stripe would give.

What an operation takes is turned into functions when it is first called, so that a request only runs them. Wording
and codes: https://docs.stripe.com/error-codes (``parameter_*``).
"""

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from localstack_stripe.api.decoding import Tree
from localstack_stripe.api.metadata import check_metadata
from localstack_stripe.api.scalars import from_json, from_text, refused
from localstack_stripe.contract.loader import (
    Array,
    Contract,
    Enum,
    Field,
    Map,
    Reference,
    Scalar,
    Structure,
    Type,
)
from localstack_stripe.engine.content import Upload
from localstack_stripe.engine.errors import StripeError, invalid, missing_parameter
from localstack_stripe.engine.formats import FILTER_FORMATS, FORMATS, currency_key
from localstack_stripe.engine.shapes import alternatives, one_of

Parameters = dict[str, Any]

Reader = Callable[[Tree], Parameters]
"""Gives the typed parameters of a tree, or raises the error for the first thing that is wrong."""

Check = Callable[[Any, str], Any]
"""Takes a value and its path, and gives the typed value."""

UnknownNames = Callable[[list[str], Iterable[str]], None]
"""Told of names that are no parameters, as paths, and of the names that there are."""

UNSET: Any = None
"""What an empty string becomes where it means: remove the value."""

_PLACE = re.compile(r"[0-9]{1,9}")

MAX_LENGTH = 5000
"""Characters that a text of v1 may have, unless its parameter has a limit of its own. Stripe's OpenAPI specification
(https://github.com/stripe/openapi) says so of nearly every one.
"""

_LONGEST_HINT = 64
"""Characters of a name up to which it is worth while to look for one that is like it."""


class Validation:
    """Makes readers of parameters from the contract.

    :param contract: where structures are looked up
    :param added: fields that structures have besides, by the structure's name
    """

    def __init__(self, contract: Contract, added: Mapping[str, Mapping[str, Field]]) -> None:
        structures: dict[str, Mapping[str, Field]] = dict(contract.structures)
        for name, fields in added.items():
            structures[name] = {**structures[name], **fields}
        self._structures = structures
        self._common: dict[tuple[bool, bool], _Readers] = {}

    def reader(
        self,
        fields: Mapping[str, Field],
        unsettable: frozenset[str] = frozenset(),
        *,
        writes: bool = True,
        typed: bool = False,
        unknown: UnknownNames | None = None,
    ) -> Reader:
        """A reader of these fields.

        :param unsettable: parameters that an empty string unsets although their type does not say so
        :param writes: whether values are to be kept, and so must have the form of what they are
        :param typed: whether values come from JSON, and so have to have its types
        :param unknown: told of what is not known, which is left out then; without it, that is refused
        """
        if unknown is not None:
            readers = _Readers(self._structures, writes, typed, unknown)
        else:
            readers = self._common.get((writes, typed)) or _Readers(
                self._structures, writes, typed, refuse_unknown
            )
            self._common[writes, typed] = readers
        return _Object(readers, fields, unsettable)


def refuse_unknown(paths: list[str], known: Iterable[str]) -> None:
    """Refuse parameters that there are not, with the one that was probably meant.

    :raises StripeError: 400 ``parameter_unknown``
    """
    message = f"Received unknown parameter{'s' if len(paths) > 1 else ''}: {', '.join(paths)}"
    if len(paths) == 1 and len(paths[0]) <= _LONGEST_HINT and "[" not in paths[0]:
        from difflib import get_close_matches

        meant = get_close_matches(paths[0], known, 1)
        message += f". Did you mean {meant[0]}?" if meant else ""
    raise invalid(message, paths[0], "parameter_unknown")


class _Readers:
    """What readers of one kind share: those of the contract's structures."""

    def __init__(
        self,
        structures: Mapping[str, Mapping[str, Field]],
        writes: bool,
        typed: bool,
        unknown: UnknownNames,
    ) -> None:
        self._structures = structures
        self._known: dict[str, _Object] = {}
        self._writes = writes
        self.typed = typed
        self.unknown = unknown

    def structure(self, name: str) -> "_Object":
        """The reader of a structure."""
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = _Object(self, self._structures[name])
        return known

    def check(self, type: Type, name: str = "") -> Check:
        """The check of values of a type.

        :param name: what the parameter is called, where that tells of a format
        """
        check: Check = _Value(self, type, name)
        formats = FORMATS if self._writes else FILTER_FORMATS
        if name not in formats or not _is_text(type):
            return check
        given_form = formats[name]

        def formatted(value: Any, path: str) -> Any:
            text = check(value, path)
            return given_form(text, path) if isinstance(text, str) else text

        return formatted


class _Object:
    """Reads named parameters. It is made ready when it is first used, since structures may contain themselves."""

    __slots__ = ("_checks", "_fields", "_readers", "_required", "_texts", "_unsettable")

    def __init__(
        self,
        readers: _Readers,
        fields: Mapping[str, Field],
        unsettable: frozenset[str] = frozenset(),
    ) -> None:
        self._readers = readers
        self._fields = fields
        self._unsettable = unsettable
        self._checks: dict[str, Check] | None = None
        self._required: tuple[str, ...] = ()
        self._texts: dict[str, int] = {}
        """The parameters that take any text, and of how many characters at most."""

    def __call__(self, tree: Tree, prefix: str = "") -> Parameters:
        checks = self._checks
        if checks is None:
            checks = self._checks = self._made_ready()
        if not checks.keys() >= tree.keys():
            unknown = [name for name in tree if name not in checks]
            self._readers.unknown([_path(prefix, name) for name in unknown], checks)
            tree = {name: value for name, value in tree.items() if name in checks}
        for name in self._required:
            if name not in tree:
                raise missing_parameter(_path(prefix, name))
        read: Parameters = {}
        texts = self._texts
        for name, value in tree.items():
            if name in texts and type(value) is str and 0 < len(value) <= texts[name]:
                read[name] = value  # as most are
            else:
                read[name] = checks[name](value, f"{prefix}[{name}]" if prefix else name)
        return read

    def _made_ready(self) -> dict[str, Check]:
        checks = {}
        for name, field in self._fields.items():
            check = self._readers.check(field.type, name)
            checks[name] = _unsetting(check) if name in self._unsettable else check
            if isinstance(check, _Value) and check.is_text:
                self._texts[name] = check.longest
        required = (name for name, field in self._fields.items() if field.required)
        self._required = tuple(required)
        if self._readers.typed:
            for name in self._required:
                checks[name] = _not_null(checks[name])
        return checks


class _Value:
    """Reads one value of a type, or of one of several."""

    __slots__ = (
        "_array",
        "_choices",
        "_is_any",
        "_is_by_currency",
        "_is_metadata",
        "_kinds",
        "_map",
        "_structures",
        "_typed",
        "_unsets",
        "_values",
        "is_text",
        "longest",
    )

    def __init__(self, readers: _Readers, type: Type, name: str) -> None:
        candidates = alternatives(type)
        enum = one_of(type, Enum)
        values = enum.values if enum is not None else ()
        self._values = frozenset(values)
        self._unsets = "" in self._values
        self._choices = [value for value in values if value]
        self._structures = [
            readers.structure(each.name) for each in candidates if isinstance(each, Structure)
        ]
        array = one_of(type, Array)
        self._array = readers.check(array.item, name) if array is not None else None
        map_ = one_of(type, Map)
        self._map = readers.check(map_.item) if map_ is not None else None
        self._is_metadata = name == "metadata"
        self._is_by_currency = name == "currency_options"
        kinds = [_kind(each) for each in candidates]
        self._kinds = [kind for kind in kinds if kind is not None]
        self._is_any = "any" in self._kinds
        self.longest = min(
            (
                each.max_length
                for each in candidates
                if isinstance(each, Scalar) and each.max_length
            ),
            default=sys.maxsize if readers.typed else MAX_LENGTH,
        )
        self._typed = readers.typed
        self.is_text = self._kinds == ["string"] and not values
        """Whether any text is taken that is not empty and not longer than that."""

    def __call__(self, value: Any, path: str) -> Any:
        if self.is_text and type(value) is str and 0 < len(value) <= self.longest:
            return value
        if value == "" and self._unsets:
            return UNSET
        if value is None:
            return UNSET  # JSON's way to unset
        if isinstance(value, dict):
            return self._object(value, path)
        if isinstance(value, list):
            return self._list(value, path)
        return self._scalar(value, path)

    def _object(self, value: Tree, path: str) -> Any:
        refusal: StripeError | None = None
        for structure in self._structures:
            try:
                return structure(value, path)
            except StripeError as error:
                refusal = refusal or error
        if self._map is not None:
            return self._mapped(value, self._map, path)
        if self._array is not None and not self._typed:
            return self._list(_in_order(value, path), path)
        if self._is_any:
            return value
        if refusal is not None:
            raise refusal
        if self._array is not None:
            raise invalid("Invalid array", path)
        raise invalid(f"Invalid {self._expected}: must be a string, not an object", path)

    def _list(self, value: list[Any], path: str) -> Any:
        check = self._array
        if check is not None:
            return [check(item, f"{path}[{place}]") for place, item in enumerate(value)]
        if self._is_any:
            return value
        if self._structures or self._map is not None:
            raise invalid("Invalid object", path)
        raise invalid(f"Invalid {self._expected}: must not be an array", path)

    def _mapped(self, value: Tree, check: Check, path: str) -> Parameters:
        if self._is_metadata:
            check_metadata(value, path)
            # An empty string unsets a key, so it is a value here.
            return {
                key: item if type(item) is str else check(item, f"{path}[{key}]")
                for key, item in value.items()
            }
        if self._is_by_currency:
            for key in value:
                currency_key(key, path)
        return {key: check(item, f"{path}[{key}]") for key, item in value.items()}

    def _scalar(self, value: Any, path: str) -> Any:
        if isinstance(value, Upload):
            if "binary" in self._kinds or self._is_any:
                return value
            raise invalid(f"Invalid {self._expected}: must not be a file", path)
        if value in self._values:
            return value
        if isinstance(value, str) and len(value) > self.longest:
            raise _too_long(value, self.longest, path)
        read = from_json if self._typed else from_text
        for kind in self._kinds:
            typed = read(value, kind)
            if typed is not None:
                return typed
        if "timestamp" in self._kinds:
            raise refused(value, "timestamp", path)
        if self._choices:
            raise invalid(f"Invalid {path}: must be {_one_of(self._choices)}", path)
        if not self._kinds:
            raise invalid(f"Invalid {'array' if self._array is not None else 'object'}", path)
        raise refused(value, self._kinds[0], path)

    @property
    def _expected(self) -> str:
        return self._kinds[0] if self._kinds else "value"


def _unsetting(check: Check) -> Check:
    return lambda value, path: UNSET if value == "" else check(value, path)


def _not_null(check: Check) -> Check:
    def checked(value: Any, path: str) -> Any:
        if value is None:
            raise invalid(f"Invalid {path}: must not be null", path)
        return check(value, path)

    return checked


def _in_order(places: Tree, path: str) -> list[Any]:
    """The items of an array that was sent with its places as keys: ``items[0][price]``."""
    try:
        return [places[str(place)] for place in range(len(places))]
    except KeyError as missing:
        if not all(map(_PLACE.fullmatch, places)):
            raise invalid("Invalid array", path) from None
        passed = ", ".join(f"`{key}`" for key in places)
        raise invalid(
            "If passing an array with explicit keys (e.g. foo[0]=a&foo[1]=b) instead of as an array (e.g. "
            "foo[]=a&foo[]=b), the keys must be numeric and sequential starting from 0. You passed the keys "
            f"{passed}, we expected to have a key with the value `{missing.args[0]}`.",
            path,
        ) from None


def _kind(type: Type) -> str | None:
    if isinstance(type, Scalar):
        return type.kind
    return "string" if isinstance(type, Reference) else None


def _is_text(type: Type) -> bool:
    return any(_kind(each) == "string" for each in alternatives(type))


def _path(prefix: str, name: str) -> str:
    return f"{prefix}[{name}]" if prefix else name


def _one_of(choices: list[str]) -> str:
    if len(choices) == 1:
        return choices[0]
    if len(choices) == 2:
        return f"one of {choices[0]} or {choices[1]}"
    return f"one of {', '.join(choices[:-1])}, or {choices[-1]}"


def _too_long(text: str, longest: int, path: str) -> StripeError:
    if path.rpartition("[")[2].startswith("statement_descriptor"):
        return invalid(
            f"The statement descriptor must be at most {longest} characters. {text} is {len(text)} characters long.",
            path,
        )
    return invalid(
        f"Invalid string: {text[:10]}...{text[-10:]}; must be at most {longest} characters", path
    )
