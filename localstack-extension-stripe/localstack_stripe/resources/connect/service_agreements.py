"""Service agreements (https://docs.stripe.com/connect/service-agreement-types): who accepts them, and what a connected
account may do under which of them.
"""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.paths import at
from localstack_stripe.engine.store import Record

_AGREEMENT = "tos_acceptance.service_agreement"


def is_recipient(account: Record) -> bool:
    """Whether an account is only paid by its platform, and has no agreement with Stripe about more."""
    return bool(at(account, _AGREEMENT) == "recipient")


def check_agreement(
    account: Record, params: Mapping[str, Any], before: Record | None = None
) -> None:
    """Refuse to accept in an account's place what it accepts itself, to change what was accepted, and payments where it
    is a recipient.

    :param account: as a request leaves it
    :param before: as it was, where it is not new
    :raises StripeError: 400
    """
    given = params.get("tos_acceptance") or {}
    accepts = any(given.get(name) is not None for name in ("date", "ip", "user_agent"))
    if accepts and account["controller"]["requirement_collection"] == "stripe":
        raise invalid(
            "You cannot accept the Terms of Service on behalf of accounts where "
            "controller[requirement_collection]=stripe, which includes Standard and Express accounts."
        )
    was = at(before or {}, _AGREEMENT) or "full"
    if at(before or {}, "tos_acceptance.date") and (given.get("service_agreement") or was) != was:
        raise invalid(
            "The service agreement of an account cannot be changed after it was accepted.",
            "tos_acceptance[service_agreement]",
        )
    for name, terms in (params.get("capabilities") or {}).items():
        if is_recipient(account) and name != "transfers" and (terms or {}).get("requested"):
            raise invalid(
                f"Accounts under the recipient service agreement cannot request the `{name}` capability.",
                f"capabilities[{name}][requested]",
            )
