"""Ids of mail: MailHog's form, and in it the mail's position, so that finding a mail by its id takes no index.

Such an index is the one page that every mail would change at another place, before its sender is answered. Mail that
was taken in from a maildir keeps the id that it has had; where it is now stands in a table.
"""

import base64
import binascii
import os

BYTES = 32
_POSITION_BYTES = 6
_POSITION_CHARACTERS = _POSITION_BYTES * 4 // 3


def new_id(position: int, hostname: str) -> str:
    """An id: 32 bytes in URL-safe base64, ``@``, the host name. The bytes behind the position are random."""
    data = position.to_bytes(_POSITION_BYTES) + os.urandom(BYTES - _POSITION_BYTES)
    return f"{base64.urlsafe_b64encode(data).decode()}@{hostname}"


def condition(identifier: str) -> tuple[str, list[object]]:
    """In SQL, whether a row of ``message`` is the mail of that id; with its values."""
    return (
        "id = ? AND position = coalesce((SELECT position FROM taken_in WHERE id = ?), ?)",
        [identifier, identifier, _position_in(identifier)],
    )


def _position_in(identifier: str) -> int:
    """The position that an id tells; 0, where no mail is, if it tells none."""
    try:
        return int.from_bytes(base64.urlsafe_b64decode(identifier[:_POSITION_CHARACTERS].encode()))
    except (binascii.Error, ValueError):
        return 0
