"""Catalogs that agents sell from (https://docs.stripe.com/agentic-commerce)."""
