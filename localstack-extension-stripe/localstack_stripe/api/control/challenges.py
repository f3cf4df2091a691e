"""Where a 3D Secure authentication's ``challenge_url`` leads (https://docs.stripe.com/payments/3d-secure/standalone-3d-secure):
the page of the cardholder's bank, with a button to authenticate and one to refuse, and the same without a browser.
"""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.api.control.customer_choices import agrees, choice_page, shown_record
from localstack_stripe.api.control.dispatch import Asked, Endpoint, OnRecords
from localstack_stripe.api.control.pages import is_browser
from localstack_stripe.api.messages import Response
from localstack_stripe.resources.payment_methods.three_d_secure import (
    AUTHENTICATION,
    end_challenge,
    start_challenge,
)

_PATH = "/_emulator/three_d_secure/authentications/{id}/challenge"


class Challenges(OnRecords):
    """``/_emulator/three_d_secure/authentications/{id}/challenge``."""

    def endpoints(self) -> Mapping[str, Endpoint]:
        """What answers."""
        return {f"GET {_PATH}": self.ask, f"POST {_PATH}": self.answer}

    def ask(self, asked: Asked) -> Response:
        """Show the page."""
        work = self._begin(asked.account)
        authentication = shown_record(work, AUTHENTICATION, asked, "authentication")
        start_challenge(work, authentication)
        self._commit(work)
        is_open = authentication["status"] == "requires_challenge"
        return choice_page(asked, authentication, "Is it you who pays?" if is_open else None)

    def answer(self, asked: Asked) -> Any:
        """The cardholder authenticates or refuses; a program gets the authentication."""
        success = agrees(asked)
        work = self._begin(asked.account)
        authentication = shown_record(work, AUTHENTICATION, asked, "authentication")
        authentication = end_challenge(work, authentication, success=success)
        self._commit(work)
        return choice_page(asked, authentication, None) if is_browser(asked) else authentication
