"""What Radar does against fraud (https://docs.stripe.com/radar)."""
