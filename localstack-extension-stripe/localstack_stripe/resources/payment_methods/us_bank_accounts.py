"""Bank accounts in the United States as payment methods (https://docs.stripe.com/payments/ach-direct-debit): described by
their numbers, or connected through Financial Connections.
"""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.errors import invalid, missing_parameter
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.payment_methods.bank_accounts import described

CONNECTED = "financial_connections.account"


def us_bank_account(work: UnitOfWork, given: Mapping[str, Any], param: str) -> Record:
    """The ``us_bank_account`` of a payment method
    (https://docs.stripe.com/api/payment_methods/object#payment_method_object-us_bank_account).

    :param param: the parameter that describes it
    :raises StripeError: 400 where it does not, or the account is not connected for payments
    """
    connected = given.get("financial_connections_account")
    if connected:
        account = _of_connected(work, connected, f"{param}[financial_connections_account]")
    else:
        for name in ("account_number", "routing_number"):
            if not given.get(name):
                raise missing_parameter(f"{param}[{name}]")
        account = described(work, {**given, "country": "US"}, param)
    return {
        "account_holder_type": given.get("account_holder_type") or "individual",
        "account_type": given.get("account_type") or "checking",
        "bank_name": account["bank_name"],
        "financial_connections_account": connected,
        "fingerprint": account["fingerprint"],
        "last4": account["last4"],
        "networks": {"preferred": "ach", "supported": ["ach", "us_domestic_wire"]},
        "routing_number": account["routing_number"],
        "status_details": None,
    }


def require_active(account: Record, param: str | None = None) -> None:
    """Refuse a connected account that is not any more.

    :param param: the parameter that names it, where one does
    :raises StripeError: 400
    """
    if account["status"] != "active":
        raise invalid(
            f"This Financial Connections Account is {account['status']}.",
            param,
            "financial_connections_account_inactive",
        )


def _of_connected(work: UnitOfWork, id: str, param: str) -> Record:
    account = work.require(CONNECTED, id, param)
    require_active(account, param)
    if "payment_method" not in (account["permissions"] or ()):
        raise invalid("The account was connected without the permission 'payment_method'.", param)
    number = {
        "account_number": f"00012345{account['last4']}",
        "country": "US",
        "routing_number": "110000000",
    }
    return described(work, number, param) | {"bank_name": account["institution_name"]}
