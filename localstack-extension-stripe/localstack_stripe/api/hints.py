"""Hints: what the emulator can say of an error that Stripe could not, in a header and in the log."""

import logging
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cached_property

from localstack_stripe.contract.loader import Contract
from localstack_stripe.engine.errors import NoSuchObject, StripeError
from localstack_stripe.engine.work import display_name

LOG = logging.getLogger(__name__)

HEADER = "Stripe-Emulator-Hint"

_ALSO_CALLED = {
    "destination": ["account"],
    "external account": ["bank_account", "card"],
    "source": ["bank_account", "card"],
}
"""What messages call some kinds where they are something to others."""

_NOT_PRINTABLE = re.compile(r"[^ -~]")


def one_line(text: str) -> str:
    """A text that may stand in a header or in the log: a client may have chosen what is in it."""
    return _NOT_PRINTABLE.sub("?", text)


class Hints:
    """Says what an error has to say, and where an object is that was looked for in the wrong account: the commonest reason
    why it is missing.

    :param elsewhere: names the other accounts that have a record, by its ``object``, its id, and the account without it
    """

    def __init__(self, contract: Contract, elsewhere: Callable[[str, str, str], list[str]]) -> None:
        self._contract = contract
        self._elsewhere = elsewhere

    def add(self, error: StripeError, account: str, headers: dict[str, str]) -> None:
        """Add to the *headers* of the answer that is *error* what helps, if anything does."""
        hint = self._place(error, account) if isinstance(error, NoSuchObject) else error.hint
        if hint is not None:
            headers[HEADER] = one_line(hint)
            LOG.warning("%s: %s", headers["Request-Id"], one_line(hint))

    def _place(self, missing: NoSuchObject, account: str) -> str | None:
        """Where an object is that was looked for in the wrong account, if it is anywhere."""
        for object in self._objects.get(missing.name, ()):
            for other in self._elsewhere(object, missing.id, account):
                return f"{missing.id} is in the account {other}; this request was for {account}"
        return None

    @cached_property
    def _objects(self) -> Mapping[str, list[str]]:
        return objects_by_name(self._contract)


def objects_by_name(contract: Contract) -> Mapping[str, list[str]]:
    """The kinds of record, by what messages call them."""
    named = defaultdict(list)
    for object in contract.resources:
        named[display_name(object)].append(object)
    for name, objects in _ALSO_CALLED.items():
        named[name] += objects
    return named
