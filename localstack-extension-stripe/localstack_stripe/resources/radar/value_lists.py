"""Lists of values for the rules of Radar (https://docs.stripe.com/radar/lists)."""

import re
from collections.abc import Iterator
from ipaddress import ip_address

from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    before_delete,
    before_update,
    list_filter,
    plain,
)
from localstack_stripe.engine.errors import StripeError, invalid
from localstack_stripe.engine.presets import from_the_start, settle
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.core.refund_outcomes import when_refunded

LIST, ITEM = "radar.value_list", "radar.value_list_item"

FORMS = {
    "card_bin": r"\d{6}(\d{2})?",
    "country": r"[A-Za-z]{2}",
    "customer_id": r"cus_\w+",
    "email": r"[^@\s]+@[^@\s]+",
}
"""What values of a type look like (https://docs.stripe.com/radar/lists); an address of the internet is looked at
closer, and of the others nothing is known.
"""

plain("DELETE /v1/radar/value_list_items/{item}")

_DEFAULT_LISTS = {
    "card_bin": ("Card BIN", "card_bin"),
    "card_country": ("Card country", "country"),
    "card_fingerprint": ("Card fingerprint", "card_fingerprint"),
    "charge_description": ("Charge description", "string"),
    "client_ip_country": ("Client IP country", "country"),
    "client_ip_address": ("Client IP address", "ip_address"),
    "customer_id": ("Customer ID", "customer_id"),
    "email": ("Email", "email"),
    "email_domain": ("Email domain", "string"),
}
"""What every account has a list to allow and one to block of: what they are called, and the type of their items
(https://docs.stripe.com/radar/lists#default-lists)."""

_KINDS = ("allow", "block")
_BY_STRIPE = "Stripe"


@from_the_start(LIST)
def default_lists(work: UnitOfWork) -> Iterator[Record]:
    """The lists that nobody made."""
    for alias, (name, type) in _DEFAULT_LISTS.items():
        for kind in _KINDS:
            yield {
                "alias": f"{alias}_{kind}list",
                "created_by": _BY_STRIPE,
                "item_type": type,
                "name": f"{name} {kind} list",
            }


def _require_own(made: Record) -> None:
    if made["created_by"] == _BY_STRIPE:
        raise invalid(
            f"The list {made['alias']} is a default list: it cannot be edited or removed."
        )


@before_create(LIST)
def make_list(call: Call, made: Record) -> None:
    """Make a list that rules know by its alias (https://docs.stripe.com/api/radar/value_lists/create)."""
    _keep_unique(call.work, made)


@before_update(LIST)
def change_list(call: Call, made: Record, before: Record) -> None:
    """Rename a list (https://docs.stripe.com/api/radar/value_lists/update)."""
    _require_own(before)
    _keep_unique(call.work, made)


@before_delete(LIST)
def delete_list(call: Call, gone: Record) -> None:
    """Its items go with it (https://docs.stripe.com/api/radar/value_lists/delete)."""
    _require_own(gone)
    for item in call.work.where(ITEM, "value_list", gone["id"]):
        call.work.bury(item)


@when_refunded
def block(work: UnitOfWork, refund: Record) -> None:
    """Whoever paid what is given back as fraud is on the lists to block
    (https://docs.stripe.com/api/refunds/create#create_refund-reason).
    """
    charge = work.get("charge", refund["charge"] or "")
    if charge is None or refund["reason"] != "fraudulent":
        return
    card = charge["payment_method_details"].get("card") or {}
    _list_as(work, "card_fingerprint_blocklist", card.get("fingerprint"))
    _list_as(work, "email_blocklist", charge["billing_details"]["email"])


def _list_as(work: UnitOfWork, alias: str, value: str | None) -> None:
    """Put a value, where there is one, on a list that does not have it yet."""
    settle(work, LIST)
    [owner] = work.where(LIST, "alias", alias)
    known = (each["value"] for each in work.where(ITEM, "value_list", owner["id"]))
    if value and value not in known:
        work.create(ITEM, created_by=_BY_STRIPE, value=value, value_list=owner["id"])


@before_create(ITEM)
def add_item(call: Call, item: Record) -> None:
    """Add a value of the list's type, which it does not have (https://docs.stripe.com/api/radar/value_list_items/create)."""
    work, value = call.work, call.params["value"]
    owner = work.require(LIST, call.params["value_list"], "value_list")
    if not _has_form(owner["item_type"], value):
        raise invalid(f"Invalid {owner['item_type']}: {value}", "value")
    others = work.where(ITEM, "value_list", owner["id"])
    if any(each["value"] == value for each in others if each["id"] != item["id"]):
        raise StripeError(
            f"The value list {owner['id']} already contains {value}.",
            code="resource_already_exists",
            param="value",
        )


@list_filter("GET /v1/radar/value_lists", "contains")
def contains(work: UnitOfWork, made: Record, value: str) -> bool:
    """Those that contain a value."""
    return any(each["value"] == value for each in work.where(ITEM, "value_list", made["id"]))


@list_filter("GET /v1/radar/value_list_items", "value")
def is_like(work: UnitOfWork, item: Record, value: str) -> bool:
    """Those in which a value occurs (https://docs.stripe.com/api/radar/value_list_items/list: an "is like" match)."""
    return value.lower() in str(item["value"]).lower()


def _keep_unique(work: UnitOfWork, made: Record) -> None:
    if any(each["id"] != made["id"] for each in work.where(LIST, "alias", made["alias"])):
        raise StripeError(
            f"A value list with the alias {made['alias']} already exists.",
            code="resource_already_exists",
            param="alias",
        )


def _has_form(type: str, value: str) -> bool:
    if type == "ip_address":
        try:
            ip_address(value)
        except ValueError:
            return False
        return True
    return re.fullmatch(FORMS.get(type, r".+"), value) is not None
