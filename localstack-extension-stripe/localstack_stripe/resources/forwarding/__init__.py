"""Vault and Forward (https://docs.stripe.com/payments/vault-and-forward): requests that Stripe sends on with card details."""
