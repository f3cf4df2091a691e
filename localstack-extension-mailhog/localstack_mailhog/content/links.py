"""The links of a mail: where they lead, and what a reader sees of them."""

import itertools
import re
from dataclasses import dataclass

from localstack_mailhog.content.decoded import Decoded
from localstack_mailhog.content.html_scan import Tag, scan

MOST = 1000
"""How many links are listed."""

_URL = re.compile(r"\b(?:https?://|mailto:|www\.)[^\s<>\"'`{}|\\^]{1,4000}", re.IGNORECASE)
_BEGINNINGS = ("://", "mailto:", "www.")
_TRAILING = ".,;:!?'*_"


@dataclass(frozen=True, slots=True)
class Link:
    """A link."""

    url: str
    text: str
    """What a reader clicks on: the address itself where the mail is plain text, an image's ``alt`` where that is."""


def links_of(mail: Decoded) -> tuple[Link, ...]:
    """Every link of the HTML, and those of the text that the HTML does not have; each once, in their order."""
    found = _html_links(mail.html) if mail.html is not None else []
    known = {link.url for link in found}
    for url in urls_in(mail.text or ""):
        if url not in known:
            known.add(url)
            found.append(Link(url, url))
    return tuple(dict.fromkeys(found))[:MOST]


def urls_in(text: str) -> list[str]:
    """The addresses in plain text, without the punctuation that ends a sentence behind one."""
    folded = text.lower()
    if not any(beginning in folded for beginning in _BEGINNINGS):
        return []  # looking for the words takes much longer
    return [_trimmed(found[0]) for found in itertools.islice(_URL.finditer(text), MOST)]


def _html_links(source: str) -> list[Link]:
    links: list[Link] = []
    url = ""
    text: list[str] = []

    def end() -> None:
        if url and not url.startswith("#"):
            links.append(Link(url, " ".join("".join(text).split())))

    for token in scan(source):
        if isinstance(token, str):
            text.append(token)
        elif isinstance(token, Tag) and token.name in ("a", "area"):
            end()
            url, text = "", []
            if not token.is_closing:
                attributes = token.attributes()
                url = attributes.get("href", "").strip()
                if token.name == "area":
                    text = [attributes.get("alt", "")]
                    end()
                    url = ""
        elif isinstance(token, Tag) and token.name == "img" and url:
            text.append(token.attributes().get("alt", ""))
        if len(links) > MOST:
            return links
    end()
    return links


def _trimmed(url: str) -> str:
    while url:
        shorter = url.rstrip(_TRAILING)
        for opening, closing in ("()", "[]"):
            # A bracket that was not opened within the address belongs to the sentence.
            while shorter.endswith(closing) and shorter.count(closing) > shorter.count(opening):
                shorter = shorter[:-1]
        if shorter == url:
            return url
        url = shorter
    return url
