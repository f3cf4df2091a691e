"""Sign up, activate, subscribe, move, pay for another month, leave."""

from datetime import datetime

from flask.testing import FlaskClient
from stripe import StripeClient

from localstack_mailhog.testing.inbox import Inbox
from saas.billing.plans import TeamPlan
from tests.steps import Clock, body, link_in


def test_a_team_signs_up_pays_month_by_month_and_leaves(
    client: FlaskClient, smtp_server: Inbox, clock: Clock, stripe: StripeClient, email: str
) -> None:
    # Signing up sends a mail …
    signed_up = client.post("/signup", json={"name": "Ada Lovelace", "email": email})
    assert signed_up.status_code == 201
    messages = smtp_server.list_messages()
    assert messages[0]["Subject"] == "LocalStack Account Activation"

    # … whose link activates the account.
    activated = client.get(link_in(smtp_server.wait_for_message(to=email)))
    assert body(activated)["active"]

    # The first month is paid at once.
    order = {"plan": TeamPlan.id, "payment_method": "pm_card_visa"}
    subscription = body(client.post("/billing/subscription", json=order))
    assert (subscription["plan"], subscription["status"]) == (TeamPlan.id, "active")
    assert paid(client) == [TeamPlan.amount]

    # The team moves.
    address = {"line1": "12 St James's Square", "city": "London", "country": "GB"}
    moved = {"name": "Analytical Engines Ltd", "address": address}
    assert client.put("/billing/details", json=moved).status_code == 204
    [customer] = stripe.v1.customers.list({"test_clock": clock.id, "email": email}).data
    assert customer.name == "Analytical Engines Ltd"
    assert customer.address is not None
    assert customer.address.city == "London"

    # A month later it has paid again.
    clock.pass_renewal(datetime.fromisoformat(subscription["paid_until"]))
    assert paid(client) == [TeamPlan.amount, TeamPlan.amount]

    # Then it leaves.
    cancelled = client.delete("/billing/subscription")
    assert body(cancelled)["status"] == "canceled"
    assert body(client.get("/billing/subscription")) == {"subscription": None}


def paid(client: FlaskClient) -> list[int]:
    """The amounts of the invoices, newest first, every one of which is paid."""
    invoices = body(client.get("/billing/invoices"))["invoices"]
    assert {invoice["status"] for invoice in invoices} == {"paid"}
    return [invoice["amount_paid"] for invoice in invoices]
