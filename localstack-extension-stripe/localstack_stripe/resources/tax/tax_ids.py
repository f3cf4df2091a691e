"""Tax ids (https://docs.stripe.com/api/tax_ids): numbers under which tax authorities know somebody."""

import re
from collections.abc import Mapping
from typing import Any

from localstack_stripe.billing.jurisdictions import EU
from localstack_stripe.engine.behaviours import Call, before_create, list_filter, operation
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.lists import Page, page_of
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

TAX_ID = "tax_id"

VERIFIED_TYPES = frozenset({"au_abn", "eu_vat", "gb_vat"})
"""What is looked up with the authority (https://docs.stripe.com/billing/customer/tax-ids#validation)."""

TEST_VALUES = {"000000000": "verified", "111111111": "unverified", "222222222": "pending"}
"""What the look-up of Stripe's test values comes to."""

_FORMATS: Mapping[str, re.Pattern[str]] = {
    "au_abn": re.compile(r"\d{11}"),
    "eu_vat": re.compile(rf"(?:EL|XI|{'|'.join(sorted(EU - {'GR'}))})[0-9A-Z+*]{{2,13}}"),
    "gb_vat": re.compile(r"(?:GB|XI)(?:\d{9}|\d{12}|(?:GD|HA)\d{3})"),
}
"""What the values of the types that are verified look like
(https://docs.stripe.com/billing/customer/tax-ids#supported-tax-id); the others are taken as they are."""

_REGIONAL = {"EL": "GR", "EU": None, "XI": "GB"}


@before_create(TAX_ID)
def complete(call: Call, tax_id: Record) -> None:
    """Say whose it is."""
    customer = call.path.get("customer")
    given = call.params.get("owner") or {}
    owner = {"type": given.get("type", "self"), "customer_account": None} | given
    if customer is not None:
        owner = owned_by_customer(call.work.require("customer", customer, "customer"))
    complete_tax_id(call.work, tax_id, owner, "value")


def owned_by_customer(customer: Record) -> Record:
    """Whose a customer's tax ids are."""
    account = customer.get("customer_account")
    return {"type": "customer", "customer": customer["id"], "customer_account": account}


def complete_tax_id(work: UnitOfWork, tax_id: Record, owner: Record, param: str) -> None:
    """Say of a new tax id whose and of which country it is, and what its verification comes to.

    :param param: what to blame where the number cannot be one of its type
    :raises StripeError: 400 ``tax_id_invalid``, or where there is no such customer
    """
    if owner["type"] == "customer" and owner.get("customer"):
        customer = work.require("customer", owner["customer"], "owner[customer]")
        tax_id["customer"] = customer["id"]
        tax_id["customer_account"] = customer.get("customer_account")
    tax_id["owner"] = owner
    tax_id["country"] = _country(tax_id["type"], tax_id["value"])
    check_tax_id(tax_id["type"], tax_id["value"], param)
    known = _tested(tax_id["value"])
    is_verified = tax_id["type"] in VERIFIED_TYPES
    tax_id["verification"] = {
        "status": (known or "pending") if is_verified else "unavailable",
        "verified_address": None,
        "verified_name": None,
    }


def check_tax_id(type: str, value: str, param: str) -> None:
    """Refuse a number that cannot be one of its type.

    Spaces, dots and dashes between do not matter, and a value with which Stripe's tests are made may be any.

    :raises StripeError: 400 ``tax_id_invalid``
    """
    bare = re.sub(r"[\s.-]", "", value).upper()
    known = _FORMATS.get(type)
    if not bare or (known is not None and not known.fullmatch(bare) and not _tested(value)):
        raise invalid(f"Invalid value for {type}.", param, "tax_id_invalid")


def customer_tax_ids(work: UnitOfWork, customer: Record) -> list[Record]:
    """A customer's tax ids as invoices and calculations show them, in the order in which they were added."""
    found = work.where(TAX_ID, "customer", customer["id"])[::-1]
    return [{"type": each["type"], "value": each["value"]} for each in found]


@operation("GET /v1/tax_ids")
def list_tax_ids(call: Call) -> Page:
    """The account's own, unless others are asked for (https://docs.stripe.com/api/tax_ids/list)."""
    params = {"owner": {"type": "self"}, **call.params}
    filters = {"owner": is_of}
    return page_of(call.work, [TAX_ID], call.operation, call.path, params, "list", filters)


@list_filter("GET /v1/tax_ids", "owner")
def is_of(work: UnitOfWork, tax_id: Record, owner: Any) -> bool:
    """Select by whose it is."""
    return all((tax_id["owner"] or {}).get(name) == value for name, value in owner.items())


def _tested(value: str) -> str | None:
    return next((status for end, status in TEST_VALUES.items() if end in value), None)


def _country(type: str, value: str) -> str | None:
    if type in ("eu_vat", "eu_oss_vat"):
        code = value[:2].upper()
        return _REGIONAL.get(code, code) if code.isalpha() else None
    code = type.partition("_")[0].upper()
    return code if len(code) == 2 else None
