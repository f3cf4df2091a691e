"""What a customer chooses and says on the page of a Checkout session, besides how they pay: quantities
(https://docs.stripe.com/payments/checkout/adjustable-quantity), a promotion code
(https://docs.stripe.com/payments/checkout/discounts), where to bring it
(https://docs.stripe.com/payments/collect-addresses), custom fields and consent.
"""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.formats import is_digits
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.line_items import items_of, terms
from localstack_stripe.resources.checkout.checkout_items import cost_at_first
from localstack_stripe.resources.checkout.checkout_saving import take_agreement
from localstack_stripe.resources.checkout.checkout_sessions import require_open
from localstack_stripe.resources.checkout.checkout_shipping import choose_shipping
from localstack_stripe.resources.checkout.checkout_totals import add_up_session, take_discounts
from localstack_stripe.resources.products.promotion_codes import promotion_of_code

FEWEST, MOST = 0, 99
"""How many of an item there can be where nothing else is said."""


def take_choices(work: UnitOfWork, session: Record, told: Mapping[str, Any]) -> None:
    """Write onto a session what its customer has chosen, and add it up anew.

    :param told: ``quantity`` by the items' ids, ``promotion_code`` as it is typed, ``shipping_rate``, ``shipping`` with
        a name and an address, ``custom_fields`` by their keys, ``terms_of_service``, ``promotions`` and ``save_payment_method``
    :raises StripeError: 400 where the session does not let them
    """
    require_open(session)
    is_changed = _take_quantities(work, session, _by_name(told, "quantity"))
    if told.get("promotion_code"):
        _take_code(work, session, str(told["promotion_code"]))
        is_changed = True
    if told.get("shipping_rate"):
        choose_shipping(session, str(told["shipping_rate"]))
        is_changed = True
    if is_changed:
        add_up_session(work, session, work.get("customer", session["customer"] or ""))
    _take_address(session, _by_name(told, "shipping"))
    _take_fields(session, _by_name(told, "custom_fields"))
    _take_consent(session, told)
    take_agreement(work, session, told)


def _by_name(told: Mapping[str, Any], name: str) -> dict[str, str]:
    given = told.get(name)
    return {key: str(value) for key, value in given.items()} if isinstance(given, dict) else {}


def _take_quantities(work: UnitOfWork, session: Record, told: Mapping[str, str]) -> bool:
    """Change how many of each item there are.

    :return: whether that is something else than it was
    """
    is_changed = False
    for item in items_of(work, session):
        text = told.get(item["id"])
        if text is None or text == str(item["quantity"]):
            continue
        allowed = item["adjustable_quantity"] or {}
        fewest, most = allowed.get("minimum") or FEWEST, allowed.get("maximum") or MOST
        param = f"quantity[{item['id']}]"
        if not allowed.get("enabled"):
            raise invalid("The quantity of this item cannot be adjusted.", param)
        if not (is_digits(text) and fewest <= int(text) <= most):
            raise invalid(f"The quantity must be between {fewest} and {most}.", param)
        is_changed = True
        if text != "0":
            price = work.require("price", item["price"], "price")
            work.change(item).update(terms(work, price, int(text)))
        elif len(items_of(work, session)) > 1:
            work.remove(item)
        else:
            raise invalid("The only item that is left cannot be removed.", param)
    if is_changed:
        cost_at_first(work, session, [work.change(each) for each in items_of(work, session)])
    return is_changed


def _take_code(work: UnitOfWork, session: Record, code: str) -> None:
    if not session["allow_promotion_codes"]:
        raise invalid("This Checkout Session does not take promotion codes.", "promotion_code")
    promotion = promotion_of_code(work, code, session["customer"])
    discounts = {"discounts": [{"promotion_code": promotion["id"]}]}
    take_discounts(work, session, items_of(work, session), discounts)


def _take_address(session: Record, told: Mapping[str, str]) -> None:
    said = {name: value for name, value in told.items() if value}
    if not said:
        return
    allowed = (session["shipping_address_collection"] or {}).get("allowed_countries") or ()
    if said.get("country") not in allowed:
        raise invalid("Nothing is shipped to this country.", "shipping[country]")
    names = ("city", "country", "line1", "line2", "postal_code", "state")
    details = {
        "address": {name: said.get(name) for name in names},
        "name": said.get("name") or "",
    }
    known = session["collected_information"] or {"business_name": None, "individual_name": None}
    session["collected_information"] = {**known, "shipping_details": details}


def _take_fields(session: Record, told: Mapping[str, str]) -> None:
    """Fill in custom fields (https://docs.stripe.com/payments/checkout/custom-fields)."""
    for field in session["custom_fields"]:
        key, type = field["key"], field["type"]
        if key not in told:
            continue
        value, param = told[key], f"custom_fields[{key}]"
        if not value:
            if not field["optional"]:
                raise invalid(f"The field `{key}` has to be filled in.", param)
            continue
        options = field[type].get("options") or ()
        if type == "dropdown" and value not in {each["value"] for each in options}:
            raise invalid(f"The field `{key}` has no such option.", param)
        if type == "numeric" and not is_digits(value):
            raise invalid(f"The field `{key}` takes digits only.", param)
        shortest, longest = field[type].get("minimum_length"), field[type].get("maximum_length")
        if len(value) < (shortest or 0) or (longest and len(value) > longest):
            raise invalid(f"The field `{key}` is too short or too long.", param)
        field[type]["value"] = value


def _take_consent(session: Record, told: Mapping[str, Any]) -> None:
    """Note what the customer agrees to (https://docs.stripe.com/payments/checkout/promotional-emails-consent)."""
    wanted = session["consent_collection"] or {}
    consent = {"promotions": None, "terms_of_service": None, **(session["consent"] or {})}
    if wanted.get("terms_of_service") == "required" and told.get("terms_of_service"):
        consent["terms_of_service"] = "accepted"
    if wanted.get("promotions") == "auto":
        consent["promotions"] = "opt_in" if told.get("promotions") else "opt_out"
    if any(consent.values()):
        session["consent"] = consent
