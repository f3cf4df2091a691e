"""Running a service alone, as a command, without LocalStack."""

import signal
import sys
import threading
from collections.abc import Callable

import click

from localstack_shared.service import Service
from localstack_shared.serving import PortUnavailable
from localstack_shared.settings import SettingError


def run_alone(build: Callable[[], Service]) -> None:
    """Build and start a service, say where it listens, and serve until SIGINT or SIGTERM.

    :raises click.ClickException: one line, exit status 1, where a setting or a port cannot be used
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        service = build()
        service.start()
    except (PortUnavailable, SettingError) as error:
        raise click.ClickException(str(error)) from None
    try:
        for endpoint in service.endpoints():
            click.echo(str(endpoint))
        click.echo("Ready.")
        sys.stdout.flush()
        stop.wait()
    finally:
        service.stop()
