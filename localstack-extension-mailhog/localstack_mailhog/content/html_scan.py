"""A scanner for the HTML of mails: text and tags, in one pass, in time that grows with the length and no faster.

Not a parser: what is nested in what is not asked. The standard library's parser and regular expressions with a lazy
middle take quadratic time for input that is made for it, and this one reads whatever a stranger sends.
"""

import html
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

MOST_TOKENS = 100_000
"""How many texts and tags are looked at: more than in any mail that somebody is to read."""

_TAG = re.compile(r"""</?[a-zA-Z](?:[^"'>]|"[^"]*"|'[^']*')*+>""")
_NAME = re.compile(r"</?([a-zA-Z][^\s/>]*)")
_ATTRIBUTE = re.compile(
    # Of what has no value, the name is taken too, so that nothing is looked at twice.
    r"""([^\s"'>/=]++)(?:\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'>]++)))?+"""
)
_RAW_TEXT = {"script", "style", "textarea", "title", "noscript", "template", "xmp"}
"""Elements whose content is not scanned, and is no part of what a reader sees."""

_INLINE = frozenset(
    (
        *("a", "abbr", "b", "big", "code", "em", "font", "i", "img", "mark", "q", "s", "small"),
        *("span", "strike", "strong", "sub", "sup", "tt", "u", "wbr"),
    )
)
"""Elements that do not separate the words around them."""


@dataclass(frozen=True, slots=True)
class Tag:
    """An opening or closing tag."""

    name: str
    """In lower case."""
    is_closing: bool
    source: str
    """From ``<`` to ``>``."""
    begin: int
    """Where it begins in what was scanned."""

    def attributes(self) -> dict[str, str]:
        """The attributes by lower-case name; of one that is repeated, the first, as in browsers.

        One without a value has an empty one.
        """
        found: dict[str, str] = {}
        for name, double, single, bare in _ATTRIBUTE.findall(self.source[len(self.name) + 1 :]):
            found.setdefault(name.lower(), html.unescape(double or single or bare))
        return found


@dataclass(frozen=True, slots=True)
class RawText:
    """What stands in an element such as ``style``."""

    element: str
    text: str
    begin: int
    """Where it begins in what was scanned."""


def scan(source: str) -> Iterator[str | Tag | RawText]:
    """The text, unescaped, and the tags of *source* in their order; comments are left out.

    What comes after :data:`MOST_TOKENS` of them is left out, too.
    """
    return itertools.islice(_scan(source), MOST_TOKENS)


def _scan(source: str) -> Iterator[str | Tag | RawText]:
    lowered = source.lower()
    if len(lowered) != len(
        source
    ):  # a few letters are longer in lower case, and offsets have to fit
        lowered = source
    position = 0
    quotes_end = True
    while True:
        begin = source.find("<", position)
        if begin < 0:
            begin = len(source)
        if begin > position:
            yield html.unescape(source[position:begin])
        if begin == len(source):
            return
        if source.startswith("<!--", begin):
            position = _behind(source, "-->", begin + 4)
            continue
        name = _NAME.match(source, begin)
        if name is None and source[begin + 1 : begin + 2] not in ("!", "?", "/"):
            yield "<"
            position = begin + 1
            continue
        whole = _TAG.match(source, begin) if name and quotes_end else None
        position = whole.end() if whole else _behind(source, ">", begin)
        if name is None:
            continue
        # Looking for the end of a quote that has none is done once, or it would be done for every tag.
        quotes_end = whole is not None
        tag = Tag(name[1].lower(), source[begin + 1] == "/", source[begin:position], begin)
        yield tag
        if tag.name in _RAW_TEXT and not tag.is_closing:
            end = lowered.find(f"</{tag.name}", position)
            end = len(source) if end < 0 else end
            yield RawText(tag.name, source[position:end], position)
            position = end


def visible_text(source: str) -> str:
    """What a reader sees of *source*, a line for each block, without blank ones."""
    pieces: list[str] = []
    for token in scan(source):
        if isinstance(token, str):
            pieces.append(token.replace("\n", " ").replace("\r", " "))
        elif isinstance(token, Tag) and token.name not in _INLINE:
            pieces.append(" " if token.name in ("td", "th") else "\n")
    lines = (" ".join(line.split()) for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def _behind(source: str, mark: str, begin: int) -> int:
    """The place behind the next *mark*; the end where there is none."""
    found = source.find(mark, begin)
    return len(source) if found < 0 else found + len(mark)
