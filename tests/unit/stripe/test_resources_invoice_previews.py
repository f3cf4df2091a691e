"""Previews of invoices: they are what then happens, whatever is changed and when."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.stripe.conftest import JANUARY_31

HOUR, FEBRUARY_29 = 3600, 1_709_208_000

CHANGES = st.fixed_dictionaries(
    {"proration_behavior": st.sampled_from(["none", "create_prorations", "always_invoice"])}
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    quantity=st.integers(0, 9),
    dearer=st.booleans(),
    moment=st.integers(JANUARY_31 + 1, FEBRUARY_29 - 1),
    pending=st.integers(-500, 500),
    change=CHANGES,
)
def test_a_preview_is_what_then_happens(fresh, quantity, dearer, moment, pending, change):
    api = fresh()
    clock = api.clock()
    customer = api.customer(test_clock=clock)
    cheap, dear = api.price(1200), api.price(3100)
    subscription = api.subscribe(customer, cheap)
    path = f"/v1/subscriptions/{subscription['id']}"
    api.post("/v1/invoiceitems", customer=customer, amount=pending, currency="usd")
    api.advance(clock, moment)
    item = subscription["items"]["data"][0]["id"]
    items = [{"id": item, "quantity": quantity, "price": dear if dearer else cheap}]

    preview = api.post(
        "/v1/invoices/create_preview",
        subscription=subscription["id"],
        subscription_details={"items": items, **change},
    )
    api.post(path, items=items, **change)
    if api.get(path)["latest_invoice"] == subscription["latest_invoice"]:
        api.advance(clock, FEBRUARY_29 + 2 * HOUR)

    invoice = api.get(f"/v1/invoices/{api.get(path)['latest_invoice']}")
    assert preview["total"] == invoice["total"]
    assert preview["amount_due"] == invoice["amount_due"]
    assert [each["amount"] for each in preview["lines"]["data"]] == [
        each["amount"] for each in invoice["lines"]["data"]
    ]
