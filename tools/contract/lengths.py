"""How long a string may be, as far as the documentation of the parameter says so."""

from __future__ import annotations

import re

# "This may be up to *512 characters*.", "Maximum 22 characters.", "Max length, 4096 characters."
# A limit that depends on something else ("10 characters for `ach` payments") is none.
_LIMIT = re.compile(
    r"\b(?:up to|at most|max(?:imum)?(?: length)?(?: of this field)?(?: is)?)[:,]?"
    r" \*?(\d[\d,]*) characters(?! for )",
    re.IGNORECASE,
)


def longest(text: str) -> int | None:
    """The most characters that a string documented by `text` may have, if it says."""
    limits = {int(limit.replace(",", "")) for limit in _LIMIT.findall(text)}
    return limits.pop() if len(limits) == 1 else None
