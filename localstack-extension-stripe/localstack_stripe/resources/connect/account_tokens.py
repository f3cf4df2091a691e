"""Account tokens and person tokens (https://docs.stripe.com/connect/account-tokens): a browser tells who somebody is, and
the platform's server hands that on without seeing it. Each is used once.
"""

from dataclasses import replace

from localstack_stripe.engine.behaviours import Call, understands
from localstack_stripe.engine.store import Record
from localstack_stripe.resources.payment_methods.token_use import use_token

TOLD = "told"
"""Noted of a token: what it stands for."""

PREFIXES = {"account": "ct_", "person": "cpt_"}
"""With what the ids of such tokens begin, by what they are of."""

_LOCAL = "127.0.0.1"
"""Where here whoever makes a token is."""


def keep_told(call: Call, token: Record) -> None:
    """Keep what a new token is of, if that is an account or a person."""
    if token["type"] in PREFIXES:
        call.work.note(token, TOLD, dict(call.params[token["type"]]))


@understands("account_token")
def with_account(call: Call) -> Call:
    """What a token tells of an account, in its place."""
    return _told_by_token(call, "account")


@understands("person_token")
def with_person(call: Call) -> Call:
    """What a token tells of a person, in its place."""
    return _told_by_token(call, "person")


def _told_by_token(call: Call, kind: str) -> Call:
    """The call with what a token tells where the token was; what is said besides comes first.

    :raises StripeError: 400 where there is no such token, or it was used
    """
    if not call.operation.path.startswith("/v1/"):
        return call  # the tokens of v2 are others
    work, param = call.work, f"{kind}_token"
    given = dict(call.params)
    id = given.pop(param)
    told = dict(work.noted(use_token(work, id, kind, param), TOLD) or {})
    if told.pop("tos_shown_and_accepted", None):
        told["tos_acceptance"] = {"date": work.now(), "ip": _LOCAL}
    return replace(call, params={**told, **given})
