"""What a customer does whom an intent asks for something: the page that Stripe shows in test mode, with a button to agree
and one to refuse, and the same without a browser.
"""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.api.control.customer_choices import (
    agrees,
    choice_page,
    shown_record,
    whether_to_pay,
)
from localstack_stripe.api.control.dispatch import Asked, Endpoint, OnRecords
from localstack_stripe.api.control.pages import go_to, is_browser
from localstack_stripe.api.messages import Response
from localstack_stripe.engine.errors import StripeError
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.core import payment_confirmation, setup_attempts
from localstack_stripe.resources.core.next_actions import return_address
from localstack_stripe.resources.payment_methods import bank_transfers, verification
from localstack_stripe.resources.payment_methods.microdeposits import verified

_AUTHENTICATE = {
    "payment_intent": payment_confirmation.authenticate,
    "setup_intent": setup_attempts.authenticate,
}


class NextActions(OnRecords):
    """``/_emulator/payment_intents/{id}/next_action`` and the same of setup intents."""

    def endpoints(self) -> Mapping[str, Endpoint]:
        """What answers."""
        return {
            f"{verb} /_emulator/{kind}s/{{id}}/next_action": answer
            for kind in _AUTHENTICATE
            for verb, answer in (("GET", self._ask(kind)), ("POST", self._answer(kind)))
        }

    def _ask(self, kind: str) -> Endpoint:
        def ask(asked: Asked) -> Response:
            """Show the page."""
            intent = shown_record(self._begin(asked.account), kind, asked, "intent")
            return choice_page(asked, intent, _question(intent))

        return ask

    def _answer(self, kind: str) -> Endpoint:
        def answer(asked: Asked) -> Any:
            """The customer agrees or refuses, and goes where the intent sends them; a program gets the intent."""
            success = agrees(asked)
            work = self._begin(asked.account)
            intent = shown_record(work, kind, asked, "intent")
            try:
                _act(work, intent, success=success)
            except StripeError as error:
                if not error.commits:
                    raise
            intent = work.get(kind, intent["id"]) or intent
            address = return_address(work, intent)
            self._commit(work)
            if address is not None and is_browser(asked):
                return go_to(address)
            return intent

        return answer


def _act(work: UnitOfWork, intent: Record, *, success: bool) -> None:
    """Do what an intent asks of its customer; who has not sent money yet can do so later."""
    if bank_transfers.waits(intent):
        if success:
            bank_transfers.transfer(work, intent)
    elif success and verification.waits(intent):
        verified(work, intent)
    else:
        _AUTHENTICATE[intent["object"]](work, intent, success=success)


def _question(intent: Record) -> str | None:
    if intent["status"] != "requires_action":
        return None
    is_setup = intent["object"] == "setup_intent"
    return "Save this payment method?" if is_setup else whether_to_pay(intent)
