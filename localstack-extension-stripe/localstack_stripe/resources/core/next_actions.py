"""What an intent asks of the customer (https://docs.stripe.com/api/payment_intents/object#payment_intent_object-next_action):
where to go, or what to pay with.

Every address leads to the emulator's own page, on which the customer agrees or refuses, as on the page that Stripe shows
in test mode.
"""

from collections.abc import Container
from typing import Any
from urllib.parse import urlencode

from localstack_stripe.engine.behaviours import Call
from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.forms import with_query
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

_CONFIRMED_FROM = "confirmed_from"
"""Noted of an intent: where its page is, where the customer goes from there, and whether Stripe.js sees to that."""

_STRUCTURES = {
    "payment_intent": "PaymentIntentNextAction",
    "setup_intent": "SetupIntentNextAction",
}

_ADDRESSES = (
    "hosted_instructions_url",
    "hosted_verification_url",
    "hosted_voucher_url",
    "image_data_url",
    "image_url_png",
    "image_url_svg",
    "mobile_auth_url",
    "pdf",
    "url",
)
_EXPIRIES = ("expires_after", "expires_at")
_NUMBERS = {"data": 32, "entity": 5, "number": 14, "reference": 9}
_STORES = ("familymart", "lawson", "ministop", "seicomart")
_LASTS = 3 * DAY


def note_return(call: Call, intent: Record) -> None:
    """Remember where the customer is to go when they have done what is asked of them."""
    params = call.params
    by_sdk = bool(params.get("use_stripe_sdk")) or not params.get("return_url")
    note_page(call, intent, params.get("return_url"), by_sdk=by_sdk)


def note_page(
    call: Call,
    intent: Record,
    return_url: str | None,
    *,
    refused_url: str | None = None,
    by_sdk: bool = False,
) -> None:
    """Remember where an intent's page is, and where its customer goes from there.

    :param refused_url: where to go who has refused, if not to the same place
    :param by_sdk: whether Stripe.js sees to that, rather than a redirect
    """
    noted = {
        "base": call.base,
        "by_sdk": by_sdk,
        "page": f"{call.base}/_emulator/{intent['object']}s/{intent['id']}/next_action",
        "refused_url": refused_url,
        "return_url": return_url,
    }
    call.work.note(intent, _CONFIRMED_FROM, noted)


def lead_to_page(
    call: Call, intent: Record, return_url: str | None, *, refused_url: str | None = None
) -> None:
    """Have an intent that was made elsewhere than on a page ask its customer on its page."""
    intent = call.work.change(intent)
    note_page(call, intent, return_url, refused_url=refused_url)
    if intent["status"] == "requires_action":
        intent["next_action"] = authentication(call.work, intent)


_ASKED_AT = "asked at"
"""Noted of an intent: when its customer was last asked for something."""


def require_action(work: UnitOfWork, intent: Record, action: Record) -> None:
    """Have an intent, which may be written to, wait for its customer, who is asked for something.

    :param action: the ``next_action``
    """
    intent["status"], intent["next_action"] = "requires_action", action
    work.note(intent, _ASKED_AT, work.now(intent))


def asked_at(work: UnitOfWork, intent: Record) -> int | None:
    """When an intent that waits for its customer began to, in seconds since 1970; nothing where it does not wait."""
    waits = intent["status"] == "requires_action"
    at: int | None = work.noted(intent, _ASKED_AT) if waits else None
    return at


def asked_for_method(
    work: UnitOfWork, intent: Record, types: Container[str]
) -> tuple[int, Record] | None:
    """When an intent that waits for its customer began to, in seconds since 1970, and the payment method that they pay with;
    nothing where it does not wait, or the method is of none of some types.
    """
    since = asked_at(work, intent)
    if since is None:
        return None
    method = work.get("payment_method", intent["payment_method"] or "")
    return (since, method) if method is not None and method["type"] in types else None


def receipt_address(work: UnitOfWork, intent: Record, charge: str) -> str:
    """The address of the receipt of an intent's charge."""
    noted = work.noted(intent, _CONFIRMED_FROM)
    base = noted["base"] if noted else work.base
    return f"{base}/receipts/{work.account}/{charge}"


def authentication(work: UnitOfWork, intent: Record) -> Record:
    """Ask the customer to authenticate with their bank: by a redirect where the request said where to return to, unless
    Stripe.js handles it (https://docs.stripe.com/payments/3d-secure/authentication-flow).
    """
    noted = work.noted(intent, _CONFIRMED_FROM) or {"by_sdk": True}
    if not noted["by_sdk"]:
        return asked(work, intent, "redirect_to_url")
    sdk: Record = {"type": "three_d_secure_redirect", "source": work.ids.new("src_", 24)}
    if "page" in noted:
        sdk["stripe_js"] = page_address(work, intent)
    return {"type": "use_stripe_sdk", "use_stripe_sdk": sdk}


def asked(work: UnitOfWork, intent: Record, type: str) -> Record:
    """Ask the customer for something, in the words of a type of ``next_action``."""
    structure = work.shapes.structure_of(_STRUCTURES[intent["object"]], type)
    if structure is None:
        return {"type": type, type: {}}
    empty = work.shapes.structure(structure)
    for name in work.contract.structures[structure]:
        if name in _ADDRESSES or name in _NUMBERS or name in _EXPIRIES:
            empty.setdefault(name, None)
    return {"type": type, type: _filled(work, intent, empty)}


def return_address(work: UnitOfWork, intent: Record) -> str | None:
    """Where a customer goes who has done, or refused, what was asked of them, if anywhere
    (https://docs.stripe.com/payments/accept-a-payment: the parameters that the address gets).
    """
    noted = work.noted(intent, _CONFIRMED_FROM) or {}
    has_failed = intent["status"] == "requires_payment_method"
    if has_failed and noted.get("refused_url"):
        return str(noted["refused_url"])
    address = noted.get("return_url")
    if not address:
        return None
    kind, ended = intent["object"], "failed" if has_failed else "succeeded"
    told = {
        kind: intent["id"],
        f"{kind}_client_secret": intent["client_secret"],
        "redirect_status": "pending" if intent["status"] == "processing" else ended,
    }
    return with_query(address, told)


def _filled(work: UnitOfWork, intent: Record, empty: Record) -> Record:
    return {name: _value(work, intent, name, value) for name, value in empty.items()}


def _value(work: UnitOfWork, intent: Record, name: str, empty: Any) -> Any:
    if isinstance(empty, dict):
        return _filled(work, intent, empty)
    if name in _ADDRESSES:
        return page_address(work, intent)
    if name in _NUMBERS:
        return work.ids.digits(_NUMBERS[name])
    if name in _STORES:
        return {"confirmation_number": work.ids.digits(11), "payment_code": work.ids.digits(6)}
    if name in _EXPIRIES:
        return work.now(intent) + _LASTS
    if name == "return_url":
        return (work.noted(intent, _CONFIRMED_FROM) or {}).get("return_url")
    return empty


def page_address(work: UnitOfWork, intent: Record) -> str | None:
    """The address of the page on which the customer of an intent does what it asks, where a request has confirmed it."""
    page = (work.noted(intent, _CONFIRMED_FROM) or {}).get("page")
    if page is None:
        return None
    known = {"account": work.account, "client_secret": intent["client_secret"]}
    return f"{page}?{urlencode(known)}"
