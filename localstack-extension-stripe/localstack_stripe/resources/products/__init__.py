"""What is sold, and for how much (https://docs.stripe.com/api/products)."""
