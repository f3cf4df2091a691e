"""The vault of v2 (https://docs.stripe.com/api/v2/core/vault/us-bank-accounts): bank accounts, which money goes to."""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    before_update,
    operation,
    plain,
    require_path,
)
from localstack_stripe.engine.clock import DAY, moment
from localstack_stripe.engine.errors import StripeError, invalid, missing_parameter, of_type
from localstack_stripe.engine.formats import is_digits
from localstack_stripe.engine.store import Record
from localstack_stripe.resources.payment_methods.bank_accounts import is_of_a_bank
from localstack_stripe.resources.payment_methods.microdeposits import TEST_AMOUNTS, TEST_CODES

OF_US, OF_GB = "v2.core.vault.us_bank_account", "v2.core.vault.gb_bank_account"
VERIFICATION = "verification"

_US, _GB = "/v2/core/vault/us_bank_accounts", "/v2/core/vault/gb_bank_accounts"
_ROUTING = ("fedwire_routing_number", "routing_number")
_LASTS = 10 * DAY
"""For how long micro-deposits can be confirmed, in seconds, by the example of the reference."""

plain(
    *(f"POST {path}/{{id}}/{action}" for path in (_US, _GB) for action in ("archive", "unarchive"))
)


@before_create(OF_US)
def keep_account_of_us(call: Call, account: Record) -> None:
    """Keep an account by its numbers (https://docs.stripe.com/api/v2/core/vault/us-bank-accounts/create).

    :raises StripeError: 400 where it has no routing number, or a number is none
    """
    params = call.params
    if not any(params.get(name) for name in _ROUTING):
        raise missing_parameter("routing_number")
    _check_routing(params)
    _keep(account, params["account_number"], "account_number", params["currency"], "usd")
    for name in _ROUTING:
        account.setdefault(name, None)
    account[VERIFICATION] = {"microdeposit_verification_details": None, "status": "unverified"}


@before_update(OF_US)
def complete_account_of_us(call: Call, account: Record, before: Record) -> None:
    """What was not known of its routing may be told (https://docs.stripe.com/api/v2/core/vault/us-bank-accounts/update).

    :raises StripeError: 400 where it was known, or the account is archived
    """
    _require_kept(before)
    _check_routing(call.params)
    for name in _ROUTING:
        if before.get(name) is not None and account[name] != before[name]:
            raise invalid(f"The `{name}` of a bank account cannot be changed.", name)


@before_create(OF_GB)
def keep_account_of_gb(call: Call, account: Record) -> None:
    """Keep an account by its numbers, or its IBAN (https://docs.stripe.com/api/v2/core/vault/gb-bank-accounts/create).

    :raises StripeError: 400 where it has neither, or a number is none
    """
    params = call.params
    iban, number, sort_code = (params.get(name) for name in ("iban", "account_number", "sort_code"))
    if iban is not None:
        plain_iban = iban.replace(" ", "")
        if not (iban[:2].upper() == "GB" and len(plain_iban) == 22):
            raise _unusable(OF_GB, "This IBAN is none of an account in Britain.", "iban")
        _keep(account, plain_iban, "iban", params["currency"], "gbp")
        account["sort_code"] = plain_iban[8:14]
        return
    if number is None:
        raise missing_parameter("account_number")
    if sort_code is None:
        raise missing_parameter("sort_code")
    plain_code = sort_code.replace("-", "").replace(" ", "")
    if not (is_digits(plain_code) and len(plain_code) == 6):
        raise _unusable(OF_GB, "A sort code has six digits.", "sort_code")
    _keep(account, number, "account_number", params["currency"], "gbp")
    account["sort_code"] = plain_code


@operation(f"POST {_US}/{{id}}/send_microdeposits")
def send_microdeposits(call: Call) -> Record:
    """Send two amounts that only the owner sees (https://docs.stripe.com/api/v2/core/vault/us-bank-accounts/send-microdeposits)."""
    work = call.work
    account = work.change(require_path(call, "id", OF_US))
    _require_kept(account)
    if account[VERIFICATION]["status"] == "verified":
        raise of_type("cannot_proceed", "This bank account has already been verified.")
    account[VERIFICATION] = {
        "microdeposit_verification_details": {
            "expires": moment(work.now() + _LASTS),
            "microdeposit_type": "amounts",
            "sent": moment(work.now()),
        },
        "status": "awaiting_verification",
    }
    return account


@operation(f"POST {_US}/{{id}}/confirm_microdeposits")
def confirm_microdeposits(call: Call) -> Record:
    """The owner has told what came (https://docs.stripe.com/api/v2/core/vault/us-bank-accounts/confirm-microdeposits).

    The amounts are those of micro-deposits in Stripe's other tests, 32 and 45.

    :raises StripeError: 400 ``verification_not_initiated``, ``verification_expired``, ``verification_attempt_failed``
    """
    account = call.work.change(require_path(call, "id", OF_US))
    _require_kept(account)
    details = account[VERIFICATION].get("microdeposit_verification_details")
    if details is None:
        raise _failed(account, "verification_not_initiated", "Send micro-deposits first.")
    if details["expires"] <= moment(call.work.now()):
        raise _failed(account, "verification_expired", "Send micro-deposits again: these expired.")
    if not _is_right(call.params):
        raise _failed(
            account,
            "verification_attempt_failed",
            "The amounts provided do not match the amounts that were sent to the bank account.",
        )
    account[VERIFICATION] = {"microdeposit_verification_details": None, "status": "verified"}
    return account


def _is_right(params: Mapping[str, Any]) -> bool:
    amounts, code = params.get("amounts"), params.get("descriptor_code")
    if amounts is None and code is None:
        raise missing_parameter("amounts")
    if amounts is not None:
        return TEST_AMOUNTS.get(tuple(sorted(amounts))) == ""
    return TEST_CODES.get(str(code)) == ""


def _failed(account: Record, type: str, message: str) -> StripeError:
    status = account[VERIFICATION]["status"]
    return StripeError(message, type=type, code=type, verification_status=status)


def _require_kept(account: Record) -> None:
    if account["archived"]:
        raise of_type(
            "cannot_proceed", "This bank account is archived.", "archived_us_bank_account"
        )


def _check_routing(params: Mapping[str, Any]) -> None:
    for name in _ROUTING:
        number = params.get(name)
        if number is None:
            continue
        if not (len(number) == 9 and is_digits(number)):
            raise _unusable(OF_US, "A routing number has nine digits.", name)
        if not is_of_a_bank(number):
            raise _unusable(OF_US, "There is no bank with this routing number.", name)


def _unusable(object: str, message: str, param: str) -> StripeError:
    """No bank has an account of such numbers, in the words of one country or the other."""
    type = "invalid_payment_method" if object == OF_US else "invalid_vaulted_credential"
    code = f"invalid_{object.rpartition('.')[2]}"
    return StripeError(message, type=type, code=code, invalid_param=param)


def _keep(account: Record, number: str, param: str, currency: str, only: str) -> None:
    if not (number.isascii() and number.isalnum()) or len(number) < 4:
        raise _unusable(account["object"], "This account number is none.", param)
    if currency.lower() != only:
        raise invalid(f"Bank accounts of this kind are in {only} only.", "currency")
    account |= {
        "bank_account_type": account.get("bank_account_type") or "checking",
        "bank_name": "STRIPE TEST BANK",
        "last4": number[-4:],
        "supported_currencies": [only],
    }
