"""What a request is matched by, read by and answered with: as the version of the API has it that it was written for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from localstack_stripe.api.decoding import Tree
from localstack_stripe.api.messages import Request
from localstack_stripe.api.parameters import refuse_withdrawn
from localstack_stripe.api.rendering import Expansion, Rendering
from localstack_stripe.api.route import Route, Routes
from localstack_stripe.api.routing import Router
from localstack_stripe.api.validation import Parameters
from localstack_stripe.api.versions import Versions
from localstack_stripe.contract.loader import Operation
from localstack_stripe.engine.levels import Levels

if TYPE_CHECKING:
    from localstack_stripe.api.versions.change import Find, Part


class Edition:
    """The version that is served."""

    def __init__(self, rendering: Rendering, levels: Levels, versions: Versions) -> None:
        self.rendering = rendering
        self._router = Router(rendering.contract.operations.values())
        self.route = Routes(rendering.contract, levels, versions).of
        """What there is to know of an operation."""

    def match(self, request: Request) -> tuple[Operation, dict[str, str], Part | None]:
        """The operation that a request means, the values of its path's placeholders, and what of it was asked for, where that
        is not all.

        :raises StripeError: 404 where there is none
        """
        operation, path = self._router.match(request.verb, request.path)
        return operation, path, None

    def read(
        self,
        operation: Operation,
        route: Route,
        tree: Tree,
        find: Find,
        headers: dict[str, str],
        *,
        publishable: bool,
    ) -> Parameters:
        """The typed parameters of an operation.

        :param find: finds a record of the account
        :param headers: of the answer, which say what was left out
        :param publishable: whether a browser calls
        :raises StripeError: 400 where one is not known, or not what it should be
        """
        if route.withdrawn:
            refuse_withdrawn(route.withdrawn, tree)
        return (route.read_of_browser if publishable else route.read)(tree)

    def expansion(
        self, operation: Operation, asked: Iterable[str], headers: dict[str, str]
    ) -> Expansion:
        """What is expanded of what an operation returns.

        :raises StripeError: 400 where a path is too deep or what it names cannot be expanded
        """
        return self.rendering.expansion(asked, operation.returns)
