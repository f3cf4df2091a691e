"""Thin events, which name an object of v2 and do not show it (https://docs.stripe.com/api/v2/core/events)."""

import re
from functools import cache
from typing import Any

from localstack_stripe.contract.loader import Contract, Inline
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork


class ThinEvents:
    """Makes them."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._path = cache(self._find_path)

    def create(
        self,
        work: UnitOfWork,
        type: str,
        subject: Record,
        context: str | None = None,
        data: Record | None = None,
    ) -> Record:
        """Add the event of *type* that happened to *subject*, the record of an object of v2.

        :param context: the connected account that it is to be fetched for; the SDKs want it said when there is none
        :param data: what it says besides what it happened to
        """
        values: dict[str, Any] = {"context": context, "related_object": None, "type": type}
        if self._contract.thin_events[type]:
            values["related_object"] = self._related(subject)
        if work.cause is not None:
            values["reason"] = {
                "request": {
                    "id": work.cause.request_id,
                    "idempotency_key": work.cause.idempotency_key or "",
                },
                "type": "request",
            }
        if subject["object"] == "v2.core.account_person":
            values["data"] = {"account_id": subject.get("account")}
        if data is not None:
            values["data"] = data
        return work.create("v2.core.event", **values)

    def _related(self, subject: Record) -> Record:
        path = self._path(subject["object"])
        # A person's address begins with its account's.
        head = re.sub(r"\{(\w+?)(_id)?\}(?=/)", lambda name: str(subject.get(name[1])), path)
        url = re.sub(r"\{\w+\}$", subject["id"], head)
        return {"id": subject["id"], "type": subject["object"], "url": url}

    def _find_path(self, object: str) -> str:
        """Where an object of this kind is retrieved."""
        paths = (
            operation.path
            for operation in self._contract.operations.values()
            if operation.verb == "GET"
            and operation.returns == Inline(object)
            and operation.path.endswith("}")
        )
        return next(paths, "")
