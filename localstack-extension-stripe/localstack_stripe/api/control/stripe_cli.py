"""What the Stripe CLI asks for besides Stripe's API, and does not get here."""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.api.control.dispatch import Asked, Endpoint
from localstack_stripe.engine.errors import StripeError


class StripeCli:
    """``POST /v1/stripecli/sessions``, with which ``stripe listen`` and ``stripe logs tail`` begin."""

    def endpoints(self) -> Mapping[str, Endpoint]:
        """What answers."""
        return {"POST /v1/stripecli/sessions": self._refuse}

    def _refuse(self, asked: Asked) -> Any:
        raise StripeError(
            "The Stripe emulator does not send events to the Stripe CLI: there is no websocket for `stripe listen` and "
            "`stripe logs tail`. Read what has happened with GET /v1/events, and what was asked with GET "
            "/_emulator/requests."
        )
