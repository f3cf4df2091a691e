"""3D Secure authentications (https://docs.stripe.com/api/three_d_secure/authentications): of which card they are.

Nobody is asked anything, so this is no behaviour.
"""

from localstack_stripe.engine.behaviours import Call, checks
from localstack_stripe.engine.errors import missing_parameter
from localstack_stripe.engine.store import Record
from localstack_stripe.resources.payment_methods.payment_methods import given_method

SERVERS = {
    "amex": "american_express",
    "cartes_bancaires": "cartes_bancaires",
    "discover": "discover",
    "mastercard": "mastercard",
    "visa": "visa",
}
"""Whose directory server knows a card, by its brand."""


@checks("three_d_secure.authentication")
def be_of_a_card(call: Call, authentication: Record) -> None:
    """An authentication is of a payment method that is named or described.

    :raises StripeError: 400 where there is none
    """
    method = given_method(call)
    if method is None:
        if authentication["payment_method"] is None:
            raise missing_parameter("payment_method")
        return
    authentication["payment_method"] = method["id"]
    server = SERVERS.get((method.get("card") or {}).get("brand", ""))
    if server is not None and call.params.get("directory_server") is None:
        authentication["directory_server"] = server
