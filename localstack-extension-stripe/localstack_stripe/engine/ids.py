"""Ids with Stripe's prefixes and lengths. A seed makes them repeatable."""

import random
import string


def _spread(alphabet: str) -> bytes:
    """A character for each byte: so a random byte is a random character, quickly."""
    return bytes(ord(alphabet[byte % len(alphabet)]) for byte in range(256))


_ALPHABET = _spread(string.ascii_letters + string.digits)
_CAPITALS = _spread(string.ascii_uppercase + string.digits)
_DIGITS = _spread(string.digits)


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
        return self._of(_ALPHABET, length)

    def capitals(self, length: int) -> str:
        """Capital letters and digits, as in an invoice number's prefix."""
        return self._of(_CAPITALS, length)

    def digits(self, length: int) -> str:
        """Digits, as in a receipt number."""
        return self._of(_DIGITS, length)

    def client_secret(self, id: str) -> str:
        """The secret with which a browser may act on the intent *id*."""
        return f"{id}_secret_{self.text(25)}"

    def _of(self, alphabet: bytes, length: int) -> str:
        # What `randbytes` does, without its call: most requests need some.
        drawn = self._random.getrandbits(8 * length).to_bytes(length, "little")
        return drawn.translate(alphabet).decode("ascii")


class ChosenId(IdGenerator):
    """Makes ids as another generator does, but for the first of its kind, which is chosen.

    :param prefix: what ids of the kind begin with; the chosen one need not
    """

    def __init__(self, others: IdGenerator, prefix: str, chosen: str) -> None:
        self._random = others._random
        self._prefix = prefix
        self._chosen: str | None = chosen

    def new(self, prefix: str, length: int) -> str:
        """The chosen id, where it is one of its kind and the first."""
        if prefix != self._prefix or self._chosen is None:
            return super().new(prefix, length)
        chosen, self._chosen = self._chosen, None
        return chosen
