"""The command ``localstack-stripe``: the emulator alone, without LocalStack."""

import argparse
import os
from typing import TYPE_CHECKING

from localstack_shared.command import run_alone
from localstack_stripe import __version__

if TYPE_CHECKING:
    from localstack_stripe.emulator import StripeEmulator


def main() -> None:
    """Run the Stripe API emulator."""
    given = {name: value for name, value in vars(_options()).items() if value is not None}

    def build() -> "StripeEmulator":
        from localstack_shared.settings import read
        from localstack_stripe.emulator import StripeEmulator
        from localstack_stripe.settings import StripeSettings

        return StripeEmulator(read(StripeSettings, os.environ | given))

    run_alone(build)


def _options() -> argparse.Namespace:
    """What the command line says, by the variables that it overrides."""
    # Not click, with which a start would last five percent longer.
    parser = argparse.ArgumentParser(
        prog="localstack-stripe",
        description="Run the Stripe API emulator.",
        epilog="Settings come from the environment; see the README's table.",
    )
    parser.add_argument(
        "--bind",
        dest="STRIPE_BIND_ADDR",
        metavar="HOST:PORT",
        help="Where to listen (STRIPE_BIND_ADDR; default 127.0.0.1:8420).",
    )
    parser.add_argument(
        "--seed",
        dest="STRIPE_SEED",
        metavar="TEXT",
        help="Make the same ids in the same order each time (STRIPE_SEED).",
    )
    parser.add_argument(
        "--version", action="version", version=f"localstack-stripe, version {__version__}"
    )
    return parser.parse_args()
