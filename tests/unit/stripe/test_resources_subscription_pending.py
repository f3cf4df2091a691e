"""Pending updates: changes of a subscription that wait for their payment. Held against the contract."""

import pytest

from tests.unit.stripe.conftest import JANUARY_31

HOUR, DAY = 3600, 86_400
FEBRUARY_29 = 1_709_208_000
MIDDLE = JANUARY_31 + (FEBRUARY_29 - JANUARY_31) // 2
WAITS = {"payment_behavior": "pending_if_incomplete", "proration_behavior": "always_invoice"}


@pytest.fixture
def clock(api):
    """A test clock's id."""
    return api.clock()


@pytest.fixture
def dearer(api):
    """The id of a price of thirty dollars a month."""
    return api.price(3000)


@pytest.fixture
def subscription(api, clock):
    """Twelve dollars a month; in the middle of the first, whose next payment will fail."""
    customer = api.customer(test_clock=clock)
    subscription = api.subscribe(customer, api.price(1200))
    bad = api.post("/v1/payment_methods/pm_card_chargeCustomerFail/attach", customer=customer)["id"]
    api.post(f"/v1/subscriptions/{subscription['id']}", default_payment_method=bad)
    api.advance(clock, MIDDLE)
    return api.get(f"/v1/subscriptions/{subscription['id']}")


@pytest.fixture
def path(subscription):
    """Where it is."""
    return f"/v1/subscriptions/{subscription['id']}"


@pytest.fixture
def waiting(api, path, subscription, dearer):
    """The subscription, of which an upgrade waits."""
    [item] = subscription["items"]["data"]
    return api.post(
        path,
        items=[{"id": item["id"], "price": dearer, "quantity": 2}],
        metadata={"tier": "gold"},
        **WAITS,
    )


def told(api, what):
    """How often a subscription's event of a type happened."""
    return len(api.get("/v1/events", type=f"customer.subscription.{what}")["data"])


def test_an_upgrade_that_is_not_paid_waits(api, waiting, subscription, dearer):
    update = waiting["pending_update"]
    invoice = api.get(f"/v1/invoices/{waiting['latest_invoice']}")

    assert waiting["items"] == subscription["items"]
    assert (waiting["status"], waiting["metadata"]) == ("active", {})
    assert [each["price"]["id"] for each in update["subscription_items"]] == [dearer]
    assert update["metadata"] == {"tier": "gold"}
    assert update["expires_at"] == MIDDLE + 23 * HOUR
    assert (invoice["status"], invoice["total"]) == ("open", 3000 - 600)
    assert told(api, "pending_update_applied") == 0


def test_it_is_made_when_it_is_paid(api, path, waiting, dearer):
    api.post(f"/v1/invoices/{waiting['latest_invoice']}/pay", payment_method="pm_card_visa")

    updated = api.get(path)
    [item] = updated["items"]["data"]
    assert (item["price"]["id"], item["quantity"]) == (dearer, 2)
    assert (updated["plan"]["id"], updated["quantity"]) == (dearer, 2)
    assert (updated["pending_update"], updated["metadata"]) == (None, {"tier": "gold"})
    assert (told(api, "pending_update_applied"), told(api, "pending_update_expired")) == (1, 0)
    [pending] = [api.get("/v1/invoiceitems", customer=updated["customer"], pending=True)["data"]]
    assert pending == []


def test_it_is_dropped_when_nobody_pays(api, clock, path, waiting, subscription):
    api.advance(clock, MIDDLE + 23 * HOUR)

    dropped = api.get(path)
    assert dropped["pending_update"] is None
    assert dropped["items"] == subscription["items"]
    assert dropped["status"] == "active"
    assert api.get(f"/v1/invoices/{waiting['latest_invoice']}")["status"] == "void"
    assert (told(api, "pending_update_applied"), told(api, "pending_update_expired")) == (0, 1)


def test_another_failure_lets_it_wait(api, refused, path, waiting):
    error = refused(api.post, f"/v1/invoices/{waiting['latest_invoice']}/pay")

    assert error.status == 402
    assert api.get(path)["pending_update"] == waiting["pending_update"]
    assert api.get(path)["status"] == "active"


def test_voiding_its_invoice_cancels_it(api, path, waiting):
    api.post(f"/v1/invoices/{waiting['latest_invoice']}/void")

    assert api.get(path)["pending_update"] is None
    assert told(api, "pending_update_expired") == 0


def test_another_update_takes_its_place(api, path, waiting, subscription):
    [item] = subscription["items"]["data"]

    again = api.post(path, items=[{"id": item["id"], "quantity": 5}], **WAITS)

    assert api.get(f"/v1/invoices/{waiting['latest_invoice']}")["status"] == "void"
    [wanted] = again["pending_update"]["subscription_items"]
    assert (wanted["quantity"], wanted["price"]["id"]) == (5, item["price"]["id"])


def test_nothing_waits_that_is_paid_at_once(api, path, subscription, dearer):
    [item] = subscription["items"]["data"]
    good = api.post("/v1/payment_methods/pm_card_visa/attach", customer=subscription["customer"])[
        "id"
    ]
    api.post(path, default_payment_method=good)

    updated = api.post(path, items=[{"id": item["id"], "price": dearer}], **WAITS)

    assert (updated["plan"]["id"], updated["pending_update"]) == (dearer, None)
    assert told(api, "pending_update_applied") == 0


def test_nothing_waits_that_costs_nothing_now(api, path, subscription, dearer):
    [item] = subscription["items"]["data"]

    updated = api.post(
        path,
        items=[{"id": item["id"], "price": dearer}],
        payment_behavior="pending_if_incomplete",
    )

    assert (updated["plan"]["id"], updated["pending_update"]) == (dearer, None)


def test_items_that_are_added_and_removed_wait(api, path, subscription, dearer):
    [item] = subscription["items"]["data"]

    waits = api.post(path, items=[{"id": item["id"], "deleted": True}, {"price": dearer}], **WAITS)
    assert waits["items"]["data"] == [item]
    api.post(f"/v1/invoices/{waits['latest_invoice']}/pay", payment_method="pm_card_visa")

    [now] = api.get(path)["items"]["data"]
    assert (now["price"]["id"], now["id"] != item["id"]) == (dearer, True)


def test_a_new_item_can_wait(api, path, subscription, dearer):
    item = api.post(
        "/v1/subscription_items", subscription=subscription["id"], price=dearer, **WAITS
    )

    waits = api.get(path)
    assert item["price"]["id"] == dearer
    assert [each["id"] for each in waits["pending_update"]["subscription_items"]][-1] == item["id"]
    assert waits["items"] == subscription["items"]


def test_a_new_cycle_can_wait(api, path, subscription):
    waits = api.post(path, billing_cycle_anchor={"type": "now"}, **WAITS)
    api.post(f"/v1/invoices/{waits['latest_invoice']}/pay", payment_method="pm_card_visa")

    assert waits["billing_cycle_anchor"] == JANUARY_31
    assert waits["pending_update"]["billing_cycle_anchor"] == MIDDLE
    updated = api.get(path)
    assert updated["billing_cycle_anchor"] == MIDDLE
    assert updated["items"]["data"][0]["current_period_start"] == MIDDLE


def test_the_end_of_a_trial_can_wait(api, clock):
    customer = api.customer("pm_card_chargeCustomerFail", test_clock=clock)
    trial = api.subscribe(customer, api.price(1200), trial_period_days=14)
    path = f"/v1/subscriptions/{trial['id']}"

    waits = api.post(path, trial_end="now", payment_behavior="pending_if_incomplete")
    api.post(f"/v1/invoices/{waits['latest_invoice']}/pay", payment_method="pm_card_visa")

    assert (waits["status"], waits["pending_update"]["trial_end"]) == ("trialing", JANUARY_31)
    assert api.get(path)["status"] == "active"


def test_a_period_that_ends_first_drops_the_update_and_goes_on(api, clock, path, subscription):
    [item] = subscription["items"]["data"]
    api.advance(clock, FEBRUARY_29 - HOUR)
    waits = api.post(path, items=[{"id": item["id"], "quantity": 900}], **WAITS)

    api.advance(clock, FEBRUARY_29)

    assert waits["pending_update"]["expires_at"] == FEBRUARY_29
    now = api.get(path)
    assert now["pending_update"] is None
    assert now["items"]["data"][0]["current_period_start"] == FEBRUARY_29
    assert now["items"]["data"][0]["quantity"] == 1


def test_a_subscription_that_ends_updates_nothing(api, path, waiting):
    api.delete(path)

    assert api.get(path)["pending_update"] is None
    assert api.get(f"/v1/invoices/{waiting['latest_invoice']}")["status"] == "void"


def test_only_what_can_wait_is_taken(api, refused, path):
    error = refused(api.post, path, description="No", **WAITS).error

    assert error["param"] == "description"
    assert error["message"].startswith(
        "When `payment_behavior` is set to `pending_if_incomplete`, you can only pass supported params. `description` "
        "is not supported."
    )
