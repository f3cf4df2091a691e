"""What a customer does whom an intent asks for something: the page that Stripe shows in test mode, with a button to agree
and one to refuse, and the same without a browser.
"""

from collections.abc import Callable, Mapping
from html import escape
from typing import Any
from urllib.parse import urlencode

from localstack_stripe.api.control.dispatch import Asked, Endpoint
from localstack_stripe.api.messages import Response
from localstack_stripe.engine.errors import StripeError, invalid, no_such
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork, display_name
from localstack_stripe.resources.core import payment_intents, setup_intents
from localstack_stripe.resources.core.next_actions import return_address
from localstack_stripe.resources.payment_methods.microdeposits import verified
from localstack_stripe.resources.payment_methods.verification import waits

_OUTCOMES = {"failed": False, "succeeded": True}

_AUTHENTICATE = {
    "payment_intent": payment_intents.authenticate,
    "setup_intent": setup_intents.authenticate,
}

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Test payment page</title>
<style>body {{ font: 16px sans-serif; margin: 4em auto; max-width: 32em }} button {{ font: inherit; padding: .5em 1em }}</style>
<h1>Test payment page</h1>
<p>{what}</p>
<form method="post" action="?{query}">
<button name="outcome" value="succeeded">Authorize test payment</button>
<button name="outcome" value="failed">Fail test payment</button>
</form>
</html>
"""


class NextActions:
    """``/_emulator/payment_intents/{id}/next_action`` and the same of setup intents."""

    def __init__(
        self, begin: Callable[[str], UnitOfWork], commit: Callable[[UnitOfWork], None]
    ) -> None:
        self._begin = begin
        self._commit = commit

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
            query = urlencode({"account": asked.account, "client_secret": intent["client_secret"]})
            page = _PAGE.format(what=escape(_what(intent)), query=escape(query))
            return Response(200, page.encode(), {"Content-Type": "text/html; charset=utf-8"})

        return ask

    def _answer(self, kind: str) -> Endpoint:
        def answer(asked: Asked) -> Any:
            """The customer agrees or refuses, and goes where the intent sends them; a program gets the intent."""
            outcome = str(asked.params.get("outcome", "succeeded"))
            if outcome not in _OUTCOMES:
                raise invalid(f"The outcome must be one of {', '.join(_OUTCOMES)}.", "outcome")
            work = self._begin(asked.account)
            intent = _intent(work, kind, asked)
            try:
                if _OUTCOMES[outcome] and waits(intent):
                    verified(work, intent)
                else:
                    _AUTHENTICATE[kind](work, intent, success=_OUTCOMES[outcome])
            except StripeError as error:
                if not error.commits:
                    raise
            intent = work.get(kind, intent["id"]) or intent
            address = return_address(work, intent)
            self._commit(work)
            if address is not None and "text/html" in asked.request.headers.get("accept", ""):
                return Response(303, b"", {"Location": address})
            return intent

        return answer


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
