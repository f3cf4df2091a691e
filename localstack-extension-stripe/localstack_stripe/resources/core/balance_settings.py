"""Balance settings (https://docs.stripe.com/api/balance-settings): how soon money settles, and when it is paid out by
itself.

An account's settings say the same in ``settings.payouts`` (https://docs.stripe.com/api/accounts/object), and follow.
Nothing is paid out by itself until a schedule is chosen, although the default is daily: a test whose money leaves at
midnight would be none.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from localstack_stripe.billing.periods import last_day
from localstack_stripe.engine.assignment import assign
from localstack_stripe.engine.behaviours import Call, operation
from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.errors import StripeError, invalid
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.connect.kept_accounts import kept_account
from localstack_stripe.resources.core.balance_transactions import (
    PAID_OUT,
    TRANSACTION,
    become_available,
)
from localstack_stripe.resources.core.balances import balance_of
from localstack_stripe.resources.core.payouts import PAYOUT, destination_of, send

SETTINGS = "balance_settings"

NEXT = "next payout"
"""Noted of the settings: when money is paid out by itself next; nothing where that is by hand, or was not chosen."""

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@operation("GET /v1/balance_settings")
def retrieve(call: Call) -> Record:
    """What holds (https://docs.stripe.com/api/balance-settings/retrieve)."""
    return settings_of(call.work)


@operation("POST /v1/balance_settings")
def update(call: Call) -> Record:
    """Change it (https://docs.stripe.com/api/balance-settings/update)."""
    work = call.work
    settings = work.change(settings_of(work))
    assign(work, settings, call.params, work.contract.resources[SETTINGS].fields)
    payments = settings["payments"]
    timing, payouts = payments["settlement_timing"], payments["payouts"]
    if timing.get("delay_days_override") is not None:
        timing["delay_days"] = timing["delay_days_override"]
    given = (call.params.get("payments") or {}).get("payouts") or {}
    if given.get("schedule"):
        payouts["schedule"] = _only_what_counts(given["schedule"])
        _plan(work, settings)
    keeper, account = kept_account(work)
    if account is not None:
        _tell(keeper.change(account), payments)
    return settings


def settings_of(work: UnitOfWork) -> Record:
    """The account's settings, which have always been there."""
    settings = work.get(SETTINGS, SETTINGS)
    if settings is None:
        payouts = {
            # Stripe's own SDK for Python cannot read a map that is null.
            "automatic_transfer_rules_by_currency": {},
            "minimum_balance_by_currency": {},
            "schedule": {"interval": "daily"},
            "statement_descriptor": None,
            "status": "enabled",
        }
        payments = {
            "debit_negative_balances": True,
            "payouts": payouts,
            "settlement_timing": {"delay_days": 2, "start_of_day": None},
        }
        work.lay(SETTINGS, id=SETTINGS, payments=payments)
        settings = work.require(SETTINGS, SETTINGS, SETTINGS)
    return settings


def follow_account(work: UnitOfWork, account: Record, given: Mapping[str, Any]) -> None:
    """Take over what an account's ``settings.payouts`` are changed to. The work is that account's."""
    settings = work.change(settings_of(work))
    payments, schedule = settings["payments"], given.get("schedule") or {}
    if isinstance(schedule.get("delay_days"), int):
        payments["settlement_timing"]["delay_days"] = schedule["delay_days"]
    if given.get("debit_negative_balances") is not None:
        payments["debit_negative_balances"] = given["debit_negative_balances"]
    if given.get("statement_descriptor") is not None:
        payments["payouts"]["statement_descriptor"] = given["statement_descriptor"]
    if schedule.get("interval"):
        payments["payouts"]["schedule"] = _only_what_counts(schedule)
        _plan(work, settings)
    _tell(account, payments)


def _tell(account: Record, payments: Record) -> None:
    """Let an account's own settings say the same."""
    payouts, schedule = account["settings"]["payouts"], payments["payouts"]["schedule"]
    payouts["debit_negative_balances"] = payments["debit_negative_balances"]
    payouts["statement_descriptor"] = payments["payouts"]["statement_descriptor"]
    payouts["schedule"] = {"delay_days": payments["settlement_timing"]["delay_days"], **schedule}
    if schedule.get("weekly_payout_days"):
        payouts["schedule"]["weekly_anchor"] = schedule["weekly_payout_days"][0]
    if schedule.get("monthly_payout_days"):
        payouts["schedule"]["monthly_anchor"] = schedule["monthly_payout_days"][0]


def _only_what_counts(schedule: Mapping[str, Any]) -> Record:
    """The interval, and the days that it needs: they can be said in two ways."""
    interval = schedule.get("interval") or "daily"
    if interval == "weekly":
        days = schedule.get("weekly_payout_days") or [schedule.get("weekly_anchor") or "friday"]
        return {"interval": interval, "weekly_payout_days": list(days)}
    if interval == "monthly":
        dates = schedule.get("monthly_payout_days") or [schedule.get("monthly_anchor", 1)]
        if not all(1 <= date <= 31 for date in dates):
            raise invalid("A day of the month is between 1 and 31.", "monthly_payout_days")
        return {"interval": interval, "monthly_payout_days": list(dates)}
    return {"interval": interval}


def _plan(work: UnitOfWork, settings: Record) -> None:
    """Note when money is paid out by itself next."""
    schedule = settings["payments"]["payouts"]["schedule"]
    work.note(settings, NEXT, next_payout(schedule, work.now()))


def next_payout(schedule: Mapping[str, Any], after: int) -> int | None:
    """The first midnight (UTC) after a moment at which a schedule pays out, in seconds since 1970, or nothing."""
    if schedule["interval"] == "manual":
        return None
    midnight = (after // DAY + 1) * DAY
    while not _pays_on(schedule, datetime.fromtimestamp(midnight, UTC)):
        midnight += DAY
    return midnight


def _pays_on(schedule: Mapping[str, Any], date: datetime) -> bool:
    match schedule["interval"]:
        case "weekly":
            return _DAYS[date.weekday()] in schedule["weekly_payout_days"]
        case "monthly":
            last = last_day(date.year, date.month)
            return date.day in (min(day, last) for day in schedule["monthly_payout_days"])
        case _:
            return True


@due(SETTINGS, next=lambda work, settings: work.noted(settings, NEXT))
def pay_out(work: UnitOfWork, settings: Record) -> None:
    """Pay out what is available in each currency, as far as there is a bank account for it
    (https://docs.stripe.com/payouts#payout-schedule).
    """
    _plan(work, work.change(settings))
    _settle(work)
    payouts = settings["payments"]["payouts"]
    least = payouts["minimum_balance_by_currency"] or {}
    balance = balance_of(work)
    for funds in balance["available"] if balance is not None else []:
        amount = funds["amount"] - int(least.get(funds["currency"]) or 0)
        if amount > 0:
            _pay_out(work, amount, funds["currency"], payouts["statement_descriptor"])


def _settle(work: UnitOfWork) -> None:
    """Let all money settle that settles by now: what does at the very midnight of a payout is paid out with it."""
    for transaction in work.where(TRANSACTION, "status", "pending"):
        if transaction["available_on"] <= work.now():
            become_available(work, transaction)


def _pay_out(work: UnitOfWork, amount: int, currency: str, descriptor: str | None) -> None:
    try:
        destination = destination_of(work, currency, None)
    except StripeError:
        return
    paid_out = [
        each
        for each in work.all(TRANSACTION)
        if each["currency"] == currency
        and each["status"] == "available"
        and work.noted(each, PAID_OUT) is None
    ]
    payout = work.create(
        PAYOUT,
        amount=amount,
        automatic=True,
        currency=currency,
        description="STRIPE PAYOUT",
        method="standard",
        reconciliation_status="in_progress",
        source_type="card",
        statement_descriptor=descriptor,
        status="pending",
    )
    send(work, payout, destination)
    for each in paid_out:
        work.note(each, PAID_OUT, payout["id"])
