"""Versions of the API (https://docs.stripe.com/api/versioning).

There is one that is really served, the contract's. A request of another one that Stripe has had is answered in it, and
is told so; what only the other one knows is let through. What a version changed that older code relies on is in a file of
its own, and such code gets that besides.
"""

import logging
import re
from collections.abc import Iterable, Mapping

from localstack_stripe.api.hints import one_line
from localstack_stripe.api.messages import Request
from localstack_stripe.api.versions.withdrawn import WITHDRAWN, instead_of
from localstack_stripe.contract.loader import (
    Array,
    Contract,
    Enum,
    Field,
    Inline,
    Map,
    Operation,
    Reference,
    Scalar,
    Structure,
)
from localstack_stripe.engine.errors import NotInVersion, StripeError, invalid
from localstack_stripe.engine.shapes import alternatives, one_of

LOG = logging.getLogger(__name__)

HEADER = "Stripe-Emulator-Version"

_MOST_WARNINGS = 500
"""Warnings of versions and of parameters that are left out, so that no client fills the log."""

_LEFT_OUT = "; left out: "

_MOST_NAMES = 10
_LONGEST_NAME = 100
_PLACE = re.compile(r"\[[0-9]+\]")

_SENT = (Scalar, Enum, Structure, Array, Map, Reference)
_OUR_OWN = {"id", "object", "created", "livemode", "deleted"}


class Versions:
    """Knows which versions there are, and says once of each what becomes of its requests.

    :param default: the version of requests that name none, if not the one that is served
    """

    def __init__(self, contract: Contract, default: str | None = None) -> None:
        self._default = default
        self.served = contract.versions["api"]
        dates = {version.partition(".")[0] for version in contract.api_versions if "." in version}
        self._known = {*contract.api_versions, *(f"{date}.preview" for date in dates)}
        self._resources = contract.resources
        self._warned: set[str] = set()

    def _asked(self, request: Request) -> str | None:
        """The version that a request was written for; nothing where it does not say so, and no default does."""
        asked = request.headers.get("stripe-version", self._default)
        # Beta features stand behind the version: `2026-09-30.preview; feature_beta=v1`.
        return asked.partition(";")[0].strip() if asked is not None else None

    def other_of(self, request: Request, headers: dict[str, str]) -> str | None:
        """The version that a request was written for, where that is not the one that is served.

        :param headers: those of the answer, which says so then
        :raises StripeError: 400 where there is no such version
        """
        version = self._asked(request)
        if version is None or version == self.served:
            return None
        if version not in self._known:
            raise invalid(f"Invalid Stripe API version: {version}")
        headers[HEADER] = f"asked for {version}, answered in {self.served}"
        if version not in self._warned:
            self._warned.add(version)
            LOG.warning(
                "Requests of version %s are answered in version %s of Stripe's API, the only one that is emulated. "
                "Parameters that it does not know are let through.",
                version,
                self.served,
            )
        return version

    def fields(self, operation: Operation, known: Mapping[str, Field]) -> Mapping[str, Field]:
        """What an operation takes of older versions: besides what it *knows*, the fields of what it returns."""
        inline = one_of(operation.returns, Inline)
        known_resource = self._resources.get(inline.resource) if inline is not None else None
        if operation.verb != "POST" or known_resource is None:
            return known
        kept = {
            name: Field(name, field.type, required=False, optional=False)
            for name, field in known_resource.fields.items()
            if name not in _OUR_OWN
            and all(isinstance(each, _SENT) for each in alternatives(field.type))
        }
        return {**kept, **known}

    def leave_out(
        self, operation: Operation, paths: Iterable[str], headers: dict[str, str]
    ) -> None:
        """Say in the answer's *headers*, and once in the log, which parameters were left out."""
        names = list(dict.fromkeys(one_line(path[:_LONGEST_NAME]) for path in paths))
        if not names:
            return
        separator = ", " if _LEFT_OUT in headers[HEADER] else _LEFT_OUT
        headers[HEADER] += separator + ", ".join(names[:_MOST_NAMES])
        for name in names:
            said = f"{operation.key} {_PLACE.sub('[]', name)}"
            if said not in self._warned and len(self._warned) < _MOST_WARNINGS:
                self._warned.add(said)
                LOG.warning(
                    "%s: the parameter %s is not known in version %s, and left out",
                    operation.key,
                    name,
                    self.served,
                )

    def explain(self, request: Request, error: StripeError, headers: Mapping[str, str]) -> None:
        """Add to the message of an error what the version has to do with it, where that is so.

        :param headers: those of the answer
        """
        said = headers.get(HEADER, "")
        version = self._asked(request) or self.served
        instead = instead_of(request.verb, request.path) if version[:10] >= WITHDRAWN else None
        if instead is not None:
            error.message += (
                f" (Stripe emulator: version {self.served} does not have {request.verb} {request.path}; "
                f"use {instead}.)"
            )
        elif said and (
            isinstance(error, NotInVersion)
            or (error.code == "parameter_missing" and _LEFT_OUT in said)
        ):
            error.message += f" (Stripe emulator: {said}.)"
