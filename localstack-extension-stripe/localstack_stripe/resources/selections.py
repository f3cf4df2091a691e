"""What parameters of lists select, where that is not equality with the field of their name.

Only of resources that have no file of their own; each follows the resource's ``list`` page of Stripe's API reference.
"""

from typing import Any

from localstack_stripe.engine.behaviours import list_filter
from localstack_stripe.engine.lists import in_range
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork


@list_filter("GET /v1/entitlements/features", "archived")
def is_archived(work: UnitOfWork, feature: Record, archived: bool) -> bool:
    """Features that are not active any more, or those that are."""
    return bool(feature["active"]) is not archived


@list_filter("GET /v1/invoiceitems", "created")
def was_made(work: UnitOfWork, item: Record, when: Any) -> bool:
    """An invoice item calls the time of its creation ``date``."""
    return in_range(item["date"], when)


@list_filter("GET /v1/payment_records", "created_after")
def was_made_after(work: UnitOfWork, record: Record, moment: int) -> bool:
    """Payment records after a time."""
    return bool(record["created"] > moment)


@list_filter("GET /v1/payment_records", "created_before")
def was_made_before(work: UnitOfWork, record: Record, moment: int) -> bool:
    """Payment records before a time."""
    return bool(record["created"] < moment)


@list_filter("GET /v1/promotion_codes", "coupon")
def promotes(work: UnitOfWork, code: Record, coupon: str) -> bool:
    """The codes of a coupon."""
    return bool(code["promotion"]["coupon"] == coupon)


@list_filter("GET /v1/shipping_rates", "currency")
def costs(work: UnitOfWork, rate: Record, currency: str) -> bool:
    """Rates in a currency, or that have an amount in it among others."""
    fixed = rate.get("fixed_amount") or {}
    return fixed.get("currency") == currency or currency in (fixed.get("currency_options") or {})


@list_filter("GET /v1/subscription_schedules", "scheduled")
def is_to_come(work: UnitOfWork, schedule: Record, scheduled: bool) -> bool:
    """Schedules that have not started."""
    return (schedule["status"] == "not_started") is scheduled


@list_filter("GET /v2/core/vault/us_bank_accounts", "verification_status")
def is_verified(work: UnitOfWork, account: Record, status: str) -> bool:
    """Bank accounts by the state of their verification."""
    return bool(account["verification"]["status"] == status)


@list_filter("GET /v2/money_management/outbound_payments", "recipient")
def pays(work: UnitOfWork, payment: Record, recipient: str) -> bool:
    """Payments to somebody."""
    return bool(payment["to"]["recipient"] == recipient)
