"""What accounts had and were told until version 2019-02-19: who stands behind them was their legal entity, what is missing
their verification, and their settings stood in them
(https://docs.stripe.com/changelog/2019-02-19/several-fields-accounts-refactored,
https://docs.stripe.com/connect/required-updates/accounts-arguments).
"""

from typing import Any

from localstack_stripe.api.decoding import Tree
from localstack_stripe.api.versions.change import Change, by, found_at, without
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

_MOVED = {
    "business_name": "business_profile.name",
    "business_primary_color": "settings.branding.primary_color",
    "business_url": "business_profile.url",
    "debit_negative_balances": "settings.payouts.debit_negative_balances",
    "decline_charge_on": "settings.card_payments.decline_on",
    "mcc": "business_profile.mcc",
    "payout_schedule": "settings.payouts.schedule",
    "payout_statement_descriptor": "settings.payouts.statement_descriptor",
    "product_description": "business_profile.product_description",
    "statement_descriptor": "settings.payments.statement_descriptor",
    "support_email": "business_profile.support_email",
    "support_phone": "business_profile.support_phone",
    "support_url": "business_profile.support_url",
}
"""Where what an account had itself is now."""

_SHOWN = {
    "display_name": "settings.dashboard.display_name",
    "timezone": "settings.dashboard.timezone",
}
"""The same of what nobody can say."""

_OF_INDIVIDUAL = {
    "dob": "dob",
    "first_name": "first_name",
    "gender": "gender",
    "last_name": "last_name",
    "maiden_name": "maiden_name",
    "personal_address": "address",
    "personal_id_number": "id_number",
    "personal_phone_number": "phone",
    "ssn_last_4": "ssn_last_4",
    "verification": "verification",
}
_OF_COMPANY = {
    "address": "address",
    "business_name": "name",
    "business_tax_id": "tax_id",
    "business_vat_id": "vat_id",
    "phone_number": "phone",
}
"""Where what was said of a legal entity is now."""


def _told(tree: Tree) -> Tree:
    others = without(tree, "legal_entity", *_MOVED)
    for name, place in _MOVED.items():
        if name in tree:
            _put(others, place, tree[name])
    entity: Any = tree.get("legal_entity")
    if isinstance(entity, dict):
        _identify(others, entity)
    return others


def _identify(tree: Tree, entity: Tree) -> None:
    """Say who stands behind an account."""
    type = entity.get("type")
    if type:
        tree.setdefault("business_type", type)
    for name, new in _OF_INDIVIDUAL.items():
        if name in entity:
            _put(tree, f"individual.{new}", entity[name])
    is_company = type == "company" or "business_tax_id" in entity
    for name, new in _OF_COMPANY.items():
        if name in entity and is_company:
            _put(tree, f"company.{new}", entity[name])
    if not is_company and "address" in entity and "personal_address" not in entity:
        _put(tree, "individual.address", entity["address"])


def _put(tree: Tree, path: str, value: Any) -> None:
    """Write a value into a tree, in which nothing that is given may be changed."""
    *above, name = path.split(".")
    for each in above:
        inside = tree.get(each)
        tree[each] = dict(inside) if isinstance(inside, dict) else {}
        tree = tree[each]
    tree.setdefault(name, value)


_own = found_at(**_MOVED, **_SHOWN)


def _account(work: UnitOfWork, account: Record) -> Record:
    requirements = account.get("requirements") or {}
    return {
        **_own(work, account),
        "legal_entity": _entity(work, account),
        "verification": {
            "disabled_reason": requirements.get("disabled_reason"),
            "due_by": requirements.get("current_deadline"),
            "fields_needed": requirements.get("currently_due") or [],
        },
    }


def _entity(work: UnitOfWork, account: Record) -> Record:
    person = work.get("person", account.get("individual") or "") or {}
    company = account.get("company") or {}
    names = ("dob", "first_name", "gender", "last_name", "maiden_name")
    return {
        **{name: person.get(name) for name in names},
        "additional_owners": [],
        "address": company.get("address") or person.get("address"),
        "business_name": company.get("name"),
        "business_tax_id_provided": bool(company.get("tax_id_provided")),
        "personal_address": person.get("address"),
        "personal_id_number_provided": bool(person.get("id_number_provided")),
        "phone_number": company.get("phone") or person.get("phone"),
        "ssn_last_4_provided": bool(person.get("ssn_last_4_provided")),
        "type": account.get("business_type"),
        "verification": person.get("verification"),
    }


CHANGE = Change(
    day="2019-02-19",
    fields={
        "account": {
            **dict.fromkeys((*_MOVED, *_SHOWN), "any"),
            "legal_entity": "any",
            "verification": "any",
        }
    },
    values={"account": _account},
    parameters={"POST /v1/accounts": by(_told), "POST /v1/accounts/{account}": by(_told)},
)
