"""What the shells (the LocalStack extension, the command, the pytest fixture) know of an emulator."""

from typing import NamedTuple, Protocol

from localstack_shared.serving import ASGIApplication, Serving


class Endpoint(NamedTuple):
    """Something an emulator really listens on: ``Stripe API``, ``http://127.0.0.1:8420``."""

    label: str
    url: str

    def __str__(self) -> str:
        # Ready lines of several services stand below each other.
        return f"{self.label:<22} {self.url}"


class Service(Protocol):
    """An emulator that can be started and stopped, and exists as often in a process as one likes."""

    serving: Serving
    application: ASGIApplication
    """What answers HTTP: on the service's own port, and handed over by LocalStack's gateway."""

    def start(self) -> None:
        """Bind the ports and serve; return when requests are accepted.

        :raises localstack_shared.errors.CannotStart: where a port cannot be bound, or the like; nothing stays bound
        """

    def stop(self) -> None:
        """End streams and waits, finish short requests, free the ports. Within a second."""

    def endpoints(self) -> list[Endpoint]:
        """Where it listens, in the order in which a user wants to read it."""
