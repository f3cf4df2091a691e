"""What a mail's HTML uses that a mail program lacks, by a table of what they support.

The table, ``html_support.csv``, is this project's own judgement of what matters; "partly" is what works in some
versions, accounts or places only. The scan follows no cascade: what is written is what counts.
"""

import bisect
import csv
import functools
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

import tinycss2
from tinycss2 import ast

from localstack_mailhog.content.html_scan import RawText, Tag, scan

MOST_CHECKED = 250_000
"""How many characters of the HTML are looked at; Gmail shows less than half as many."""

MOST_PLACES = 10
"""How many places of a feature are listed."""

LONGEST_EXCERPT = 120

Support = Literal["yes", "partly", "no"]

Name = tuple[str, str]
"""A feature's kind and name, as the table has them."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a feature is used."""

    line: int
    """Of the HTML, counted from 1."""
    excerpt: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A feature that is used and that some mail program lacks."""

    kind: str
    name: str
    support: dict[str, Support]
    """By mail program."""
    count: int
    """How often it is used."""
    places: tuple[Place, ...]
    """The first of them."""


def check_html(source: str) -> tuple[Finding, ...]:
    """What *source* uses that some mail program lacks, what most of them lack first."""
    source = source[:MOST_CHECKED]
    lines = _Lines(source)
    counts: dict[Name, int] = {}
    places: dict[Name, list[Place]] = {}
    table = support_table()
    for name, begin, excerpt in _features(source):
        if name not in table:
            continue
        counts[name] = counts.get(name, 0) + 1
        listed = places.setdefault(name, [])
        if len(listed) < MOST_PLACES:
            text = " ".join(excerpt[: 2 * LONGEST_EXCERPT].split())
            listed.append(Place(lines.number(begin), text[:LONGEST_EXCERPT]))
    findings = [
        Finding(*name, table[name], count, tuple(places[name])) for name, count in counts.items()
    ]
    findings.sort(key=lambda finding: (-_lack(finding), finding.kind, finding.name))
    return tuple(findings)


@functools.cache
def support_table() -> dict[Name, dict[str, Support]]:
    """What each mail program makes of each feature."""
    with Path(__file__).with_name("html_support.csv").open(newline="") as file:
        return {
            (row.pop("kind"), row.pop("name")): cast(dict[str, Support], row)
            for row in csv.DictReader(file)
        }


def clients() -> tuple[str, ...]:
    """The mail programs of the table."""
    return tuple(next(iter(support_table().values())))


def _lack(finding: Finding) -> int:
    return sum({"no": 2, "partly": 1, "yes": 0}[each] for each in finding.support.values())


Use = tuple[Name, int, str]
"""A feature, where it is used, and the source there."""


def _features(source: str) -> Iterator[Use]:
    for token in scan(source):
        if isinstance(token, Tag) and not token.is_closing:
            for name in _of_tag(token):
                yield name, token.begin, token.source
        elif isinstance(token, RawText) and token.element == "style":
            sheet = _Lines(token.text)
            for name, node in _of_style_sheet(token.text):
                begin = sheet.offset(node.source_line, node.source_column)
                excerpt = token.text[begin : begin + LONGEST_EXCERPT].partition("\n")[0]
                yield name, token.begin + begin, excerpt


def _of_tag(tag: Tag) -> Iterator[Name]:
    yield "element", tag.name
    for name, value in tag.attributes().items():
        yield "attribute", "on*" if name.startswith("on") else name
        if name == "style":
            for feature, _ in _of_declarations(tinycss2.parse_blocks_contents(value)):
                yield feature
        elif name == "src" and tag.name == "img":
            yield from _of_image(value.strip().lower())


def _of_image(address: str) -> Iterator[Name]:
    if address.startswith("data:"):
        yield "image", "data:"
        if address.startswith("data:image/svg"):
            yield "image", "svg"
    elif found := re.search(r"\.(svg|webp|avif)(?:$|[?#])", address):
        yield "image", found[1]


CssUse = tuple[Name, ast.Node]


def _of_style_sheet(text: str) -> Iterator[CssUse]:
    waiting: list[ast.Node] = [*tinycss2.parse_stylesheet(text, skip_comments=True)]
    while waiting:
        match waiting.pop():
            case ast.AtRule() as rule:
                keyword = rule.lower_at_keyword.removeprefix("-webkit-")
                yield ("at-rule", f"@{keyword}"), rule
                if keyword == "media":
                    for token in _all_tokens(rule.prelude):
                        if isinstance(token, ast.IdentToken):
                            yield ("media", token.lower_value), rule
                waiting += tinycss2.parse_blocks_contents(rule.content or [])
            case ast.QualifiedRule() as rule:
                for name in _of_selector(rule.prelude):
                    yield ("selector", name), rule
                waiting += tinycss2.parse_blocks_contents(rule.content)
            case ast.Declaration() as declaration:
                yield from _of_declarations([declaration])


def _of_selector(prelude: Iterable[ast.Node]) -> Iterator[str]:
    colons = 0
    for node in prelude:
        match node:
            case ast.LiteralToken(value=":"):
                colons += 1
                continue
            case ast.SquareBracketsBlock():
                yield "[attribute]"
            case ast.IdentToken(lower_value=name) if colons:
                # CSS 2 wrote these with one colon.
                is_element = colons == 2 or name in ("before", "after")
                yield f"{'::' if is_element else ':'}{name}"
            case ast.FunctionBlock(lower_name=name) if colons:
                yield f":{name}()"
        colons = 0


def _of_declarations(nodes: Iterable[ast.Node]) -> Iterator[CssUse]:
    for node in nodes:
        if not isinstance(node, ast.Declaration):
            continue
        property_name = node.lower_name.removeprefix("-webkit-").removeprefix("-moz-")
        yield ("property", property_name), node
        for token in _all_tokens(node.value):
            match token:
                case ast.IdentToken(lower_value=word):
                    yield ("value", f"{property_name}: {word}"), node
                case ast.URLToken():
                    yield ("value", f"{property_name}: url()"), node
                case ast.FunctionBlock(lower_name=function):
                    yield ("function", f"{function}()"), node
                    yield ("value", f"{property_name}: {function}()"), node
                case ast.DimensionToken(lower_unit=unit):
                    yield ("unit", unit), node


def _all_tokens(nodes: Iterable[ast.Node]) -> Iterator[ast.Node]:
    """The tokens, and those within functions and brackets."""
    waiting = [*nodes][::-1]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.FunctionBlock):
            waiting += reversed(node.arguments)
        elif isinstance(node, ast.ParenthesesBlock | ast.SquareBracketsBlock):
            waiting += reversed(node.content)


class _Lines:
    """The lines of a text."""

    def __init__(self, text: str) -> None:
        ends = (found.end() for found in re.finditer("\n", text))
        self._begins = list(itertools.chain([0], ends))

    def number(self, offset: int) -> int:
        """The line that an offset is in, from 1."""
        return bisect.bisect_right(self._begins, offset)

    def offset(self, line: int, column: int) -> int:
        """Where a line's column is, both counted from 1."""
        return self._begins[min(line, len(self._begins)) - 1] + column - 1
