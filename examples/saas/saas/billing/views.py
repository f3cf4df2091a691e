"""The billing endpoints, of the account that is signed in."""

from collections.abc import Callable
from dataclasses import asdict
from typing import cast

from flask import Blueprint
from flask.typing import ResponseReturnValue

from saas.accounts import Account, AccountStore
from saas.billing.plans import PLANS
from saas.billing.stripe_provider import Address, StripeProvider, Subscription
from saas.errors import UserError
from saas.forms import email_address, sent_object, text
from saas.sessions import require_account


def billing_blueprint(
    accounts: AccountStore, provider_of: Callable[[Account], StripeProvider]
) -> Blueprint:
    """``/billing/subscription``, ``/billing/details`` and ``/billing/invoices``."""
    blueprint = Blueprint("billing", __name__, url_prefix="/billing")

    def provider() -> StripeProvider:
        return provider_of(require_account(accounts))

    @blueprint.post("/subscription")
    def subscribe() -> ResponseReturnValue:
        billing, sent = provider(), sent_object()
        plan, payment_method = PLANS.get(text(sent, "plan")), text(sent, "payment_method")
        if plan is None:
            raise UserError("unknown_plan", f"There are these plans: {', '.join(PLANS)}.")
        if not payment_method:
            raise UserError("payment_method_missing", "Please tell us how you pay.")
        return _shown(billing.subscribe(plan, payment_method)), 201

    @blueprint.get("/subscription")
    def show() -> ResponseReturnValue:
        subscription = provider().subscription()
        return {"subscription": _shown(subscription) if subscription else None}

    @blueprint.delete("/subscription")
    def cancel() -> ResponseReturnValue:
        return _shown(provider().cancel())

    @blueprint.put("/details")
    def update_details() -> ResponseReturnValue:
        billing, sent = provider(), sent_object()
        billing.update_billing_details(
            name=text(sent, "name") or None,
            email=email_address(sent) if "email" in sent else None,
            address=_address(sent["address"]) if "address" in sent else None,
        )
        return "", 204

    @blueprint.get("/invoices")
    def invoices() -> ResponseReturnValue:
        return {
            "invoices": [
                {**asdict(invoice), "created": invoice.created.isoformat()}
                for invoice in provider().invoices()
            ]
        }

    return blueprint


def _address(sent: object) -> Address:
    known = Address.__annotations__
    if not isinstance(sent, dict) or not all(
        name in known and isinstance(value, str) for name, value in sent.items()
    ):
        raise UserError("address_invalid", f"An address has texts of: {', '.join(known)}.")
    return cast(Address, sent)


def _shown(subscription: Subscription) -> dict[str, str]:
    return {
        "id": subscription.id,
        "plan": subscription.plan.id,
        "status": subscription.status,
        "paid_until": subscription.paid_until.isoformat(),
    }
