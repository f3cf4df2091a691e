"""What a catalog's feeds have to be like (https://docs.stripe.com/agentic-commerce/product-feed), and what is wrong in one.

What only a web server could tell is not looked at: whether a link leads anywhere.
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from io import StringIO
from typing import NamedTuple

from localstack_stripe.engine.formats import CURRENCIES, is_digits

Row = Mapping[str, str]
Check = Callable[[str], bool]
"""Whether a value, which is not empty, is as it has to be."""


class Column(NamedTuple):
    """A column that is checked.

    :param form: what its values have to be like, in words that end ``must be …``
    :param needed: in which rows it must not be empty
    """

    check: Check
    form: str
    needed: Callable[[Row], bool] = lambda row: False


class Feed(NamedTuple):
    """A kind of feed.

    :param key: the column that names what a row is about
    :param deletes: whether a row can take that away, with a column ``delete``
    """

    key: str
    columns: Mapping[str, Column]
    deletes: bool = False


class Mistake(NamedTuple):
    """What is wrong with a field of a row."""

    field: str
    message: str


class UnreadableFile(Exception):
    """A file that is no feed at all; the message says why."""


_AMOUNT = re.compile(r"\d+(\.\d+)?", re.ASCII)
_CODE = re.compile(r"[\w-]{1,20}", re.ASCII)

# What a value can be


def _text(most: int) -> tuple[Check, str]:
    return lambda value: len(value) <= most, f"at most {most} characters"


def _one_of(*values: str) -> tuple[Check, str]:
    return lambda value: value in values, f"one of {', '.join(values)}"


def _number(least: int, most: int) -> tuple[Check, str]:
    return lambda value: _is_within(value, least, most), f"a number from {least} to {most}"


def _is_within(value: str, least: int, most: int) -> bool:
    try:
        return least <= Decimal(value) <= most
    except InvalidOperation:
        return False


def _is_price(value: str) -> bool:
    amount, _, currency = value.partition(" ")
    return bool(_AMOUNT.fullmatch(amount)) and currency.lower() in CURRENCIES


def _is_date(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_period(value: str) -> bool:
    start, slash, end = value.partition("/")
    return bool(slash) and _is_date(start) and _is_date(end)


_ADDRESS = (lambda value: value.startswith(("http://", "https://")), "an address that begins with http:// or https://")  # fmt: skip
_BOOLEAN = _one_of("true", "false")
_DATE = (_is_date, "a date (ISO 8601)")
_PERIOD = (_is_period, "a start and an end (ISO 8601), separated by a slash")
_WHOLE = (is_digits, "a whole number")
_PRICE = (_is_price, "a number and a currency, such as 15.00 USD")


# In which rows something is needed


def _always(row: Row) -> bool:
    return True


def _where(column: str, value: str) -> Callable[[Row], bool]:
    return lambda row: row.get(column) == value


def _with(column: str) -> Callable[[Row], bool]:
    return lambda row: bool(row.get(column))


def _without(column: str) -> Callable[[Row], bool]:
    return lambda row: not row.get(column)


_KEY = Column(*_text(100), _always)
_AVAILABILITY = {
    "availability": Column(*_one_of("in_stock", "out_of_stock", "preorder", "backorder"), _always),
    "availability_date": Column(*_DATE, _where("availability", "preorder")),
}
_PRICES = {
    "price": Column(*_PRICE, _always),
    "sale_price": Column(*_PRICE),
    "sale_price_effective_date": Column(*_PERIOD, _with("sale_price")),
}

FEEDS: Mapping[str, Feed] = {
    "inventory": Feed(
        "id", {"id": _KEY, **_AVAILABILITY, "inventory_quantity": Column(*_WHOLE, _always)}
    ),
    "pricing": Feed("id", {"id": _KEY, **_PRICES}),
    "product": Feed(
        "id",
        {
            "id": _KEY,
            "title": Column(*_text(150), _always),
            "description": Column(*_text(5000), _always),
            "link": Column(*_ADDRESS, _always),
            "brand": Column(*_text(70)),
            "gtin": Column(*_text(50)),
            "mpn": Column(*_text(70), _without("gtin")),
            "image_link": Column(*_ADDRESS, _always),
            "condition": Column(*_one_of("new", "refurbished", "used")),
            "product_category": Column(*_text(5000), _without("google_product_category")),
            "age_group": Column(*_one_of("newborn", "infant", "toddler", "kids", "adult")),
            "material": Column(*_text(100)),
            "item_group_id": Column(*_text(70)),
            "item_group_title": Column(*_text(150)),
            "color": Column(*_text(100)),
            "size": Column(*_text(20)),
            "gender": Column(*_one_of("male", "female", "unisex")),
            **_AVAILABILITY,
            "expiration_date": Column(*_DATE),
            "inventory_not_tracked": Column(*_BOOLEAN),
            "inventory_quantity": Column(*_WHOLE, _where("inventory_not_tracked", "false")),
            **_PRICES,
            "tax_behavior": Column(*_one_of("inclusive", "exclusive")),
            "shipping_cost_basis": Column(*_one_of("per_order", "per_item")),
            "popularity_score": Column(*_number(0, 5)),
            "return_rate": Column(*_number(0, 100)),
            "product_review_count": Column(*_WHOLE),
            "product_review_rating": Column(
                *_number(1, 5), lambda row: row.get("product_review_count") not in (None, "", "0")
            ),
            "age_restriction": Column(*_WHOLE),
            **{f"custom_label_{number}": Column(*_text(100)) for number in range(5)},
            "delete": Column(*_BOOLEAN),
            "disable_checkout": Column(*_BOOLEAN),
        },
        deletes=True,
    ),
    "promotion": Feed(
        "promotion_id",
        {
            "promotion_id": _KEY,
            "title": Column(*_text(150), _always),
            "link": Column(*_ADDRESS),
            "active_period": Column(*_PERIOD, _always),
            "benefit_type": Column(*_one_of("percent_off", "amount_off", "free_shipping"), _always),
            "percent_off": Column(*_number(0, 100), _where("benefit_type", "percent_off")),
            "amount_off": Column(*_PRICE, _where("benefit_type", "amount_off")),
            "minimum_order_amount": Column(*_PRICE),
            "target_selection": Column(*_one_of("all_products", "specific_products"), _always),
            "application_type": Column(*_one_of("automatic", "promotion_code"), _always),
            "promotion_code": Column(
                lambda value: _CODE.fullmatch(value) is not None,
                "at most 20 letters, numbers, hyphens and underscores",
                lambda row: (
                    row.get("application_type") == "promotion_code"
                    or row.get("benefit_type") == "free_shipping"
                ),
            ),
            "delete": Column(*_BOOLEAN),
        },
        deletes=True,
    ),
}


def rows_of(feed: Feed, content: bytes) -> Iterator[Row]:
    """The rows of a file, which is comma- or tab-separated.

    :raises UnreadableFile: where it is no text, or has no column that names what its rows are about
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableFile("The file is not valid UTF-8.") from None
    head = text.partition("\n")[0]
    separator = "\t" if "\t" in head else ","
    rows = csv.DictReader(StringIO(text, newline=""), delimiter=separator)
    try:
        if feed.key not in (rows.fieldnames or ()):
            raise UnreadableFile(f"The file has no column {feed.key}.")
        for row in rows:
            # What is more than the head has columns is under none.
            yield {name: (value or "").strip() for name, value in row.items() if name is not None}
    except csv.Error as error:
        raise UnreadableFile(f"The file is not valid CSV: {error}.") from None


def is_deletion(feed: Feed, row: Row) -> bool:
    """Whether a row takes away what it names: the other columns do not count then."""
    return feed.deletes and row.get("delete") == "true"


def mistakes(feed: Feed, row: Row) -> Iterator[Mistake]:
    """What is wrong in a row, column by column."""
    named = {feed.key} if is_deletion(feed, row) else feed.columns.keys()
    for name, column in feed.columns.items():
        if name not in named:
            continue
        value = row.get(name, "")
        if not value and column.needed(row):
            yield Mistake(name, f"{name} is required.")
        elif value and not column.check(value):
            yield Mistake(name, f"{name} must be {column.form}.")
