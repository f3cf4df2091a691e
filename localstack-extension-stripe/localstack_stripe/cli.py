"""The command ``localstack-stripe``: the emulator alone, without LocalStack."""

import os

import click

from localstack_stripe import __version__


@click.command(epilog="Settings come from the environment; see the README's table.")
@click.option(
    "--bind",
    metavar="HOST:PORT",
    help="Where to listen (STRIPE_BIND_ADDR; default 127.0.0.1:8420).",
)
@click.option(
    "--seed", metavar="TEXT", help="Make the same ids in the same order each time (STRIPE_SEED)."
)
@click.version_option(__version__, prog_name="localstack-stripe")
def main(bind: str | None, seed: str | None) -> None:
    """Run the Stripe API emulator."""
    from localstack_shared.command import run_alone
    from localstack_shared.settings import read
    from localstack_stripe.emulator import StripeEmulator
    from localstack_stripe.settings import StripeSettings

    given = {"STRIPE_BIND_ADDR": bind, "STRIPE_SEED": seed}
    environ = os.environ | {name: value for name, value in given.items() if value is not None}
    run_alone(lambda: StripeEmulator(read(StripeSettings, environ)))
