"""Whose something is, where Stripe wants to know it and the contract does not say so."""

from localstack_stripe.engine.behaviours import Call, checks
from localstack_stripe.engine.errors import missing_parameter
from localstack_stripe.engine.store import Record


@checks("customer_session")
def belong_to_a_customer(call: Call, record: Record) -> None:
    """A session is a customer's (https://docs.stripe.com/api/customer_sessions/create).

    :raises StripeError: 400 where none is named
    """
    if record["customer"] is None:
        raise missing_parameter("customer")
