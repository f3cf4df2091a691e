"""All that accounts have: seeded from fixtures, given out whole, and put back."""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeGuard

from localstack_stripe.api.authentication import key_for
from localstack_stripe.api.control.dispatch import Asked, Endpoint
from localstack_stripe.api.messages import Request, Response
from localstack_stripe.engine.clock import Clocks, KeptTime
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.ids import IdGenerator
from localstack_stripe.engine.store import ASIDE, Record, Store

FORMAT = 1
"""The version of the format that is given out."""

Dump = Mapping[str, Mapping[str, Record]]
"""The records of an account, by kind and id."""


class State:
    """``/_emulator/state`` and ``/_emulator/seed``.

    :param load: puts records, and a time of its own, in the place of everything that an account has
    :param handle: answers a request of Stripe's API
    """

    def __init__(
        self,
        store: Store,
        load: Callable[[str, Dump, KeptTime | None], None],
        handle: Callable[[Request], Response],
        clocks: Clocks,
        ids: IdGenerator,
    ) -> None:
        self._store = store
        self._load = load
        self._handle = handle
        self._clocks = clocks
        self._ids = ids

    def endpoints(self) -> Mapping[str, Endpoint]:
        """What answers."""
        return {
            "GET /_emulator/state": self._export,
            "POST /_emulator/state": self._import,
            "POST /_emulator/seed": self._seed,
        }

    def seed(self, account: str, document: Any) -> dict[str, Any]:
        """Run a file of fixtures; one that goes wrong leaves the account as it was.

        :raises StripeError: 400, which names the fixture
        """
        # Imported where there are fixtures: most starts have none.
        from localstack_stripe.api.seeding import Seeding

        before, time = self._store.dump(account), self._time_of(account)
        seeding = Seeding(self._as(account), os.environ, self._clocks.real, self._ids)
        try:
            env = seeding.run(document)
        except Exception:
            self._load(account, before, time)
            raise
        return {"account": account, "objects": seeding.objects, "env": env}

    def _seed(self, asked: Asked) -> Any:
        return self.seed(asked.account, dict(asked.params))

    def _export(self, asked: Asked) -> Any:
        named = asked.params.get("account")
        every = {*self._store.accounts(), *self._clocks.own}
        accounts = [named] if isinstance(named, str) else sorted(every)
        times = {account: self._time_of(account) for account in accounts}
        return {
            "format": FORMAT,
            "accounts": {account: self._store.dump(account) for account in accounts},
            "times": {account: time for account, time in times.items() if time is not None},
        }

    def _import(self, asked: Asked) -> Any:
        accounts, times = asked.params.get("accounts"), asked.params.get("times", {})
        is_known = str(asked.params.get("format")) == str(FORMAT)
        if not (is_known and _is_state(accounts) and _are_times(times)):
            raise invalid(f"This is no state of format {FORMAT}, as GET /_emulator/state gives it.")
        for account, dump in accounts.items():
            self._load(account, dump, times.get(account))
        return {"accounts": list(accounts)}

    def _time_of(self, account: str) -> KeptTime | None:
        own = self._clocks.own.get(account)
        return None if own is None else own.kept()

    def _as(self, account: str) -> Callable[[Request], Response]:
        """Answers requests as the account's owner sends them."""
        headers = key_for(account)
        return lambda request: self._handle(
            replace(request, headers={**headers, **request.headers})
        )


def _is_state(accounts: Any) -> TypeGuard[dict[str, Dump]]:
    return isinstance(accounts, dict) and all(
        isinstance(dump, dict)
        and all(
            isinstance(records, dict)
            and all(_is_record(kind, id, each) for id, each in records.items())
            for kind, records in dump.items()
        )
        for dump in accounts.values()
    )


def _are_times(times: Any) -> TypeGuard[dict[str, KeptTime]]:
    return isinstance(times, dict) and all(map(_is_time, times.values()))


def _is_time(time: Any) -> bool:
    return (
        isinstance(time, dict)
        and time.keys() == KeptTime.__annotations__.keys()
        and type(time["ahead"]) is int
        and type(time["stays_frozen"]) is bool
        and all(type(time[name]) in (int, type(None)) for name in ("frozen_at", "target"))
    )


def _is_record(kind: str, id: str, record: Any) -> bool:
    is_own = kind.startswith(ASIDE)  # what is kept beside records has no shape of Stripe's
    return isinstance(record, dict) and (
        is_own or (record.get("object"), record.get("id")) == (kind, id)
    )
