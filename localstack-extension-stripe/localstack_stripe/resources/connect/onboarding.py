"""Onboarding (https://docs.stripe.com/connect/hosted-onboarding): the links to a page where a connected account's owner tells
what has to be known of them, and where these lead afterwards.
"""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.behaviours import Call, before_create
from localstack_stripe.engine.errors import invalid, missing_parameter
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.connect.kept_accounts import ACCOUNT

_LINKS = "account_links"
"""Noted of an account: where its links lead afterwards, until when each can be opened, by its secret."""


@before_create("account_link")
def link(call: Call, made: Record) -> None:
    """Make the address of the page (https://docs.stripe.com/api/account_links/create).

    :raises StripeError: 400 where the account is not asked for anything, or may not change what it told
    """
    work, params = call.work, call.params
    account = work.require(ACCOUNT, params["account"], "account")
    if (
        params["type"] == "account_update"
        and account["controller"].get("requirement_collection") == "stripe"
    ):
        raise invalid(
            "You cannot create `account_update` type Account Links for this account. Valid types for this account are "
            '["account_onboarding"].',
            "type",
        )
    for name in ("refresh_url", "return_url"):
        if not params.get(name):
            raise missing_parameter(name)
    made["url"] = new_link(call, account, made["expires_at"], params)


def new_link(
    call: Call,
    account: Record,
    expires_at: int,
    told: Mapping[str, Any],
    returned: Record | None = None,
) -> str:
    """The address of an account's page, which can be used until a moment.

    :param told: where it leads afterwards, as ``refresh_url`` and ``return_url``, and what it collects
    :param returned: what an event of v2 says when the owner has come back, where it is a link of v2
    """
    work, secret = call.work, call.work.ids.text(24)
    options = told.get("collection_options") or {}
    noted = {
        "collects": options.get("fields") or told.get("collect") or "currently_due",
        "expires_at": expires_at,
        "refresh_url": told["refresh_url"],
        "return_url": told.get("return_url") or told["refresh_url"],
        "returned": returned,
    }
    links = {**(work.noted(account, _LINKS) or {}), secret: noted}
    work.note(work.change(account), _LINKS, links)
    return f"{call.base}/setup/e/{account['id']}/{secret}"


@before_create("login_link")
def log_in(call: Call, made: Record) -> None:
    """Only who has an Express dashboard logs in to it (https://docs.stripe.com/api/accounts/login_link/create).

    :raises StripeError: 400 otherwise, and where the account has not told everything yet
    """
    account = call.work.require(ACCOUNT, call.path["account"], "account")
    dashboard = (account["controller"].get("stripe_dashboard") or {}).get("type")
    if dashboard != "express":
        raise invalid("Login links are only for accounts with an Express dashboard.", "account")
    if not account["details_submitted"]:
        raise invalid(
            "Cannot create a login link for an account that has not completed onboarding."
        )


def found_link(work: UnitOfWork, account: Record, secret: str) -> Record | None:
    """Where a link leads afterwards; nothing where there is no such link.

    :return: ``return_url`` and ``refresh_url``, whether it ``is_open``, and what it ``collects``
    """
    known: dict[str, Any] = dict(work.noted(account, _LINKS) or {})
    noted = known.get(secret)
    if noted is None:
        return None
    return {**noted, "is_open": noted["expires_at"] > work.now()}


def end_link(work: UnitOfWork, account: Record, secret: str) -> None:
    """Let a link be over, after it was used."""
    known: dict[str, Any] = dict(work.noted(account, _LINKS) or {})
    if known[secret].get("returned") is not None:
        work.happened("v2.core.account_link.returned", account, data=known[secret]["returned"])
    known[secret] = {**known[secret], "expires_at": 0}
    work.note(work.change(account), _LINKS, known)
