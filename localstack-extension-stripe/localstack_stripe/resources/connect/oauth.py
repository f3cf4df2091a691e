"""OAuth (https://docs.stripe.com/connect/oauth-reference): an account that exists is connected by its owner's consent.

Here the owner always consents, and the account is a new one.
"""

from localstack_stripe.engine.behaviours import Call, operation
from localstack_stripe.engine.errors import OAuthError
from localstack_stripe.engine.presets import settle
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.connect.accounts import new_connected
from localstack_stripe.resources.connect.applications import tell
from localstack_stripe.resources.connect.kept_accounts import ACCOUNT, is_own

GRANT = "oauth grant"
"""Noted of a connected account: the code of its consent, whether it was used, its scope, and its refresh token."""

SCOPES = ("read_write", "read_only")


def consent(work: UnitOfWork, scope: str) -> str:
    """Connect an account, as its owner does who is sent to ``/oauth/authorize``, and return the code of the consent."""
    settle(work, ACCOUNT)
    account = new_connected(work)
    code = f"ac_{work.ids.text(32)}"
    tell(work, account, "authorized")
    work.note(account, GRANT, {"code": code, "scope": scope, "used": False, "refresh_token": None})
    return code


@operation("POST /oauth/token")
def token(call: Call) -> Record:
    """Change a code, or a refresh token, into keys of the connected account."""
    work, params = call.work, call.params
    by_code = params["grant_type"] == "authorization_code"
    name = "code" if by_code else "refresh_token"
    if not params.get(name):
        raise OAuthError("invalid_request", f"No {name.replace('_', ' ')} was provided.")
    for account in work.all(ACCOUNT):
        grant = work.noted(account, GRANT)
        if grant and grant[name] == params[name]:
            if by_code and grant["used"]:
                raise OAuthError(
                    "invalid_grant",
                    f"This authorization code has already been used. All tokens issued with this code have been "
                    f"revoked: {params[name]}",
                )
            return _keys(work, account, grant)
    what = "Authorization code" if by_code else "Refresh token"
    raise OAuthError("invalid_grant", f"{what} does not exist: {params[name]}")


@operation("POST /oauth/deauthorize")
def deauthorize(call: Call) -> Record:
    """End a connection; the account goes on without the platform."""
    id = call.params["stripe_user_id"]
    settle(call.work, ACCOUNT)
    account = call.work.get(ACCOUNT, id)
    if account is None or is_own(call.work, account):
        raise OAuthError(
            "invalid_client",
            f"This application is not connected to stripe account {id}, or that account does not exist.",
            status=401,
        )
    tell(call.work, account, "deauthorized")
    call.work.remove(account)
    return {"stripe_user_id": id}


def _keys(work: UnitOfWork, account: Record, grant: Record) -> Record:
    refresh = grant["refresh_token"] or f"rt_{work.ids.text(48)}"
    work.note(account, GRANT, {**grant, "used": True, "refresh_token": refresh})
    carried = account["id"].removeprefix("acct_")
    return {
        "access_token": f"sk_test_5{carried}{work.ids.text(32)}",
        "livemode": False,
        "refresh_token": refresh,
        "scope": grant["scope"],
        "stripe_publishable_key": f"pk_test_5{carried}{work.ids.text(32)}",
        "stripe_user_id": account["id"],
        "token_type": "bearer",
    }
