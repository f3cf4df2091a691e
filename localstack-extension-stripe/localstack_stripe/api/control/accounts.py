"""The accounts that the emulator has, and forgetting what they have."""

from collections.abc import Callable, Mapping
from typing import Any

from localstack_stripe.api.authentication import DEFAULT_ACCOUNT
from localstack_stripe.api.control.dispatch import Asked, Endpoint, is_true
from localstack_stripe.engine.store import ASIDE, Store


class Accounts:
    """``/_emulator/accounts`` and ``/_emulator/reset``.

    :param reset: forgets everything of an account
    """

    def __init__(self, store: Store, reset: Callable[[str], None]) -> None:
        self._store = store
        self._reset = reset

    def endpoints(self) -> Mapping[str, Endpoint]:
        """What answers."""
        return {
            "GET /_emulator/accounts": self._list,
            "POST /_emulator/reset": self._forget,
            "DELETE /_config/data": self._forget_all,
        }

    def _list(self, asked: Asked) -> Any:
        return {"accounts": [self._summary(account) for account in self._store.accounts()]}

    def _summary(self, account: str) -> dict[str, Any]:
        records = self._store.account(account)
        counts = {
            kind: len(records.collection(kind))
            for kind in records.kinds()
            if not kind.startswith(ASIDE)
        }
        return {
            "account": account,
            "is_default": account == DEFAULT_ACCOUNT,
            "objects": {kind: count for kind, count in sorted(counts.items()) if count},
        }

    def _forget(self, asked: Asked) -> Any:
        if is_true(asked.params.get("all")):
            return self._forget_all(asked)
        self._reset(asked.account)
        return {"account": asked.account, "reset": True}

    def _forget_all(self, asked: Asked) -> Any:
        accounts = self._store.accounts()
        for account in accounts:
            self._reset(account)
        return {"accounts": accounts, "reset": True}
