"""Sources (https://docs.stripe.com/api/sources), the oldest way to pay: which there are, and those of cards, which Stripe
goes on supporting. What the other types ask of their customers is in ``source_flows``.
"""

from localstack_stripe.contract.loader import Enum
from localstack_stripe.engine.behaviours import Call, checks
from localstack_stripe.engine.errors import invalid, missing_parameter, no_such
from localstack_stripe.engine.shapes import one_of
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.payment_methods.bank_accounts import BANK_ACCOUNT
from localstack_stripe.resources.payment_methods.given_cards import (
    GivenCard,
    card_by_token,
    in_own_words,
)

SOURCE = "source"

TRANSFERS = {"ach_credit_transfer": "usd", "sepa_credit_transfer": "eur"}
"""The types to which a customer sends any amount, as often as they like, and in which currency."""
RECEIVERS = (*TRANSFERS, "multibanco")
_REDIRECTS = (
    *("alipay", "bancontact", "eps", "giropay", "ideal"),
    *("klarna", "p24", "sofort", "three_d_secure"),
)
_SINGLE_USE = (*_REDIRECTS, "multibanco", "wechat")
_FLOWS = dict.fromkeys(RECEIVERS, "receiver") | dict.fromkeys(_REDIRECTS, "redirect")
"""What the customer is asked for, by the type; of the others it is nothing (https://docs.stripe.com/sources)."""

_OWNER = ("address", "email", "name", "phone")


@checks(SOURCE)
def be_of_a_type(call: Call, source: Record) -> None:
    """A source has one of the types that there are; a copy has its original's
    (https://docs.stripe.com/api/sources/create).

    :raises StripeError: 400 where it has none, or another
    """
    if "type" not in call.operation.parameters:
        return
    type, original = call.params.get("type"), call.params.get("original_source")
    if type is None and original is not None:
        copied = call.work.get(SOURCE, original) or call.work.get("card", original)
        if copied is None:
            raise no_such(SOURCE, original, "original_source")
        source["type"] = copied.get("type", "card")
        return
    if type is None:
        raise missing_parameter("type")
    types = one_of(call.work.contract.resources[SOURCE].fields["type"].type, Enum)
    if types is not None and type not in types.values:
        raise invalid(f"Invalid type: must be one of {', '.join(types.values)}", "type")
    _begin(call, source)


def _begin(call: Call, source: Record) -> None:
    params, flow = call.params, _FLOWS.get(source["type"], "none")
    if params.get("flow") not in (None, flow):
        raise invalid(
            f"Sources of type {source['type']} have the flow {flow}, and not {params['flow']}.",
            "flow",
        )
    owner: Record = params.get("owner") or {}
    source["flow"] = flow
    by_type = "single_use" if source["type"] in _SINGLE_USE else "reusable"
    source["usage"] = params.get("usage") or by_type
    source["owner"] = known_owner({}, owner)
    if source["type"] == "card" and params.get("token"):
        given = card_by_token(call.work, params["token"], "token")
        source["card"] = _card(call.work, given)
        source["status"] = "chargeable"


def _card(work: UnitOfWork, given: GivenCard) -> Record:
    asks = {"always": "required", "": "optional"}.get(given.test.authentication, "recommended")
    return {**in_own_words(work, given, given.checks), "three_d_secure": asks}


def known_owner(before: Record, told: Record) -> Record:
    """What is known of a source's owner, whom nobody verifies here.

    :param before: what was known already
    """
    empty = {f"{verified}{name}": None for name in _OWNER for verified in ("", "verified_")}
    return empty | before | told


def find_usable(work: UnitOfWork, id: str, param: str, *, may_wait: bool = False) -> Record:
    """The source that can be charged, or attached.

    :param may_wait: whether it can be one that still waits for money
    :raises StripeError: 400 where there is none
    """
    source = work.get(SOURCE, id)
    if source is None:
        raise no_such(SOURCE, id, param)
    waits = may_wait and source["type"] in TRANSFERS and source["status"] == "pending"
    if source["status"] != "chargeable" and not waits:
        raise invalid(
            f"The source {id} cannot be used, because its status is {source['status']}.", param
        )
    return source


def consume(work: UnitOfWork, source: Record) -> Record:
    """Use up a source that was charged without a customer, or is detached from its one
    (https://docs.stripe.com/sources/customers).
    """
    used = work.change(source)
    used["status"] = "consumed"
    used.pop("customer", None)
    return used


def card_or_source(work: UnitOfWork, id: str) -> Record | None:
    """The card, or the source of one, of that id."""
    return work.get("card", id) or work.get(SOURCE, id)


def chargeable_source(work: UnitOfWork, id: str) -> Record | None:
    """What an invoice can be charged to that is no payment method: also a bank account."""
    return card_or_source(work, id) or work.get(BANK_ACCOUNT, id)
