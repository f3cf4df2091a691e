"""The CVC of a saved card, which its holder is asked for again
(https://docs.stripe.com/payments/accept-a-payment?platform=web&ui=elements#cvc-recollection).
"""

from localstack_stripe.engine.behaviours import Call
from localstack_stripe.engine.store import Record
from localstack_stripe.resources.payment_methods.token_use import use_token

_PARAM = "payment_method_options[card][cvc_token]"


def take_cvc(call: Call, method: Record) -> None:
    """Have a card's CVC checked by the bank once more, where a request has a token of it.

    :raises StripeError: 400 where there is no such token, or it was used before
    """
    card = (call.params.get("payment_method_options") or {}).get("card") or {}
    token = card.get("cvc_token")
    if not token:
        return
    use_token(call.work, token, "cvc_update", _PARAM)
    if method["type"] == "card":
        shown = call.work.change(method)["card"]
        shown["checks"] = {**(shown["checks"] or {}), "cvc_check": "unchecked"}
