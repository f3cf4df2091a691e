"""Connected accounts, and the money that goes to them (https://docs.stripe.com/connect)."""
