"""What a request of another version than the served one is matched by, read by and answered with."""

from collections.abc import Iterable

from localstack_stripe.api.decoding import Tree
from localstack_stripe.api.edition import Edition
from localstack_stripe.api.messages import Request
from localstack_stripe.api.rendering import Expansion, Rendering
from localstack_stripe.api.route import Route
from localstack_stripe.api.validation import Parameters
from localstack_stripe.api.versions import Versions
from localstack_stripe.api.versions.change import Find, Part
from localstack_stripe.api.versions.older import Older
from localstack_stripe.contract.loader import Operation
from localstack_stripe.engine.levels import Levels


class OtherEdition(Edition):
    """Another version. What the served one does not know is let through or left out, and what it says otherwise is
    translated.
    """

    def __init__(self, rendering: Rendering, levels: Levels, versions: Versions) -> None:
        super().__init__(rendering, levels, versions)
        self._versions = versions
        self._older = rendering if isinstance(rendering, Older) else None

    def match(self, request: Request) -> tuple[Operation, dict[str, str], Part | None]:
        """As the served version does, and by the paths that there are no more."""
        if self._older is None:
            return super().match(request)
        moved = self._older.moved(request.verb, request.path)
        return *self._router.match(moved.verb, moved.path), moved.part

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
        """The typed parameters, in the words of today."""
        if self._older is not None:
            tree = self._older.parameters(operation.main_key, tree, find)
        return route.read_of_other_versions(
            tree, lambda paths: self._versions.leave_out(operation, paths, headers)
        )

    def expansion(
        self, operation: Operation, asked: Iterable[str], headers: dict[str, str]
    ) -> Expansion:
        """What is expanded; what there is no more is left out."""
        unknown: list[str] = []
        expansion = self.rendering.expansion(asked, operation.returns, left_out=unknown)
        self._versions.leave_out(operation, [f"expand[{each}]" for each in unknown], headers)
        return expansion
