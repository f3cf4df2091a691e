"""Card details in the body of a request that is sent on: blank fields are filled, by their names, with what they are for
(https://docs.stripe.com/payments/vault-and-forward#create-a-forwardingrequest).

Stripe knows where each of its destinations has them. Here a field is one of them if it is blank, ``""`` or ``0``, and has a
name that processors give it: ``expiryMonth``, ``exp_month``.
"""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

FIELDS: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(("number", "cardnumber", "pan", "primaryaccountnumber"), ("card_number", "number")),
    **dict.fromkeys(("expirymonth", "expmonth", "expirationmonth"), ("card_expiry", "month")),
    **dict.fromkeys(("expiryyear", "expyear", "expirationyear"), ("card_expiry", "year")),
    **dict.fromkeys(
        ("cvc", "cvc2", "cvv", "cvv2", "securitycode", "cardsecuritycode", "verificationvalue"),
        ("card_cvc", "cvc"),
    ),
    **dict.fromkeys(("name", "holdername", "cardholdername", "cardholder", "nameoncard"), ("cardholder_name", "name")),
}  # fmt: skip
"""By a field's name, without what is neither letter nor number: the replacement that fills it, and with what of the card."""


class Details(NamedTuple):
    """What is known of a card, each as text; what is not is empty.

    :param month: two digits
    :param year: four digits
    """

    number: str
    month: str
    year: str
    cvc: str
    name: str

    @property
    def redacted(self) -> "Details":
        """The same, without what nobody may keep."""
        return self._replace(number=without_middle(self.number), cvc="*" * len(self.cvc))


def without_middle(number: str) -> str:
    """A card's number as Stripe shows it: its first six digits and its last four."""
    return f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}"


def filled(body: Any, details: Details, replacements: Collection[str]) -> Any:
    """A body, as JSON has it, with its blank fields filled."""
    match body:
        case dict():
            return {
                name: _value(name, each, details, replacements)
                if each == "" or _is_zero(each)
                else filled(each, details, replacements)
                for name, each in body.items()
            }
        case list():
            return [filled(each, details, replacements) for each in body]
    return body


def _value(name: str, blank: str | int, details: Details, replacements: Collection[str]) -> Any:
    known = FIELDS.get("".join(each for each in name.lower() if each.isalnum()))
    if known is None or known[0] not in replacements:
        return blank
    text: str = getattr(details, known[1])
    # What is redacted is text, whatever it stands for.
    return int(text) if _is_zero(blank) and text.isdigit() else text or blank


def _is_zero(value: Any) -> bool:
    return value == 0 and not isinstance(value, bool)
