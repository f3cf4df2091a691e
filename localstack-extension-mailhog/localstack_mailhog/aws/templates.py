"""SES's email templates: the part of Handlebars that SES documents, and its built-in block helpers.

Variables and paths (``{{contact.firstName}}``, ``{{this}}``, ``{{@index}}``, ``{{../name}}``), ``if``, ``unless``,
``each`` and ``with`` with ``else``, sections, inline partials, comments and white space control. As in SES, nothing is
escaped for HTML, and a variable that the data does not have fails the rendering.
https://docs.aws.amazon.com/ses/latest/dg/send-personalized-email-advanced.html
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

JSONValue = Any
"""A value that came from JSON."""

MAX_DEPTH = 100
"""How deep blocks and partials may be nested; a partial may include itself."""

_TAG = re.compile(
    r"\{\{(?P<before>~)?"
    r"(?:(?P<comment>!--.*?--|![^}]*?)|\{(?P<triple>[^}]*)\}|(?P<text>[^{}]*?))"
    r"(?P<after>~)?\}\}",
    re.DOTALL,
)
_WORD = re.compile(r"\"[^\"]*\"|'[^']*'|[^\s\"']+")
_SEGMENT = re.compile(r"\[([^\]]*)\]|([^./\[\]]+)")
_HELPERS = {"if", "unless", "each", "with", "inline"}

_MISSING = object()


class RenderingError(ValueError):
    """A template cannot be rendered. SES accepts such a send, and delivers nothing."""


class InvalidData(RenderingError):
    """The template's data is no JSON object."""


def render(template: str, data: JSONValue) -> str:
    """*template* with its variables filled from *data*.

    :raises RenderingError: where a variable is missing, or the template is not well-formed
    """
    nodes = _Parser(template).parse()
    return _Renderer().render(nodes, _Scope(data, None, {}), 0)


def parse_data(text: str | None) -> dict[str, JSONValue]:
    """The object in SES's ``TemplateData``.

    :raises InvalidData: where it is none
    """
    try:
        data = json.loads(text or "{}")
    except ValueError as error:
        raise InvalidData(f"the template data is not JSON: {error}") from None
    if not isinstance(data, dict):
        raise InvalidData("the template data is not a JSON object")
    return data


# A template's parts


@dataclass(frozen=True, slots=True)
class _Tag:
    text: str


@dataclass(frozen=True, slots=True)
class _Variable:
    path: str


@dataclass(frozen=True, slots=True)
class _Partial:
    name: str


@dataclass(slots=True)
class _Block:
    helper: str
    """One of the helpers, or ``#`` or ``^`` for a section and its opposite."""
    argument: str
    then: "list[_Node]" = field(default_factory=list)
    otherwise: "list[_Node]" = field(default_factory=list)


_Node = str | _Variable | _Partial | _Block


def _tokens(template: str) -> Iterator[str | _Tag]:
    """The template's text and tags, comments left out, white space taken away where Handlebars does."""
    position = 0
    for found in _TAG.finditer(template):
        text = "" if found["text"] is None else found["text"].strip()
        begin, end = found.span()
        if found["comment"] is not None or _is_structural(text):
            # A line that has nothing but such a tag is no line of the result.
            line = template.rfind("\n", 0, begin) + 1
            line_end = template.find("\n", end)
            line_end = len(template) if line_end < 0 else line_end
            if not template[line:begin].strip() and not template[end:line_end].strip():
                begin, end = max(line, position), min(line_end + 1, len(template))
        literal = template[position:begin]
        position = end
        if found["before"]:
            literal = literal.rstrip()
        if found["after"]:
            while position < len(template) and template[position].isspace():
                position += 1
        if literal:
            yield literal
        if found["triple"] is not None:
            yield _Tag("&" + found["triple"].strip())
        elif text:
            yield _Tag(text)
    yield template[position:]


def _is_structural(text: str) -> bool:
    return text[:1] in ("#", "^", "/", ">") or text.split(" ", 1)[0] == "else"


class _Parser:
    """Tokens to nodes."""

    def __init__(self, template: str) -> None:
        self._tokens = _tokens(template)

    def parse(self) -> list[_Node]:
        nodes, end = self._nodes(0)
        if end:
            raise RenderingError(f"{{{{{end}}}}} closes nothing")
        return nodes

    def _nodes(self, depth: int) -> tuple[list[_Node], str]:
        """The nodes up to the tag that ends them, and that tag; at the template's end, an empty one."""
        if depth > MAX_DEPTH:
            raise RenderingError("blocks are nested too deep")
        nodes: list[_Node] = []
        for token in self._tokens:
            if isinstance(token, str):
                nodes.append(token)
            elif token.text[0] == "/" or token.text == "^" or token.text.split()[0] == "else":
                return nodes, token.text
            elif token.text[0] in "#^":
                nodes.append(self._block(token.text, depth))
            elif token.text[0] == ">":
                nodes.append(_Partial(_unquoted(token.text[1:].strip())))
            else:
                nodes.append(_Variable(token.text.removeprefix("&").strip()))
        return nodes, ""

    def _block(self, tag: str, depth: int, closed_by: str = "") -> _Block:
        """The block that *tag* opens.

        :param closed_by: the name in its closing tag, where that is another block's, as for ``{{else if x}}``
        """
        words = _WORD.findall(tag[1:].lstrip("*"))
        if not words:
            raise RenderingError(f"{{{{{tag}}}}} has no name")
        closed_by = closed_by or words[0]
        if tag[0] == "#" and words[0] in _HELPERS:
            if len(words) < 2:
                raise RenderingError(f"{{{{{tag}}}}} has no argument")
            block = _Block(words[0], words[1])
        else:
            block = _Block(tag[0], words[0])
        block.then, end = self._nodes(depth + 1)
        if end.startswith("else "):
            block.otherwise = [self._block(f"#{end[5:].strip()}", depth + 1, closed_by)]
            return block
        if end in ("else", "^"):
            block.otherwise, end = self._nodes(depth + 1)
        if end.split() != [f"/{closed_by}"]:
            raise RenderingError(f"{{{{{tag}}}}} is not closed")
        return block


# Filling it


@dataclass(frozen=True, slots=True)
class _Scope:
    """What names mean at a place of the template."""

    value: JSONValue
    parent: "_Scope | None"
    specials: dict[str, JSONValue]
    """``@index`` and its like."""

    def inside(self, value: JSONValue, **specials: JSONValue) -> "_Scope":
        return _Scope(value, self, {**self.specials, **specials})

    def find(self, path: str) -> JSONValue:
        """The value at *path*, or ``_MISSING``."""
        scope = self
        while path.startswith("../"):
            path = path[3:]
            scope = scope.parent or scope
        if path in (".", "this", ".."):
            return (scope.parent or scope).value if path == ".." else scope.value
        if path.startswith("@"):
            name, _, rest = path[1:].partition(".")
            found = self._root().value if name == "root" else self.specials.get(name, _MISSING)
            return _descend(found, rest) if rest else found
        return _descend(
            scope.value, path.removeprefix("this.").removeprefix("this/").removeprefix("./")
        )

    def _root(self) -> "_Scope":
        return self.parent._root() if self.parent else self


class _Renderer:
    def __init__(self) -> None:
        self._partials: dict[str, list[_Node]] = {}

    def render(self, nodes: list[_Node], scope: _Scope, depth: int) -> str:
        if depth > MAX_DEPTH:
            raise RenderingError("partials are nested too deep")
        return "".join(self._node(node, scope, depth) for node in nodes)

    def _node(self, node: _Node, scope: _Scope, depth: int) -> str:
        match node:
            case str():
                return node
            case _Variable(path):
                if len(_WORD.findall(path)) > 1:
                    raise RenderingError(f"{{{{{path}}}}} calls a helper that is not known")
                value = scope.find(path)
                if value is _MISSING:
                    raise RenderingError(f"attribute {path!r} is not present in the rendering data")
                return _text(value)
            case _Partial(name):
                if name not in self._partials:
                    raise RenderingError(f"there is no partial {name!r}")
                return self.render(self._partials[name], scope, depth + 1)
            case _Block():
                return self._block(node, scope, depth + 1)

    def _block(self, block: _Block, scope: _Scope, depth: int) -> str:
        if block.helper == "inline":
            self._partials[_unquoted(block.argument)] = block.then
            return ""
        value = scope.find(block.argument)
        truth = value is not _MISSING and bool(value)
        if block.helper in ("unless", "^"):
            truth = not truth
        if not truth:
            return self.render(block.otherwise, scope, depth)
        if block.helper == "each" or (block.helper == "#" and isinstance(value, list)):
            return "".join(self.render(block.then, inner, depth) for inner in _items(scope, value))
        if block.helper == "with" or (block.helper == "#" and value is not True):
            return self.render(block.then, scope.inside(value), depth)
        return self.render(block.then, scope, depth)


def _items(scope: _Scope, value: JSONValue) -> Iterator[_Scope]:
    pairs: list[tuple[JSONValue, JSONValue]] = []
    if isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, list):
        pairs = list(enumerate(value))
    for index, (key, item) in enumerate(pairs):
        yield scope.inside(
            item, index=index, key=key, first=index == 0, last=index == len(pairs) - 1
        )


def _descend(value: JSONValue, path: str) -> JSONValue:
    for bracketed, plain in _SEGMENT.findall(path):
        name = bracketed or plain
        if isinstance(value, dict):
            value = value.get(name, _MISSING)
        elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        elif isinstance(value, list) and name == "length":
            value = len(value)
        else:
            return _MISSING
    return value


def _text(value: JSONValue) -> str:
    """A value as JavaScript writes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list):
        return ",".join(_text(item) for item in value)
    if isinstance(value, dict):
        return "[object Object]"
    return str(value)


def _unquoted(word: str) -> str:
    return word[1:-1] if word[:1] in ('"', "'") and word[:1] == word[-1:] else word
