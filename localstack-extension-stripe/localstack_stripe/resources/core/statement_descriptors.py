"""What customers read on their statements (https://docs.stripe.com/get-started/account/statement-descriptors)."""

from collections.abc import Collection

from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.connect.charge_shares import is_of_card
from localstack_stripe.resources.connect.kept_accounts import ACCOUNT, kept_account

_DEFAULT = "LOCALSTACK"
"""Where the account's settings say nothing."""

_LONGEST = 22


def descriptor_of(work: UnitOfWork, charge: Record) -> str:
    """The descriptor of a charge: that of the account that it is made for, with what the charge says for this payment. On a
    card's statement that is a suffix, as which the older charges' ``statement_descriptor`` is taken too
    (https://docs.stripe.com/api/charges/create#create_charge-statement_descriptor); what is too long is cut off.
    """
    if charge["on_behalf_of"]:
        account = work.get(ACCOUNT, charge["on_behalf_of"])
    else:
        _, account = kept_account(work)
    settings = (account or {}).get("settings") or {}
    whole = (settings.get("payments") or {}).get("statement_descriptor") or _DEFAULT
    own = charge["statement_descriptor"]
    if not is_of_card(charge):
        return str(own or whole)
    suffix = charge["statement_descriptor_suffix"] or own
    if not suffix:
        return str(whole)
    prefix = (settings.get("card_payments") or {}).get("statement_descriptor_prefix") or whole
    return f"{prefix}* {suffix}"[:_LONGEST]


def refuse_card_descriptor(intent: Record, types: Collection[str | None]) -> None:
    """A card's statement shows the account's own descriptor, with a suffix at most
    (https://support.stripe.com/questions/use-of-the-statement-descriptor-parameter-on-paymentintents-for-card-charges).
    """
    if intent["statement_descriptor"] and "card" in types:
        raise invalid(
            "The statement_descriptor parameter is not supported for the payment_method_type `card`. To continue "
            "supporting payment_method_type `card`, please pass in `statement_descriptor_suffix` or remove the "
            "`statement_descriptor` parameter altogether. Please see https://support.stripe.com/questions/"
            "use-of-the-statement-descriptor-parameter-on-paymentintents-for-card-charges for additional details.",
            "statement_descriptor",
        )
