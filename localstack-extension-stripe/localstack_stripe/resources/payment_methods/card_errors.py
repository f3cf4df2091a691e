"""The error that a client gets where a bank refuses a card (https://docs.stripe.com/error-codes#card-declined)."""

from typing import Any

from localstack_stripe.engine.errors import CardError
from localstack_stripe.payments.declines import Decline


def declined(decline: Decline, **objects: Any) -> CardError:
    """The error for a bank's refusal; without objects nothing was tried that should stay."""
    return CardError(
        decline.message,
        code=decline.code,
        decline_code=decline.decline_code,
        advice_code=decline.advice_code,
        network_decline_code=decline.network_decline_code,
        param=decline.param,
        commits=bool(objects),
        **objects,
    )
