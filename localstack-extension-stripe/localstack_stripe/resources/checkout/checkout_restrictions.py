"""Cards that a Checkout session does not take (https://docs.stripe.com/payments/checkout/customization/card-brands)."""

from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.store import Record

_NETWORKS = {
    "amex": "american_express",
    "diners": "discover_global_network",
    "discover": "discover_global_network",
    "jcb": "discover_global_network",
    "unionpay": "discover_global_network",
}
"""What the restrictions call a brand, where that is not its own name."""


def refuse_restricted(session: Record, method: Record) -> None:
    """Refuse a card of a brand, or of a kind of funding, that a session blocks; a customer can choose another one.

    :raises StripeError: 400
    """
    card = (session["payment_method_options"] or {}).get("card") or {}
    restrictions = card.get("restrictions") or {}
    if method["type"] != "card":
        return
    brand, funding = method["card"]["brand"], method["card"]["funding"]
    if _NETWORKS.get(brand, brand) in (restrictions.get("brands_blocked") or ()):
        raise invalid(f"Cards of the brand {brand} are not accepted.", "payment_method")
    if funding in (restrictions.get("funding_types_blocked") or ()):
        raise invalid(f"Cards of the funding type {funding} are not accepted.", "payment_method")
