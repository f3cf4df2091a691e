"""Payout methods (https://docs.stripe.com/api/v2/money-management/outbound-setup-intents), which a setup intent makes.

No bank is asked, so this is no behaviour.
"""

from localstack_stripe.engine.behaviours import Call, checks
from localstack_stripe.engine.errors import missing_parameter, no_such, not_emulated
from localstack_stripe.engine.store import Record

METHOD = "v2.money_management.payout_method"
_NAMED, _DESCRIBED = "payout_method", "payout_method_data"


@checks("v2.money_management.outbound_setup_intent")
def set_up(call: Call, intent: Record) -> None:
    """Set up the payout method that is named or described; without one, the intent waits for it.

    :raises StripeError: 400 where it does not exist, or is no bank account
    """
    work, params = call.work, call.params
    named, described = params.get(_NAMED), params.get(_DESCRIBED)
    if named is not None:
        if work.get(METHOD, named) is None:
            raise no_such("payout method", named, _NAMED)
        if described:
            raise not_emulated(_DESCRIBED)
    elif described:
        intent[_NAMED] = _new(call, intent, described)["id"]
    else:
        return
    intent["status"] = "succeeded"


def _new(call: Call, intent: Record, described: Record) -> Record:
    if described["type"] != "bank_account":
        raise not_emulated(f"{_DESCRIBED}[type]")
    bank = described.get("bank_account")
    if not bank:
        raise missing_parameter(f"{_DESCRIBED}[bank_account]")
    eligible = {"payments": "ineligible", "transfers": "ineligible"}
    shown = ("branch_number", "routing_number", "swift_code")
    return call.work.create(
        METHOD,
        bank_account={
            "bank_account_type": bank.get("bank_account_type") or "checking",
            "bank_name": "STRIPE TEST BANK",
            "country": bank["country"],
            "last4": bank["account_number"][-4:],
            "supported_currencies": [bank["currency"].lower()],
            **{name: bank[name] for name in shown if bank.get(name)},
        },
        latest_outbound_setup_intent=intent["id"],
        type="bank_account",
        usage_status=eligible | {f"{intent['usage_intent']}s": "eligible"},
    )
