"""What makes answers and events, by the version that they are for."""

from functools import cache
from typing import TYPE_CHECKING

from localstack_stripe.api.rendering import Rendering
from localstack_stripe.contract.loader import Contract
from localstack_stripe.engine.shown import Shown

if TYPE_CHECKING:
    from localstack_stripe.api.versions.older import Older


class Renderings:
    """Makes answers as a version has them."""

    def __init__(self, contract: Contract, shown: Shown) -> None:
        self.today = Rendering(contract, shown)
        self._contract = contract
        self._by_changes = cache(self._make)

    def of(self, version: str | None) -> Rendering:
        """That of a version; without one, and where nothing has changed since, that of the version that is served."""
        if version is None:
            return self.today
        # What has changed is imported when somebody asks for it: most starts never do.
        from localstack_stripe.api.versions.older import changes_since

        count = len(changes_since(version))
        return self._by_changes(count) if count else self.today

    def _make(self, count: int) -> "Older":
        """That of before the last so many changes."""
        from localstack_stripe.api.versions.older import CHANGES, Older

        return Older(self._contract, CHANGES[:count])
