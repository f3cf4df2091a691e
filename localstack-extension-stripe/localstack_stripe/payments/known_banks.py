"""What is told of the bank account of whoever has paid on their bank's page: which test account it is
(https://docs.stripe.com/payments/bancontact/set-up-payment, https://docs.stripe.com/payments/ideal/set-up-payment).
"""

from collections.abc import Mapping
from typing import Any

_BELGIAN = {"bank_code": "VAPE", "bank_name": "VAN DE PUT & CO", "bic": "VAPEBE22"}

_ACCOUNTS: Mapping[str, Mapping[str, str]] = {
    "bancontact": _BELGIAN,
    "ideal": {"bank": "rabobank", "bic": "RABONL2U"},
    "sofort": _BELGIAN,
}

IBANS = {
    "bancontact": "BE62510007547061",
    "ideal": "NL39RABO0300065264",
    "sofort": "BE62510007547061",
}
"""The types whose bank account is debited by SEPA from the second payment on, and the test account that it is."""


def told_by_bank(type: str, name: str | None, options: Mapping[str, Any]) -> dict[str, Any]:
    """What the bank tells of its customer.

    :param name: the customer's, as they have said it
    :param options: what an intent says of that type of payment method
    """
    if type not in _ACCOUNTS:
        return {}
    return {
        **_ACCOUNTS[type],
        "iban_last4": IBANS[type][-4:],
        "preferred_language": options.get("preferred_language") or "en",
        "verified_name": name,
    }
