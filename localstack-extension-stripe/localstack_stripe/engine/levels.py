"""How far the emulator follows Stripe in an operation, so that no answer is taken for more than it is."""

from enum import StrEnum

from localstack_stripe.contract.loader import Operation
from localstack_stripe.engine.behaviours import BEHAVIOURS


class Level(StrEnum):
    """What an answer is worth."""

    BEHAVIOUR = "behaviour"
    """Somebody wrote down what Stripe does there, or found that there is no more to it than the engine does."""
    GENERIC = "generic"
    """The engine's: checked, kept, related and found again, without what Stripe does besides."""
    SHAPE = "shape"
    """Well-formed; what would have happened at Stripe is not known, and has not happened."""


def level_of(operation: Operation) -> Level:
    """The level of an operation."""
    key = operation.alias_of or operation.key
    return Level.BEHAVIOUR if key in BEHAVIOURS.operations else Level.GENERIC
