"""Whose something is, where Stripe wants to know it and the contract does not say so.

No more is followed of these than that, so they are no behaviours.
"""

from localstack_stripe.engine.behaviours import Call, checks
from localstack_stripe.engine.errors import missing_parameter
from localstack_stripe.engine.store import Record


@checks("billing.credit_grant")
@checks("customer_session")
def belong_to_a_customer(call: Call, record: Record) -> None:
    """Credit and a session are a customer's (https://docs.stripe.com/api/billing/credit-grant/create,
    .../api/customer_sessions/create).

    :raises StripeError: 400 where none is named
    """
    if record["customer"] is None:
        raise missing_parameter("customer")
