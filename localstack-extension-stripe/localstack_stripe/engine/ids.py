"""Ids with Stripe's prefixes and lengths. A seed makes them repeatable."""

import random
import string

_ALPHABET = string.ascii_letters + string.digits
_CAPITALS = string.ascii_uppercase + string.digits


class IdGenerator:
    """The emulator's only source of randomness.

    :param seed: the same seed gives the same ids in the same order; without one they differ from run to run
    """

    def __init__(self, seed: str | None = None) -> None:
        self._random = random.Random(seed)

    def new(self, prefix: str, length: int) -> str:
        """An id of *length* characters after *prefix*, which has its underscore."""
        if length >= 24:
            # As Stripe's own: newer ids begin with a version digit.
            return f"{prefix}1{self.text(length - 1)}"
        return prefix + self.text(length)

    def text(self, length: int) -> str:
        """Letters and digits."""
        return "".join(self._random.choices(_ALPHABET, k=length))

    def capitals(self, length: int) -> str:
        """Capital letters and digits, as in an invoice number's prefix."""
        return "".join(self._random.choices(_CAPITALS, k=length))

    def digits(self, length: int) -> str:
        """Digits, as in a receipt number."""
        return "".join(self._random.choices(string.digits, k=length))

    def client_secret(self, id: str) -> str:
        """The secret with which a browser may act on the intent *id*."""
        return f"{id}_secret_{self.text(25)}"
