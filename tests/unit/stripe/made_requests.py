"""Requests made up from the contract: valid ones, ones that are nearly valid, and hostile ones.

A reference is a `Named` until it is sent: what ids there are is known only then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from localstack_stripe.api.messages import Request
from localstack_stripe.api.seeding import request_of
from localstack_stripe.contract.loader import (
    Array,
    Enum,
    Field,
    Map,
    Operation,
    Reference,
    Scalar,
    Structure,
    Type,
    Union,
    load_contract,
)

CONTRACT = load_contract()
OPERATIONS = list(CONTRACT.operations.values())
CREATIONS = [each for each in OPERATIONS if each.verb == "POST" and "{" not in each.path]
"""Most of them make what the others are about."""

DEEPEST = 3


@dataclass(frozen=True)
class Named:
    """An id to be chosen: of one of *kinds* where there is one, the *number*-th of what there is."""

    kinds: tuple[str, ...]
    number: int


Resolve = Callable[[Named], str]


@dataclass(frozen=True)
class MadeRequest:
    """A request whose references are yet to be chosen."""

    operation: Operation
    path: dict[str, Any]
    params: dict[str, Any]

    def resolved(self, resolve: Resolve) -> Request:
        """The request, with ids in it."""
        values = {
            name: quote(str(_resolved(value, resolve)), safe="")
            for name, value in self.path.items()
        }
        path = self.operation.path.format(**values)
        return request_of(self.operation.verb, path, _resolved(self.params, resolve), {})


def _resolved(value: Any, resolve: Resolve) -> Any:
    match value:
        case Named():
            return resolve(value)
        case dict():
            return {key: _resolved(item, resolve) for key, item in value.items()}
        case list():
            return [_resolved(item, resolve) for item in value]
    return value


# Values

INTEGERS = st.sampled_from([0, 1, 2, 50, 1000, 99_999_999, -1]) | st.integers(
    -(1 << 63), (1 << 63) - 1
)
MOMENTS = st.sampled_from([0, 1_706_702_400, 1_900_000_000, 9_000_000_000, 253_402_300_799])
TEXTS = st.sampled_from(["x", "usd", "Jenny", "https://x.test/", "a@b.test", "é", "DE"]) | st.text(
    st.characters(exclude_categories=["Cs"]), max_size=20
)
DECIMALS = st.sampled_from(["0", "12.5", "100", "-1", "0.00000001"])
NUMBERS = st.integers(0, 60)

_SCALARS: dict[str, SearchStrategy[Any]] = {
    "integer": INTEGERS,
    "timestamp": MOMENTS,
    "int64": INTEGERS.map(str),
    "number": st.sampled_from([0, 1, 12.5, 100, -1]),
    "decimal": DECIMALS,
    "boolean": st.booleans(),
    "moment": st.sampled_from(["2026-01-31T12:00:00Z", "2024-02-29T23:59:59.999+01:00"]),
}

_BY_NAME = {
    "currency": st.sampled_from(["usd", "eur", "jpy", "kwd", "USD"]),
    "country": st.sampled_from(["US", "DE", "JP"]),
    "email": st.just("jenny@example.com"),
    "limit": st.integers(1, 100),
    "payment_method": st.sampled_from(
        ["pm_card_visa", "pm_card_chargeDeclined", "pm_card_authenticationRequired"]
    ),
    "query": st.sampled_from(["created>0", "metadata['a']:'b'", "name~'abc'", "status:'x'"]),
}


@st.composite
def values(draw: DrawFn, type: Type, name: str, depth: int = 0) -> Any:
    """A value of a type."""
    if isinstance(type, Union):
        type = draw(st.sampled_from(type.members))
    match type:
        case Enum(options):
            return draw(st.sampled_from(options))
        case Array(item):
            number = draw(st.integers(0, 2)) if depth < DEEPEST else 0
            return [draw(values(item, name, depth + 1)) for _ in range(number)]
        case Map(item):
            keys = draw(st.lists(st.sampled_from(["a", "b", "usd", "eur"]), max_size=2))
            return {key: draw(values(item, key, depth + 1)) for key in keys}
        case Structure(structure):
            return draw(parameters(CONTRACT.structures[structure], depth + 1))
        case Reference(kinds):
            return Named(kinds, draw(NUMBERS))
        case Scalar() if name in _BY_NAME:
            return draw(_BY_NAME[name])
        case Scalar(kind) if kind in _SCALARS:
            return draw(_SCALARS[kind])
    kinds = tuple(kind for kind in CONTRACT.resources if kind.rpartition(".")[2] == name)
    return Named(kinds, draw(NUMBERS)) if kinds else draw(TEXTS)


_LEFT_OUT = {"expand", "ending_before"}
"""What an ordinary request seldom has, or never together with others."""


@st.composite
def parameters(draw: DrawFn, fields: Any, depth: int = 0) -> dict[str, Any]:
    """What is required of some fields, and a few others."""
    chosen: list[Field] = [field for field in fields.values() if field.required]
    others = [
        field for field in fields.values() if not field.required and field.name not in _LEFT_OUT
    ]
    if others and depth < DEEPEST:
        chosen += draw(
            st.lists(st.sampled_from(others), max_size=4, unique_by=lambda field: field.name)
        )
    return {field.name: draw(values(field.type, field.name, depth)) for field in chosen}


# Requests


def _placeholders(operation: Operation) -> list[str]:
    return [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]


@st.composite
def valid_requests(draw: DrawFn) -> MadeRequest:
    """A request whose parameters have the types that the contract says."""
    operation = draw(st.sampled_from(OPERATIONS) | st.sampled_from(CREATIONS))
    segment = operation.path.strip("/").split("/")
    path = {}
    for name in _placeholders(operation):
        kinds = {name, *(part.rstrip("s") for part in segment)}
        path[name] = Named(
            tuple(kind for kind in CONTRACT.resources if kind.rpartition(".")[2] in kinds),
            draw(NUMBERS),
        )
    return MadeRequest(operation, path, draw(parameters(operation.parameters)))


GARBAGE = (
    st.sampled_from(
        [
            *("", "0", "-1", "9" * 30, "9" * 5000, "1e999", "NaN", "true", "null", "\x00", "é"),
            *("[]", "{}", "cus_none", "pm_card_visa", "now", "٣", "x" * 6000, "'\"\\", "../.."),
        ]
    )
    | st.lists(st.just("x"), max_size=2)
    | st.dictionaries(st.sampled_from(["0", "1", "a", ""]), st.just("x"), max_size=2)
    | st.booleans()
    | st.none()
    | st.floats(allow_nan=False, allow_infinity=False)
)


@st.composite
def nearly_valid_requests(draw: DrawFn) -> MadeRequest:
    """A valid request in which one thing has gone wrong, at any depth."""
    request = draw(valid_requests())
    node: Any = request.params
    while isinstance(node, dict) and node:
        name = draw(st.sampled_from(sorted(node)))
        inner = node[name]
        if isinstance(inner, list) and inner and isinstance(inner[0], dict):
            inner = inner[0]
        if not isinstance(inner, dict) or not inner or draw(st.booleans()):
            match draw(st.sampled_from(["drop", "replace", "add", "rename"])):
                case "drop":
                    del node[name]
                case "replace":
                    node[name] = draw(GARBAGE)
                case "add":
                    node[draw(TEXTS)] = draw(GARBAGE)
                case "rename":
                    node[name[:-1] or "x"] = node.pop(name)
            break
        node = inner
    if request.path and draw(st.integers(0, 3)) == 0:
        request.path[draw(st.sampled_from(sorted(request.path)))] = draw(TEXTS.filter(bool))
    return request


@dataclass(frozen=True)
class Hostile:
    """What nobody who means well sends."""

    verb: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


def _nested(depth: int) -> bytes:
    return b"metadata" + b"[a]" * depth + b"=1"


_SIZES = st.sampled_from([1, 15, 16, 17, 100, 1000, 5000])
BODIES: SearchStrategy[bytes] = st.one_of(
    st.binary(max_size=200),
    _SIZES.map(_nested),
    _SIZES.map(lambda size: b"k" * size * 20 + b"=1"),
    _SIZES.map(lambda size: b"&".join(b"a%d=1" % number for number in range(size * 2))),
    _SIZES.map(lambda size: b"metadata[" + b"[" * size + b"a" + b"]" * size + b"=1"),
    _SIZES.map(lambda size: b"items[" + b"9" * size + b"][price]=x"),
    st.text("[]=&%.a0+;", max_size=60).map(str.encode),
    st.sampled_from(
        [
            b"name=%ff%fe",
            b"name=%ED%A0%80",
            b"name=\xff",
            b"name=%",
            b"name=%zz",
            b"name=%00",
            b"=1&[]=2&[a]=3&a[]=1&a[b]=2&a=3",
            b"items[][price]=x&items[0]=y&items=z",
            b"expand[]=" + b"a." * 3000,
            b"metadata[a]=" + b"x" * 100_000,
        ]
    ),
)
JSON_BODIES: SearchStrategy[bytes] = st.one_of(
    _SIZES.map(lambda size: b"[" * size),
    _SIZES.map(lambda size: b'{"a":' * size + b"1" + b"}" * size),
    st.sampled_from(
        [
            *(b"", b"null", b"1", b'"x"', b"[]", b"{", b"{}", b"NaN", b'{"a":1e999}', b"\xff"),
            *(b'{"a":' + b"9" * 400 + b"}", b'{"a":"\\ud800"}', b'{"a":"\\u0000"}'),
            *(b'{"metadata":{"":""}}', b'{"metadata":null}', b'{"include":[null]}'),
            b'{"display_name":"' + b"x" * 100_000 + b'"}',
        ]
    ),
)
HUGE_BODIES = st.sampled_from(
    [
        b"description=" + b"x" * 10_000_000,
        b"x" * 10_000_000,
        b"metadata[" + b"a" * 10_000_000 + b"]=1",
        b"&" * 1_000_000,
        b"a[" * 1_000_000,
    ]
)
CONTENT_TYPES = st.sampled_from(
    [
        "application/x-www-form-urlencoded",
        "application/json",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "text/plain",
        "",
        "é",
    ]
)


@st.composite
def hostile_requests(draw: DrawFn) -> Hostile:
    """A request with something in its path, query, headers or body that no program should send."""
    operation = draw(st.sampled_from(OPERATIONS))
    names = {name: quote(draw(TEXTS)) or "x" for name in _placeholders(operation)}
    path = operation.path.format(**names)
    if draw(st.integers(0, 9)) == 0:
        path = "/" + draw(st.text("/v12.%{}é\x00customers", max_size=40))
    headers = {"content-type": draw(CONTENT_TYPES)}
    weird = st.text(max_size=20)
    for name in ("stripe-version", "stripe-account", "idempotency-key", "authorization"):
        if draw(st.integers(0, 9)) == 0:
            headers[name] = draw(weird)
    if operation.path.startswith("/v2/") and draw(st.booleans()):
        body = draw(JSON_BODIES)
    elif draw(st.integers(0, 60)) == 0:
        body = draw(HUGE_BODIES)
    else:
        body = draw(BODIES)
    query = draw(BODIES).decode("latin-1")[:20_000] if draw(st.integers(0, 3)) == 0 else ""
    return Hostile(operation.verb, path, query, headers, body)
