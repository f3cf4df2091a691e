"""Resources that follow others: who is told, in the same unit of work, of what happens to a record."""

from collections.abc import Callable

from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

Listener = Callable[[UnitOfWork, Record], None]


class Listeners:
    """Who is told of one thing. Filled when ``localstack_stripe.resources`` is imported, it holds code, never state."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def register(self, listener: Listener) -> Listener:
        """Register who is told; to be used as a decorator."""
        self._listeners.append(listener)
        return listener

    def tell(self, work: UnitOfWork, record: Record) -> None:
        """Tell all of them, in the order in which they were registered."""
        for listener in self._listeners:
            listener(work, record)
