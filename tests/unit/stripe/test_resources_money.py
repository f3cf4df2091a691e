"""Money adds up, whatever is done to a subscription: properties over random lives of one."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.stripe.conftest import JANUARY_31, Refused

DAY = 86_400
LIVES = settings(max_examples=12, deadline=None)


class Life:
    """A subscription on a test clock, to which chance does what customers do."""

    def __init__(self, api, seed):
        self.api = api
        self._chance = random.Random(seed)
        self.began = JANUARY_31 + self._chance.randrange(60) * DAY
        self.clock = api.clock(self.began)
        self.customer = api.customer(test_clock=self.clock)
        self._prices = [api.price(amount) for amount in (0, 999, 1200, 3333)]
        self._rates = [
            api.post("/v1/tax_rates", display_name="VAT", percentage=percent, inclusive=within)[
                "id"
            ]
            for percent, within in ((20, False), ("7.5", True), ("3.3", False))
        ]
        terms = self._chance.choice(
            [{}, {"trial_period_days": 9}, {"billing_cycle_anchor": self.began + 11 * DAY}]
        )
        self.id = api.subscribe(self.customer, self._prices[2], **terms)["id"]
        self.paused = False
        """Whether it ever was."""
        self._coupons = [
            api.post("/v1/coupons", percent_off=33, duration="forever")["id"],
            api.post("/v1/coupons", amount_off=250, currency="usd", duration="once")["id"],
        ]

    def live(self, steps):
        """Do so many things, with days between them."""
        now = self.began
        for _ in range(steps):
            now += self._chance.randrange(1, 20) * DAY
            self.api.advance(self.clock, now)
            # Some of it is refused, such as the same price twice; that is life, too.
            try:
                self._chance.choice(
                    [
                        self._change_quantity,
                        self._change_price,
                        self._add_item,
                        self._discount,
                        self._tax,
                        self._pause,
                        self._resume,
                        self._charge_extra,
                        self._restart,
                        self._refund,
                        self._credit,
                        self._fail,
                        self._recover,
                    ]
                )()
            except Refused as refused:
                if refused.status >= 500:
                    raise
        self.api.advance(self.clock, now + 40 * DAY)

    def subscription(self):
        return self.api.get(f"/v1/subscriptions/{self.id}")

    def _update(self, **params):
        self.api.post(f"/v1/subscriptions/{self.id}", **params)

    def _item(self):
        return self._chance.choice(self.subscription()["items"]["data"])["id"]

    def _behavior(self):
        return self._chance.choice(["create_prorations", "always_invoice", "none"])

    def _change_quantity(self):
        item = {"id": self._item(), "quantity": self._chance.randrange(5)}
        self._update(items=[item], proration_behavior=self._behavior())

    def _change_price(self):
        item = {"id": self._item(), "price": self._chance.choice(self._prices)}
        self._update(items=[item], proration_behavior=self._behavior())

    def _add_item(self):
        self._update(items=[{"price": self._chance.choice(self._prices)}])

    def _discount(self):
        self._update(discounts=[{"coupon": self._chance.choice(self._coupons)}])

    def _tax(self):
        self._update(default_tax_rates=self._chance.sample(self._rates, 2))

    def _pause(self):
        since = self._chance.choice(["now", "none", "item_current_period_start"])
        self.api.post(
            f"/v1/subscriptions/{self.id}/pause",
            bill_for={"unused_time_from": {"type": since}},
            invoicing_behavior=self._chance.choice(["invoice", "pending_invoice_item"]),
        )
        self.paused = True

    def _resume(self):
        self.api.post(
            f"/v1/subscriptions/{self.id}/resume",
            billing_cycle_anchor={"type": self._chance.choice(["now", "unchanged"])},
            proration_behavior=self._behavior(),
            payment_behavior=self._chance.choice(
                ["resume_on_payment_attempt", "resume_on_payment_success"]
            ),
        )

    def _charge_extra(self):
        amount = self._chance.choice([123, 4567, -321])
        self.api.post("/v1/invoiceitems", customer=self.customer, amount=amount, currency="usd")

    def _restart(self):
        self._update(billing_cycle_anchor={"type": "now"})

    def _refund(self):
        charges = self.api.everything("/v1/charges", customer=self.customer)
        if charges:
            self.api.post("/v1/refunds", charge=self._chance.choice(charges)["id"], amount=10)

    def _credit(self):
        self.api.post(f"/v1/customers/{self.customer}", balance=-777)

    def _fail(self):
        self._pay_with("pm_card_chargeCustomerFail")

    def _recover(self):
        self._pay_with("pm_card_visa")

    def _pay_with(self, method):
        made = self.api.post(f"/v1/payment_methods/{method}/attach", customer=self.customer)
        self._update(default_payment_method=made["id"])

    def invoices(self):
        """Every invoice, oldest first."""
        return self.api.everything("/v1/invoices", customer=self.customer)[::-1]

    def lines(self, invoice):
        """Every line of an invoice."""
        return self.api.everything(f"/v1/invoices/{invoice['id']}/lines")


@pytest.fixture(scope="session")
def lived(fresh):
    """A subscription after some months of all kinds of changes, by the seed of its chances."""
    lives = {}

    def lived(seed):
        if seed not in lives:
            life = Life(fresh(), seed)
            life.live(12)
            lives[seed] = life
        return lives[seed]

    return lived


SEEDS = st.integers(0, 11)


@LIVES
@given(SEEDS)
def test_an_invoices_total_is_its_lines_less_its_discounts_and_with_its_taxes(lived, seed):
    life = lived(seed)

    for invoice in life.invoices():
        lines = life.lines(invoice)
        off = sum(each["amount"] for line in lines for each in line["discount_amounts"])
        amount = sum(line["amount"] for line in lines)
        own = sum(
            each["amount"]
            for line in lines
            for each in line["discount_amounts"]
            if each["discount"] in line["discounts"]
        )
        assert invoice["subtotal"] == amount - own
        taxes = [each for line in lines for each in line["taxes"]]
        added = sum(each["amount"] for each in taxes if each["tax_behavior"] == "exclusive")
        assert invoice["total"] == amount - off + added
        without = invoice["total"] - sum(each["amount"] for each in taxes)
        assert invoice["total_excluding_tax"] == without
        assert off == sum(each["amount"] for each in invoice["total_discount_amounts"])


@LIVES
@given(SEEDS)
def test_what_is_due_is_the_total_and_what_the_balance_changed(lived, seed):
    for invoice in lived(seed).invoices():
        if invoice["status"] == "draft":
            continue
        applied = invoice["ending_balance"] - invoice["starting_balance"]
        assert invoice["amount_due"] == invoice["total"] - applied
        assert invoice["amount_due"] >= 0
        assert invoice["amount_remaining"] == invoice["amount_due"] - invoice["amount_paid"]
        assert (invoice["status"] == "paid") == (invoice["amount_remaining"] == 0)


@LIVES
@given(SEEDS)
def test_what_was_charged_is_what_was_paid(lived, seed):
    life = lived(seed)

    charges = life.api.everything("/v1/charges", customer=life.customer)

    charged = sum(charge["amount"] for charge in charges if charge["paid"])
    assert charged == sum(invoice["amount_paid"] for invoice in life.invoices())


@LIVES
@given(SEEDS)
def test_refunds_stand_on_their_charges(lived, seed):
    life = lived(seed)

    for charge in life.api.everything("/v1/charges", customer=life.customer):
        refunds = life.api.everything("/v1/refunds", charge=charge["id"])
        assert charge["amount_refunded"] == sum(refund["amount"] for refund in refunds)


@LIVES
@given(SEEDS)
def test_periods_follow_each_other_without_gap_or_overlap(lived, seed):
    life = lived(seed)
    billed = {}
    for invoice in life.invoices():
        for line in life.lines(invoice):
            details = line["parent"]["subscription_item_details"]
            if details:
                period = (line["period"]["start"], line["period"]["end"])
                billed.setdefault(details["subscription_item"], []).append(period)

    assert billed
    for periods in billed.values():
        for (start, end), (next_start, _) in pairwise(sorted(periods)):
            # A period is cut short only where the billing cycle began anew within it, perhaps in its first second.
            assert start <= next_start
            assert next_start <= end or life.paused
    subscription = life.subscription()
    item = subscription["items"]["data"][0]
    now = life.api.get(f"/v1/test_helpers/test_clocks/{life.clock}")["frozen_time"]
    assert item["current_period_start"] <= now
    # What could not be collected for two weeks has ended the subscription.
    assert now < item["current_period_end"] or subscription["status"] in ("paused", "canceled")


@LIVES
@given(SEEDS)
def test_invoice_numbers_count_up(lived, seed):
    numbers = [each["number"] for each in lived(seed).invoices() if each["number"]]

    prefix = numbers[0].rpartition("-")[0]
    assert sorted(numbers) == [f"{prefix}-{place + 1:04d}" for place in range(len(numbers))]


@LIVES
@given(SEEDS)
def test_every_pending_item_is_billed_once(lived, seed):
    life = lived(seed)
    items = life.api.everything("/v1/invoiceitems", customer=life.customer)
    lines = [line for invoice in life.invoices() for line in life.lines(invoice)]
    of_items = [line["parent"]["invoice_item_details"] for line in lines]
    billed = [details["invoice_item"] for details in of_items if details]

    assert len(billed) == len(set(billed))
    assert set(billed) == {item["id"] for item in items if item["invoice"]}


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 365 * 4), st.sampled_from(["month", "year", "week", "day"]))
def test_renewals_neither_skip_nor_repeat(fresh, offset, interval):
    api = fresh()
    began = JANUARY_31 + offset * DAY
    clock = api.clock(began)
    subscription = api.subscribe(api.customer(test_clock=clock), api.price(interval=interval))
    days, step = {"day": (9, 2), "week": (60, 14), "month": (250, 50), "year": (800, 700)}[interval]

    api.advance(clock, began + days * DAY, step * DAY)

    invoices = api.everything("/v1/invoices", subscription=subscription["id"])[::-1]
    periods = [invoice["lines"]["data"][0]["period"] for invoice in invoices]
    assert periods[0]["start"] == began
    assert all(before["end"] == after["start"] for before, after in pairwise(periods))
    assert [invoice["created"] for invoice in invoices] == [each["start"] for each in periods]
    assert periods[-1]["end"] > began + days * DAY


def test_a_clock_does_things_in_their_order_and_at_their_own_times(api):
    clock = api.clock()
    weekly = api.subscribe(api.customer(test_clock=clock), api.price(interval="week"))
    monthly = api.subscribe(api.customer(test_clock=clock), api.price())

    api.advance(clock, JANUARY_31 + 35 * DAY, 14 * DAY)

    invoices = [
        each
        for subscription in (weekly, monthly)
        for each in api.everything("/v1/invoices", subscription=subscription["id"])
    ]
    renewals = [each for each in invoices if each["billing_reason"] == "subscription_cycle"]
    finalized = sorted(
        (each for each in renewals if each["status"] == "paid"),
        key=lambda each: each["status_transitions"]["finalized_at"],
    )
    assert (len(renewals), len(finalized)) == (5 + 1, 4 + 1)
    times = [each["created"] for each in finalized]
    assert times == sorted(times)
    assert [each["status_transitions"]["finalized_at"] for each in finalized] == [
        time + 3600 for time in times
    ]
    charges = api.everything("/v1/charges")
    assert {charge["created"] for charge in charges} >= {
        each["status_transitions"]["paid_at"] for each in finalized
    }


def test_small_and_large_steps_of_a_clock_come_to_the_same(fresh):
    def outcome(step):
        api = fresh()
        clock = api.clock()
        subscription = api.subscribe(api.customer(test_clock=clock), api.price())
        moment = JANUARY_31
        while moment < JANUARY_31 + 100 * DAY:
            moment = min(moment + step, JANUARY_31 + 100 * DAY)
            api.advance(clock, moment)
        return [
            (each["created"], each["status"], each["amount_paid"], each["period_start"])
            for each in api.everything("/v1/invoices", subscription=subscription["id"])
        ]

    assert outcome(7 * 3600) == outcome(26 * DAY)
