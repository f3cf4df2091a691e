"""What does not work yet, of what these tests try of everything. The table may only shrink.

An entry that works fails its test: take it out then.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
import stripe

GAPS: dict[str, set[str]] = {}
"""By subject; there is none."""

_OPEN = (AssertionError, KeyError, stripe.InvalidRequestError, pytest.fail.Exception)
"""How a gap shows: by another answer, by what it lacks, or by a refusal; never by a failure of the emulator."""


def cases(subject: str, keys: Iterable[str]) -> list[Any]:
    """The parameters of a test about *subject*; it must fail for those that are known gaps."""
    gaps = GAPS.get(subject, set())
    keys = list(keys)
    unknown = gaps - set(keys)
    assert not unknown, f"gaps.py names what is not tried of {subject}: {sorted(unknown)}"
    closed = pytest.mark.xfail(
        strict=True,
        raises=_OPEN,
        reason="a known gap; once it works, it leaves gaps.py",
    )
    return [pytest.param(key, marks=closed if key in gaps else ()) for key in keys]
