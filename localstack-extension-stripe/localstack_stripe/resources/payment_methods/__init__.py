"""What is paid with (https://docs.stripe.com/api/payment_methods)."""
