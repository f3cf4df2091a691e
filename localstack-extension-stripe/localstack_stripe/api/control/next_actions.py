"""What a customer does whom an intent asks for something: the page that Stripe shows in test mode, with a button to agree
and one to refuse, and the same without a browser.
"""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.api.control.dispatch import Asked, Endpoint, OnRecords, outcome_of
from localstack_stripe.api.control.pages import choice, go_to, is_browser, page
from localstack_stripe.api.messages import Response
from localstack_stripe.engine.errors import StripeError, no_such
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork, display_name
from localstack_stripe.resources.core import payment_confirmation, setup_intents
from localstack_stripe.resources.core.next_actions import return_address
from localstack_stripe.resources.payment_methods import bank_transfers, verification
from localstack_stripe.resources.payment_methods.microdeposits import verified

_OUTCOMES = {"failed": False, "succeeded": True}

_AUTHENTICATE = {
    "payment_intent": payment_confirmation.authenticate,
    "setup_intent": setup_intents.authenticate,
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
            intent = _intent(self._begin(asked.account), kind, asked)
            known = {"account": asked.account, "client_secret": intent["client_secret"]}
            return page("Test payment page", choice(_what(intent), known))

        return ask

    def _answer(self, kind: str) -> Endpoint:
        def answer(asked: Asked) -> Any:
            """The customer agrees or refuses, and goes where the intent sends them; a program gets the intent."""
            success = _OUTCOMES[outcome_of(asked.params, _OUTCOMES, "succeeded")]
            work = self._begin(asked.account)
            intent = _intent(work, kind, asked)
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


def _intent(work: UnitOfWork, kind: str, asked: Asked) -> Record:
    id, secret = asked.path["id"], asked.params.get("client_secret")
    intent = work.get(kind, id)
    if intent is None or secret not in (None, intent["client_secret"]):
        raise no_such(display_name(kind), id, "intent", status=404)
    return intent


def _what(intent: Record) -> str:
    if intent["status"] != "requires_action":
        return f"Nothing is asked of the customer: the status is {intent['status']}."
    if intent["object"] == "setup_intent":
        return "Save this payment method?"
    return f"Pay {intent['amount']} ({intent['currency'].upper()}, in its smallest unit)?"
