"""What a person does on a page that Stripe hosts: there is no such page here, so a test says what came of it."""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.api.control.dispatch import Asked, Endpoint, OnRecords
from localstack_stripe.resources.financial_connections import connect
from localstack_stripe.resources.identity import VERIFIED, submit


class HostedPages(OnRecords):
    """``/_emulator/identity/…`` and ``/_emulator/financial_connections/…``."""

    def endpoints(self) -> Mapping[str, Endpoint]:
        """What answers."""
        return {
            "POST /_emulator/identity/verification_sessions/{id}/submit": self._submit,
            "POST /_emulator/financial_connections/sessions/{id}/connect": self._connect,
        }

    def _submit(self, asked: Asked) -> Any:
        """Papers were shown; the ``outcome`` is what they come to."""
        work = self._begin(asked.account)
        session = submit(work, asked.path["id"], str(asked.params.get("outcome", VERIFIED)))
        self._commit(work)
        return session

    def _connect(self, asked: Asked) -> Any:
        """A bank account was connected."""
        work = self._begin(asked.account)
        account = connect(work, asked.path["id"])
        self._commit(work)
        return account
