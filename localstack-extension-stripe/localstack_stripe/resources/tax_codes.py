"""Tax codes (https://docs.stripe.com/tax/tax-codes): what a product is to a tax authority.

Stripe has some six hundred; these are the ones that are used most. A product may name any other, too.
"""

from collections.abc import Iterator

from localstack_stripe.engine.presets import from_the_start
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

CODES = {
    "txcd_00000000": ("Nontaxable", "Any nontaxable good or service."),
    "txcd_10000000": (
        "General - Electronically Supplied Services",
        "A digital service provided mainly through the internet with minimal human involvement, relying on "
        "information technology.",
    ),
    "txcd_10010001": (
        "Infrastructure as a service (IaaS) - personal use",
        "Computing, storage and networks over the internet, for a person.",
    ),
    "txcd_10101000": (
        "Infrastructure as a service (IaaS) - business use",
        "Computing, storage and networks over the internet, for a business.",
    ),
    "txcd_10102000": (
        "Platform as a service (PaaS) - business use",
        "A platform for making and running software over the internet, for a business.",
    ),
    "txcd_10103000": (
        "Software as a service (SaaS) - personal use",
        "Pre-written software that a person uses over the internet.",
    ),
    "txcd_10103001": (
        "Software as a service (SaaS) - business use",
        "Pre-written software that a business uses over the internet.",
    ),
    "txcd_10103100": (
        "Software as a service (SaaS) - electronic download - personal use",
        "Software that a person uses over the internet and partly downloads.",
    ),
    "txcd_10103101": (
        "Software as a service (SaaS) - electronic download - business use",
        "Software that a business uses over the internet and partly downloads.",
    ),
    "txcd_20030000": ("General - Services", "General category for services."),
    "txcd_92010001": ("Shipping", "Charges for bringing goods to the buyer."),
    "txcd_99999999": (
        "General - Tangible Goods",
        "A physical good that can be moved or touched. Also known as tangible personal property.",
    ),
}


@from_the_start("tax_code")
def tax_codes(work: UnitOfWork) -> Iterator[Record]:
    """The codes in the order of their ids."""
    for id, (name, description) in CODES.items():
        yield {"id": id, "name": name, "description": description}
