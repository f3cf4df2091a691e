"""Whose details an invoice shows (https://docs.stripe.com/connect/invoices): its issuer's, those of the account that it is
charged on behalf of, or else those of the account that makes it.
"""

from typing import Any

from localstack_stripe.engine.paths import at
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.connect.kept_accounts import ACCOUNT, is_own, kept_account

_OWN = {"account_country": "US", "account_name": "LocalStack"}
"""How the account of a key is called, which nobody has onboarded."""


def details_of_maker(work: UnitOfWork) -> dict[str, Any]:
    """How an invoice calls the account that makes it."""
    _, account = kept_account(work)
    return _OWN if work.platform() is None or account is None else _details_of(account)


def _details_of(account: Record) -> dict[str, Any]:
    name = at(account, "business_profile.name") or at(account, "settings.dashboard.display_name")
    return {"account_country": account["country"], "account_name": name}


def issue(work: UnitOfWork, invoice: Record) -> None:
    """Have an invoice that is finalized show whose it is, and the account's default tax IDs where it names none."""
    keeper, account = kept_account(work)
    named = invoice["issuer"].get("account") or invoice["on_behalf_of"]
    if named:
        keeper, account = work, work.get(ACCOUNT, named) or account
    if account is None:
        return
    if not is_own(keeper, account):
        invoice |= _details_of(account)
    by_default = at(account, "settings.invoices.default_account_tax_ids")
    if invoice["account_tax_ids"] is None and by_default:
        invoice["account_tax_ids"] = list(by_default)
