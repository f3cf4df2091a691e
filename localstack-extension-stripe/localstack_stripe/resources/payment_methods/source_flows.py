"""What a source asks of its customer before it can be charged (https://docs.stripe.com/sources): to go to a page of their
bank, or to send money to an address; and what becomes of it then.

Who would need a type's own parameters, as a debit needs its IBAN, is not followed: such sources stay pending.
"""

from typing import Any
from urllib.parse import urlencode

from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    before_update,
    operation,
    plain,
    require_path,
)
from localstack_stripe.engine.clock import DAY, HOUR
from localstack_stripe.engine.errors import invalid, missing_parameter
from localstack_stripe.engine.forms import with_query
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.customer_actions import ways_that_ask
from localstack_stripe.payments.test_debits import fingerprint_of
from localstack_stripe.payments.vouchers import outcome_of
from localstack_stripe.resources.payment_methods.sources import (
    RECEIVERS,
    SOURCE,
    TRANSFERS,
    consume,
    known_owner,
)

plain("GET /v1/sources/{source}/source_transactions")

_OF_SOURCES = {"wechat": "wechat_pay"}
"""What a type of source is called as a payment method, where that is otherwise."""

_VOUCHER = "multibanco"
_VOUCHER_PAID_AFTER = 3
"""In seconds, in test mode (https://docs.stripe.com/sources/multibanco)."""

_ASKS_FOR, _ASKS_FOR_VOUCHER = HOUR, 7 * DAY
_USABLE_FOR = 6 * HOUR
"""How long a customer has, and then the merchant, before a source for one payment is canceled
(https://docs.stripe.com/sources/bancontact#source-expiration, .../multibanco)."""

_TEST_TRANSFER = 1000
"""What is sent in test mode where the owner's email address names no other amount."""

_SENT_AT = "sent_at"
"""Noted of a source: when money comes that its customer has sent."""
_CHARGEABLE_SINCE = "chargeable_since"


@before_create(SOURCE)
def begin(call: Call, source: Record) -> None:
    """Ask the customer for what the type asks for.

    :raises StripeError: 400 where a parameter is missing that it needs, or the currency is not one of the type's
    """
    if source["usage"] == "single_use":
        for name in ("amount", "currency"):
            if source[name] is None:
                raise missing_parameter(name)
    _check_currency(source)
    if source["flow"] == "redirect":
        source["redirect"] = _redirect(call, source)
        if _is_authorized_by_itself(source):
            call.work.note(source, _SENT_AT, call.work.now(source))
    elif source["type"] == "wechat":
        address = _page(call, source)
        source["wechat"] = {"prepay_id": call.work.ids.text(24), "qr_code_url": address}
    elif source["type"] in RECEIVERS:
        _open_receiver(call, source)


def _check_currency(source: Record) -> None:
    type: str = source["type"] or ""
    currency = source["currency"]
    known = ways_that_ask().get(_OF_SOURCES.get(type, type))
    currencies = (TRANSFERS[type],) if type in TRANSFERS else known.currencies if known else ()
    if currencies and currency not in currencies:
        if currency is None:
            raise missing_parameter("currency")
        raise invalid(
            f"The currency {currency} is not supported for sources of type {type}: it must be one of "
            f"{', '.join(currencies)}.",
            "currency",
        )


def _redirect(call: Call, source: Record) -> Record:
    given = call.params.get("redirect")
    if given is None:
        raise missing_parameter("redirect")
    return {
        "failure_reason": None,
        "return_url": given["return_url"],
        "status": "pending",
        "url": _page(call, source),
    }


def _page(call: Call, source: Record) -> str:
    known = {"account": call.work.account, "client_secret": source["client_secret"]}
    return f"{call.base}/_emulator/sources/{source['id']}/redirect?{urlencode(known)}"


def _open_receiver(call: Call, source: Record) -> None:
    """Give the customer an address to send money to, which a test customer does by themselves."""
    work, type = call.work, source["type"]
    source[type], address = _address(work, type)
    asked = call.params.get("receiver") or {}
    source["receiver"] = {
        "address": address,
        "amount_charged": 0,
        "amount_received": 0,
        "amount_returned": 0,
        "refund_attributes_method": asked.get("refund_attributes_method") or "email",
        "refund_attributes_status": "missing",
    }
    if type in TRANSFERS:
        work.note(source, _SENT_AT, work.now(source))
        return
    if call.params.get("redirect") is not None:
        source["redirect"] = _redirect(call, source)
    if outcome_of(source["owner"]["email"]).after is not None:
        work.note(source, _SENT_AT, work.now(source) + _VOUCHER_PAID_AFTER)


def _address(work: UnitOfWork, type: str) -> tuple[Record, str]:
    """What a source says under its type of where money is sent to, and that in one."""
    if type == "ach_credit_transfer":
        number, routing = f"test_{work.ids.digits(12)}", "110000000"
        return {
            "account_number": number,
            "bank_name": "TEST BANK",
            "fingerprint": fingerprint_of(number),
            "refund_account_holder_name": None,
            "refund_account_holder_type": None,
            "refund_routing_number": None,
            "routing_number": routing,
            "swift_code": "TSTEZ122",
        }, f"{routing}-{number}"
    if type == "sepa_credit_transfer":
        iban = f"DE00{work.ids.digits(18)}"
        return {"bank_name": "TEST BANK", "bic": "TESTDE00", "iban": iban}, iban
    entity, reference = work.ids.digits(5), work.ids.digits(9)
    return {"entity": entity, "reference": reference}, f"{entity}-{reference}"


@before_update(SOURCE)
def change(call: Call, source: Record, before: Record) -> None:
    """What is not said of the owner stays; in test mode, another email address sends money once more."""
    owner = call.params.get("owner")
    if owner is None:
        return
    source["owner"] = known_owner(before["owner"] or {}, owner)
    if source["type"] in TRANSFERS and owner.get("email"):
        call.work.note(source, _SENT_AT, call.work.now(source))


@operation("POST /v1/sources/{source}/verify")
def verify(call: Call) -> Record:
    """Refuse to verify a source by a code (https://docs.stripe.com/api/sources/object#source_object-code_verification):
    there is no type any more that asks for one.
    """
    source = require_path(call, "source", SOURCE)
    raise invalid(
        f"The source {source['id']} cannot be verified, because its flow is {source['flow']}."
    )


def authorized(work: UnitOfWork, source: Record, *, success: bool) -> Record:
    """The customer has authorized the payment on the page, or refused
    (https://docs.stripe.com/sources/ideal#customer-action).

    :raises StripeError: 400 where nothing is asked of them any more
    """
    if source["status"] != "pending":
        raise invalid(f"The source {source['id']} asks for nothing: it is {source['status']}.")
    source = work.change(source)
    if source.get("redirect"):
        ended: Record = {"status": "succeeded"}
        if not success:
            ended = {"status": "failed", "failure_reason": "declined"}
        source["redirect"] = source["redirect"] | ended
    if success:
        _become_chargeable(work, source)
    else:
        source["status"] = "failed"
    return source


def return_address(source: Record) -> str | None:
    """Where a customer goes who has been on the page, if anywhere, with what the address is told."""
    address = (source.get("redirect") or {}).get("return_url")
    if not address:
        return None
    told = {
        "client_secret": source["client_secret"],
        "livemode": "false",
        "source": source["id"],
    }
    return with_query(address, told)


def _become_chargeable(work: UnitOfWork, source: Record) -> None:
    source["status"] = "chargeable"
    work.note(source, _CHARGEABLE_SINCE, work.now(source))


def _name(source: Record) -> str:
    """What the owner's email address says before the ``@``: in test mode, what happens to a source."""
    return str((source["owner"] or {}).get("email") or "").partition("@")[0]


def _is_authorized_by_itself(source: Record) -> bool:
    return _name(source).endswith("_chargeable")


def _comes_at(work: UnitOfWork, source: Record) -> int | None:
    is_open = source["status"] in ("chargeable", "pending")
    at: int | None = work.noted(source, _SENT_AT) if is_open else None
    return at


@due(SOURCE, next=_comes_at)
def receive(work: UnitOfWork, source: Record) -> None:
    """The customer has authorized the payment, or the money has come that they sent."""
    work.note(source, _SENT_AT, None)
    if source["flow"] == "redirect":
        authorized(work, source, success=True)
        return
    source = work.change(source)
    type, amount = source["type"], source["amount"]
    if type in TRANSFERS:
        amount = _test_amount(source)
        work.create(
            "source_transaction",
            **{type: _sender(type)},
            amount=amount,
            currency=source["currency"],
            source=source["id"],
            status="succeeded",
            type=type,
        )
    receiver = source["receiver"]
    source["receiver"] = receiver | {"amount_received": receiver["amount_received"] + amount}
    if source["status"] == "pending":
        _become_chargeable(work, source)


def _test_amount(source: Record) -> int:
    """How much a test customer sends: ``amount_4242@example.com`` says it."""
    said = _name(source).removeprefix("amount_")
    return int(said) if said.isdecimal() else _TEST_TRANSFER


def _sender(type: str) -> dict[str, Any]:
    """What is said of the bank account that money came from: that of Stripe's other tests."""
    if type == "sepa_credit_transfer":
        return {"sender_iban": "DE89370400440532013000"}
    number = "000123456789"
    return {
        "fingerprint": fingerprint_of(number),
        "last4": number[-4:],
        "routing_number": "110000000",
    }


def _canceled_at(work: UnitOfWork, source: Record) -> int | None:
    """When a source for one payment is canceled that nobody uses, if ever."""
    if source["usage"] != "single_use":
        return None
    if source["status"] == "chargeable":
        since = work.noted(source, _CHARGEABLE_SINCE)
        return since + _USABLE_FOR if since is not None else None
    if source["status"] != "pending":
        return None
    return int(source["created"]) + (_ASKS_FOR_VOUCHER if source["type"] == _VOUCHER else _ASKS_FOR)


@due(SOURCE, next=_canceled_at)
def cancel(work: UnitOfWork, source: Record) -> None:
    """Nobody has authorized, or charged, a source in time."""
    work.change(source)["status"] = "canceled"


def require_funds(source: Record, amount: int, currency: str) -> None:
    """Refuse to charge a source for more than its customer has authorized or sent, or in another currency.

    :raises StripeError: 400
    """
    if source["currency"] != currency:
        raise invalid(
            f"The source {source['id']} can be charged in {source['currency']} only.", "currency"
        )
    most = _left(source) if source.get("receiver") else source["amount"]
    if most is not None and amount > most:
        raise invalid(
            f"The source {source['id']} can be charged for {most} at most, and not for {amount}.",
            "amount",
        )


def _left(source: Record) -> int:
    receiver = source["receiver"]
    used = receiver["amount_charged"] + receiver["amount_returned"]
    return int(receiver["amount_received"] - used)


def spend(work: UnitOfWork, source: Record, amount: int) -> Record:
    """What becomes of a source that was charged: for one payment, or nobody's, it is used up
    (https://docs.stripe.com/sources/customers); one that money is sent to waits for more when it is empty.
    """
    receiver = source.get("receiver")
    if receiver is not None:
        source = work.change(source)
        charged = receiver["amount_charged"] + amount
        source["receiver"] = receiver | {"amount_charged": charged}
    if source["usage"] == "single_use" or source.get("customer") is None:
        return consume(work, source)
    if receiver is not None and _left(source) == 0:
        source["status"] = "pending"
    return source
