"""Whose something is, where Stripe wants to know it and the contract does not say so.

No more is followed of these than that, so they are no behaviours.
"""

from localstack_stripe.engine.behaviours import Call, checks
from localstack_stripe.engine.errors import missing_parameter
from localstack_stripe.engine.store import Record


@checks("billing.credit_grant")
def grant(call: Call, grant: Record) -> None:
    """Credit is a customer's (https://docs.stripe.com/api/billing/credit-grant/create)."""
    if call.params.get("customer") is None:
        raise missing_parameter("customer")


@checks("customer_session")
def open_session(call: Call, session: Record) -> None:
    """A session is a customer's (https://docs.stripe.com/api/customer_sessions/create)."""
    if call.params.get("customer") is None:
        raise missing_parameter("customer")


@checks("issuing.dispute")
def dispute(call: Call, dispute: Record) -> None:
    """A dispute is of a transaction (https://docs.stripe.com/api/issuing/disputes/create)."""
    if call.params.get("transaction") is None:
        raise missing_parameter("transaction")


@checks("subscription_schedule")
def schedule(call: Call, schedule: Record) -> None:
    """A schedule is a customer's, or that of a subscription's customer
    (https://docs.stripe.com/api/subscription_schedules/create).
    """
    named = call.params.get("from_subscription")
    if named is not None:
        subscription = call.work.require("subscription", named, "from_subscription")
        schedule["customer"], schedule["subscription"] = subscription["customer"], named
    elif call.params.get("customer") is None:
        raise missing_parameter("customer")
