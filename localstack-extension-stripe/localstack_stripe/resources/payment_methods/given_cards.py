"""A card as a request gives it: by a test value (``tok_visa``), by a token that was created, or by its number
(https://docs.stripe.com/api/tokens/create_card).
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from localstack_stripe.engine.errors import (
    CardError,
    StripeError,
    invalid,
    missing_parameter,
    no_such,
)
from localstack_stripe.engine.formats import is_digits
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.declines import mistake_in_card
from localstack_stripe.payments.test_cards import (
    TestCard,
    card_of_fingerprint,
    card_of_number,
    card_of_token,
)
from localstack_stripe.resources.payment_methods.card_checks import to_check, to_check_of
from localstack_stripe.resources.payment_methods.card_errors import declined
from localstack_stripe.resources.payment_methods.card_expiry import (
    expiry_year,
    given_expiry,
    this_year,
)
from localstack_stripe.resources.payment_methods.token_use import use_token

_ADDRESS = {
    "address_city": "city",
    "address_country": "country",
    "address_line1": "line1",
    "address_line2": "line2",
    "address_state": "state",
    "address_zip": "postal_code",
}
"""What a card calls the parts of its address, and what everything else calls them."""

_BRANDS = {
    "amex": "American Express",
    "diners": "Diners Club",
    "discover": "Discover",
    "jcb": "JCB",
    "mastercard": "MasterCard",
    "unionpay": "UnionPay",
    "visa": "Visa",
}
"""A card or a source writes its brand as people do, a payment method as a program would."""

_SAID = (*_ADDRESS, "currency", "exp_month", "exp_year", "name")


class GivenCard(NamedTuple):
    """A card, and what was said of it.

    :param said: its expiry date, its holder's name and address, in a card's own words; for a token that was created, the
        id of the card that it shows, too
    :param checks: what is to be checked of it, in a payment method's words
    """

    test: TestCard
    said: Record
    checks: Record

    @property
    def expiry(self) -> Record:
        """The date on it, where one was said."""
        return {name: self.said[name] for name in ("exp_month", "exp_year") if name in self.said}


def holder_of(card: Mapping[str, Any]) -> Record:
    """What a card says of its holder, in a payment method's words."""
    address = {of: card[name] for name, of in _ADDRESS.items() if card.get(name)}
    return {"name": card.get("name"), "address": address}


def in_own_words(work: UnitOfWork, given: GivenCard, checks: Record) -> Record:
    """What a card says of itself, and the source of one as well.

    :param checks: what it says was checked of it, in a payment method's words
    """
    card = given.test
    return {
        "address_line1_check": checks["address_line1_check"],
        "address_zip_check": checks["address_postal_code_check"],
        "brand": _BRANDS.get(card.brand, "Unknown"),
        "country": card.country,
        "cvc_check": checks["cvc_check"],
        "dynamic_last4": None,
        "exp_month": 8,
        "exp_year": expiry_year(work),
        "fingerprint": card.fingerprint,
        "funding": card.funding,
        "last4": card.last4,
        "name": given.said.get("name"),
        "tokenization_method": None,
        **given.expiry,
    }


def checks_of(card: Mapping[str, Any]) -> Record:
    """The checks of a card, in a payment method's words."""
    return {
        "address_line1_check": card["address_line1_check"],
        "address_postal_code_check": card["address_zip_check"],
        "cvc_check": card["cvc_check"],
    }


def given_card(
    work: UnitOfWork, details: Mapping[str, Any], param: str, *, raw_allowed: bool
) -> GivenCard:
    """The card that parameters mean, by token or by number.

    :param raw_allowed: whether a number may be sent, as a browser's key may
    :raises StripeError: where it may not, or is not a card's
    """
    token = details.get("token")
    if token:
        return card_by_token(work, token, f"{param}[token]")
    return card_by_number(work, details, param, raw_allowed=raw_allowed)


def card_by_token(work: UnitOfWork, token: str, param: str) -> GivenCard:
    """The card of a test value, or of a token that was created, which is used up by that.

    :raises StripeError: 400 where there is no such token, or it was used before
    """
    card = card_of_token(token)
    if card is not None:
        return GivenCard(card, {}, to_check_of(card))
    shown = use_token(work, token, "card", param)["card"]
    card = card_of_fingerprint(shown["fingerprint"])
    if card is None:
        raise no_such("token", token, param)
    said = _said(shown)
    if work.get("card", shown["id"]) is None:  # as it is where the token is a copy of a saved card
        said["id"] = shown["id"]
    return GivenCard(card, said, checks_of(shown))


def card_by_number(
    work: UnitOfWork, details: Mapping[str, Any], param: str, *, raw_allowed: bool
) -> GivenCard:
    """The card of a number (https://docs.stripe.com/testing#invalid-data).

    :raises StripeError: where raw numbers are not allowed, or something of the card cannot be
    """
    if not (raw_allowed or work.takes_card_numbers):
        refusal = StripeError(
            "Sending credit card numbers directly to the Stripe API is generally unsafe. We suggest you use test "
            "tokens that map to the test card you are using, see https://stripe.com/docs/testing. To enable testing "
            "raw card data APIs, see https://support.stripe.com/questions/enabling-access-to-raw-card-data-apis.",
            status=402,
        )
        refusal.hint = "with STRIPE_CARD_NUMBERS=1 the emulator takes them from secret keys, too"
        raise refusal
    for name in ("number", "exp_month", "exp_year"):
        if details.get(name) is None:
            raise missing_parameter(f"{param}[{name}]")
        if name != "number" and not is_digits(str(details[name]).removeprefix("-")):
            raise invalid(
                f"Invalid integer: {details[name]}", f"{param}[{name}]", "parameter_invalid_integer"
            )
    number = "".join(digit for digit in details["number"] if digit not in " -")
    expiry = given_expiry(details)
    refused = mistake_in_card(
        number,
        expiry["exp_month"],
        expiry["exp_year"],
        str(details.get("cvc") or ""),
        this_year=this_year(work),
    )
    if refused is not None:
        raise declined(refused)
    card = card_of_number(number)
    if card is None:
        raise CardError(
            "Your card was declined. Your request was in test mode, but used a non test (live) card. For a list of "
            "valid test cards, visit: https://stripe.com/docs/testing.",
            code="card_declined",
            decline_code="test_mode_live_card",
            commits=False,
        )
    said = _said(details) | expiry
    checks = to_check(holder_of(said)["address"], has_cvc=bool(details.get("cvc")))
    return GivenCard(card, said, checks)


def _said(details: Mapping[str, Any]) -> Record:
    return {name: details[name] for name in _SAID if details.get(name)}
