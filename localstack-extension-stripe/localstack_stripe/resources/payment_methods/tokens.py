"""Tokens (https://docs.stripe.com/api/tokens): what a browser tells, for a server to use once."""

from localstack_stripe.engine.behaviours import Call, before_create, prepares
from localstack_stripe.engine.errors import invalid, no_such
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.text import copy
from localstack_stripe.resources.connect.account_tokens import PREFIXES, keep_told
from localstack_stripe.resources.payment_methods.bank_accounts import for_token
from localstack_stripe.resources.payment_methods.cards import card_values
from localstack_stripe.resources.payment_methods.given_cards import card_by_number

_OF_TOKENS = ("card", "bank_account", "account", "person", "pii", "cvc_update")
"""What a token may stand for."""

_PREFIXES = {**PREFIXES, "bank_account": "btok_", "cvc_update": "cvctok_"}
"""With what the ids of tokens begin, by what they are of, where it is no card."""


@prepares("token")
def name_token(call: Call) -> Record:
    """What a token is of shows in its id, unless that is a card."""
    prefix = next((each for kind, each in _PREFIXES.items() if call.params.get(kind)), None)
    return {} if prefix is None else {"id": call.work.ids.new(prefix, 24)}


@before_create("token")
def from_parameters(call: Call, token: Record) -> None:
    """A token of one of the things that there are tokens of, as a browser makes it.

    :raises StripeError: 400 where it is of none
    """
    details = call.params.get("card")
    bank = call.params.get("bank_account")
    type = next((kind for kind in _OF_TOKENS if call.params.get(kind)), None)
    if type is None:
        raise invalid(
            "You must supply what the token is of: a card, a bank account, PII data, an account, a person, or a CVC update."
        )
    token["type"] = type
    if bank:
        token["bank_account"] = for_token(call.work, bank)
    token["used"] = False
    keep_told(call, token)
    if isinstance(details, str):
        owned = call.work.get("card", details)
        if owned is None:
            raise no_such("card", details, "card")
        token["card"] = copy(owned)
    elif details:
        card = card_by_number(call.work, details, "card", raw_allowed=call.publishable)
        known = card_values(call.work, card, card.checks)
        made = call.work.shapes.skeleton("card") | known
        made["id"] = call.work.new_id("card")
        token["card"] = made
