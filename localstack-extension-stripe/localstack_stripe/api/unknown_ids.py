"""The lenient mode: an id that nothing has is made an object, for tests that were written for stripe-mock.

stripe-mock answers for whatever id it is asked for (https://github.com/stripe/stripe-mock).
"""

from collections.abc import Callable, Mapping
from typing import Any

from localstack_stripe.api.hints import HEADER, objects_by_name, one_line
from localstack_stripe.contract.loader import Contract
from localstack_stripe.engine.errors import NoSuchObject, StripeError
from localstack_stripe.engine.initial import start
from localstack_stripe.engine.work import UnitOfWork

USABLE: Mapping[str, Mapping[str, Any]] = {
    "charge": {"amount": 1000, "currency": "usd", "status": "succeeded", "paid": True},
    "coupon": {"percent_off": 10.0, "duration": "once", "valid": True},
    "price": {
        "billing_scheme": "per_unit",
        "currency": "usd",
        "type": "recurring",
        "recurring": {
            "interval": "month",
            "interval_count": 1,
            "meter": None,
            "trial_period_days": None,
            "usage_type": "licensed",
        },
        "unit_amount": 1000,
        "unit_amount_decimal": "1000",
    },
}
"""What an object needs besides its empty fields, so that something can be done with it."""


class UnknownIds:
    """Makes the objects that requests name and that do not exist."""

    def __init__(
        self,
        contract: Contract,
        begin: Callable[[str], UnitOfWork],
        commit: Callable[[UnitOfWork], None],
    ) -> None:
        self._contract = contract
        self._begin = begin
        self._commit = commit
        self._objects = objects_by_name(contract)

    def make(self, error: StripeError, account: str, headers: dict[str, str]) -> bool:
        """Make what is missing, where *error* says that something is, and say whether it was made.

        :param headers: of the answer, which get a hint
        """
        if not isinstance(error, NoSuchObject):
            return False
        work = self._begin(account)
        kinds = self._objects.get(error.name, ())
        likely = sorted(kinds, key=lambda kind: not error.id.startswith(self._prefix(kind)))
        kind = next((each for each in likely if work.get(each, error.id) is None), None)
        if kind is None:
            return False
        self._make(work, kind, error.id)
        self._commit(work)
        hint = f"made {error.id}, which did not exist: STRIPE_UNKNOWN_IDS is create"
        headers[HEADER] = one_line(hint)
        return True

    def _prefix(self, kind: str) -> str:
        return self._contract.resources[kind].id_prefix or " "

    def _make(self, work: UnitOfWork, kind: str, id: str) -> None:
        values = {**USABLE.get(kind, {}), "id": id}
        if kind == "price":
            product = f"prod_{id}"
            self._make(work, "product", product)
            values["product"] = product
        start(work, kind, "", values)
