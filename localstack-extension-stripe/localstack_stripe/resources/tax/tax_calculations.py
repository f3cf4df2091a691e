"""Tax calculations (https://docs.stripe.com/tax/standalone-tax-api): what tax a sale has, before it is made."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from localstack_stripe.billing.jurisdictions import Place
from localstack_stripe.engine.behaviours import Call, hides, operation
from localstack_stripe.engine.children import PARENT
from localstack_stripe.engine.clock import DAY, HOUR
from localstack_stripe.engine.errors import exclusive, invalid, missing_parameter, not_emulated
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.core.customer_locations import LOCATION_INVALID
from localstack_stripe.resources.products.shipping_rates import amount_in
from localstack_stripe.resources.products.tax_codes import PERFORMANCE_LOCATION
from localstack_stripe.resources.tax.tax_ids import check_tax_id, customer_tax_ids
from localstack_stripe.resources.tax.tax_settings import settings_of
from localstack_stripe.resources.tax.taxability import (
    SHIPPING,
    TAX_EXEMPT,
    Buyer,
    Charged,
    Taxability,
    breakdown,
    place_of,
    written_rate,
)

CALCULATION = "tax.calculation"
LINE = "tax.calculation_line_item"
LOCATION = "tax.location"

KEPT_SECONDS = 90 * DAY
"""How long a transaction can be made of one (https://docs.stripe.com/api/tax/transactions/create_from_calculation)."""

TAX_DATE_SECONDS = 48 * HOUR
"""How far from now a sale may be dated."""

# https://docs.stripe.com/api/tax/calculations/object: a line's taxes are shown when they are expanded.
hides(LINE, PARENT, "tax_breakdown")


@operation("POST /v1/tax/calculations")
def calculate(call: Call) -> Record:
    """Calculate what tax a sale has (https://docs.stripe.com/api/tax/calculations/create).

    :raises StripeError: 400 ``customer_tax_location_invalid`` where it is not known where the customer is, and
        ``taxes_calculation_failed`` where the emulator does not know the tax there
    """
    work, params = call.work, call.params
    now = work.now()
    date = params.get("tax_date", now)
    if abs(date - now) > TAX_DATE_SECONDS:
        raise invalid(
            "The tax_date can be up to 48 hours in the past, and up to 48 hours in the future.",
            "tax_date",
        )
    customer, details = _customer_details(work, params)
    ship_from = _ship_from(params)
    taxability = Taxability(
        work,
        _buyer(details, "customer" if customer else "customer_details[address]"),
        date,
        ship_from["address"] if ship_from else None,
    )
    calculation = work.create(
        CALCULATION,
        currency=params["currency"],
        customer=customer,
        customer_details=details,
        expires_at=now + KEPT_SECONDS,
        ship_from_details=ship_from,
        tax_date=date,
    )
    charged = _add_lines(work, calculation, taxability, params["line_items"])
    charged += _add_shipping(work, calculation, taxability, params.get("shipping_cost"))
    _add_up(calculation, charged)
    return calculation


# Who buys


def _customer_details(
    work: UnitOfWork, params: Mapping[str, Any]
) -> tuple[str | None, dict[str, Any]]:
    """Whose calculation it is, and what is known of the customer: as it is given, or as the customer has it."""
    named, given = params.get("customer"), params.get("customer_details")
    if named and given:
        raise exclusive("customer", "customer_details")
    if named:
        customer = work.require("customer", named, "customer")
        return customer["id"], _details_of(work, customer)
    if not given:
        raise missing_parameter("customer_details")
    return None, _given_details(given)


def _details_of(work: UnitOfWork, customer: Record) -> dict[str, Any]:
    shipping = (customer.get("shipping") or {}).get("address")
    address = shipping or customer.get("address")
    return {
        "address": complete_address(address or {}),
        "address_source": "shipping" if shipping else "billing",
        "ip_address": None,
        "tax_ids": customer_tax_ids(work, customer),
        "taxability_override": TAX_EXEMPT[customer.get("tax_exempt") or "none"],
    }


def _given_details(given: Mapping[str, Any]) -> dict[str, Any]:
    address = given.get("address")
    if not address and given.get("ip_address"):
        # Where an address of the internet is cannot be found out without asking somebody on it.
        raise not_emulated("customer_details[ip_address]")
    if address and not given.get("address_source"):
        raise missing_parameter("customer_details[address_source]")
    tax_ids = [dict(each) for each in given.get("tax_ids") or []]
    for place, each in enumerate(tax_ids):
        check_tax_id(each["type"], each["value"], f"customer_details[tax_ids][{place}][value]")
    return {
        "address": complete_address(address or {}),
        "address_source": given.get("address_source"),
        "ip_address": given.get("ip_address"),
        "tax_ids": tax_ids,
        "taxability_override": given.get("taxability_override") or "none",
    }


def complete_address(given: Mapping[str, Any]) -> dict[str, Any]:
    """An address with all of its fields."""
    names = ("city", "country", "line1", "line2", "postal_code", "state")
    return {name: given.get(name) for name in names}


def _buyer(details: Mapping[str, Any], param: str) -> Buyer:
    unknown = invalid(
        "We could not determine the customer's tax location based on the provided customer address.",
        param,
        LOCATION_INVALID,
    )
    return Buyer(
        place_of(details["address"], unknown),
        tuple(each["type"] for each in details["tax_ids"]),
        details["taxability_override"],
    )


def _ship_from(params: Mapping[str, Any]) -> dict[str, Any] | None:
    given = params.get("ship_from_details")
    return {"address": complete_address(given["address"])} if given else None


# What is bought


def _add_lines(
    work: UnitOfWork,
    calculation: Record,
    taxability: Taxability,
    given: Sequence[Mapping[str, Any]],
) -> list[Charged]:
    if not given:
        raise missing_parameter("line_items")
    references = [each["reference"] for each in given if each.get("reference")]
    if len(references) != len(set(references)):
        raise invalid("The references of the line items must be unique.", "line_items")
    charged: list[Charged] = []
    lines = []
    for number, each in enumerate(given):
        param = f"line_items[{number}]"
        code = _code_of(work, each, param)
        inclusive = each.get("tax_behavior") == "inclusive"
        taxes = taxability.charge(
            each["amount"],
            code,
            inclusive=inclusive,
            param=f"{param}[tax_code]",
            performed_at=_performed_at(work, each, code, f"{param}[performance_location]"),
        )
        charged += taxes
        lines.append(
            {
                "amount": each["amount"],
                "amount_tax": sum(tax.amount for tax in taxes),
                "metadata": dict(each["metadata"]) if each.get("metadata") else None,
                "performance_location": each.get("performance_location"),
                "product": each.get("product"),
                "quantity": each.get("quantity", 1),
                "reference": each.get("reference") or work.ids.new("L", 8),
                "tax_behavior": "inclusive" if inclusive else "exclusive",
                "tax_breakdown": breakdown(taxes),
                "tax_code": code,
            }
        )
    # A list shows the newest first, and line items are listed as they were given.
    for line in reversed(lines):
        work.create(LINE, **{PARENT: calculation["id"]}, **line)
    calculation["amount_total"] = sum(line["amount"] for line in lines)
    return charged


def _code_of(work: UnitOfWork, line: Mapping[str, Any], param: str) -> str:
    """What a line sells: its own code, its product's, or the account's (https://docs.stripe.com/tax/tax-codes)."""
    product: Record = {}
    if line.get("product"):
        product = work.require("product", line["product"], f"{param}[product]")
    code = line.get("tax_code") or product.get("tax_code")
    return str(code or settings_of(work)["defaults"]["tax_code"])


def _performed_at(work: UnitOfWork, line: Mapping[str, Any], code: str, param: str) -> Place | None:
    """Where what a ticket is for happens (https://docs.stripe.com/tax/tax-for-tickets/integration-guide)."""
    id = line.get("performance_location")
    if id is None:
        if PERFORMANCE_LOCATION.get(code) == "required":
            raise missing_parameter(param)
        return None
    address = work.require(LOCATION, id, param)["address"]
    unknown = invalid(
        "We could not determine where the performance is.", param, "invalid_tax_location"
    )
    return place_of(address, unknown)


def _add_shipping(
    work: UnitOfWork,
    calculation: Record,
    taxability: Taxability,
    given: Mapping[str, Any] | None,
) -> list[Charged]:
    if not given:
        return []
    cost = _shipping_cost(work, calculation["currency"], given)
    inclusive = cost["tax_behavior"] == "inclusive"
    taxes = taxability.charge(
        cost["amount"], cost["tax_code"], inclusive=inclusive, param="shipping_cost[tax_code]"
    )
    cost |= {
        "amount_tax": sum(tax.amount for tax in taxes),
        "tax_breakdown": breakdown(taxes),
    }
    calculation["shipping_cost"] = cost
    calculation["amount_total"] += cost["amount"]
    return taxes


def _shipping_cost(work: UnitOfWork, currency: str, given: Mapping[str, Any]) -> dict[str, Any]:
    cost: dict[str, Any] = {
        "amount": given.get("amount"),
        "tax_behavior": given.get("tax_behavior"),
        "tax_code": given.get("tax_code"),
    }
    if given.get("shipping_rate"):
        if given.get("amount") is not None:
            raise exclusive("amount", "shipping_rate", "shipping_cost")
        id = given["shipping_rate"]
        rate = work.require("shipping_rate", id, "shipping_cost[shipping_rate]")
        cost["shipping_rate"] = id
        cost["amount"] = amount_in(rate, currency, "shipping_cost[shipping_rate]")
        cost["tax_code"] = cost["tax_code"] or rate["tax_code"]
        cost["tax_behavior"] = cost["tax_behavior"] or rate["tax_behavior"]
    elif cost["amount"] is None:
        raise missing_parameter("shipping_cost[amount]")
    if cost["tax_behavior"] not in ("inclusive", "exclusive"):
        cost["tax_behavior"] = "exclusive"
    cost["tax_code"] = cost["tax_code"] or SHIPPING
    return cost


# What it comes to


def _add_up(calculation: Record, charged: Iterable[Charged]) -> None:
    """Derive the totals, and put together what is the same tax for the same reason."""
    sums: dict[bool, int] = {True: 0, False: 0}
    together: dict[Any, dict[str, Any]] = {}
    for each in charged:
        sums[each.inclusive] += each.amount
        entry = _summary(each)
        key = (each.inclusive, each.due.tax, each.due.reason)
        if key in together:
            for name in ("amount", "taxable_amount"):
                together[key][name] += entry[name]
        else:
            together[key] = entry
    calculation["tax_breakdown"] = list(together.values())
    calculation["tax_amount_inclusive"] = sums[True]
    calculation["tax_amount_exclusive"] = sums[False]
    calculation["amount_total"] += sums[False]


def _summary(charged: Charged) -> dict[str, Any]:
    tax = charged.due.tax
    state = tax.place.state
    return {
        "amount": charged.amount,
        "inclusive": charged.inclusive,
        "tax_rate_details": {
            "country": tax.place.country,
            "flat_amount": None,
            "percentage_decimal": written_rate(charged.due.percentage),
            "rate_type": "percentage",
            "state": state,
            "tax_type": tax.type,
        },
        "taxability_reason": charged.due.reason,
        "taxable_amount": charged.taxable,
    }
