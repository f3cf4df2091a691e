"""Payment method domains (https://docs.stripe.com/payments/payment-methods/pmd-registration), and those of Apple Pay
alone that were before them: where wallets are shown.

What has to be found at a domain is taken to be there, as it is in Stripe's test mode.
"""

import re

from localstack_stripe.engine.behaviours import Call, before_create, operation, plain, require_path
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.store import Record

DOMAIN, OF_APPLE_PAY = "payment_method_domain", "apple_pay_domain"
METHODS = ("amazon_pay", "apple_pay", "google_pay", "klarna", "link", "paypal")

_NAME = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*", re.I)

plain(
    "POST /v1/payment_method_domains/{payment_method_domain}",
    "GET /v1/apple_pay/domains",
    "GET /v1/apple_pay/domains/{domain}",
    "DELETE /v1/apple_pay/domains/{domain}",
)


@before_create(DOMAIN)
def register(call: Call, domain: Record) -> None:
    """Show wallets there (https://docs.stripe.com/api/payment_method_domains/create)."""
    _check_name(domain)
    _activate(domain)


@before_create(OF_APPLE_PAY)
def register_for_apple_pay(call: Call, domain: Record) -> None:
    """Show Apple Pay there (https://docs.stripe.com/apple-pay?platform=web)."""
    _check_name(domain)


@operation("POST /v1/payment_method_domains/{payment_method_domain}/validate")
def validate(call: Call) -> Record:
    """Look again for what has to be found there (https://docs.stripe.com/api/payment_method_domains/validate)."""
    domain = call.work.change(require_path(call, "payment_method_domain", DOMAIN))
    _activate(domain)
    return domain


def _activate(domain: Record) -> None:
    for method in METHODS:
        domain[method] = {"status": "active"}


def _check_name(domain: Record) -> None:
    name = domain["domain_name"]
    if not _NAME.fullmatch(name):
        raise invalid(
            f"Invalid domain name: {name}. Give the name alone, without a scheme or a path, such as example.com.",
            "domain_name",
        )
