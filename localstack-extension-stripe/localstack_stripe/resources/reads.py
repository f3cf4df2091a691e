"""Reading, as Stripe's API reference has it, what other operations write: there is no more to it than the engine does.

Named here is what no operation of its own writes, such as attempts, or what is there from the start, so that its level
does not follow from how it is written. What has a file of its own is named there.
"""

from localstack_stripe.engine.behaviours import plain

# https://docs.stripe.com/api/setup_attempts, .../mandates
plain("GET /v1/setup_attempts", "GET /v1/mandates/{mandate}")

# https://docs.stripe.com/api/invoice-payment
plain("GET /v1/invoice_payments", "GET /v1/invoice_payments/{invoice_payment}")

# Lines, of what they belong to: https://docs.stripe.com/api/checkout/sessions/line_items and so on
plain(
    "GET /v1/checkout/sessions/{session}/line_items",
    "GET /v1/credit_notes/{credit_note}/lines",
    "GET /v1/payment_links/{payment_link}/line_items",
    "GET /v1/quotes/{quote}/line_items",
    "GET /v1/tax/calculations/{calculation}/line_items",
    "GET /v1/tax/transactions/{transaction}/line_items",
)

# What a customer has: https://docs.stripe.com/api/customer_balance_transactions, .../payment_methods, .../tax_ids
plain(
    "GET /v1/customers/{customer}/balance_transactions",
    "GET /v1/customers/{customer}/balance_transactions/{transaction}",
    "POST /v1/customers/{customer}/balance_transactions/{transaction}",
    "GET /v1/customers/{customer}/payment_methods",
    "GET /v1/customers/{customer}/payment_methods/{payment_method}",
    "GET /v1/customers/{customer}/sources",
    "GET /v1/customers/{customer}/sources/{id}",
    "GET /v1/customers/{customer}/tax_ids",
    "GET /v1/customers/{customer}/tax_ids/{id}",
    "DELETE /v1/customers/{customer}/tax_ids/{id}",
    "GET /v1/payment_methods",
    "POST /v1/payment_methods/{payment_method}",
    "GET /v1/tax_ids/{id}",
    "DELETE /v1/tax_ids/{id}",
)

# What there is from the start: https://docs.stripe.com/api/country_specs, .../exchange_rates, .../tax_codes
plain(
    "GET /v1/country_specs",
    "GET /v1/country_specs/{country}",
    "GET /v1/exchange_rates",
    "GET /v1/exchange_rates/{exchange_rate}",
    "GET /v1/tax_codes",
    "GET /v1/tax_codes/{id}",
    "GET /v1/tax/settings",
    "POST /v1/tax/settings",
)

# What the emulator has none of, since only the Dashboard, wallets or Stripe's support make it, and what is made of
# payment records: https://docs.stripe.com/api/invoice-rendering-template, .../issuing/tokens,
# .../v2/money-management/adjustments, .../payment-attempt-record
plain(
    "GET /v1/invoice_rendering_templates",
    "GET /v1/invoice_rendering_templates/{template}",
    "POST /v1/invoice_rendering_templates/{template}/archive",
    "POST /v1/invoice_rendering_templates/{template}/unarchive",
    "GET /v1/issuing/tokens",
    "GET /v1/issuing/tokens/{token}",
    "POST /v1/issuing/tokens/{token}",
    "GET /v1/payment_attempt_records",
    "GET /v1/payment_attempt_records/{id}",
    "GET /v2/money_management/adjustments",
    "GET /v2/money_management/adjustments/{id}",
)

# https://docs.stripe.com/api/webhook_endpoints
plain(
    "GET /v1/webhook_endpoints",
    "GET /v1/webhook_endpoints/{webhook_endpoint}",
    "DELETE /v1/webhook_endpoints/{webhook_endpoint}",
)

# https://docs.stripe.com/tax/tax-for-tickets: where performances are
plain("GET /v1/tax/locations", "POST /v1/tax/locations", "GET /v1/tax/locations/{location}")
