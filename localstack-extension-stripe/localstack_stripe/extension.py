"""The shell for LocalStack: an extension that starts the emulator with it."""

import os

from localstack_shared.extension import ServiceExtension
from localstack_shared.service import Service
from localstack_shared.settings import read
from localstack_stripe.settings import StripeSettings


class StripeExtension(ServiceExtension):
    """Stripe's API, on port 8420 and through LocalStack's gateway."""

    name = "stripe"
    title = "Stripe"

    def build(self, listen_host: str) -> Service:
        """The emulator, as the environment configures it."""
        from localstack_stripe.emulator import StripeEmulator

        return StripeEmulator(read(StripeSettings, os.environ), listen_host)
