"""What is in financial reports (https://docs.stripe.com/reports/report-types): rows of what moved money, one by one, or
added up.
"""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from io import StringIO
from itertools import groupby
from typing import NamedTuple

from localstack_stripe.billing.amounts import decimals
from localstack_stripe.engine.collection import Selection, Value
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.core.balance_transactions import TRANSACTION

Row = dict[str, str]


class Period(NamedTuple):
    """What a report is about.

    :param start: seconds since 1970, the first moment
    :param end: the first moment after it
    :param zone: in whose time moments are written, besides UTC
    :param only: what fields have to be, such as ``currency``
    """

    start: int
    end: int
    zone: tzinfo
    only: Mapping[str, str]


ITEMIZED = (
    "balance_transaction_id",
    "created_utc",
    "created",
    "available_on_utc",
    "available_on",
    "currency",
    "gross",
    "fee",
    "net",
    "reporting_category",
    "source_id",
    "description",
)
SUMMED = ("reporting_category", "currency", "count", "gross", "fee", "net")
BALANCE = ("category", "description", "net_amount", "currency")

PAYOUTS = frozenset({"payout", "payout_reversal"})
"""The reporting categories of money that leaves for a bank account, or comes back
(https://docs.stripe.com/reports/reporting-categories).
"""

_PAYMENTS: Mapping[str, Value] = {"balance_type": "payments"}


def activity(work: UnitOfWork, period: Period) -> Iterator[Row]:
    """Each balance transaction but payouts'."""
    return (_item(each, period.zone) for each in _transactions(work, period, payouts=False))


def activity_summary(work: UnitOfWork, period: Period) -> Iterator[Row]:
    """The same, by category."""
    return _summed(_transactions(work, period, payouts=False))


def payouts(work: UnitOfWork, period: Period) -> Iterator[Row]:
    """Each balance transaction of a payout."""
    return (_item(each, period.zone) for each in _transactions(work, period, payouts=True))


def payouts_summary(work: UnitOfWork, period: Period) -> Iterator[Row]:
    """The same, by category."""
    return _summed(_transactions(work, period, payouts=True))


def balance_summary(work: UnitOfWork, period: Period) -> Iterator[Row]:
    """How the available balance came from what it was at the start to what it was at the end."""
    everything = list(_selected(work, Selection({**_PAYMENTS, **period.only})))
    currencies = sorted({each["currency"] for each in everything}) or ["usd"]
    for currency in currencies:
        own = [each for each in everything if each["currency"] == currency]
        before = sum(each["net"] for each in own if each["available_on"] < period.start)
        within = [each for each in own if period.start <= each["available_on"] < period.end]
        paid = [each for each in within if each["reporting_category"] in PAYOUTS]
        done = [each for each in within if each["reporting_category"] not in PAYOUTS]
        rows = {
            "starting_balance": ("Starting balance", before),
            "activity_gross": ("Account activity before fees", _sum(done, "amount")),
            "activity_fee": ("Fees", -_sum(done, "fee")),
            "activity": ("Account activity", _sum(done, "net")),
            "payouts_gross": ("Payouts", _sum(paid, "amount")),
            "payouts_fee": ("Payout fees", -_sum(paid, "fee")),
            "payouts": ("Total payouts", _sum(paid, "net")),
            "ending_balance": ("Ending balance", before + _sum(within, "net")),
        }
        for category, (description, amount) in rows.items():
            yield {
                "category": category,
                "description": description,
                "net_amount": _written(amount, currency),
                "currency": currency,
            }


class Content(NamedTuple):
    """How a type of report is filled.

    :param columns: those that there are, in their order
    :param rows: nothing where that is not known
    """

    columns: Sequence[str]
    rows: Callable[[UnitOfWork, Period], Iterator[Row]] | None = None


CONTENTS: Mapping[str, Content] = {
    "balance.summary": Content(BALANCE, balance_summary),
    "balance_change_from_activity.itemized": Content(ITEMIZED, activity),
    "balance_change_from_activity.summary": Content(SUMMED, activity_summary),
    "payouts.itemized": Content(ITEMIZED, payouts),
    "payouts.summary": Content(SUMMED, payouts_summary),
}
"""By the type's name without its version."""


def content_of(type: str) -> Content:
    """How a type of report, such as ``balance.summary.1``, is filled."""
    known = CONTENTS.get(type.rpartition(".")[0])
    return known or Content(ITEMIZED if "itemized" in type else SUMMED)


def table(columns: Sequence[str], rows: Iterator[Row]) -> bytes:
    """The report's file: CSV with a header."""
    text = StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def is_empty(work: UnitOfWork, period: Period) -> bool:
    """Whether nothing happened that any report could tell of."""
    return next(_selected(work, _within(period, period.only)), None) is None


def _transactions(work: UnitOfWork, period: Period, *, payouts: bool) -> Iterator[Record]:
    """Those of a period, the oldest first."""
    made = _selected(work, _within(period, {**_PAYMENTS, **period.only}))
    return reversed([each for each in made if (each["reporting_category"] in PAYOUTS) == payouts])


def _within(period: Period, equal: Mapping[str, Value]) -> Selection:
    return Selection(equal, period.start, period.end - 1)


def _selected(work: UnitOfWork, selection: Selection) -> Iterator[Record]:
    found = (work.peek(TRANSACTION, id) for id in work.select(TRANSACTION, selection))
    return (each for each in found if each is not None)


def _item(transaction: Record, zone: tzinfo) -> Row:
    currency = transaction["currency"]
    moments = {
        f"{name}{suffix}": _moment(transaction[name], each)
        for name in ("available_on", "created")
        for suffix, each in (("_utc", UTC), ("", zone))
    }
    return {
        **moments,
        "balance_transaction_id": transaction["id"],
        "currency": currency,
        "description": transaction["description"] or "",
        "fee": _written(transaction["fee"], currency),
        "gross": _written(transaction["amount"], currency),
        "net": _written(transaction["net"], currency),
        "reporting_category": transaction["reporting_category"],
        "source_id": transaction["source"] or "",
    }


def _summed(transactions: Iterator[Record]) -> Iterator[Row]:
    def group(transaction: Record) -> tuple[str, str]:
        return transaction["reporting_category"], transaction["currency"]

    for (category, currency), found in groupby(sorted(transactions, key=group), key=group):
        own = list(found)
        yield {
            "reporting_category": category,
            "currency": currency,
            "count": str(len(own)),
            "gross": _written(_sum(own, "amount"), currency),
            "fee": _written(_sum(own, "fee"), currency),
            "net": _written(_sum(own, "net"), currency),
        }


def _sum(transactions: Sequence[Record], name: str) -> int:
    return sum(each[name] for each in transactions)


def _written(amount: int, currency: str) -> str:
    digits = decimals(currency)
    return f"{Decimal(amount).scaleb(-digits):.{digits}f}"


def _moment(seconds: int, zone: tzinfo) -> str:
    return f"{datetime.fromtimestamp(seconds, zone):%Y-%m-%d %H:%M:%S}"
