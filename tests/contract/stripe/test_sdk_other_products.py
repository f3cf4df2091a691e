"""Financial Connections, Climate and Radar: the start of each, with the SDK."""

from urllib.request import Request, urlopen

import pytest


def test_an_account_is_connected_and_refreshed(stripe, stripe_emulator):
    customer = stripe.Customer.create()
    session = stripe.financial_connections.Session.create(
        account_holder={"type": "customer", "customer": customer.id},
        permissions=["balances", "payment_method"],
    )
    connect = f"{stripe_emulator.api_base}/_emulator/financial_connections/sessions/{session.id}/connect"  # fmt: skip
    key = {"Authorization": f"Bearer {stripe_emulator.api_key}"}
    urlopen(Request(connect, data=b"", headers=key)).close()
    [account] = stripe.financial_connections.Session.retrieve(session.id).accounts.data

    asked = stripe.financial_connections.Account.refresh_account(account.id, features=["balance"])

    later = stripe.financial_connections.Account.retrieve(account.id)
    assert (asked.balance_refresh.status, later.balance_refresh.status) == ("pending", "succeeded")
    assert later.balance.current["usd"] == 100_000
    assert stripe.financial_connections.Account.disconnect(account.id).status == "disconnected"


def test_an_account_says_who_owns_it(stripe, control):
    session = stripe.financial_connections.Session.create(
        account_holder={"type": "customer", "customer": stripe.Customer.create().id},
        permissions=["ownership"],
        prefetch=["ownership"],
    )
    id = control(f"financial_connections/sessions/{session.id}/connect")["id"]

    account = stripe.financial_connections.Account.retrieve(id, expand=["ownership"])

    listed = stripe.financial_connections.Account.list_owners(id, ownership=account.ownership.id)
    [owner] = account.ownership.owners.data
    assert (owner.name, owner.id) == ("Jenny Rosen", listed.data[0].id)
    assert account.ownership.owners.url.startswith(f"/v1/financial_connections/accounts/{id}/owners")  # fmt: skip


def test_carbon_removal_is_ordered_and_canceled(stripe):
    [product] = stripe.climate.Product.list().data

    order = stripe.climate.Order.create(product=product.id, amount=56_650)
    canceled = stripe.climate.Order.cancel(order.id)

    assert (order.amount_total, str(order.metric_tons), order.status) == (56_650, "1", "open")
    assert (canceled.status, canceled.cancellation_reason) == ("canceled", "requested")


def test_a_value_list_knows_its_values(stripe):
    values = stripe.radar.ValueList.create(alias="blocked", name="Blocked", item_type="email")
    item = stripe.radar.ValueListItem.create(value_list=values.id, value="a@example.com")

    found = stripe.radar.ValueList.list(contains="a@example.com")
    items = stripe.radar.ValueListItem.list(value_list=values.id)

    assert [each.id for each in found.data] == [values.id]
    assert [each.id for each in items.data] == [item.id]


def test_values_go_into_the_lists_that_are_there_from_the_start(stripe):
    [emails] = stripe.radar.ValueList.list(alias="email_blocklist").data
    item = stripe.radar.ValueListItem.create(value_list=emails.id, value="a@example.com")

    assert (emails.item_type, emails.name) == ("email", "Email block list")
    kept = stripe.radar.ValueList.retrieve(emails.id).list_items
    assert [each.id for each in kept.data] == [item.id]
    with pytest.raises(stripe.InvalidRequestError, match="default list"):
        stripe.radar.ValueList.delete(emails.id)
    with pytest.raises(stripe.InvalidRequestError, match="default list"):
        stripe.radar.ValueList.modify(emails.id, name="Mine")


def test_every_kind_of_value_is_allowed_and_blocked_in_a_list(stripe):
    aliases = [each.alias for each in stripe.radar.ValueList.list(limit=100).data]

    assert len(aliases) == len({*aliases}) == 18
    assert {"card_fingerprint_blocklist", "client_ip_address_blocklist"} < {*aliases}
    blocked = {each.removesuffix("_blocklist") for each in aliases if each.endswith("_blocklist")}
    assert {f"{each}_allowlist" for each in blocked} < {*aliases}


def test_an_early_fraud_warning_names_its_charge(stripe, pay):
    intent = pay("pm_card_createIssuerFraudRecord")

    [warning] = stripe.radar.EarlyFraudWarning.list(payment_intent=intent.id).data

    assert (warning.charge, warning.actionable) == (intent.latest_charge, True)
    stripe.Refund.create(payment_intent=intent.id, amount=400)
    assert stripe.radar.EarlyFraudWarning.retrieve(warning.id).actionable
    stripe.Refund.create(payment_intent=intent.id)
    assert not stripe.radar.EarlyFraudWarning.retrieve(warning.id).actionable


def test_a_charge_says_what_radar_made_of_it(stripe, pay):
    def charge(card):
        try:
            id = pay(f"pm_card_{card}").latest_charge
        except stripe.CardError as declined:
            id = declined.error.payment_intent.latest_charge
        return stripe.Charge.retrieve(id)

    reviewed, blocked = charge("riskLevelElevated"), charge("riskLevelHighest")

    assert (reviewed.outcome.type, reviewed.paid) == ("manual_review", True)
    assert reviewed.outcome.reason == "elevated_risk_level"
    assert reviewed.outcome.rule == "manual_review_if_elevated_risk"
    assert (blocked.outcome.type, blocked.paid) == ("blocked", False)
    assert blocked.outcome.rule == "block_if_high_risk__enabled"


def test_held_payments_are_reviewed_and_the_review_ends_with_them(stripe, pay):
    captured, canceled = (
        pay("pm_card_riskLevelElevated", capture_method="manual") for _ in range(2)
    )
    stripe.PaymentIntent.capture(captured.id)
    stripe.PaymentIntent.cancel(canceled.id)

    still, over = (stripe.Review.retrieve(each.review) for each in (captured, canceled))
    assert (still.open, over.open, over.closed_reason) == (True, False, "canceled")
    assert stripe.PaymentIntent.retrieve(captured.id).review == still.id
    assert [each.id for each in stripe.Review.list().data] == [still.id]


def test_who_has_paid_by_fraud_is_listed_to_be_blocked(stripe):
    paid = stripe.PaymentIntent.create(
        amount=1000,
        currency="usd",
        payment_method_data={
            "type": "card",
            "card": {"token": "tok_visa"},
            "billing_details": {"email": "eve@example.com"},
        },
        confirm=True,
        return_url="https://shop.example/done",
    )

    for _ in range(2):
        stripe.Refund.create(payment_intent=paid.id, amount=500, reason="fraudulent")

    charge = stripe.Charge.retrieve(paid.latest_charge)
    fingerprint = charge.payment_method_details.card.fingerprint
    assert charge.fraud_details.user_report == "fraudulent"
    for alias, value in (
        ("card_fingerprint_blocklist", fingerprint),
        ("email_blocklist", "eve@example.com"),
    ):
        [listed] = stripe.radar.ValueList.list(alias=alias).data
        assert [each.value for each in listed.list_items.data] == [value]


def test_values_are_found_by_a_part_of_them(stripe):
    values = stripe.radar.ValueList.create(alias="blocked", name="Blocked", item_type="email")
    item = stripe.radar.ValueListItem.create(value_list=values.id, value="Jenny@example.com")
    stripe.radar.ValueListItem.create(value_list=values.id, value="john@example.com")

    found = stripe.radar.ValueListItem.list(value_list=values.id, value="jenny")

    assert [each.id for each in found] == [item.id]


def test_a_token_is_of_something(stripe):
    with pytest.raises(stripe.InvalidRequestError, match="must supply"):
        stripe.Token.create()
