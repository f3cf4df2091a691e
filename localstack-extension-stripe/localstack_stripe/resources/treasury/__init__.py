"""Financial accounts of v1 (https://docs.stripe.com/treasury)."""
