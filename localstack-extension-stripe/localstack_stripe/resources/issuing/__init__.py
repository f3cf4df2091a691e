"""Issued cards (https://docs.stripe.com/issuing)."""
