"""A mail's HTML as a document of its own, to be shown in a sandboxed frame.

Nothing is taken out of the HTML: no filter knows every trick. It is the browser that keeps it from doing anything, by
the frame's sandbox and by the document's own Content-Security-Policy, which both hold when the document is opened
outside the frame, too.
"""

import base64
import html
import re
from urllib.parse import unquote

from localstack_mailhog.api.policy import mail_policy
from localstack_mailhog.content.decoded import Decoded, Part

MOST_HTML = 5_000_000
"""How many characters of the HTML are shown."""

MOST_IMAGES = 40_000_000
"""How many characters the images may have that a mail brings with it, each time it shows them."""

_REMOTE = re.compile(
    r"""(?:\b(?:src|srcset|background|poster)\s{0,9}=\s{0,9}["']?|\burl\(\s{0,9}["']?)\s{0,9}(?:https?:)?//""",
    re.IGNORECASE,
)
_CID = re.compile(r"""(?<=["'(=])\s{0,9}cid:([^"'()<>\s]{1,998})""", re.IGNORECASE)
_IMAGE_TYPE = re.compile(r"image/[a-z0-9.+-]{1,60}")


def policy(*, remote: bool) -> str:
    """What the document may do: look like something, and open links in a new tab. No scripts, forms or frames.

    :param remote: whether images may be loaded from elsewhere
    """
    images = "data: http: https:" if remote else "data:"
    return f"{mail_policy(images)}; frame-ancestors 'self'"


def wants_remote_images(mail: Decoded) -> bool:
    """Whether the HTML names images that are elsewhere."""
    return _REMOTE.search(_source(mail)) is not None


def shown_within(mail: Decoded) -> list[Part]:
    """The images that the mail brings, and that its HTML shows (``cid:``, RFC 2392)."""
    named = {_content_id(found) for found in _CID.finditer(_source(mail))}
    return [part for part in _images(mail).values() if part.content_id in named]


def document(mail: Decoded) -> str | None:
    """The mail's HTML, with the images put in that it brings; none where it has no HTML."""
    if mail.html is None:
        return None
    images = _images(mail)
    addresses: dict[str, str] = {}
    room = MOST_IMAGES

    def put_in(found: re.Match[str]) -> str:
        nonlocal room
        part = images.get(_content_id(found))
        if part is None:
            return found[0]
        if part.content_id not in addresses:
            content = base64.b64encode(part.content).decode()
            addresses[part.content_id] = f"data:{part.content_type};base64,{content}"
        address = addresses[part.content_id]
        room -= len(address)
        return address if room >= 0 else found[0]

    # Links open in a new tab: the frame itself goes nowhere.
    return f'<!DOCTYPE html><base target="_blank">{_CID.sub(put_in, _source(mail))}'


def _source(mail: Decoded) -> str:
    return (mail.html or "")[:MOST_HTML]


def _content_id(found: re.Match[str]) -> str:
    return unquote(html.unescape(found[1]))


def _images(mail: Decoded) -> dict[str, Part]:
    """The images that may be named, the first of each content id."""
    return {
        part.content_id: part
        for part in reversed(mail.parts)
        if part.content_id and _IMAGE_TYPE.fullmatch(part.content_type)
    }
