"""What an account has from the start: nobody made it, so no event tells of it (https://docs.stripe.com/api).

A resource's file says what there is with :func:`from_the_start`. It is put down when somebody first asks for that
kind of record, so an account that never does costs nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from localstack_stripe.engine.work import UnitOfWork

Preset = Callable[[UnitOfWork], Iterable[Mapping[str, Any]]]
"""The values of the records, in the order in which they are listed."""

PRESETS: dict[str, Preset] = {}
"""Filled when ``localstack_stripe.resources`` is imported. It holds code, never state."""


def from_the_start(object: str) -> Callable[[Preset], Preset]:
    """Register which records of a kind every account has."""

    def register(preset: Preset) -> Preset:
        PRESETS[object] = preset
        return preset

    return register


def settle(work: UnitOfWork, object: str) -> None:
    """See to it that what an account has of a kind from the start is there."""
    preset = PRESETS.get(object)
    if preset is None or work.is_known(object):
        return
    for values in reversed(list(preset(work))):
        work.lay(object, **values)
