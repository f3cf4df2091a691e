"""Running a service alone, as a command, without LocalStack."""

import gc
import signal
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from localstack_shared.errors import CannotStart

if TYPE_CHECKING:
    from localstack_shared.service import Service


def run_alone(build: "Callable[[], Service]") -> None:
    """Build and start a service, say where it listens, and serve until SIGINT or SIGTERM.

    :param build: imports and builds it
    :raises SystemExit: one line, exit status 1, where it cannot start
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        service = _started(build)
    except CannotStart as error:
        sys.exit(f"Error: {error}")
    try:
        sys.stdout.writelines(f"{each}\n" for each in (*service.endpoints(), "Ready."))
        sys.stdout.flush()
        stop.wait()
    finally:
        service.stop()


def _started(build: "Callable[[], Service]") -> "Service":
    # Next to nothing that a start makes is garbage: looking for it takes a twentieth of the time, and later as long
    # again each time that everything is looked at.
    gc.disable()
    service = build()
    service.start()
    gc.freeze()
    gc.enable()
    return service
