"""How whoever pays by card, or saves one, was authenticated (3D Secure), as charges and attempts to set up tell of it."""

from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.secured_payments import secured, shown_authentication
from localstack_stripe.resources.core.intents import wants_authentication
from localstack_stripe.resources.core.outside_authentication import outside
from localstack_stripe.resources.payment_methods.payment_methods import bank_card


def authentication_of(
    work: UnitOfWork, intent: Record, method: Record, *, authenticated: bool | None
) -> Record | None:
    """The ``three_d_secure`` of a charge
    (https://docs.stripe.com/api/charges/object#charge_object-payment_method_details-card-three_d_secure); nothing where
    authentication was not tried.

    :param authenticated: whether the cardholder has done what they were asked for; nothing where they were not asked
    """
    elsewhere = outside(work, intent).shown
    card = bank_card(method)
    if elsewhere is not None or card is None:
        return elsewhere
    tried = secured(card, authenticated=authenticated, requested=wants_authentication(intent))
    return None if tried is None else shown_authentication(card.brand, tried, work.ids.uuid())
