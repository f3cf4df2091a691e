"""What is in financial reports (https://docs.stripe.com/reports/report-types): rows of what moved money, one by one, or
added up.
"""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from io import StringIO
from itertools import chain, groupby
from typing import NamedTuple

from localstack_stripe.billing.amounts import decimals
from localstack_stripe.engine.collection import Selection, Value
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.core.balance_transactions import TRANSACTION

Row = dict[str, str]
Accounts = Sequence[UnitOfWork]
"""The accounts that a report tells of: the one that runs it, or some that are connected to it."""


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
OF_CHARGE = (
    "card_brand",
    "card_country",
    "card_funding",
    "charge_id",
    "customer_facing_amount",
    "customer_facing_currency",
    "customer_id",
    "payment_intent_id",
    "payment_method_type",
)
"""What can be asked for of the charge behind a transaction, besides ``payment_metadata[…]``
(https://docs.stripe.com/reports/report-types/balance).
"""

_METADATA = "payment_metadata["

OF_PAYOUT = (
    "payout_id",
    "effective_at_utc",
    "effective_at",
    "currency",
    "balance_transaction_id",
    "gross",
    "fee",
    "net",
    "reporting_category",
    "description",
    "payout_expected_arrival_date",
    "payout_status",
    "payout_reversed_at_utc",
    "payout_reversed_at",
    "payout_type",
    "payout_description",
    "payout_destination_id",
)
"""The columns of itemized payouts (https://docs.stripe.com/reports/balance#schema-payouts-itemized-3)."""

SUMMED = ("reporting_category", "currency", "count", "gross", "fee", "net")
BALANCE = ("category", "description", "net_amount", "currency")

PAYOUTS = frozenset({"payout", "payout_reversal"})
"""The reporting categories of money that leaves for a bank account, or comes back
(https://docs.stripe.com/reports/reporting-categories).
"""

_PAYMENTS: Mapping[str, Value] = {"balance_type": "payments"}


def activity(accounts: Accounts, period: Period) -> Iterator[Row]:
    """Each balance transaction but payouts'."""
    for work in accounts:
        for each in _transactions(work, period, payouts=False):
            yield _item(work, each, period.zone) | _of_charge(work, each)


def activity_summary(accounts: Accounts, period: Period) -> Iterator[Row]:
    """The same, by category."""
    return _summed(accounts, period, payouts=False)


def payouts(accounts: Accounts, period: Period) -> Iterator[Row]:
    """Each balance transaction of a payout."""
    for work in accounts:
        for each in _transactions(work, period, payouts=True):
            yield _item(work, each, period.zone) | _of_payout(work, each, period.zone)


def payouts_summary(accounts: Accounts, period: Period) -> Iterator[Row]:
    """The same, by category."""
    return _summed(accounts, period, payouts=True)


def balance_summary(accounts: Accounts, period: Period) -> Iterator[Row]:
    """How the available balance came from what it was at the start to what it was at the end."""
    selection = Selection({**_PAYMENTS, **period.only})
    everything = [each for work in accounts for each in _selected(work, selection)]
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

    :param columns: those that there are if nothing else is asked for, in their order
    :param rows: nothing where that is not known
    :param more: those that can be asked for besides
    """

    columns: Sequence[str]
    rows: Callable[[Accounts, Period], Iterator[Row]] | None = None
    more: Sequence[str] = ()

    def has(self, column: str) -> bool:
        """Whether a column can be asked for."""
        is_metadata = column.startswith(_METADATA) and column.endswith("]")
        return column in self.columns or column in self.more or (bool(self.more) and is_metadata)


CONNECTED = "connected_account_"
"""What the types begin with that tell of connected accounts (https://docs.stripe.com/reports/report-types/connect)."""

CONTENTS: Mapping[str, Content] = {
    "balance.summary": Content(BALANCE, balance_summary),
    "balance_change_from_activity.itemized": Content(ITEMIZED, activity, OF_CHARGE),
    "balance_change_from_activity.summary": Content(SUMMED, activity_summary),
    "payouts.itemized": Content(OF_PAYOUT, payouts),
    "payouts.summary": Content(SUMMED, payouts_summary),
}
"""By the type's name without its version."""


def content_of(type: str) -> Content:
    """How a type of report, such as ``balance.summary.1``, is filled."""
    own = type.removeprefix(CONNECTED)
    known = CONTENTS.get(own.rpartition(".")[0])
    content = known or Content(ITEMIZED if "itemized" in type else SUMMED)
    if own == type or "itemized" not in type:
        return content
    return content._replace(columns=(*content.columns, "connected_account"))


def table(columns: Sequence[str], rows: Iterator[Row]) -> bytes:
    """The report's file: CSV with a header."""
    text = StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def is_empty(accounts: Accounts, period: Period) -> bool:
    """Whether nothing happened that any report could tell of."""
    selection = _within(period, period.only)
    return not any(next(_selected(work, selection), None) for work in accounts)


def _transactions(work: UnitOfWork, period: Period, *, payouts: bool) -> Iterator[Record]:
    """Those of a period, the oldest first."""
    made = _selected(work, _within(period, {**_PAYMENTS, **period.only}))
    return reversed([each for each in made if (each["reporting_category"] in PAYOUTS) == payouts])


def _within(period: Period, equal: Mapping[str, Value]) -> Selection:
    return Selection(equal, period.start, period.end - 1)


def _selected(work: UnitOfWork, selection: Selection) -> Iterator[Record]:
    found = (work.peek(TRANSACTION, id) for id in work.select(TRANSACTION, selection))
    return (each for each in found if each is not None)


def _item(work: UnitOfWork, transaction: Record, zone: tzinfo) -> Row:
    currency = transaction["currency"]
    moments = {
        f"{name}{suffix}": _moment(transaction[name], each)
        for name in ("available_on", "created")
        for suffix, each in (("_utc", UTC), ("", zone))
    }
    return {
        **moments,
        "balance_transaction_id": transaction["id"],
        "connected_account": work.account,
        "currency": currency,
        "description": transaction["description"] or "",
        "fee": _written(transaction["fee"], currency),
        "gross": _written(transaction["amount"], currency),
        "net": _written(transaction["net"], currency),
        "reporting_category": transaction["reporting_category"],
        "source_id": transaction["source"] or "",
    }


def _of_charge(work: UnitOfWork, transaction: Record) -> Row:
    """What the charge says that a transaction took, gave back or lost; empty where there is none."""
    source = transaction["source"] or ""
    kept = next((found for kind in _OF_CHARGES if (found := work.peek(kind, source))), None) or {}
    charge = work.peek("charge", kept.get("charge") or source)
    if charge is None:
        return {}
    details = charge["payment_method_details"] or {}
    card = details.get("card") or {}
    told = {
        "card_brand": card.get("brand"),
        "card_country": card.get("country"),
        "card_funding": card.get("funding"),
        "charge_id": charge["id"],
        "customer_facing_amount": _written(transaction["amount"], charge["currency"]),
        "customer_facing_currency": charge["currency"],
        "customer_id": charge["customer"],
        "payment_intent_id": charge["payment_intent"],
        "payment_method_type": details.get("type"),
    }
    metadata = {f"{_METADATA}{key}]": value for key, value in charge["metadata"].items()}
    return {name: value or "" for name, value in (told | metadata).items()}


_OF_CHARGES = ("refund", "dispute")
"""What is of a charge, and moves money too."""


def _of_payout(work: UnitOfWork, transaction: Record, zone: tzinfo) -> Row:
    """What the payout says that a transaction is of."""
    payout = work.peek("payout", transaction["source"] or "")
    if payout is None:
        return {}
    effective = payout["arrival_date"] if payout["automatic"] else payout["created"]
    returned = transaction["created"] if transaction["amount"] > 0 else None
    return {
        "effective_at": _moment(effective, zone),
        "effective_at_utc": _moment(effective, UTC),
        "payout_description": payout["description"] or "",
        "payout_destination_id": payout["destination"] or "",
        "payout_expected_arrival_date": _moment(payout["arrival_date"], UTC),
        "payout_id": payout["id"],
        "payout_reversed_at": _moment(returned, zone) if returned else "",
        "payout_reversed_at_utc": _moment(returned, UTC) if returned else "",
        "payout_status": payout["status"],
        "payout_type": payout["type"],
    }


def _summed(accounts: Accounts, period: Period, *, payouts: bool) -> Iterator[Row]:
    def group(transaction: Record) -> tuple[str, str]:
        return transaction["reporting_category"], transaction["currency"]

    moved = chain.from_iterable(_transactions(each, period, payouts=payouts) for each in accounts)
    for (category, currency), found in groupby(sorted(moved, key=group), key=group):
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
