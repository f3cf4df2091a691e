"""The whole SDK, called by reflection: which methods there are comes from Stripe, what they take from the contract."""
