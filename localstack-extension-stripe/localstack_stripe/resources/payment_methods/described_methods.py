"""What a payment method is like that a request describes: by its type, its details, and whose it is
(https://docs.stripe.com/api/payment_methods/create).
"""

from collections.abc import Collection, Mapping
from typing import Any

from localstack_stripe.contract.loader import Enum
from localstack_stripe.engine.errors import invalid, missing_parameter
from localstack_stripe.engine.formats import is_digits
from localstack_stripe.engine.shapes import one_of
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.required_details import NUMBERS, REQUIRED_DETAILS
from localstack_stripe.resources.payment_methods.card_checks import to_check
from localstack_stripe.resources.payment_methods.card_details import card_details, prefer_network
from localstack_stripe.resources.payment_methods.debited_accounts import (
    address_to_debit,
    described_details,
    is_debit,
)
from localstack_stripe.resources.payment_methods.given_cards import given_card, holder_of


def billing_details(given: Record) -> Record:
    """Billing details, complete."""
    address = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    details = {"address": address, "email": None, "name": None, "phone": None, "tax_id": None}
    details |= {name: value for name, value in given.items() if name != "address"}
    details["address"] = address | (given.get("address") or {})
    return details


def described_values(
    work: UnitOfWork, data: Record, param: str, *, raw_allowed: bool
) -> dict[str, Any]:
    """What the payment method is like that a request describes.

    :param param: the parameter that describes it, or empty where the request's own do
    """
    type = data.get("type")
    if not type:
        raise missing_parameter(_within(param, "type"))
    known: Enum = one_of(work.contract.resources["payment_method"].fields["type"].type, Enum)
    if type not in known.values:
        raise invalid(f"Invalid {_within(param, 'type')}: {type}", _within(param, "type"))
    billing = billing_details(data.get("billing_details") or {})
    values = {
        "type": type,
        "allow_redisplay": data.get("allow_redisplay") or "unspecified",
        "billing_details": billing,
        "customer": None,
    }
    if is_debit(type):
        return values | {
            type: described_details(work, type, data.get(type) or {}, _within(param, type))
        }
    if type != "card":
        return values | {type: type_details(work, "payment_method", data)}
    if not data.get("card"):
        raise missing_parameter(_within(param, "card"))
    card = _described_card(
        work, data["card"], billing, _within(param, "card"), raw_allowed=raw_allowed
    )
    return values | {"card": card}


def _within(param: str, name: str) -> str:
    return f"{param}[{name}]" if param else name


def _described_card(
    work: UnitOfWork, details: Record, billing: Record, param: str, *, raw_allowed: bool
) -> Record:
    """The ``card`` of a payment method that a request describes by token or by number.

    :param billing: its billing details; what a token says of its holder is added where nothing else was said
    """
    given = given_card(work, details, param, raw_allowed=raw_allowed)
    checks = to_check(billing["address"], has_cvc=False)
    checks |= {name: check for name, check in given.checks.items() if check}
    holder = holder_of(given.said)
    billing["name"] = billing["name"] or holder["name"]
    if not any(billing["address"].values()):
        billing["address"] |= holder["address"]
    described = card_details(work, given.test) | {"checks": checks} | given.expiry
    prefer_network(described, (details.get("networks") or {}).get("preferred"))
    return described


def type_details(
    work: UnitOfWork, of: str, described: Record, found: Mapping[str, Any] | None = None
) -> Record:
    """What is said of a payment method's type where there is no more to it than what was told.

    :param of: what says it: a resource, or a structure, that has a field of the type's name
    :param described: the payment method, or the parameters that describe it
    :param found: what is known besides, such as by the bank, of which is said what *of* has fields for
    """
    details = work.shapes.part(of, described["type"])
    for told in (found or {}, described.get(described["type"]) or {}):
        details |= {name: told[name] for name in details if told.get(name) is not None}
    return details


def require_details(type: str, described: Mapping[str, Any]) -> None:
    """Refuse to describe a payment method without what has to be known of the customer.

    :param described: the parameters that describe it
    :raises StripeError: 400
    """
    address = address_to_debit(type, described.get(type) or {})
    for param in (*REQUIRED_DETAILS.get(type, ()), *address):
        told: Any = described
        for name in param.replace("]", "").split("["):
            told = (told or {}).get(name)
        if not told:
            raise missing_parameter(param)
        if param in NUMBERS and not _is_number(told, NUMBERS[param]):
            raise invalid(f"Invalid value for {name}.", param, f"{name}_invalid")


_SEPARATORS = str.maketrans("", "", "./-")


def _is_number(told: str, lengths: Collection[int]) -> bool:
    digits = told.translate(_SEPARATORS)
    return is_digits(digits) and len(digits) in lengths
