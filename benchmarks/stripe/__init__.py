"""The Stripe emulator beside its peers, as processes: a row a subject, rounds in turn, medians and ratios."""

from benchmarks.stripe.measure import main

__all__ = ["main"]
