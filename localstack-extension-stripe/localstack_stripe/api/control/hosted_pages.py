"""What a person does on a page that Stripe hosts: there is no such page here, so a test says what came of it."""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.api.control.dispatch import Asked, Endpoint, OnRecords, outcome_of
from localstack_stripe.engine.errors import no_such
from localstack_stripe.resources.core.refund_instructions import told_where_to
from localstack_stripe.resources.financial_connections import connect
from localstack_stripe.resources.identity import VERIFIED, submit


class HostedPages(OnRecords):
    """``/_emulator/identity/…``, ``/_emulator/financial_connections/…`` and ``/_emulator/refunds/…``."""

    def endpoints(self) -> Mapping[str, Endpoint]:
        """What answers."""
        return {
            "POST /_emulator/identity/verification_sessions/{id}/submit": self._submit,
            "POST /_emulator/financial_connections/sessions/{id}/connect": self._connect,
            "POST /_emulator/refunds/{id}/submit": self._tell_where_to,
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

    def _tell_where_to(self, asked: Asked) -> Any:
        """A customer said to which bank account a refund is to go; the ``outcome`` is whether it takes the money."""
        outcome = outcome_of(asked.params, ("succeeded", "failed"), "succeeded")
        work = self._begin(asked.account)
        refund = work.get("refund", asked.path["id"])
        if refund is None:
            raise no_such("refund", asked.path["id"], "refund", status=404)
        refund = told_where_to(work, refund, success=outcome == "succeeded")
        self._commit(work)
        return refund
