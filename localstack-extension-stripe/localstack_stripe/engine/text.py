"""Records and their text: JSON, two spaces deep, as Stripe prints it."""

from collections.abc import Callable
from typing import Any

import orjson

from localstack_stripe.engine.errors import amount_too_large

Record = dict[str, Any]
"""A Stripe object as JSON has it. Its shape is the contract's, not Python's."""


Facts = tuple[str | bytes | int | None, ...]
"""What a text that nobody has asked for is written of. Since it refers to nothing else, it costs the garbage collector
as little as a text does."""

Write = Callable[..., bytes]
"""Writes a text of its facts."""


def dumped(value: Any) -> bytes:
    """The JSON text of a value, to be kept.

    What orjson returns holds on to the 8 KB that it was written into; a copy is as long as the text.

    :raises StripeError: 400, where a sum has grown larger than JSON's readers could hold
    """
    try:
        return bytes(memoryview(orjson.dumps(value, option=orjson.OPT_INDENT_2)))
    except TypeError as error:
        if "64-bit" in str(error):
            raise amount_too_large() from None
        raise


def loaded(text: bytes) -> Record:
    """The record that a text says, which nobody else has."""
    record: Record = orjson.loads(text)
    return record


def copy(record: Record) -> Record:
    """A deep copy. Records are JSON, and this is JSON's quickest way there and back."""
    duplicate: Record = orjson.loads(orjson.dumps(record))
    return duplicate
