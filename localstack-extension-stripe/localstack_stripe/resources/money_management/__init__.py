"""Financial accounts of v2 (https://docs.stripe.com/api/v2/money-management)."""
