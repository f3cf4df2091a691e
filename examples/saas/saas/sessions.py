"""Who is signed in: a signed cookie, which following the link in the activation mail gives."""

from flask import session

from saas.accounts import Account, AccountStore
from saas.errors import NotSignedIn


def sign_in(account: Account) -> None:
    """Let the requests of this browser be the account's."""
    session.clear()
    session["account"] = account.id


def require_account(accounts: AccountStore) -> Account:
    """The account whose request this is.

    :raises NotSignedIn: where it is nobody's
    """
    account = accounts.get(session.get("account", ""))
    if account is None:
        raise NotSignedIn("not_signed_in", "Please follow the link in your activation mail.")
    return account
