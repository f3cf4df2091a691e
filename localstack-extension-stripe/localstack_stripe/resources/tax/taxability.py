"""Which taxes a sale has, and why (https://docs.stripe.com/tax/zero-tax, ``taxability_reason``).

For Tax calculations and for invoices alike. Standard rates are known of the countries, provinces and states in
:mod:`~localstack_stripe.billing.jurisdictions`. What is not known there (local sales taxes of the US, and codes of products
that many places tax otherwise) is refused by name where the account collects tax, as any amount would be made up.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from localstack_stripe.billing.amounts import Cents
from localstack_stripe.billing.jurisdictions import (
    EU,
    PROVINCES,
    UNTAXED_STATES,
    US_STATES,
    Place,
    Tax,
    province_of_postal_code,
    state_of_zip,
    taxes_at,
)
from localstack_stripe.billing.taxes import added, included
from localstack_stripe.engine.errors import StripeError, invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.tax.tax_registrations import covers, in_force, is_small_seller
from localstack_stripe.resources.tax.tax_settings import head_office

NONTAXABLE = "txcd_00000000"
GOODS = "txcd_99999999"
SERVICES = "txcd_20030000"
SHIPPING = "txcd_92010001"

_PHYSICAL = ("txcd_3", "txcd_4", "txcd_92", GOODS)
"""How the codes of what can be touched begin, and that of bringing it."""
_STANDARD_RATED = (
    "txcd_100", "txcd_101", "txcd_102", "txcd_104", "txcd_107", "txcd_30011000", "txcd_34", "txcd_37010000", GOODS, SERVICES, SHIPPING,
)  # fmt: skip
"""How the codes begin of what the standard rate is charged on in nearly all countries with VAT or GST: electronic
services, software, streaming, web services, clothes for adults, electronics, computers, and what has no code of its own. Books, food,
medicine, training and tickets are not among them."""

_OWN_TAX_IDS: Mapping[str, tuple[str, ...]] = {
    "AU": ("au_abn", "au_arn"),
    "GB": ("gb_vat",),
    "NO": ("no_vat",),
    "NZ": ("nz_gst",),
    "SG": ("sg_gst",),
}
"""With which tax ids, outside the EU, a business accounts for the tax itself on what it buys from abroad."""

TAX_EXEMPT = {"none": "none", "exempt": "customer_exempt", "reverse": "reverse_charge"}
"""A customer's ``tax_exempt`` in a calculation's words."""

RATED = "standard_rated"


class Buyer(NamedTuple):
    """Who buys, as far as taxes depend on it.

    :param tax_ids: the types of the buyer's tax ids
    :param override: ``none``, ``customer_exempt`` or ``reverse_charge``
    """

    place: Place
    tax_ids: tuple[str, ...] = ()
    override: str = "none"


class Due(NamedTuple):
    """A tax that a line has.

    :param sourcing: whether it is of the place that the line goes to, or that it comes from
    """

    tax: Tax
    reason: str
    sourcing: str

    @property
    def percentage(self) -> Decimal:
        """What is charged of it."""
        return (self.tax.percentage or Decimal(0)) if self.reason == RATED else Decimal(0)


class Charged(NamedTuple):
    """What a tax of a line comes to.

    :param taxable: the amount that it is charged on
    :param inclusive: whether it is in the line's amount
    """

    due: Due
    amount: Cents
    taxable: int
    inclusive: bool


def place_of(address: Mapping[str, Any], error: StripeError) -> Place:
    """Where an address is, as far as taxes depend on it (https://docs.stripe.com/tax/customer-locations).

    The US need a postal code, Canada that or a province, all others the country alone.

    :raises StripeError: *error*, where the address does not say it
    """
    country = (address.get("country") or "").upper()
    state = (address.get("state") or "").upper()
    code = address.get("postal_code") or ""
    if not country:
        raise error
    if country == "US":
        state_there = state_of_zip(code)
        if state_there is None:
            raise error
        return Place(country, state if state in US_STATES else state_there)
    if country == "CA":
        province = state if state in PROVINCES else province_of_postal_code(code)
        if province is None:
            raise error
        return Place(country, province)
    return Place(country)


class Taxability:
    """What the account collects on sales at one time: asked for each line of a sale.

    :param moment: at which the registrations have to be active, in seconds since 1970
    :param ship_from: the address that goods come from, where that is not the head office
    :raises StripeError: 400 ``stripe_tax_inactive`` where the account has no head office
    """

    def __init__(
        self, work: UnitOfWork, buyer: Buyer, moment: int, ship_from: Record | None = None
    ) -> None:
        self._buyer = buyer
        self._office: str = head_office(work)["country"]
        self._ship_from: str = (ship_from or {}).get("country") or self._office
        self._registrations = in_force(work, moment)
        self._supported = work.contract.structures["TaxRegistrationCountryOptions"]

    def charge(
        self,
        amount: int,
        code: str,
        *,
        inclusive: bool,
        param: str,
        performed_at: Place | None = None,
    ) -> list[Charged]:
        """The taxes of an amount, each with what it comes to.

        :param amount: in minor units, with the taxes where it is *inclusive*
        :param param: what to call the product's code, or the place, where the tax is not known
        :param performed_at: where what a ticket is for happens
        """
        dues = self.dues(code, param, performed_at)
        percentages = [due.percentage for due in dues]
        taxes = (included if inclusive else added)(amount, percentages)
        net = amount - sum(taxes) if inclusive else amount
        return [
            Charged(due, tax, net if due.reason == RATED else 0, inclusive)
            for due, tax in zip(dues, taxes, strict=True)
        ]

    def dues(self, code: str, param: str, performed_at: Place | None = None) -> list[Due]:
        """The taxes that a product has.

        :param performed_at: where what a ticket is for happens: it is taxed there, and not where the buyer is
        :raises StripeError: 400 ``taxes_calculation_failed`` where the account collects one that is not known here
        """
        place, sourcing = (
            self._place_of_supply(code, param)
            if performed_at is None
            else (performed_at, "performance")
        )
        return [Due(tax, self._reason(tax, code, param), sourcing) for tax in taxes_at(place)]

    def collects(self, code: str) -> bool:
        """Whether the account collects a tax on a product where the buyer is, at whatever rate."""
        return any(self._collects(tax, code) for tax in taxes_at(self._buyer.place))

    def _reason(self, tax: Tax, code: str, param: str) -> str:
        if tax.place.country.lower() not in self._supported:
            return "not_supported"
        if tax.place.country == "US" and tax.state in UNTAXED_STATES:
            return "not_subject_to_tax"
        collects = code != NONTAXABLE and self._collects(tax, code)
        if self._is_reverse(tax.place.country) and (collects or self._is_registered_at_home()):
            return "reverse_charge"
        if not collects:
            return "not_collecting"
        if self._buyer.override == "customer_exempt":
            return "customer_exempt"
        _require_known(tax, code, param)
        return RATED

    def _collects(self, tax: Tax, code: str) -> bool:
        goods, seller = is_physical(code), self._seller(code)
        return any(
            covers(each, tax, goods=goods, seller=seller) for each in self._registrations
        ) or (
            # Below the threshold, a small business has the registration of its own country alone.
            tax.place.country == seller and is_small_seller(self._registrations, seller)
        )

    def _is_registered_at_home(self) -> bool:
        return any(each["country"] == self._office for each in self._registrations)

    def _seller(self, code: str) -> str:
        return self._ship_from if is_physical(code) else self._office

    def _place_of_supply(self, code: str, param: str) -> tuple[Place, str]:
        """Where a product is taxed: mostly where it goes to."""
        place, seller = self._buyer.place, self._seller(code)
        within_eu = {place.country, seller} <= EU and place.country != seller
        if within_eu and not self._is_business():
            if code == SERVICES or is_small_seller(self._registrations, seller):
                return Place(seller), "origin"
            if code.startswith("txcd_2"):
                raise _unknown(f"where the service {code} is taxed", param)
        return place, "destination"

    def _is_business(self) -> bool:
        return self._buyer.override == "reverse_charge" or "eu_vat" in self._buyer.tax_ids

    def _is_reverse(self, country: str) -> bool:
        """Whether the buyer accounts for the tax itself: a business that buys from abroad."""
        if self._buyer.override == "reverse_charge":
            return True
        if country == self._office:
            return False
        accepted = ("eu_vat",) if country in EU else _OWN_TAX_IDS.get(country, ())
        return any(each in accepted for each in self._buyer.tax_ids)


def is_physical(code: str) -> bool:
    """Whether a tax code is of something that can be touched."""
    return code.startswith(_PHYSICAL)


def breakdown(charged: Sequence[Charged]) -> list[Record]:
    """A line's taxes as a calculation shows them (``tax_breakdown`` of a line item)."""
    return [_shown(each) for each in charged]


def _shown(charged: Charged) -> Record:
    tax = charged.due.tax
    rate = None
    if charged.due.reason not in ("not_subject_to_tax", "not_supported"):
        rate = {
            "display_name": tax.name,
            "percentage_decimal": written_rate(charged.due.percentage),
            "tax_type": tax.type or "vat",
        }
    return {
        "amount": charged.amount,
        "jurisdiction": {
            "country": tax.place.country,
            "display_name": tax.jurisdiction,
            "level": "state" if tax.state else "country",
            "state": tax.state,
        },
        "sourcing": charged.due.sourcing,
        "tax_rate_details": rate,
        "taxability_reason": charged.due.reason,
        "taxable_amount": charged.taxable,
    }


def written_rate(percentage: Decimal) -> str:
    """A rate as ``percentage_decimal`` has it: ``23.0``, ``6.625``."""
    text = format(percentage.normalize(), "f")
    return text if "." in text else f"{text}.0"


def _require_known(tax: Tax, code: str, param: str) -> None:
    place = tax.jurisdiction
    if tax.percentage is None:
        reason = "its local taxes" if tax.place.country == "US" else "its rates"
        raise _unknown(f"the tax of {place} ({reason} are not known)", param)
    sales_tax = tax.type in ("sales_tax", "pst", "rst")
    if (code != GOODS) if sales_tax else not code.startswith(_STANDARD_RATED):
        raise _unknown(f"how {place} taxes the tax code {code}", param)


def _unknown(what: str, param: str) -> StripeError:
    return invalid(
        f"The Stripe emulator does not know {what}. It refuses the request rather than make up an amount: use a tax "
        f"code such as {GOODS}, or a place whose rates it knows.",
        param,
        "taxes_calculation_failed",
    )
