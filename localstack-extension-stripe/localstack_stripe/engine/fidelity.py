"""What was asked for, and how far it is followed: nothing is silently wrong."""

import logging
from collections import Counter
from typing import Any

from localstack_stripe.contract.loader import Contract, Operation
from localstack_stripe.engine.errors import StripeError
from localstack_stripe.engine.levels import Level, Levels

LOG = logging.getLogger(__name__)

_WARNINGS = {
    Level.GENERIC: "%s is generic: what is sent is checked, kept and found again; what Stripe does besides is not done",
    Level.SHAPE: "%s has only its shape: the answer is well-formed, and what Stripe would do is not done",
}


class Fidelity:
    """Counts the operations that are used.

    :param strict: refuse what would be answered though nothing happened
    """

    def __init__(self, contract: Contract, strict: bool = False) -> None:
        self.levels = Levels(contract)
        self.strict = strict
        self._used: Counter[str] = Counter()
        self._levels_used: dict[str, Level] = {}

    def used(self, key: str, level: Level) -> None:
        """Count a use of an operation; the first of one that is not fully followed is logged."""
        before = self._used.get(key, 0)
        self._used[key] = before + 1
        if before:
            return
        self._levels_used[key] = level
        if level in _WARNINGS:
            LOG.warning(_WARNINGS[level], key)

    def refuse(self, operation: Operation, level: Level) -> None:
        """Refuse what would be answered though nothing happened, where that is wanted (:attr:`strict`).

        :raises StripeError: 400, which names the operation; not a 5xx, which an SDK would repeat
        """
        if level is Level.SHAPE:
            raise StripeError(
                f"The Stripe emulator does not know what {operation.key} does. It refuses the request because "
                "STRIPE_STRICT is on; without it, the answer is well-formed and nothing happens."
            )

    def report(self) -> dict[str, Any]:
        """What was used below ``behaviour``, most often first, and how many operations have each level."""
        used = [
            {"operation": key, "level": self._levels_used[key], "requests": count}
            for key, count in self._used.most_common()
        ]
        return {
            "requests": self._used.total(),
            "below_behaviour": [each for each in used if each["level"] is not Level.BEHAVIOUR],
            "operations": {level.value: count for level, count in self.levels.totals().items()},
        }
