"""Billing alerts and the states of meters with the SDK."""

import pytest
from stripe import InvalidRequestError


@pytest.fixture
def meter(client):
    """A meter that adds up what it is told."""
    return client.v1.billing.meters.create(
        {
            "display_name": "Calls",
            "event_name": "call",
            "default_aggregation": {"formula": "sum"},
        }
    )


@pytest.fixture
def alert(client, meter):
    """Makes an alert for a hundred calls."""

    def make(**threshold):
        return client.v1.billing.alerts.create(
            {
                "title": "A hundred",
                "alert_type": "usage_threshold",
                "usage_threshold": {
                    "gte": 100,
                    "meter": meter.id,
                    "recurrence": "one_time",
                    **threshold,
                },
            }
        )

    return make


@pytest.fixture
def use(client):
    """Reports what a customer has used."""

    def report(customer, value):
        return client.v1.billing.meter_events.create(
            {
                "event_name": "call",
                "payload": {"stripe_customer_id": customer.id, "value": str(value)},
            }
        )

    return report


@pytest.fixture
def told(client):
    """What alerts have told, oldest first."""

    def events():
        listed = client.v1.events.list({"type": "billing.alert.triggered"}).data
        return [each.data.object for each in listed][::-1]

    return events


def test_an_alert_is_triggered_once_for_each_customer(client, alert, use, told):
    made = alert()
    jenny, roe = client.v1.customers.create({}), client.v1.customers.create({})

    use(jenny, 60)
    assert told() == []
    use(jenny, 40)
    use(jenny, 500)
    use(roe, 120)

    assert [(each.customer, each.value) for each in told()] == [(jenny.id, 100), (roe.id, 120)]
    assert (told()[0].object, told()[0].alert.id) == ("billing.alert_triggered", made.id)


def test_only_what_is_reported_after_an_alert_was_made_counts(client, alert, use, told):
    jenny = client.v1.customers.create({})
    use(jenny, 90)
    alert()

    use(jenny, 90)
    assert told() == []
    use(jenny, 10)

    assert [each.value for each in told()] == [100]


def test_an_alert_is_for_one_customer_where_it_says_so(client, alert, use, told):
    jenny, roe = client.v1.customers.create({}), client.v1.customers.create({})
    alert(filters=[{"type": "customer", "customer": jenny.id}])

    use(roe, 200)
    use(jenny, 200)

    assert [each.customer for each in told()] == [jenny.id]


def test_an_inactive_alert_is_quiet_and_an_active_one_can_be_triggered_again(
    client, alert, use, told
):
    alerts, jenny = client.v1.billing.alerts, client.v1.customers.create({})
    made = alert()
    use(jenny, 100)

    assert alerts.deactivate(made.id).status == "inactive"
    use(jenny, 100)
    assert len(told()) == 1
    assert alerts.activate(made.id).status == "active"
    use(jenny, 1)
    assert len(told()) == 2


def test_archiving_cannot_be_taken_back(client, alert, meter):
    alerts = client.v1.billing.alerts
    made, other = alert(), alert()

    assert alerts.archive(made.id).status == "archived"

    assert [each.id for each in alerts.list({"meter": meter.id}).data] == [other.id]
    with pytest.raises(InvalidRequestError, match="archived"):
        alerts.activate(made.id)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"gte": 0}, "greater than or equal to 1"),
        ({"meter": "mtr_none"}, "No such"),
        ({"filters": [{"type": "customer"}, {"type": "customer"}]}, "one filter"),
    ],
)
def test_an_alert_counts_something(alert, wrong, named):
    with pytest.raises(InvalidRequestError, match=named):
        alert(**wrong)


def test_a_meter_that_is_deactivated_takes_nothing(client, meter, use):
    meters, jenny = client.v1.billing.meters, client.v1.customers.create({})

    off = meters.deactivate(meter.id)
    assert (off.status, off.status_transitions.deactivated_at is not None) == ("inactive", True)
    with pytest.raises(InvalidRequestError, match="No active meter"):
        use(jenny, 1)
    with pytest.raises(InvalidRequestError, match="not active"):
        client.v1.prices.create(
            {
                "currency": "usd",
                "unit_amount": 1,
                "product_data": {"name": "Calls"},
                "recurring": {"interval": "month", "usage_type": "metered", "meter": meter.id},
            }
        )
    with pytest.raises(InvalidRequestError, match="already inactive"):
        meters.deactivate(meter.id)

    on = meters.reactivate(meter.id)
    assert (on.status, on.status_transitions.deactivated_at) == ("active", None)
    use(jenny, 1)


def test_a_meter_comes_back_only_where_no_other_has_its_events(client, meter):
    meters = client.v1.billing.meters
    meters.deactivate(meter.id)
    meters.create(
        {
            "display_name": "Others",
            "event_name": "call",
            "default_aggregation": {"formula": "count"},
        }
    )

    with pytest.raises(InvalidRequestError, match="already exists"):
        meters.reactivate(meter.id)
