"""Which parameters an operation takes, where the contract does not say it all: the SDKs know neither what a browser
sends nor what the API no longer takes.
"""

from collections.abc import Mapping
from typing import NamedTuple

from localstack_stripe.api.decoding import Tree
from localstack_stripe.contract.loader import Field, Operation, parse_type
from localstack_stripe.engine.errors import invalid


class Withdrawn(NamedTuple):
    """A parameter that the API has withdrawn with an error of its own.

    :param resources: the first segments of the paths that no longer take it
    """

    resources: frozenset[str]
    code: str
    message: str


WITHDRAWN: Mapping[str, Withdrawn] = {
    # https://docs.stripe.com/changelog/endive/2026-09-30/removes-the-payment-method-types-parameter-from-payment-intents-and-setup-intents
    "payment_method_types": Withdrawn(
        frozenset({"payment_intents", "setup_intents"}),
        "payment_method_types_no_longer_supported",
        "The `payment_method_types` parameter is no longer supported. Use dynamic payment methods, or "
        "`allowed_payment_method_types` or `excluded_payment_method_types` for more control.",
    ),
}


def withdrawn_of(operation: Operation) -> list[str]:
    """The parameters that an operation had, and that the API no longer takes."""
    if operation.verb != "POST":
        return []
    first = operation.path.split("/")[2]
    return [name for name, withdrawn in WITHDRAWN.items() if first in withdrawn.resources]


def refuse_withdrawn(names: list[str], tree: Tree) -> None:
    """Refuse what the API no longer takes.

    :param names: what an operation had
    :raises StripeError: 400 with the code that says so
    """
    for name in names:
        if name in tree:
            withdrawn = WITHDRAWN[name]
            raise invalid(withdrawn.message, name, withdrawn.code)


def _fields(**types: str) -> dict[str, Field]:
    return {
        name: Field(name, parse_type(type_), required=False, optional=False)
        for name, type_ in types.items()
    }


_ABOUT_THE_BROWSER = _fields(
    client_attribution_metadata="any",
    guid="string",
    ip="string",
    muid="string",
    pasted_fields="string",
    payment_user_agent="string",
    referrer="string",
    sid="string",
    time_on_page="string",
)
"""What Stripe.js and the SDKs of mobile devices tell of where they run, for Stripe's protection against fraud."""

BROWSER_PARAMETERS: Mapping[str, Field] = {
    **_ABOUT_THE_BROWSER,
    **_fields(
        client_context="any",
        client_secret="string",
        expected_payment_method_type="string",
        is_stripe_sdk="boolean",
        set_as_default_payment_method="boolean",
        use_stripe_sdk="boolean",
    ),
}
"""What Stripe.js adds to its calls: the secret by which a browser may act on one object, and what has no effect here."""

ADDED_FIELDS: Mapping[str, Mapping[str, Field]] = {
    # A part of a customer's address may be empty, and is null then: https://github.com/bitwarden/server/pull/776
    "CustomerCreateParamsAddress": _fields(
        **dict.fromkeys(
            ("city", "country", "line1", "line2", "postal_code", "state"), "'' | string"
        )
    ),
    # The example of https://docs.stripe.com/api/product-catalog/trial-offer/create leaves the only type there is out.
    "ProductCatalogTrialOfferCreateParamsDuration": _fields(type="'relative'"),
    "SetupIntentCreateParamsPaymentMethodData": _fields(
        card="PaymentMethodCreateParamsCard", type="string"
    )
    | _ABOUT_THE_BROWSER,
}
"""Fields that structures have besides the contract's, or otherwise. Stripe.js describes a new card in ``payment_method_data``; SDKs
have no such field, since a server should not see a card's number, and who sends one all the same is told so.
"""


def accepted_by(operation: Operation, *, publishable: bool) -> Mapping[str, Field]:
    """The parameters of an operation, with those that only a browser sends where one calls."""
    if not publishable:
        return operation.parameters
    return {**BROWSER_PARAMETERS, **operation.parameters}
