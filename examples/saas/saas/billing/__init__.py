"""What an account pays for, and how: the plans, Stripe, and the endpoints."""
