"""What a request has to tell to confirm a payment with some types of payment methods, besides the method."""

from localstack_stripe.engine.behaviours import Call
from localstack_stripe.engine.errors import LeavesIntent, invalid, missing_parameter
from localstack_stripe.engine.store import Record
from localstack_stripe.payments.app_approvals import mistake_in_code
from localstack_stripe.resources.core.intents import options_of


def require_options(call: Call, intent: Record, method: Record) -> None:
    """Refuse to confirm a payment where the request does not say what is needed, unless the customer has agreed to it before.

    :raises StripeError: 400
    """
    if method["customer"] is not None:
        return
    if method["type"] == "blik":
        _require_code(call, intent, method)
    # https://docs.stripe.com/api/payment_intents/confirm#confirm_payment_intent-payment_method_options-wechat_pay-client
    if method["type"] == "wechat_pay" and not options_of(intent, "wechat_pay").get("client"):
        raise missing_parameter("payment_method_options[wechat_pay][client]")


_CODE = "payment_method_options[blik][code]"


def _require_code(call: Call, intent: Record, method: Record) -> None:
    """The code that the customer's bank shows them (https://docs.stripe.com/payments/blik/accept-a-payment)."""
    code = ((call.params.get("payment_method_options") or {}).get("blik") or {}).get("code")
    if not code:
        raise missing_parameter(_CODE)
    if not (len(code) == 6 and code.isdecimal()):
        raise invalid("A BLIK code has 6 digits.", _CODE)
    wrong = mistake_in_code(method["billing_details"]["email"])
    if wrong is not None:
        raise LeavesIntent(
            wrong, code="payment_method_invalid_parameter", param=_CODE, payment_intent=intent
        )
