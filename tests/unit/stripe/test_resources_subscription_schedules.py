"""Subscription schedules, and others that are a customer's. Every answer is held against the contract."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from localstack_stripe.billing.periods import Interval
from tests.onboarded import ONBOARDED
from tests.unit.stripe.conftest import JANUARY_31

HOUR, DAY = 3600, 86_400
FEBRUARY_29, MARCH_31, APRIL_30 = 1_709_208_000, 1_711_886_400, 1_714_478_400

GRANT = {
    "amount": {"type": "monetary", "monetary": {"currency": "usd", "value": 1000}},
    "applicability_config": {"scope": {"price_type": "metered"}},
}
OWNED = [
    ("/v1/subscription_schedules", {}),
    ("/v1/billing/credit_grants", GRANT),
    ("/v1/customer_sessions", {"components": {"buy_button": {"enabled": True}}}),
]
SCHEDULES = "/v1/subscription_schedules"


@pytest.fixture
def clock(api):
    """A test clock's id."""
    return api.clock()


@pytest.fixture
def customer(api, clock):
    """The id of a customer who can pay, on a test clock."""
    return api.customer(test_clock=clock)


@pytest.fixture
def price(api):
    """The id of a price of twelve dollars a month."""
    return api.price(1200)


@pytest.fixture
def dearer(api):
    """The id of a price of thirty dollars a month."""
    return api.price(3000)


@pytest.fixture
def scheduled(api, customer):
    """Makes a schedule of phases, each a month of some prices."""

    def scheduled(*phases, **params):
        planned = [
            {"items": [{"price": each}]} if isinstance(each, str) else each for each in phases
        ]
        return api.post(SCHEDULES, **{"customer": customer, "phases": planned, **params})

    return scheduled


def now(api, schedule):
    """A schedule as it is, with its subscription and that's latest invoice."""
    return api.get(f"{SCHEDULES}/{schedule['id']}", expand=["subscription.latest_invoice"])


def happened(api, type):
    """When events of a type happened, the first first."""
    return [event["created"] for event in api.everything("/v1/events", type=type)][::-1]


# Whose it is


@pytest.mark.parametrize(("path", "params"), OWNED)
def test_an_account_that_is_the_customer_has_to_exist(api, refused, path, params):
    error = refused(api.post, path, customer_account="acct_none", **params).error

    assert (error["code"], error["param"]) == ("resource_missing", "customer_account")


@pytest.mark.parametrize(("path", "params"), OWNED)
def test_an_account_alone_has_to_be_a_customer(api, refused, path, params):
    account = api.post("/v1/accounts", type="express")["id"]

    error = refused(api.post, path, customer_account=account, **params).error

    assert error["param"] == "customer_account"
    assert "`customer` configuration" in error["message"]


# Planning


@pytest.mark.parametrize("name", ["price", "plan"])
def test_an_item_of_a_phase_has_the_price_and_the_plan(scheduled, price, name):
    item = scheduled({"items": [{name: price}]})["phases"][0]["items"][0]

    assert (item["price"], item["plan"], item["quantity"]) == (price, price, 1)


def test_an_item_can_be_described_in_place(api, scheduled, price):
    product = api.get(f"/v1/prices/{price}")["product"]
    terms = {"currency": "usd", "unit_amount": 700, "recurring": {"interval": "month"}}

    made = scheduled(price, {"items": [{"price_data": {"product": product, **terms}}]})
    clock = made["test_clock"]
    api.advance(clock, FEBRUARY_29)

    subscription = now(api, made)["subscription"]
    assert subscription["plan"]["amount"] == 700
    assert subscription["latest_invoice"]["total"] == 700


def test_phases_follow_each_other(scheduled, price, dearer):
    made = scheduled(
        {"items": [{"price": price}], "duration": {"interval": "month", "interval_count": 2}},
        {"items": [{"price": dearer}], "duration": {"interval": "week"}},
        start_date=JANUARY_31 + DAY,
    )

    times = [(each["start_date"], each["end_date"]) for each in made["phases"]]
    april = JANUARY_31 + 61 * DAY
    assert times == [(JANUARY_31 + DAY, april), (april, april + 7 * DAY)]
    assert (made["status"], made["subscription"], made["current_phase"]) == (
        "not_started",
        None,
        None,
    )


@pytest.mark.parametrize(
    ("phases", "param"),
    [
        ([], "phases"),
        ([{"items": [{"quantity": 1}]}], "phases[0][items][0][price]"),
        ([{"items": [{"price": "price_none"}]}], "phases[0][items][0][price]"),
        ([{"items": [{"price": "monthly", "quantity": -1}]}], "phases[0][items][0][quantity]"),
        ([{"items": [{"price": "monthly"}], "end_date": 1}], "phases[0][end_date]"),
        (
            [
                {
                    "items": [{"price": "monthly"}],
                    "end_date": MARCH_31,
                    "duration": {"interval": "month"},
                }
            ],
            "phases[0][end_date]",
        ),
        ([{"items": [{"price": "monthly"}, {"price": "weekly"}]}], "phases[0][items]"),
        ([{"items": [{"price": "monthly"}, {"price": "monthly"}]}], "phases[0][items]"),
        (
            [{"items": [{"price": "monthly"}], "collection_method": "send_invoice"}],
            "phases[0][invoice_settings][days_until_due]",
        ),
        ([{"items": [{"price": "monthly"}]}] * 11, "phases"),
    ],
)
def test_phases_that_cannot_be_are_refused(api, refused, customer, price, phases, param):
    known = {"monthly": price, "weekly": api.price(300, "week")}
    named = [
        {
            **phase,
            "items": [
                {**item, "price": known.get(item["price"], item["price"])}
                if "price" in item
                else item
                for item in phase["items"]
            ],
        }
        for phase in phases
    ]

    error = refused(api.post, SCHEDULES, customer=customer, phases=named)

    assert (error.status, error.error["param"]) == (400, param)
    assert api.get(SCHEDULES)["data"] == []


def test_a_schedule_whose_first_phase_is_over_is_refused(api, refused, customer, price):
    phases = [{"items": [{"price": price}]}]
    past = JANUARY_31 - 40 * DAY
    error = refused(api.post, SCHEDULES, customer=customer, phases=phases, start_date=past).error

    assert error["param"] == "start_date"
    assert "does not emulate" in error["message"]


def test_a_schedule_ends_in_one_of_two_ways(api, refused, customer, price):
    phases = [{"items": [{"price": price}]}]
    error = refused(
        api.post, SCHEDULES, customer=customer, phases=phases, end_behavior="renew"
    ).error

    assert error["message"] == "Invalid end_behavior: must be one of cancel or release"


# Its course


def test_a_schedule_that_begins_now_subscribes_at_once(api, clock, scheduled, price):
    made = scheduled({"items": [{"price": price, "quantity": 2}], "metadata": {"tier": "one"}})

    schedule = now(api, made)
    subscription = schedule["subscription"]
    assert (schedule["status"], subscription["status"]) == ("active", "active")
    assert subscription["schedule"] == schedule["id"]
    assert subscription["metadata"] == {"tier": "one"}
    assert schedule["current_phase"] == {"start_date": JANUARY_31, "end_date": FEBRUARY_29}
    assert subscription["latest_invoice"]["status"] == "draft"
    api.advance(clock, JANUARY_31 + HOUR)
    assert now(api, made)["subscription"]["latest_invoice"]["amount_paid"] == 2400


def test_a_schedule_can_have_begun(api, clock, scheduled, price):
    made = scheduled(price, start_date=JANUARY_31 - 10 * DAY)

    subscription = now(api, made)["subscription"]
    assert subscription["start_date"] == made["current_phase"]["start_date"]
    assert subscription["start_date"] == JANUARY_31 - 10 * DAY
    [item] = subscription["items"]["data"]
    assert item["current_period_start"] == JANUARY_31 - 10 * DAY
    assert subscription["latest_invoice"]["total"] == 1200


def test_a_schedule_begins_on_its_day(api, clock, scheduled, price):
    made = scheduled(price, start_date=JANUARY_31 + 3 * DAY)
    assert made["status"] == "not_started"

    api.advance(clock, JANUARY_31 + 3 * DAY)

    schedule = now(api, made)
    assert schedule["status"] == "active"
    assert schedule["subscription"]["start_date"] == JANUARY_31 + 3 * DAY
    assert happened(api, "customer.subscription.created") == [JANUARY_31 + 3 * DAY]


def test_the_next_phase_is_billed_with_its_price_and_nothing_is_prorated(
    api, clock, scheduled, price, dearer
):
    made = scheduled(price, dearer)

    api.advance(clock, FEBRUARY_29 + HOUR)

    schedule = now(api, made)
    assert schedule["current_phase"] == {"start_date": FEBRUARY_29, "end_date": MARCH_31}
    subscription = schedule["subscription"]
    assert subscription["plan"]["id"] == dearer
    invoice = subscription["latest_invoice"]
    assert (invoice["billing_reason"], invoice["amount_paid"]) == ("subscription_cycle", 3000)
    assert len(api.get("/v1/invoices", subscription=subscription["id"])["data"]) == 2


def test_a_phase_that_begins_in_a_period_is_prorated(api, clock, scheduled, price, dearer):
    middle = JANUARY_31 + (FEBRUARY_29 - JANUARY_31) // 2
    made = scheduled({"items": [{"price": price}], "end_date": middle}, dearer)

    api.advance(clock, middle)

    pending = api.get("/v1/invoiceitems", customer=made["customer"], pending=True)["data"]
    assert sorted(item["amount"] for item in pending) == [-600, 1500]
    assert now(api, made)["subscription"]["plan"]["id"] == dearer


@pytest.mark.parametrize("behavior", ["none", "always_invoice"])
def test_a_phase_says_how_it_is_prorated(api, clock, scheduled, price, dearer, behavior):
    middle = JANUARY_31 + (FEBRUARY_29 - JANUARY_31) // 2
    made = scheduled(
        {"items": [{"price": price}], "end_date": middle},
        {"items": [{"price": dearer}], "proration_behavior": behavior},
    )

    api.advance(clock, middle)

    invoices = api.get("/v1/invoices", customer=made["customer"])["data"]
    assert [each["total"] for each in invoices] == {
        "none": [1200],
        "always_invoice": [900, 1200],
    }[behavior]


def test_a_phase_with_another_interval_begins_a_period(api, clock, scheduled, price):
    yearly = api.price(12_000, "year")
    made = scheduled(price, yearly)

    api.advance(clock, FEBRUARY_29 + HOUR)

    subscription = now(api, made)["subscription"]
    [item] = subscription["items"]["data"]
    assert (item["current_period_start"], item["price"]["id"]) == (FEBRUARY_29, yearly)
    assert item["current_period_end"] == FEBRUARY_29 + 365 * DAY
    assert subscription["latest_invoice"]["amount_paid"] == 12_000


def test_items_that_stay_keep_their_ids(api, clock, scheduled, price, dearer):
    made = scheduled(
        {"items": [{"price": price, "metadata": {"seat": "one"}}]},
        {"items": [{"price": price, "quantity": 3}, {"price": dearer}]},
    )
    [before] = now(api, made)["subscription"]["items"]["data"]

    api.advance(clock, FEBRUARY_29)

    items = {
        each["id"]: each["quantity"] for each in now(api, made)["subscription"]["items"]["data"]
    }
    assert (len(items), items[before["id"]]) == (2, 3)
    assert api.get(f"/v1/subscription_items/{before['id']}")["metadata"] == {"seat": "one"}


def test_a_phase_brings_its_discount_and_its_extra_items(api, clock, scheduled, price):
    off = api.post("/v1/coupons", percent_off=50, duration="forever")["id"]
    extra = api.post("/v1/prices", currency="usd", unit_amount=500, product_data={"name": "Setup"})[
        "id"
    ]
    made = scheduled(
        price,
        {
            "items": [{"price": price}],
            "discounts": [{"coupon": off}],
            "add_invoice_items": [{"price": extra}],
        },
        price,
    )

    totals = []
    for moment in (JANUARY_31, FEBRUARY_29, MARCH_31):
        api.advance(clock, moment + HOUR)
        totals.append(now(api, made)["subscription"]["latest_invoice"]["total"])

    assert totals == [1200, 850, 1200]


def test_a_first_phase_can_be_a_trial(api, clock, scheduled, price):
    made = scheduled(
        {"items": [{"price": price}], "trial": True, "duration": {"interval": "week"}}, price
    )
    before = now(api, made)["subscription"]

    api.advance(clock, JANUARY_31 + 7 * DAY + HOUR)

    after = now(api, made)["subscription"]
    assert (before["status"], before["trial_end"]) == ("trialing", JANUARY_31 + 7 * DAY)
    assert (after["status"], after["latest_invoice"]["amount_paid"]) == ("active", 1200)


def test_a_phase_says_who_has_a_share(api, clock, scheduled, price):
    account = api.post("/v1/accounts", **ONBOARDED)["id"]
    shares = {"transfer_data": {"destination": account, "amount_percent": 10}}
    made = scheduled(price, {"items": [{"price": price}], **shares})
    assert now(api, made)["subscription"]["transfer_data"] is None

    api.advance(clock, FEBRUARY_29 + HOUR)

    subscription = now(api, made)["subscription"]
    assert subscription["transfer_data"] == {"destination": account, "amount_percent": 10}
    [transfer] = api.get("/v1/transfers", destination=account)["data"]
    assert transfer["amount"] == 120


def test_a_phase_has_its_taxes(api, clock, scheduled, price):
    tax = {"display_name": "VAT", "percentage": 10, "inclusive": False}
    rate = api.post("/v1/tax_rates", **tax)["id"]
    made = scheduled(
        {"items": [{"price": price, "tax_rates": [rate]}]},
        {"items": [{"price": price}], "default_tax_rates": [rate]},
        price,
    )

    totals = []
    for moment in (JANUARY_31, FEBRUARY_29, MARCH_31):
        api.advance(clock, moment + HOUR)
        totals.append(now(api, made)["subscription"]["latest_invoice"]["total"])

    assert totals == [1320, 1320, 1200]


def test_a_later_phase_can_be_a_trial(api, clock, scheduled, price, dearer):
    made = scheduled(price, {"items": [{"price": dearer}], "trial": True}, dearer)

    api.advance(clock, FEBRUARY_29 + HOUR)
    trial = now(api, made)["subscription"]
    api.advance(clock, MARCH_31 + 2 * HOUR)

    after = now(api, made)["subscription"]
    assert (trial["status"], trial["trial_end"]) == ("trialing", MARCH_31)
    assert trial["plan"]["id"] == dearer
    assert after["status"] == "active"
    totals = [each["total"] for each in api.get("/v1/invoices", customer=made["customer"])["data"]]
    # What is free until the end of the trial is on an invoice, too.
    assert totals == [3000, 0, 1200]


def test_a_trial_within_a_paid_period_gives_the_rest_of_it_back(api, clock, scheduled, price):
    middle = JANUARY_31 + (FEBRUARY_29 - JANUARY_31) // 2
    made = scheduled(
        {"items": [{"price": price}], "end_date": middle},
        {"items": [{"price": price}], "trial": True},
    )

    api.advance(clock, middle)

    invoice = api.get("/v1/invoices", customer=made["customer"])["data"][0]
    assert [line["amount"] for line in invoice["lines"]["data"]] == [-600, 0]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(phases=st.lists(st.tuples(st.integers(1, 3), st.integers(1, 5)), min_size=1, max_size=3))
def test_what_whole_phases_bill_is_what_their_periods_cost(fresh, phases):
    api = fresh()
    clock = api.clock()
    customer, price = api.customer(test_clock=clock), api.price(1200)
    months = sum(length for length, _ in phases)

    made = api.post(
        SCHEDULES,
        customer=customer,
        end_behavior="cancel",
        phases=[
            {
                "items": [{"price": price, "quantity": quantity}],
                "duration": {"interval": "month", "interval_count": length},
            }
            for length, quantity in phases
        ],
    )
    end = made["phases"][-1]["end_date"]
    api.advance(clock, end + HOUR)

    invoices = api.everything("/v1/invoices", customer=customer)
    assert len(invoices) == months
    assert {each["status"] for each in invoices} == {"paid"}
    assert sum(each["total"] for each in invoices) == sum(
        1200 * length * quantity for length, quantity in phases
    )
    assert end == Interval("month").after(JANUARY_31, months)
    assert api.get(f"{SCHEDULES}/{made['id']}")["status"] == "completed"


# Its end


def test_a_schedule_that_is_over_leaves_its_subscription(api, clock, scheduled, price):
    made = scheduled(price)
    id = made["subscription"]

    api.advance(clock, FEBRUARY_29 + HOUR)

    schedule = now(api, made)
    assert (schedule["status"], schedule["released_at"]) == ("released", FEBRUARY_29)
    assert (schedule["subscription"], schedule["released_subscription"]) == (None, id)
    subscription = api.get(f"/v1/subscriptions/{id}")
    assert (subscription["status"], subscription["schedule"]) == ("active", None)
    assert happened(api, "subscription_schedule.released") == [FEBRUARY_29]


def test_a_schedule_can_end_its_subscription(api, clock, scheduled, price):
    made = scheduled(price, price, end_behavior="cancel")
    assert now(api, made)["subscription"]["cancel_at"] is None
    api.advance(clock, FEBRUARY_29)
    assert now(api, made)["subscription"]["cancel_at"] == MARCH_31

    api.advance(clock, MARCH_31 + HOUR)

    schedule = now(api, made)
    assert (schedule["status"], schedule["completed_at"]) == ("completed", MARCH_31)
    assert schedule["subscription"]["status"] == "canceled"
    assert len(api.get("/v1/invoices", customer=made["customer"])["data"]) == 2
    assert happened(api, "subscription_schedule.completed") == [MARCH_31]
    assert happened(api, "subscription_schedule.canceled") == []


def test_a_week_before_its_end_a_schedule_is_said_to_expire(api, clock, scheduled, price):
    scheduled(price, price)

    api.advance(clock, MARCH_31)

    assert happened(api, "subscription_schedule.expiring") == [MARCH_31 - 7 * DAY]


def test_a_schedule_is_released(api, refused, scheduled, price):
    made = scheduled(price, end_behavior="cancel")
    path = f"{SCHEDULES}/{made['id']}"

    released = api.post(f"{path}/release", preserve_cancel_date=True)

    subscription = api.get(f"/v1/subscriptions/{made['subscription']}")
    assert (released["status"], released["current_phase"]) == ("released", None)
    assert (subscription["schedule"], subscription["cancel_at"]) == (None, FEBRUARY_29)
    assert "`released` status" in refused(api.post, f"{path}/cancel").error["message"]
    assert refused(api.post, path, end_behavior="release").status == 400
    assert api.post(path, metadata={"a": "b"})["metadata"] == {"a": "b"}


def test_a_canceled_schedule_settles_what_is_unused(api, clock, scheduled, price):
    made = scheduled(price)
    api.advance(clock, JANUARY_31 + (FEBRUARY_29 - JANUARY_31) // 2)

    canceled = api.post(f"{SCHEDULES}/{made['id']}/cancel", expand=["subscription"])

    assert (canceled["status"], canceled["subscription"]["status"]) == ("canceled", "canceled")
    assert api.get(f"/v1/customers/{made['customer']}")["balance"] == -600


def test_a_schedule_can_be_canceled_without_settling(api, scheduled, price):
    made = scheduled(price)

    api.post(f"{SCHEDULES}/{made['id']}/cancel", prorate=False, invoice_now=False)

    assert len(api.get("/v1/invoices", customer=made["customer"])["data"]) == 1
    assert api.get("/v1/invoiceitems", customer=made["customer"])["data"] == []


def test_a_schedule_ends_with_its_subscription(api, scheduled, price):
    made = scheduled(price)

    api.delete(f"/v1/subscriptions/{made['subscription']}")

    assert now(api, made)["status"] == "canceled"


def test_a_schedule_of_what_was_never_paid_is_aborted(api, clock, price):
    customer = api.customer("pm_card_chargeCustomerFail", test_clock=clock)
    subscription = api.subscribe(customer, price)
    assert subscription["status"] == "incomplete"
    made = api.post(SCHEDULES, from_subscription=subscription["id"])

    api.advance(clock, JANUARY_31 + DAY)

    assert now(api, made)["status"] == "canceled"
    assert len(happened(api, "subscription_schedule.aborted")) == 1


# A subscription that there is


def test_a_schedule_takes_over_a_subscription(api, clock, customer, price, dearer):
    off = api.post("/v1/coupons", percent_off=50, duration="forever")["id"]
    subscription = api.subscribe(customer, price, discounts=[{"coupon": off}], description="Tea")

    made = api.post(SCHEDULES, from_subscription=subscription["id"])

    [phase] = made["phases"]
    assert (made["status"], made["end_behavior"]) == ("active", "release")
    assert (phase["start_date"], phase["end_date"]) == (JANUARY_31, FEBRUARY_29)
    assert [each["price"] for each in phase["items"]] == [price]
    assert phase["discounts"][0]["discount"] == subscription["discounts"][0]
    assert made["default_settings"]["description"] == "Tea"
    assert api.get(f"/v1/subscriptions/{subscription['id']}")["schedule"] == made["id"]


def test_an_upgrade_can_be_planned_for_the_next_period(api, clock, customer, price, dearer):
    subscription = api.subscribe(customer, price)
    made = api.post(SCHEDULES, from_subscription=subscription["id"])
    [current] = made["phases"]

    api.post(
        f"{SCHEDULES}/{made['id']}",
        phases=[
            {
                "items": [{"price": price, "quantity": 1}],
                "start_date": current["start_date"],
                "end_date": current["end_date"],
            },
            {"items": [{"price": dearer}], "duration": {"interval": "month"}},
        ],
    )
    before = api.get(f"/v1/subscriptions/{subscription['id']}")
    api.advance(clock, FEBRUARY_29 + HOUR)

    after = now(api, made)["subscription"]
    assert before["plan"]["id"] == price
    assert (after["plan"]["id"], after["latest_invoice"]["amount_paid"]) == (dearer, 3000)
    assert len(api.get("/v1/invoices", subscription=subscription["id"])["data"]) == 2


def test_a_subscription_has_one_schedule(api, refused, customer, price):
    id = api.subscribe(customer, price)["id"]
    api.post(SCHEDULES, from_subscription=id)

    error = refused(api.post, SCHEDULES, from_subscription=id).error

    assert error["message"].startswith(
        "You cannot migrate a subscription that is already attached to a schedule: `sub_sched_"
    )
    assert error["param"] == "from_subscription"


def test_nothing_else_is_said_where_a_subscription_is_taken_over(api, refused, customer, price):
    id = api.subscribe(customer, price)["id"]

    error = refused(api.post, SCHEDULES, from_subscription=id, end_behavior="cancel").error

    assert error["message"] == "You cannot set `end_behavior` if `from_subscription` is set."


def test_the_end_of_a_scheduled_subscription_is_the_schedules(api, refused, customer, price):
    id = api.subscribe(customer, price)["id"]
    made = api.post(SCHEDULES, from_subscription=id)

    error = refused(api.post, f"/v1/subscriptions/{id}", cancel_at_period_end=True).error

    assert error["message"] == (
        f"The subscription is managed by the subscription schedule `{made['id']}`, and updating any cancelation "
        "behavior directly is not allowed. Please update the schedule instead."
    )


def test_what_is_changed_directly_is_in_the_current_phase(api, customer, price, dearer):
    subscription = api.subscribe(customer, price)
    made = api.post(SCHEDULES, from_subscription=subscription["id"])

    [item] = subscription["items"]["data"]
    api.post(f"/v1/subscription_items/{item['id']}", price=dearer, quantity=2)

    [phase] = now(api, made)["phases"]
    assert [(each["price"], each["quantity"]) for each in phase["items"]] == [(dearer, 2)]


def test_a_direct_change_makes_two_phases_of_the_current_one(api, clock, scheduled, price, dearer):
    made = scheduled(price, price)
    middle = JANUARY_31 + 10 * DAY
    api.advance(clock, middle)
    [item] = now(api, made)["subscription"]["items"]["data"]

    api.post(f"/v1/subscription_items/{item['id']}", price=dearer)

    schedule = now(api, made)
    assert [
        (each["start_date"], each["end_date"], each["items"][0]["price"])
        for each in schedule["phases"]
    ] == [
        (JANUARY_31, middle, price),
        (middle, FEBRUARY_29, dearer),
        (FEBRUARY_29, MARCH_31, price),
    ]
    assert schedule["current_phase"] == {"start_date": middle, "end_date": FEBRUARY_29}
    api.advance(clock, FEBRUARY_29)
    assert now(api, made)["subscription"]["plan"]["id"] == price


def test_an_empty_value_of_a_phase_takes_metadata_away(api, clock, scheduled, price):
    made = scheduled(
        {"items": [{"price": price}], "metadata": {"region": "apac", "upsell": "alpha"}},
        {"items": [{"price": price}], "metadata": {"risk": "high", "upsell": ""}},
    )

    api.advance(clock, FEBRUARY_29)

    schedule = now(api, made)
    assert schedule["phases"][1]["metadata"] == {"risk": "high", "upsell": ""}
    assert schedule["subscription"]["metadata"] == {"region": "apac", "risk": "high"}


def test_the_items_of_a_phase_recur_in_several_intervals(api, clock, scheduled, price):
    """https://docs.stripe.com/billing/subscriptions/mixed-interval"""
    yearly = api.price(10_000, "year")

    made = scheduled(
        {
            "items": [{"price": price}, {"price": yearly}],
            "duration": {"interval": "month", "interval_count": 12},
        }
    )

    subscription = now(api, made)["subscription"]
    ends = [item["current_period_end"] for item in subscription["items"]["data"]]
    assert ends == [FEBRUARY_29, JANUARY_31 + 366 * DAY]
    assert subscription["latest_invoice"]["total"] == 1200 + 10_000


# Changing


def test_the_current_phase_is_changed_at_once(api, clock, scheduled, price, dearer):
    made = scheduled(price)
    api.advance(clock, JANUARY_31 + (FEBRUARY_29 - JANUARY_31) // 2)

    api.post(
        f"{SCHEDULES}/{made['id']}",
        phases=[{"items": [{"price": dearer}], "start_date": JANUARY_31, "end_date": MARCH_31}],
        proration_behavior="always_invoice",
    )

    schedule = now(api, made)
    assert schedule["current_phase"]["end_date"] == MARCH_31
    assert schedule["subscription"]["plan"]["id"] == dearer
    assert schedule["subscription"]["latest_invoice"]["amount_paid"] == 900


def test_a_phase_can_end_now(api, clock, scheduled, price, dearer):
    made = scheduled(price)
    middle = JANUARY_31 + (FEBRUARY_29 - JANUARY_31) // 2
    api.advance(clock, middle)

    api.post(
        f"{SCHEDULES}/{made['id']}",
        phases=[
            {"items": [{"price": price}], "end_date": "now"},
            {"items": [{"price": dearer}], "start_date": "now", "proration_behavior": "none"},
        ],
    )

    schedule = now(api, made)
    assert schedule["current_phase"]["start_date"] == middle
    assert schedule["subscription"]["plan"]["id"] == dearer


def test_what_has_not_started_can_be_planned_anew(api, clock, scheduled, price, dearer):
    made = scheduled(price, start_date=JANUARY_31 + DAY)

    phase = {"items": [{"price": dearer}], "start_date": JANUARY_31 + DAY}
    changed = api.post(f"{SCHEDULES}/{made['id']}", phases=[phase])
    api.advance(clock, JANUARY_31 + DAY)

    assert changed["phases"][0]["start_date"] == JANUARY_31 + DAY
    assert now(api, made)["subscription"]["plan"]["id"] == dearer


def test_new_phases_have_prices_too(api, refused, scheduled, price):
    path = f"{SCHEDULES}/{scheduled(price)['id']}"

    phase = {"items": [{"quantity": 1}], "start_date": JANUARY_31}
    error = refused(api.post, path, phases=[phase]).error

    assert error["param"] == "phases[0][items][0][price]"


def test_the_end_can_be_decided_later(api, scheduled, price):
    made = scheduled(price)

    api.post(f"{SCHEDULES}/{made['id']}", end_behavior="cancel")

    assert now(api, made)["subscription"]["cancel_at"] == FEBRUARY_29


def test_schedules_that_have_not_started_are_listed(api, scheduled, price):
    scheduled(price)
    later = scheduled(price, start_date=JANUARY_31 + DAY)

    listed = api.get(SCHEDULES, scheduled=True, customer=later["customer"])["data"]
    assert [each["id"] for each in listed] == [later["id"]]


# Quotes


def test_a_quote_with_a_later_date_becomes_a_schedule(api, clock, customer, price):
    product = api.get(f"/v1/prices/{price}")["product"]
    extra = {"currency": "usd", "product": product, "unit_amount": 500}
    off = api.post("/v1/coupons", percent_off=50, duration="once")["id"]
    quote = api.post(
        "/v1/quotes",
        customer=customer,
        line_items=[{"price": price, "quantity": 2}, {"price_data": extra}],
        discounts=[{"coupon": off}],
        subscription_data={"effective_date": JANUARY_31 + DAY, "metadata": {"a": "b"}},
    )
    api.post(f"/v1/quotes/{quote['id']}/finalize")

    accepted = api.post(f"/v1/quotes/{quote['id']}/accept", expand=["subscription_schedule"])
    api.advance(clock, JANUARY_31 + DAY + HOUR)

    schedule = accepted["subscription_schedule"]
    assert (schedule["status"], accepted["subscription"]) == ("not_started", None)
    subscription = now(api, schedule)["subscription"]
    assert subscription["metadata"] == {"a": "b"}
    assert subscription["latest_invoice"]["amount_paid"] == quote["amount_total"] == 1450


def test_the_only_item_of_a_subscription_can_be_replaced(api, customer, price, dearer):
    subscription = api.subscribe(customer, price)
    [item] = subscription["items"]["data"]

    changed = api.post(
        f"/v1/subscriptions/{subscription['id']}",
        items=[{"id": item["id"], "deleted": True}, {"price": dearer}],
    )

    assert changed["plan"]["id"] == dearer
    assert changed["items"]["data"][0]["current_period_end"] == item["current_period_end"]
