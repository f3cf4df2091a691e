"""What comes of sending money to a test bank account or card, and of taking it from there
(https://docs.stripe.com/connect/testing#testing-payouts, https://docs.stripe.com/connect/testing#testing-top-ups).
"""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.payments.test_cards import card_of_fingerprint

MESSAGES = {
    "account_closed": "The bank account has been closed.",
    "could_not_process": "The bank could not process this payout.",
    "debit_not_authorized": "Debit transactions are not approved on your bank account.",
    "insufficient_funds": "The account has insufficient funds to cover this.",
    "invalid_currency": "The bank was unable to process this because of its currency.",
    "no_account": "No bank account could be located with the details on file.",
}
"""By failure code (https://docs.stripe.com/api/payouts/failures)."""

_BY_LAST4 = {
    # The numbers are the same but for their length from country to country, and IBANs count up.
    "1113": "account_closed",
    "1116": "no_account",
    "2227": "insufficient_funds",
    "3335": "debit_not_authorized",
    "4440": "invalid_currency",
    "3001": "no_account",
    "3002": "account_closed",
    "3003": "insufficient_funds",
    "3004": "debit_not_authorized",
    "3005": "invalid_currency",
}

TEST_ACCOUNTS = {
    "btok_us_verified": "000123456789",
    "btok_us_verified_accountClosed": "000111111113",
    "btok_us_verified_debitNotAuthorized": "000333333335",
    "btok_us_verified_insufficientFunds": "000222222227",
    "btok_us_verified_invalidCurrency": "000444444440",
    "btok_us_verified_noAccount": "000111111116",
}
"""The numbers of the bank accounts that tokens stand for."""


def failure_of(place: Mapping[str, Any] | None) -> str | None:
    """The code with which moving money fails, or nothing.

    :param place: a bank account or a card; where there is none, nothing fails
    """
    if place is None:
        return None
    if place.get("object") == "card":
        card = card_of_fingerprint(place.get("fingerprint") or "")
        fails = card is not None and card.name.endswith("_transferFail")
        return "could_not_process" if fails else None
    return _BY_LAST4.get(place.get("last4") or "")


def is_instant(place: Mapping[str, Any]) -> bool:
    """Whether money can get to a debit card within minutes (https://docs.stripe.com/payouts/instant-payouts)."""
    card = card_of_fingerprint(place.get("fingerprint") or "")
    unsupported = card is not None and card.name.endswith("_instantPayoutUnsupported")
    return place.get("object") == "card" and not unsupported
