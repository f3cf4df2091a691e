"""Ids with Stripe's prefixes and lengths. A seed makes them repeatable."""

import random
import string

_ALPHABET = string.ascii_letters + string.digits
_CAPITALS = string.ascii_uppercase + string.digits

_DRAWN = 4096
"""How many characters are drawn at once: each drawing costs as much as some hundred characters do."""


class _Characters:
    """Random characters of an alphabet, as many as are asked for."""

    def __init__(self, randoms: random.Random, alphabet: str) -> None:
        self._random = randoms
        # A character for each byte: so a random byte is a random character, quickly.
        self._of_bytes = bytes(ord(alphabet[byte % len(alphabet)]) for byte in range(256))
        self._drawn = ""
        self._used = 0

    def text(self, length: int) -> str:
        """So many of them."""
        begin = self._used
        self._used = end = begin + length
        if end > len(self._drawn):
            left = self._drawn[begin:]
            drawn = self._random.randbytes(max(_DRAWN, length)).translate(self._of_bytes)
            self._drawn = left + drawn.decode("ascii")
            begin, end, self._used = 0, length, length
        return self._drawn[begin:end]


class IdGenerator:
    """The emulator's only source of randomness.

    :param seed: the same seed gives the same ids in the same order; without one they differ from run to run
    """

    def __init__(self, seed: str | None = None) -> None:
        randoms = random.Random(seed)
        self.text = _Characters(randoms, _ALPHABET).text
        """Letters and digits, so many."""
        self.capitals = _Characters(randoms, _CAPITALS).text
        """Capital letters and digits, as in an invoice number's prefix."""
        self.digits = _Characters(randoms, string.digits).text
        """Digits, as in a receipt number."""

    def new(self, prefix: str, length: int) -> str:
        """An id of *length* characters after *prefix*, which has its underscore."""
        if length >= 24:
            # As Stripe's own: newer ids begin with a version digit.
            return f"{prefix}1{self.text(length - 1)}"
        return prefix + self.text(length)

    def uuid(self) -> str:
        """A random UUID (https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-4)."""
        drawn = f"{int(self.digits(38)):032x}"
        return f"{drawn[:8]}-{drawn[8:12]}-4{drawn[13:16]}-a{drawn[17:20]}-{drawn[20:]}"

    def client_secret(self, id: str) -> str:
        """The secret with which a browser may act on the intent *id*."""
        return f"{id}_secret_{self.text(25)}"


class ChosenId(IdGenerator):
    """Makes ids as another generator does, but for the first of its kind, which is chosen.

    :param prefix: what ids of the kind begin with; the chosen one need not
    """

    def __init__(self, others: IdGenerator, prefix: str, chosen: str) -> None:
        self.text, self.capitals, self.digits = others.text, others.capitals, others.digits
        self._prefix = prefix
        self._chosen: str | None = chosen

    def new(self, prefix: str, length: int) -> str:
        """The chosen id, where it is one of its kind and the first."""
        if prefix != self._prefix or self._chosen is None:
            return super().new(prefix, length)
        chosen, self._chosen = self._chosen, None
        return chosen
