"""Tells timestamps from other integers.

The SDKs type both as integers. A timestamp gives itself away by its name (`created`, `expires_at`,
`trial_end`, `due_by`) or by its documentation ("measured in seconds since the Unix epoch").
"""

from __future__ import annotations

import re

_NAME = re.compile(
    r"^(created|updated|start|end|deadline|timestamp|scheduled_release|next_payment_attempt)$"
    r"|(?<!^divide)_(at|on|by|date|time|start|end|after|until|deadline)$"
)
_TEXT = re.compile(r"\b(unix|epoch|timestamp)\b", re.IGNORECASE)
_MILLISECONDS = re.compile(r"\bmilliseconds\b", re.IGNORECASE)


def is_timestamp(name: str, text: str) -> bool:
    """Whether the integer `name`, documented by `text`, is a point in time, in seconds."""
    if _MILLISECONDS.search(text):
        return False
    return bool(_NAME.search(name) or _TEXT.search(text))
