"""What a token stands for is taken from it once (https://docs.stripe.com/api/tokens)."""

from localstack_stripe.engine.errors import invalid, no_such
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork


def use_token(work: UnitOfWork, token: str, type: str, param: str) -> Record:
    """The token that was created under an id, which is used up by that.

    :param type: what it has to stand for, such as a ``bank_account`` or a ``card``
    :raises StripeError: 400 where there is no such token, or it was used before
    """
    record = work.get("token", token)
    if record is None or record["type"] != type:
        raise no_such("token", token, param)
    if record["used"]:
        raise invalid(
            f"You cannot use a Stripe token more than once: {token}.", code="token_already_used"
        )
    work.change(record)["used"] = True
    return record
