"""Stripe's test cards (https://docs.stripe.com/testing#cards): what each is, and what its bank says to it.

The table beside this file has them by name: the card ``visa`` is the payment method ``pm_card_visa`` and the token
``tok_visa``. A record of a card does not hold its number; it is found again by its fingerprint, which is the same
for the same card, as at Stripe.
"""

import csv
import hashlib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from localstack_stripe.payments.declines import Decline, decline


class TestCard(NamedTuple):
    """One test card.

    :param authentication: when its bank wants the cardholder to authenticate (3D Secure): ``always``;
        ``unless_set_up``, off-session only until a setup was authenticated; ``on_session``; ``on_request``, where the
        merchant wants it; or never, empty
    :param refuses: ``attach`` where the card is declined already when it is saved, ``charge`` where only paying
        fails, or empty
    :param checks: what its bank says to the CVC and the address, where it does not say that they are right
    :param co_brand: the other network that it can be used in, if there is one
    """

    name: str
    number: str
    brand: str
    funding: str
    country: str
    authentication: str
    refuses: str
    code: str
    decline_code: str
    checks: str
    co_brand: str

    def check(self, what: str) -> str:
        """What its bank says to the ``cvc``, or to the ``line1`` or the ``postal_code`` of the address."""
        return dict(each.split(":") for each in self.checks.split()).get(what, "pass")

    @property
    def last4(self) -> str:
        """The digits that are shown of it."""
        return self.number[-4:]

    @property
    def fingerprint(self) -> str:
        """What identifies the card without telling its number."""
        identity = f"{self.number}/{self.refuses}/{self.code}/{self.decline_code}"
        return hashlib.sha256(identity.encode()).hexdigest()[:16]

    def decline_when(self, action: str) -> Decline | None:
        """Why its bank refuses to have it saved (``attach``) or charged (``charge``), or nothing."""
        refused = self.refuses == "attach" or self.refuses == action
        return decline(self.code, self.decline_code) if refused else None


@cache
def _cards() -> tuple[TestCard, ...]:
    table = Path(__file__).with_name("test_cards.csv").read_text("utf-8")
    return tuple(TestCard(**row) for row in csv.DictReader(table.splitlines()))


@cache
def _by(attribute: str) -> dict[str, TestCard]:
    found: dict[str, TestCard] = {}
    for card in _cards():
        found.setdefault(getattr(card, attribute), card)
    return found


def card_of_payment_method(id: str) -> TestCard | None:
    """The card that ``pm_card_<name>`` stands for."""
    name = id.removeprefix("pm_card_")
    return _by("name").get(name) if name and name != id else None


def card_of_token(id: str) -> TestCard | None:
    """The card that ``tok_<name>`` stands for."""
    name = id.removeprefix("tok_")
    return _by("name").get(name) if name and name != id else None


def card_of_number(number: str) -> TestCard | None:
    """The card with that number."""
    return _by("number").get(number)


def card_of_fingerprint(fingerprint: str) -> TestCard | None:
    """The card that a record was made from."""
    return _by("fingerprint").get(fingerprint)
