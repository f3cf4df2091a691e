"""What has to be known of the customer to pay with some types of payment methods
(https://docs.stripe.com/payments/payment-methods/overview leads to the page of each, which says so; since July 2026 Bancontact,
EPS and Przelewy24 need no name: https://github.com/stripe/stripe-android/pull/13408).
"""

REQUIRED_DETAILS = {
    "acss_debit": ("billing_details[name]", "billing_details[email]"),
    "au_becs_debit": ("billing_details[name]", "billing_details[email]"),
    "bacs_debit": ("billing_details[name]", "billing_details[email]"),
    "boleto": ("boleto[tax_id]", "billing_details[name]", "billing_details[email]"),
    "konbini": ("billing_details[name]",),
    "mb_way": ("billing_details[phone]",),
    "multibanco": ("billing_details[email]",),
    "nz_bank_account": ("billing_details[name]", "billing_details[email]"),
    "oxxo": ("billing_details[name]", "billing_details[email]"),
    "p24": ("billing_details[email]",),
    "promptpay": ("billing_details[email]",),
    "sepa_debit": ("billing_details[name]", "billing_details[email]"),
    "us_bank_account": ("billing_details[name]",),
}
"""By type, the parameters of a new payment method that say it."""

NUMBERS = {"boleto[tax_id]": (11, 14)}
"""Those that are numbers, and how many digits each may have: a CPF or a CNPJ, the tax IDs of people and of businesses in Brazil
(https://docs.stripe.com/payments/boleto/accept-a-payment)."""

SEPA_ADDRESS = tuple(
    f"billing_details[address][{name}]" for name in ("line1", "city", "postal_code", "country")
)
"""What of the customer's address has to be known where a bank outside the European Economic Area is debited by SEPA
(https://docs.stripe.com/changelog/endive/2026-09-30/require-sepa-direct-debit-address-fields)."""
