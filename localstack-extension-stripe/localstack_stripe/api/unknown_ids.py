"""The lenient mode: an id that nothing has is made an object, for tests that were written for stripe-mock.

stripe-mock answers for whatever id it is asked for (https://github.com/stripe/stripe-mock).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from localstack_stripe.api.hints import HEADER, objects_by_name, one_line
from localstack_stripe.contract.loader import Contract, Field, Inline, Reference, Scalar
from localstack_stripe.engine.behaviours import Call
from localstack_stripe.engine.content import Upload
from localstack_stripe.engine.errors import NoSuchObject, StripeError
from localstack_stripe.engine.ids import ChosenId
from localstack_stripe.engine.initial import start
from localstack_stripe.engine.operations import GenericOperations
from localstack_stripe.engine.shapes import alternatives, nullable
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Another:
    """The id of another object, which is made as well, or another field of it."""

    kind: str
    field: str = "id"


_WITHOUT_REDIRECTS = {"automatic_payment_methods": {"enabled": True, "allow_redirects": "never"}}
"""So that an intent is confirmed without an address to return to."""

_REQUESTED = {"requested": True}

_OUT_OF_TREASURY = {
    "amount": 1000,
    "currency": "usd",
    "destination_payment_method_data": {
        "type": "financial_account",
        "financial_account": Another("treasury.financial_account"),
    },
    "financial_account": Another("treasury.received_credit", "financial_account"),
}
"""Out of an account to which the same amount has come."""

SMALLEST: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "account": ("POST /v1/accounts", {"type": "custom"}),
    "billing.credit_grant": (
        "POST /v1/billing/credit_grants",
        {
            "amount": {"type": "monetary", "monetary": {"currency": "usd", "value": 1000}},
            "applicability_config": {"scope": {"price_type": "metered"}},
            "customer": Another("customer"),
        },
    ),
    "charge": ("POST /v1/charges", {"amount": 1000, "currency": "usd", "source": "tok_visa"}),
    "coupon": ("POST /v1/coupons", {"percent_off": 10.0, "duration": "once"}),
    "customer": ("POST /v1/customers", {}),
    "file": (
        "POST /v1/files",
        {"file": Upload("file.txt", "text/plain", b"A file.\n"), "purpose": "dispute_evidence"},
    ),
    "invoice": ("POST /v1/invoices", {"customer": Another("customer")}),
    "invoiceitem": (
        "POST /v1/invoiceitems",
        {"customer": Another("customer"), "amount": 1000, "currency": "usd"},
    ),
    "identity.verification_session": (
        "POST /v1/identity/verification_sessions",
        {"type": "document"},
    ),
    "issuing.authorization": (
        "POST /v1/test_helpers/issuing/authorizations",
        {"amount": 1000, "card": Another("issuing.card")},
    ),
    "issuing.card": (
        "POST /v1/issuing/cards",
        {
            "cardholder": Another("issuing.cardholder"),
            "currency": "usd",
            "status": "active",
            "type": "virtual",
        },
    ),
    "issuing.cardholder": (
        "POST /v1/issuing/cardholders",
        {
            "billing": {"address": {"city": "Reno", "country": "US", "line1": "1 Main St"}},
            "individual": {"first_name": "Jenny", "last_name": "Rosen"},
            "name": "Jenny Rosen",
        },
    ),
    "issuing.transaction": (
        "POST /v1/test_helpers/issuing/transactions/create_force_capture",
        {"amount": 1000, "card": Another("issuing.card")},
    ),
    "payment_intent": (
        "POST /v1/payment_intents",
        {"amount": 1000, "currency": "usd", **_WITHOUT_REDIRECTS},
    ),
    "payment_method": (
        "POST /v1/payment_methods",
        {"type": "card", "card": {"token": "tok_visa"}},
    ),
    "plan": (
        "POST /v1/plans",
        {"amount": 1000, "currency": "usd", "interval": "month", "product": Another("product")},
    ),
    "price": (
        "POST /v1/prices",
        {
            "currency": "usd",
            "product": Another("product"),
            "recurring": {"interval": "month"},
            "unit_amount": 1000,
        },
    ),
    "product": ("POST /v1/products", {"name": "A product"}),
    "promotion_code": (
        "POST /v1/promotion_codes",
        {"promotion": {"type": "coupon", "coupon": Another("coupon")}},
    ),
    "refund": ("POST /v1/refunds", {"charge": Another("charge")}),
    "setup_intent": ("POST /v1/setup_intents", _WITHOUT_REDIRECTS),
    "shipping_rate": (
        "POST /v1/shipping_rates",
        {"display_name": "Ground", "fixed_amount": {"amount": 500, "currency": "usd"}},
    ),
    "subscription": (
        "POST /v1/subscriptions",
        {
            "customer": Another("customer"),
            "items": [{"price": Another("price")}],
            "collection_method": "send_invoice",
            "days_until_due": 30,
        },
    ),
    "subscription_item": (
        "POST /v1/subscription_items",
        {"price": Another("price"), "subscription": Another("subscription")},
    ),
    "tax_rate": (
        "POST /v1/tax_rates",
        {"display_name": "VAT", "inclusive": False, "percentage": 20.0},
    ),
    "terminal.reader": ("POST /v1/terminal/readers", {"registration_code": "simulated-wpe"}),
    "test_helpers.test_clock": (
        "POST /v1/test_helpers/test_clocks",
        {"frozen_time": 1_735_689_600},
    ),
    "topup": ("POST /v1/topups", {"amount": 1000, "currency": "usd"}),
    "transfer": (
        "POST /v1/transfers",
        {
            "amount": 1000,
            "currency": "usd",
            "destination": Another("account"),
            "source_transaction": Another("charge"),
        },
    ),
    "treasury.financial_account": (
        "POST /v1/treasury/financial_accounts",
        {
            "supported_currencies": ["usd"],
            "features": {
                "card_issuing": _REQUESTED,
                "inbound_transfers": {"ach": _REQUESTED},
                "intra_stripe_flows": _REQUESTED,
                "outbound_payments": {"ach": _REQUESTED},
                "outbound_transfers": {"ach": _REQUESTED},
            },
        },
    ),
    "treasury.outbound_payment": ("POST /v1/treasury/outbound_payments", _OUT_OF_TREASURY),
    "treasury.outbound_transfer": ("POST /v1/treasury/outbound_transfers", _OUT_OF_TREASURY),
    "treasury.received_credit": (
        "POST /v1/test_helpers/treasury/received_credits",
        {
            "amount": 1000,
            "currency": "usd",
            "financial_account": Another("treasury.financial_account"),
            "network": "ach",
        },
    ),
}
"""By which operation, and with which parameters, an object is made that something can be done with. The others have
only their empty fields, and the objects that these cannot do without.
"""


NOT_EMPTY: Mapping[str, Mapping[str, Any]] = {
    "financial_connections.account": {
        "permissions": ["balances", "ownership", "payment_method", "transactions"],
        "status": "active",
        "subscriptions": [],
    },
}
"""What the others have that is not empty, where no operation makes one: somebody does on a page of Stripe's."""


class UnknownIds:
    """Makes the objects that requests name and that do not exist."""

    def __init__(
        self,
        contract: Contract,
        begin: Callable[[str], UnitOfWork],
        commit: Callable[[UnitOfWork], None],
    ) -> None:
        self._contract = contract
        self._begin = begin
        self._commit = commit
        self._generic = GenericOperations(contract)
        self._objects = objects_by_name(contract)

    def make(self, error: StripeError, account: str, headers: dict[str, str]) -> bool:
        """Make what is missing, where *error* says that something is, and say whether it was made.

        :param headers: of the answer, which get a hint
        """
        if not isinstance(error, NoSuchObject) or not error.id:
            return False
        work = self._begin(account)
        kinds = self._objects.get(error.name, ())
        likely = sorted(kinds, key=lambda kind: not error.id.startswith(self._prefix(kind)))
        kind = next((each for each in likely if work.get(each, error.id) is None), None)
        if kind is None:
            return False
        self._make(work, kind, error.id)
        self._commit(work)
        hint = f"made {error.id}, which did not exist: STRIPE_UNKNOWN_IDS is create"
        headers[HEADER] = one_line(hint)
        return True

    def _prefix(self, kind: str) -> str:
        return self._contract.resources[kind].id_prefix or " "

    def _make(self, work: UnitOfWork, kind: str, id: str | None = None) -> Record:
        """An object of a kind, with an id if it matters which."""
        chosen = {} if id is None else {"id": id}
        if kind in SMALLEST:
            key, smallest = SMALLEST[kind]
            params = {name: self._filled(work, value) for name, value in smallest.items()} | chosen
            if id is not None:
                work.ids = ChosenId(work.ids, self._prefix(kind), id)
            made = self._generic.perform(Call(self._contract.operations[key], {}, params, work))
            return cast(Record, made)
        record = start(work, kind, "", {**NOT_EMPTY.get(kind, {}), **chosen})
        for name, field in self._contract.resources[kind].fields.items():
            if record.get(name) or field.optional or nullable(field.type):
                continue
            needed = next((each for each in self._named(name, field) if each != kind), None)
            if needed is not None:
                record[name] = self._make(work, needed)["id"]
        return record

    def _filled(self, work: UnitOfWork, value: Any) -> Any:
        match value:
            case Another(kind, field):
                return self._make(work, kind)[field]
            case list():
                return [self._filled(work, each) for each in value]
            case dict():
                return {name: self._filled(work, each) for name, each in value.items()}
        return value

    def _named(self, name: str, field: Field) -> list[str]:
        """The kinds of object whose id a field is: the contract says it, or its name does."""
        for each in alternatives(field.type):
            match each:
                case Reference(resources):
                    return list(resources)
                case Inline(resource):
                    return [resource]
                case Scalar("string"):
                    return self._objects.get(name, [])
        return []
