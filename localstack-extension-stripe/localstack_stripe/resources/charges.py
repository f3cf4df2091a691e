"""Charges (https://docs.stripe.com/api/charges) and the balance transactions of those that succeeded."""

from decimal import Decimal

from localstack_stripe.billing.amounts import rounded
from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.declines import Decline
from localstack_stripe.resources.payment_methods import billing_details

_FEE_RATE, _FEE_FIXED = Decimal("0.029"), 30
"""Stripe's standard fee on a card in the United States (https://stripe.com/pricing), in minor units."""


def new_charge(
    work: UnitOfWork, intent: Record, method: Record, decline: Decline | None, *, captured: bool
) -> Record:
    """Record an attempt to charge *method* for an intent, as the bank answered it."""
    amount = intent["amount"]
    charge = work.create(
        "charge",
        amount=amount,
        amount_captured=amount if captured and decline is None else 0,
        billing_details=method.get("billing_details") or billing_details({}),
        calculated_statement_descriptor="LOCALSTACK",
        captured=captured and decline is None,
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        failure_code=decline.code if decline else None,
        failure_message=decline.message if decline else None,
        metadata=dict(intent["metadata"]),
        outcome=_outcome(decline),
        paid=decline is None,
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details=_method_details(method),
        receipt_email=intent["receipt_email"],
        status="failed" if decline else "succeeded",
    )
    if charge["captured"]:
        charge["balance_transaction"] = new_balance_transaction(work, charge)["id"]
    return charge


def new_balance_transaction(work: UnitOfWork, charge: Record) -> Record:
    """What a captured charge brings to the account's balance: the amount less the fee, available in two days."""
    fee = rounded(charge["amount_captured"] * _FEE_RATE) + _FEE_FIXED
    fee_detail = {
        "amount": fee,
        "application": None,
        "currency": charge["currency"],
        "description": "Stripe processing fees",
        "type": "stripe_fee",
    }
    return work.create(
        "balance_transaction",
        amount=charge["amount_captured"],
        available_on=work.now(charge) + 2 * DAY,
        balance_type="payments",
        created=work.now(charge),
        currency=charge["currency"],
        description=charge["description"],
        fee=fee,
        fee_details=[fee_detail],
        net=charge["amount_captured"] - fee,
        reporting_category="charge",
        source=charge["id"],
        status="pending",
        type="charge",
    )


def _outcome(decline: Decline | None) -> Record:
    """What the network and the risk check said (https://docs.stripe.com/api/charges/object#charge_object-outcome)."""
    return {
        "advice_code": decline.advice_code if decline else None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "declined_by_network" if decline else "approved_by_network",
        "reason": decline.decline_code if decline else None,
        "risk_level": "normal",
        "risk_score": 20,
        "seller_message": "The bank did not return any further details with this decline."
        if decline
        else "Payment complete.",
        "type": "issuer_declined" if decline else "authorized",
    }


def _method_details(method: Record) -> Record:
    card = method.get("card") if method["object"] == "payment_method" else method
    if card is None:
        return {"type": method["type"]}
    shown = {
        name: card[name]
        for name in ("country", "exp_month", "exp_year", "fingerprint", "funding", "last4")
    }
    brand = card["brand"].lower().replace("american express", "amex").split()[0]
    return {
        "type": "card",
        "card": shown
        | {
            "amount_authorized": None,
            "brand": brand,
            "checks": card.get("checks")
            or {
                "address_line1_check": None,
                "address_postal_code_check": None,
                "cvc_check": None,
            },
            "installments": None,
            "mandate": None,
            "network": brand,
            "network_transaction_id": None,
            "three_d_secure": None,
            "wallet": None,
        },
    }
