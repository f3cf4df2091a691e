"""Tells timestamps from other integers, and the moments of v2 from other texts.

The SDKs type them alike. A timestamp gives itself away by its name (`created`, `expires_at`,
`trial_end`, `due_by`) or by its documentation ("measured in seconds since the Unix epoch"), and so
does a moment ("represented as a RFC 3339 date & time UTC value").
"""

from __future__ import annotations

import re

_NAME = re.compile(
    r"^(created|updated|start|end|deadline|timestamp|scheduled_release|next_payment_attempt)$"
    r"|(?<!^divide)_(at|on|by|date|time|start|end|after|until|deadline)$"
)
_TEXT = re.compile(r"\b(unix|epoch|timestamp)\b", re.IGNORECASE)
_MOMENT = re.compile(r"\bRFC ?3339\b|\btimestamp\b", re.IGNORECASE)
_DAY_OR_HOUR = re.compile(r"\bYYYY-MM-DD\b|\bHH:MM\b|\bISO 8601\b")
_MILLISECONDS = re.compile(r"\bmilliseconds\b", re.IGNORECASE)


def is_timestamp(name: str, text: str) -> bool:
    """Whether the integer `name`, documented by `text`, is a point in time, in seconds."""
    if _MILLISECONDS.search(text):
        return False
    return bool(_NAME.search(name) or _TEXT.search(text))


def is_moment(name: str, text: str) -> bool:
    """Whether the text `name` of v2, documented by `text`, is a point in time, as RFC 3339 writes it."""
    if _DAY_OR_HOUR.search(text):
        return False
    return bool(_NAME.search(name) or _MOMENT.search(text))
