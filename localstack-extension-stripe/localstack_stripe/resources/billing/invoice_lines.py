"""Lines of draft invoices, added, changed and removed by hand (https://docs.stripe.com/api/invoice-line-item).

What is added is an invoice item, too; what is changed of a line is changed of its item.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from localstack_stripe.engine.assignment import assign, merged_metadata
from localstack_stripe.engine.behaviours import Call, operation, require_path
from localstack_stripe.engine.errors import exclusive, invalid, missing_parameter, no_such, too_many
from localstack_stripe.engine.initial import start
from localstack_stripe.engine.store import Record
from localstack_stripe.resources.billing.invoice_item_lines import (
    lines_of_item,
    put_on_invoice,
    write_item,
)
from localstack_stripe.resources.billing.invoice_items import (
    TERMS,
    from_parameters,
    require_not_frozen,
    set_amount,
    set_discounts,
    set_taxes,
)
from localstack_stripe.resources.billing.invoice_totals import add_up
from localstack_stripe.resources.products.discounts import new_discounts
from localstack_stripe.resources.products.products import described_product
from localstack_stripe.resources.products.tax_rates import usable_rates
from localstack_stripe.resources.tax.invoice_taxes import OWN_RATES, require_taxes
from localstack_stripe.resources.tax.tax_amounts import PARAM as TAX_AMOUNTS
from localstack_stripe.resources.tax.tax_amounts import set_tax_amounts

MOST_LINES = 50
"""How many lines one request can add, change or remove
(https://docs.stripe.com/invoicing/bulk-update-line-item#restrictions)."""

_OF_ITEM = ("description", "discountable", "metadata", "period")
"""What a line and its invoice item have in common, besides what they cost."""

_COSTS = ("pricing", "quantity", "quantity_decimal")


@operation("POST /v1/invoices/{invoice}/add_lines")
def add_lines(call: Call) -> Record:
    """Add lines: pending items of the customer, or new ones (https://docs.stripe.com/api/invoices/add_lines)."""
    return _each(call, _add)


@operation("POST /v1/invoices/{invoice}/update_lines")
def update_lines(call: Call) -> Record:
    """Change several lines (https://docs.stripe.com/api/invoices/update_lines)."""
    return _each(
        call, lambda call, invoice, given, param: _change(call, invoice, given["id"], given, param)
    )


@operation("POST /v1/invoices/{invoice}/remove_lines")
def remove_lines(call: Call) -> Record:
    """Remove lines, and delete their items or let them wait again
    (https://docs.stripe.com/api/invoices/remove_lines).
    """
    return _each(call, _remove)


@operation("POST /v1/invoices/{invoice}/lines/{line}")
def change_line(call: Call) -> Record:
    """Change a line of a draft, and add the draft up anew (https://docs.stripe.com/api/invoice-line-item/update)."""
    invoice = _draft(call)
    line = _change(call, invoice, call.path["line"], call.params, "", status=404)
    _add_up(call, invoice)
    return line


_Each = Callable[[Call, Record, Mapping[str, Any], str], object]


def _each(call: Call, do: _Each) -> Record:
    invoice = _draft(call)
    if len(call.params["lines"]) > MOST_LINES:
        raise too_many("lines", MOST_LINES)
    for place, given in enumerate(call.params["lines"]):
        do(call, invoice, given, f"lines[{place}]")
    if "invoice_metadata" in call.params:
        changes = call.params["invoice_metadata"]
        invoice["metadata"] = merged_metadata(invoice["metadata"], changes) if changes else {}
    _add_up(call, invoice)
    return invoice


def _draft(call: Call) -> Record:
    invoice = require_path(call, "invoice", "invoice")
    if invoice["status"] != "draft":
        raise invalid(
            "Invalid invoice: This invoice is no longer editable", code="invoice_not_editable"
        )
    return call.work.change(invoice)


def _add_up(call: Call, invoice: Record) -> None:
    add_up(call.work, invoice)
    require_taxes(call.work, invoice)


def _in(param: str, name: str) -> str:
    return f"{param}[{name}]" if param else name


def _add(call: Call, invoice: Record, given: Mapping[str, Any], param: str) -> None:
    work = call.work
    if given.get("amount") is not None and given.get("quantity") is not None:
        raise exclusive("amount", "quantity", param)
    if given.get("invoice_item"):
        item = work.require("invoiceitem", given["invoice_item"], _in(param, "invoice_item"))
        if item["invoice"] is not None or item["customer"] != invoice["customer"]:
            raise invalid(
                f"The invoice item {item['id']} is not pending for the customer of this invoice.",
                _in(param, "invoice_item"),
            )
        item = work.change(item)
        item["invoice"] = invoice["id"]
        put_on_invoice(work, item, invoice)
        _set_tax_amounts(call, item, given, param)
        return
    fields = work.contract.resources["invoiceitem"].fields
    params = _with_product(call, given, param)
    owner = {"customer": invoice["customer"], "invoice": invoice["id"]}
    item = start(work, "invoiceitem", owner)
    assign(work, item, params, fields, param)
    params = {"currency": invoice["currency"], **params, **owner}
    from_parameters(replace(call, params=params), item)
    _set_tax_amounts(call, item, given, param)


def _set_tax_amounts(call: Call, item: Record, given: Mapping[str, Any], param: str) -> None:
    for line in lines_of_item(call.work, item):
        set_tax_amounts(call.work, line, given, _in(param, TAX_AMOUNTS))


def _with_product(call: Call, given: Mapping[str, Any], param: str) -> Record:
    """A line's parameters, with the product that its price describes made."""
    data = given.get("price_data") or {}
    if data and not data.get("product") and not data.get("product_data"):
        raise missing_parameter(_in(_in(param, "price_data"), "product"))
    if not data.get("product_data"):
        return dict(given)
    described = _in(_in(param, "price_data"), "product_data")
    product = described_product(call.work, data["product_data"], described)
    product["active"] = False
    priced = {name: value for name, value in data.items() if name != "product_data"}
    return {**given, "price_data": {**priced, "product": product["id"]}}


def _line(call: Call, invoice: Record, id: str, param: str, status: int) -> Record:
    line = call.work.get("line_item", id)
    if line is None or line["invoice"] != invoice["id"]:
        raise no_such("line_item", id, param, status=status)
    return line


def _change(
    call: Call,
    invoice: Record,
    id: str,
    given: Mapping[str, Any],
    param: str,
    *,
    status: int = 400,
) -> Record:
    """Change a line and its item.

    :param status: what it is answered with where there is no such line
    """
    work = call.work
    line = work.change(_line(call, invoice, id, _in(param, "id") if param else "line", status))
    set_tax_amounts(work, line, given, _in(param, TAX_AMOUNTS))
    item_id = (line["parent"]["invoice_item_details"] or {}).get("invoice_item")
    if item_id is None:
        _change_subscription_line(call, invoice, line, given, param)
        return line
    owner = work.change(work.require("invoiceitem", item_id, "invoice_item"))
    require_not_frozen(owner, given, param)
    plain = {name: given[name] for name in _OF_ITEM if name in given}
    assign(work, owner, plain, work.contract.resources["invoiceitem"].fields, param)
    params = replace(call, params=_with_product(call, given, param))
    if TERMS & params.params.keys():
        set_amount(params, owner)
    set_taxes(params, owner)
    set_discounts(params, owner)
    write_item(work, line, owner)
    return line


def _change_subscription_line(
    call: Call, invoice: Record, line: Record, given: Mapping[str, Any], param: str
) -> None:
    """Change a line that bills an item of a subscription, which stays as it is
    (https://docs.stripe.com/invoicing/bulk-update-line-item#restrictions).
    """
    work = call.work
    for name in (*_COSTS, "price_data"):
        if given.get(name) is not None:
            raise invalid(
                f"You cannot change `{name}` of a line item that bills a subscription.",
                _in(param, name),
            )
    if "metadata" in given:
        # What is given takes the place of what the line has of the subscription
        # (https://docs.stripe.com/api/invoice-line-item/update#update_line-metadata).
        line["metadata"] = merged_metadata({}, given["metadata"] or {})
    plain = {name: given[name] for name in _OF_ITEM if name in given and name != "metadata"}
    assign(work, line, plain, work.contract.resources["line_item"].fields, param)
    line["amount"] = line["subtotal"] = given.get("amount", line["amount"])
    if "tax_rates" in given:
        rates = usable_rates(work, given["tax_rates"] or [], _in(param, "tax_rates"))
        work.note(line, OWN_RATES, rates)
    if "discounts" in given:
        line["discounts"] = new_discounts(
            work,
            given["discounts"] or [],
            invoice,
            invoice["currency"],
            _in(param, "discounts"),
            is_new=False,
        )


def _remove(call: Call, invoice: Record, given: Mapping[str, Any], param: str) -> None:
    work = call.work
    line = _line(call, invoice, given["id"], _in(param, "id"), 400)
    item_id = (line["parent"]["invoice_item_details"] or {}).get("invoice_item")
    if item_id is None:
        raise invalid(
            "Only the lines of invoice items can be removed; this one is a subscription's.",
            _in(param, "id"),
        )
    item = work.require("invoiceitem", item_id, "invoice_item")
    work.remove(line)
    if given["behavior"] == "delete":
        work.bury(item)
    else:
        work.change(item)["invoice"] = None
