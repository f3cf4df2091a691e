"""Test clocks (https://docs.stripe.com/billing/testing/test-clocks): time that a test moves."""

from datetime import UTC, datetime

from localstack_stripe.billing.periods import Interval
from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    before_delete,
    lists_only,
    operation,
    require_path,
)
from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.errors import StripeError, invalid, not_emulated
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import TEST_CLOCK, UnitOfWork

LIFETIME = 30 * DAY
FREE_ADVANCE = Interval("year", 2)
"""How far a clock without subscriptions can be advanced at once."""

_PARENTS = ("customer", "customer_account", "invoice", "subscription", "test_clock")
"""Parameters that say what is asked for of what it belongs to, and which show what lives on a test clock, too."""

# Lists of everything leave out what lives on a test clock
# (https://docs.stripe.com/billing/testing/test-clocks, "Test clock objects omitted in list all results").
for _all in (
    "GET /v1/customers",
    "GET /v1/invoiceitems",
    "GET /v1/invoices",
    "GET /v1/quotes",
    "GET /v1/subscription_schedules",
    "GET /v1/subscriptions",
):
    lists_only(_all, unless=_PARENTS, test_clock=None)


@before_create(TEST_CLOCK)
def complete(call: Call, clock: Record) -> None:
    """A new clock stands where it was frozen."""
    clock["created"] = call.work.now()
    clock["name"] = call.params.get("name")
    clock["deletes_after"] = clock["created"] + LIFETIME
    clock["status"], clock["status_details"] = "ready", {}
    if call.params.get("customer"):
        _attach(call, clock)


_MOST_CUSTOMERS = 3
"""How many customers can live on a clock (https://docs.stripe.com/billing/testing/test-clocks/api-advanced-usage)."""


def require_place(work: UnitOfWork, clock: str) -> None:
    """Refuse one more customer on a clock, known by its id, than can live on it.

    :raises StripeError: 400
    """
    if len(work.where("customer", "test_clock", clock)) > _MOST_CUSTOMERS:
        raise invalid(f"A test clock can have at most {_MOST_CUSTOMERS} customers.", "test_clock")


def _attach(call: Call, clock: Record) -> None:
    """Let a customer live on a new clock, for good (https://docs.stripe.com/api/test_clocks/create, ``customer``)."""
    work = call.work
    customer = work.require("customer", call.params["customer"], "customer")
    if customer["test_clock"] is not None:
        raise invalid(
            f"The customer {customer['id']} is already attached to a test clock.", "customer"
        )
    if any(work.where(kind, "customer", customer["id"]) for kind in ("subscription", "invoice")):
        # What becomes of bills that were made in another time is not documented.
        raise not_emulated("customer")
    work.change(customer)["test_clock"] = clock["id"]


@operation("POST /v1/test_helpers/test_clocks/{test_clock}/advance")
def advance(call: Call) -> Record:
    """Start moving a clock; what falls due on the way happens in its order, at its own times."""
    clock = require_path(call, "test_clock", TEST_CLOCK)
    if clock["status"] == "advancing":
        raise _underway()
    target = call.params["frozen_time"]
    if target <= clock["frozen_time"]:
        raise invalid(
            "Test clocks can only be advanced to a time after their current frozen time.",
            "frozen_time",
        )
    most = furthest(call.work, clock)
    if target > most:
        raise invalid(
            f"The frozen time of this clock is {_dated(clock['frozen_time'])}. You can only advance it up to "
            f"{_dated(most)}. You can only advance a test clock up to two intervals from the current frozen time at a "
            "time, based on the shortest subscription interval in the test clock. For example, if a test clock has a "
            "monthly and yearly subscription, you may only advance up to two months at a time. If the test clock has no "
            "subscriptions or subscription schedules, you can advance up to 2 years from the current frozen time.",
            "frozen_time",
        )
    clock = call.work.change(clock)
    clock["status"] = "advancing"
    clock["status_details"] = {"advancing": {"target_frozen_time": target}}
    return clock


def _underway() -> StripeError:
    return StripeError(
        "Test clock advancement underway - cannot perform modifications.",
        status=429,
        code="test_clock_advancement_underway",
    )


def refuse_while_advancing(work: UnitOfWork) -> None:
    """Refuse what a request would change of what lives on a clock that has not arrived yet.

    :raises StripeError: 429, as of a client that does not wait until the clock is ``ready``
    """
    for part in work.parts():
        if not part.is_known(TEST_CLOCK):
            continue
        moving = {clock["id"] for clock in part.where(TEST_CLOCK, "status", "advancing")}
        for change in part.replaced() if moving else ():
            if any((record or {}).get("test_clock") in moving for record in change):
                raise _underway()


def _dated(at: int) -> str:
    return f"{at} ({datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC)"


def furthest(work: UnitOfWork, clock: Record) -> int:
    """How far a clock may be advanced at once: two intervals of its shortest subscription, two years without one."""
    now = clock["frozen_time"]
    ends = []
    for subscription in work.where("subscription", "test_clock", clock["id"]):
        if subscription["status"] in ("canceled", "incomplete_expired"):
            continue
        for item in work.where("subscription_item", "subscription", subscription["id"]):
            recurring = work.require("price", item["price"], "price")["recurring"]
            ends.append(Interval(recurring["interval"], recurring["interval_count"]).after(now, 2))
    return min(ends, default=FREE_ADVANCE.after(now, 1))


_OF_A_CUSTOMER = (
    "subscription",
    "invoice",
    "invoiceitem",
    "payment_method",
    "payment_intent",
    "setup_intent",
    "charge",
)


@before_delete(TEST_CLOCK)
def delete_what_lives_on_it(call: Call, clock: Record) -> None:
    """A clock takes its customers with it, and with them what is theirs."""
    work = call.work
    for customer in work.where("customer", "test_clock", clock["id"]):
        for kind in _OF_A_CUSTOMER:
            for record in work.where(kind, "customer", customer["id"]):
                work.bury(record)
        work.bury(customer)
