"""Core resources, and what belongs to them (https://docs.stripe.com/api)."""
