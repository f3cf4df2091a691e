"""The secret store of Stripe Apps (https://docs.stripe.com/api/apps/secret_store): a secret is known by its name and
scope, not by its id.
"""

from typing import Any

from localstack_stripe.engine.behaviours import Call, hides, list_filter, operation
from localstack_stripe.engine.errors import StripeError, invalid, missing_parameter
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

SECRET = "apps.secret"

hides(SECRET, "payload")


@operation("POST /v1/apps/secrets")
def keep(call: Call) -> Record:
    """Create a secret, or replace the one of that name (https://docs.stripe.com/api/apps/secret_store/set)."""
    work, params = call.work, call.params
    scope = _scope(params["scope"])
    existing = _named(work, params["name"], scope)
    secret = (
        work.change(existing)
        if existing is not None
        else work.create(SECRET, name=params["name"], scope=scope)
    )
    secret["expires_at"] = params.get("expires_at")
    if _expired(work, secret):
        raise invalid("Invalid expires_at: must be a time in the future.", "expires_at")
    secret["payload"] = params["payload"]
    return secret


@operation("GET /v1/apps/secrets/find")
def look_up(call: Call) -> Record:
    """The secret of a name and scope (https://docs.stripe.com/api/apps/secret_store/find)."""
    return _required(call)


@operation("POST /v1/apps/secrets/delete")
def delete(call: Call) -> Record:
    """Delete the secret of a name and scope; what is answered is the secret, deleted."""
    secret = _required(call)
    call.work.remove(secret)
    return {"id": secret["id"], "object": SECRET, "deleted": True}


@list_filter("GET /v1/apps/secrets", "scope")
def in_scope(work: UnitOfWork, secret: Record, scope: Any) -> bool:
    """Those of one scope that have not expired."""
    return secret["scope"] == _scope(scope) and not _expired(work, secret)


def _required(call: Call) -> Record:
    secret = _named(call.work, call.params["name"], _scope(call.params["scope"]))
    if secret is None:
        raise StripeError(
            f"No such secret: '{call.params['name']}'",
            status=404,
            code="resource_missing",
            param="name",
        )
    return secret


def _named(work: UnitOfWork, name: str, scope: Record) -> Record | None:
    return next(
        (
            secret
            for secret in work.where(SECRET, "name", name)
            if secret["scope"] == scope and not _expired(work, secret)
        ),
        None,
    )


def _expired(work: UnitOfWork, secret: Record) -> bool:
    return secret["expires_at"] is not None and secret["expires_at"] <= work.now()


def _scope(given: Any) -> Record:
    if given["type"] == "user" and not given.get("user"):
        raise missing_parameter("scope[user]")
    if given["type"] == "account" and given.get("user"):
        raise invalid("You may only set scope[user] if scope[type] is user.", "scope[user]")
    return dict(given)
