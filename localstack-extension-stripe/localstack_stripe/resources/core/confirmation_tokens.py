"""Confirmation tokens (https://docs.stripe.com/api/confirmation_tokens): what a customer has entered in a page, to confirm
one intent with.
"""

from dataclasses import replace
from typing import Any

from localstack_stripe.engine.behaviours import Call, before_create, understands
from localstack_stripe.engine.errors import exclusive, invalid, no_such
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.payment_methods.described_methods import (
    described_values,
    require_details,
)
from localstack_stripe.resources.payment_methods.payment_methods import obtain

TOKEN = "confirmation_token"

METHOD, DESCRIBED = "method", "described"
"""Noted of a token: the payment method that it names, or what the one is like that it will make."""

_WRITTEN = (
    "mandate_data",
    "payment_method_options",
    "return_url",
    "setup_future_usage",
    "shipping",
)
"""What of a token is written onto the intent that is confirmed with it."""


@before_create(TOKEN)
def complete(call: Call, token: Record) -> None:
    """Show how it would be paid (https://docs.stripe.com/api/confirmation_tokens/test_create)."""
    work, params = call.work, call.params
    named, data = params.get("payment_method"), params.get("payment_method_data")
    if named and data:
        raise exclusive("payment_method", "payment_method_data")
    if named:
        method = obtain(work, named, "payment_method")
        work.note(token, METHOD, method["id"])
    elif data:
        method = described_values(work, data, "payment_method_data", raw_allowed=call.publishable)
        require_details(data["type"], data)
        work.note(token, DESCRIBED, method)
    else:
        return
    token["payment_method_preview"] = _preview(method)


def _preview(method: Record) -> Record:
    shown = ("allow_redisplay", "billing_details", "customer", "customer_account", "type")
    preview: dict[str, Any] = {name: method.get(name) for name in shown}
    kind = method["type"]
    if kind in method:
        hidden = ("fingerprint",)
        preview[kind] = {name: value for name, value in method[kind].items() if name not in hidden}
    return preview


@understands(TOKEN)
def by_its_contents(call: Call) -> Call:
    """An intent is confirmed with what the token holds; what the request says itself goes before
    (https://docs.stripe.com/api/payment_intents/confirm).

    :raises StripeError: 400 where there is no such token, or it was used, or it has expired
    """
    work, params = call.work, call.params
    id = params[TOKEN]
    token = work.get(TOKEN, id)
    if token is None:
        raise no_such(TOKEN, id, TOKEN)
    if not call.operation.path.endswith("/confirm") and not params.get("confirm"):
        raise invalid(f"You can only provide `{TOKEN}` when `confirm` is set to `true`.", TOKEN)
    if token["payment_intent"] or token["setup_intent"]:
        raise invalid(
            f"The ConfirmationToken {id} has already been used.",
            TOKEN,
            "payment_intent_confirmation_token_invalid",
        )
    if token["expires_at"] <= work.now():
        raise invalid(f"The ConfirmationToken {id} has expired.", TOKEN)
    held = {name: token[name] for name in _WRITTEN if token.get(name) is not None}
    if not (params.get("payment_method") or params.get("payment_method_data")):
        method = _method_of(work, token)
        held |= {"payment_method": method} if method else {}
    return replace(call, params={**held, **params})


def _method_of(work: UnitOfWork, token: Record) -> str | None:
    described = work.noted(token, DESCRIBED)
    if described is not None:
        return str(work.create("payment_method", **described)["id"])
    named: str | None = work.noted(token, METHOD)
    return named


def use_up(call: Call, intent: Record) -> None:
    """Note which intent the request's token, if it has one, was used for: it can be used for no other."""
    id = call.params.get(TOKEN)
    if id:
        token = call.work.change(call.work.require(TOKEN, id, TOKEN))
        token[intent["object"]] = intent["id"]
