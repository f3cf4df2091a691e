"""The tests; each has an account, a mail address and a Stripe account of its own."""
