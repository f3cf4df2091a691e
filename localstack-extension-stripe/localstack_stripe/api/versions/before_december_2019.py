"""What objects had until version 2019-12-03: lines of invoices another id besides, and customers their number for VAT
(https://docs.stripe.com/changelog/2019-12-03/standardizes-invoice-line-item-ids,
https://docs.stripe.com/changelog/2019-12-03/removes-deprecated-tax-information-fields).
"""

from localstack_stripe.api.decoding import Tree
from localstack_stripe.api.versions.change import Change, by, found_at, without
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

_TYPE = "eu_vat"
"""What ``vat`` is called now, of which there was no other type."""


def _customer(work: UnitOfWork, customer: Record) -> Record:
    numbers = work.where("tax_id", "customer", customer["id"])
    known = next((each["value"] for each in numbers if each["type"] == _TYPE), None)
    return {"tax_info": {"tax_id": known, "type": "vat"} if known is not None else None}


def _numbered(tree: Tree) -> Tree:
    given = tree.get("tax_info")
    if not isinstance(given, dict) or "tax_id_data" in tree or given.get("type") != "vat":
        return tree
    number = {"type": _TYPE, "value": given.get("tax_id", "")}
    return {**without(tree, "tax_info"), "tax_id_data": [number]}


CHANGE = Change(
    day="2019-12-03",
    fields={"customer": {"tax_info": "{any} | null"}, "line_item": {"unique_id": "string"}},
    values={"customer": _customer, "line_item": found_at(unique_id="id")},
    parameters={"POST /v1/customers": by(_numbered)},
)
