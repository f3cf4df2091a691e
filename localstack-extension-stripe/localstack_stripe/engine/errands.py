"""Errands: what has to be done outside before a request can be answered, and would hold up everybody else on the loop, such
as asking somebody else's server.

A behaviour that needs one is run twice. The first time, the errand is all that comes of it: what it changed is dropped. Whoever
serves the request does the errand beside the loop; then the behaviour is run once more, and is given what was brought. So
each run is atomic, and the records may have changed in between.
"""

from collections.abc import Callable
from typing import Any, NamedTuple


class ErrandNeeded(Exception):
    """A request cannot be answered before something is done outside.

    :param run: does it, in a thread, and must not touch any record
    """

    def __init__(self, run: Callable[[], Any]) -> None:
        super().__init__("an errand is needed")
        self.run = run


class Brought(NamedTuple):
    """What an errand has brought: a value, or an error that is raised where the value is asked for."""

    value: Any = None
    error: Exception | None = None

    def result(self) -> Any:
        """The value.

        :raises Exception: what the errand has raised
        """
        if self.error is not None:
            raise self.error
        return self.value


def brought_by(run: Callable[[], Any]) -> Brought:
    """Do an errand; it never raises."""
    try:
        return Brought(run())
    except Exception as error:
        return Brought(error=error)
