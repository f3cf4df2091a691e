"""The simulated bank: test cards and what comes of charging them."""
