"""Form, query, multipart or JSON to a parameter tree.

A tree is a dictionary of strings, lists and dictionaries. What ``items[0][price]=price_1`` means is decided here;
what type it should have had is decided by validation. Stripe's encoding: https://docs.stripe.com/api (form-encoded
bodies, arrays as ``a[0]=`` or ``a[]=``).
"""

import re
from functools import lru_cache
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

import orjson

from localstack_stripe.api.messages import Request
from localstack_stripe.engine.content import Upload
from localstack_stripe.engine.errors import StripeError, invalid

Tree = dict[str, Any]

MAX_DEPTH = 16
MAX_FIELDS = 5000

_LONGEST_KNOWN = 128
"""Characters of a parameter's name up to which it is remembered what it says: the same ones come again and again."""


def decode(request: Request) -> Tree:
    """The parameters of *request*, those of the body over those of the query.

    :raises StripeError: 400 where they cannot be decoded
    """
    tree: Tree = {}
    if request.query:
        _read_form(tree, request.query)
    if request.body and request.verb != "GET":
        content_type = request.headers.get("content-type", "")
        if takes_json(request.verb, request.path):
            return tree | _json(request.body)
        if content_type.startswith("application/json"):
            raise invalid(
                "Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have "
                "any questions, we can help at https://support.stripe.com/."
            )
        if content_type.startswith("multipart/form-data"):
            for key, value in _multipart(request.body, content_type):
                _put(tree, _names(key), value)
            return tree
        try:
            text = request.body.decode("utf-8")
        except UnicodeDecodeError:
            raise invalid("Invalid request body: it is not valid UTF-8") from None
        _read_form(tree, text)
    return tree


def takes_json(verb: str, path: str) -> bool:
    """Whether the body of a request is JSON and nothing else, as it is in v2."""
    return verb == "POST" and path.startswith("/v2/")


def _read_form(tree: Tree, text: str) -> None:
    """Put what a form says into a tree (https://url.spec.whatwg.org/#urlencoded-parsing)."""
    pieces = text.split("&")
    if len(pieces) > MAX_FIELDS:
        raise invalid(f"Too many parameters: at most {MAX_FIELDS} are read")
    try:
        for piece in pieces:
            if piece:
                key, _, value = piece.partition("=")
                if "%" in value or "+" in value:
                    value = _unquoted(value)
                read = _known_names if len(key) <= _LONGEST_KNOWN else _quoted_names
                names = read(key)
                if len(names) == 1:  # as most are
                    tree[names[0]] = value
                else:
                    _put(tree, names, value)
    except UnicodeError:
        raise invalid("Invalid request parameters: they are not valid UTF-8") from None


def _unquoted(text: str) -> str:
    if "+" in text:
        text = text.replace("+", " ")
    return unquote_to_bytes(text).decode() if "%" in text else text


def _multipart(body: bytes, content_type: str) -> list[tuple[str, Any]]:
    from werkzeug.formparser import FormDataParser
    from werkzeug.http import parse_options_header

    mimetype, options = parse_options_header(content_type)
    try:
        _, fields, files = FormDataParser(silent=False).parse(
            BytesIO(body), mimetype, len(body), options
        )
    except ValueError:
        raise invalid("Invalid multipart body") from None
    pairs: list[tuple[str, Any]] = list(fields.items(multi=True))
    for name, file in files.items(multi=True):
        # Some clients say in which folder of theirs it was (RFC 7578, 4.2).
        filename = re.split(r"[/\\]", file.filename or "")[-1]
        pairs.append((name, Upload(filename or "file", file.mimetype, file.read())))
    return pairs


def _json(body: bytes) -> Tree:
    try:
        tree = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise StripeError("Invalid request: the body is not valid JSON", status=400) from None
    if not isinstance(tree, dict):
        raise StripeError("Invalid request: the body is not a JSON object", status=400)
    return tree


def _names(key: str) -> tuple[str, ...]:
    """The names in a key, which may have brackets: ``items[0][price]``."""
    name, bracket, rest = key.partition("[")
    if not bracket:
        return (name,)
    names = (name, *rest[:-1].split("]["))
    if rest[-1:] != "]" or any("[" in each or "]" in each for each in names):
        raise invalid(f"Invalid parameter: {key}: its brackets do not match", name or None)
    return names


def _quoted_names(key: str) -> tuple[str, ...]:
    return _names(_unquoted(key))


_known_names = lru_cache(4096)(_quoted_names)


def _put(tree: Tree, names: tuple[str, ...], value: Any) -> None:
    """Put a value where its names lead."""
    if len(names) == 2 and names[1]:
        node = tree.setdefault(names[0], {})
        if type(node) is dict:  # as it is for `metadata[plan]=team`
            node[names[1]] = value
            return
    _plant(tree, names, value)


def _plant(tree: Tree, names: tuple[str, ...], value: Any) -> None:
    key = names[0] + "".join(f"[{name}]" for name in names[1:])
    if len(names) > MAX_DEPTH:
        raise invalid(f"Invalid parameter {key}: it is nested too deeply")
    node: Any = tree
    for name, following in zip(names, (*names[1:], None), strict=True):
        if following is None:
            fresh: Any = value
        else:
            fresh = [] if following == "" else {}
        if node is not tree and (name == "") != isinstance(node, list):
            raise invalid("Invalid array", names[0])
        if isinstance(node, list):
            # `a[]=x` appends; `a[][b]=1&a[][c]=2` fills one object until a name repeats.
            if following is None:
                node.append(fresh)
                return
            if not node or not isinstance(node[-1], dict) or following in node[-1]:
                node.append(fresh)
            node = node[-1]
        elif isinstance(node, dict):
            if following is None:
                node[name] = fresh
                return
            existing = node.get(name)
            if not isinstance(existing, dict | list):
                existing = node[name] = fresh
            node = existing
        else:
            raise invalid(f"Invalid parameter: {key}", param=key)
