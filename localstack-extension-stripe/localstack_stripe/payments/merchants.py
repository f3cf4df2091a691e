"""Merchants, and the categories that card networks sort them into (https://docs.stripe.com/issuing/categories).

The table beside this file has the networks' code (ISO 18245) of each of Stripe's categories.
"""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

TAXI: Mapping[str, str | None] = {
    "category": "taxicabs_limousines",
    "city": "San Francisco",
    "country": "US",
    "name": "Rocket Rides",
    "network_id": "1234567890",
    "postal_code": "94107",
    "state": "CA",
    "tax_id": None,
    "terminal_id": None,
    "url": None,
}
"""Who it is where nothing is said of the merchant."""


def described(given: Mapping[str, str]) -> dict[str, str | None]:
    """A merchant as an authorization and its transactions show it, with the code of its category."""
    merchant = {**TAXI, **given}
    return {**merchant, "category_code": category_codes()[str(merchant["category"])]}


@cache
def category_codes() -> Mapping[str, str]:
    """The code of each category."""
    table = Path(__file__).with_name("merchant_categories.csv").read_text("utf-8")
    return {row["category"]: row["code"] for row in csv.DictReader(table.splitlines())}
