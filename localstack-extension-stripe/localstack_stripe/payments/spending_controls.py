"""What a card may be used for (https://docs.stripe.com/issuing/controls/spending-controls)."""

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

DAILY_DEFAULT = 500_00
"""What a new card may spend a day, in minor units, where nothing else is said."""

HIGHEST = 10_000_00
"""What no single authorization in US dollars may be above, in minor units, whatever a card allows."""


class Purchase(NamedTuple):
    """What somebody wants to pay with a card.

    :param amount: all that would be authorized, in minor units of the card's currency
    :param more: what of that is asked for now
    :param presence: ``present`` or ``not_present``: whether the card is at the merchant's
    """

    amount: int
    more: int
    currency: str
    category: str
    country: str | None
    presence: str


Spent = Callable[[int, Collection[str]], int]
"""What was spent since a moment (seconds since 1970), with merchants of some categories, or any where there are none."""


def allows(controls: Mapping[str, Any], purchase: Purchase, spent: Spent, now: int) -> bool:
    """Whether the controls of a card or of a cardholder allow a purchase."""
    rules = (
        ("categories", purchase.category),
        ("merchant_countries", purchase.country),
        ("card_presences", purchase.presence),
    )
    for name, value in rules:
        allowed, blocked = controls.get(f"allowed_{name}"), controls.get(f"blocked_{name}")
        if (allowed and value not in allowed) or (blocked and value in blocked):
            return False
    if purchase.currency == "usd" and purchase.amount > HIGHEST:
        return False
    limits = controls.get("spending_limits") or ()
    return all(_keeps(limit, purchase, spent, now) for limit in limits)


def _keeps(limit: Mapping[str, Any], purchase: Purchase, spent: Spent, now: int) -> bool:
    categories = limit.get("categories") or ()
    if categories and purchase.category not in categories:
        return True
    if limit["interval"] == "per_authorization":
        return bool(purchase.amount <= limit["amount"])
    began = interval_start(limit["interval"], now)
    return bool(spent(began, categories) + purchase.more <= limit["amount"])


def interval_start(interval: str, now: int) -> int:
    """When the interval of a limit began that it is now, both in seconds since 1970: at a midnight, UTC.

    :param interval: ``daily``, ``weekly`` (since Sunday), ``monthly``, ``yearly`` or ``all_time``
    """
    if interval == "all_time":
        return 0
    day = datetime.fromtimestamp(now, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if interval == "weekly":
        day -= timedelta(days=day.isoweekday() % 7)
    elif interval == "monthly":
        day = day.replace(day=1)
    elif interval == "yearly":
        day = day.replace(month=1, day=1)
    return int(day.timestamp())
