"""Running a service alone, as a command, without LocalStack."""

import signal
import sys
import threading
from collections.abc import Callable

import click

from localstack_shared.errors import CannotStart
from localstack_shared.service import Service


def run_alone(build: Callable[[], Service]) -> None:
    """Build and start a service, say where it listens, and serve until SIGINT or SIGTERM.

    :raises click.ClickException: one line, exit status 1, where it cannot start
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        service = build()
        service.start()
    except CannotStart as error:
        raise click.ClickException(str(error)) from None
    try:
        for endpoint in service.endpoints():
            click.echo(str(endpoint))
        click.echo("Ready.")
        sys.stdout.flush()
        stop.wait()
    finally:
        service.stop()
