"""Card readers (https://docs.stripe.com/terminal)."""
