"""A service that runs alone: what it says, and how its process looks for garbage."""

import gc
import signal
from collections.abc import Callable, Iterator

import pytest

from localstack_shared.command import run_alone
from localstack_shared.errors import CannotStart
from localstack_shared.service import Endpoint
from localstack_shared.serving import ASGIApplication, Serving


class Service:
    """Notes whether garbage is collected, and is told to end as soon as it has said where it listens."""

    serving: Serving
    application: ASGIApplication

    def __init__(self) -> None:
        self.collects: list[bool] = [gc.isenabled()]

    def start(self) -> None:
        self.collects.append(gc.isenabled())

    def endpoints(self) -> list[Endpoint]:
        self.collects.append(gc.isenabled())
        signal.raise_signal(signal.SIGTERM)
        return [Endpoint("API", "http://somewhere")]

    def stop(self) -> None:
        self.collects.append(gc.isenabled())


class Refusing(Service):
    """Cannot start."""

    def start(self) -> None:
        raise CannotStart("no port is left")


@pytest.fixture(autouse=True)
def process() -> Iterator[None]:
    """What a command does to its process is undone."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)
    gc.enable()
    gc.unfreeze()


def built(service: Service) -> Callable[[], Service]:
    return lambda: service


def test_it_says_where_it_listens_and_that_it_is_ready(capsys: pytest.CaptureFixture[str]) -> None:
    run_alone(built(Service()))

    assert capsys.readouterr().out == f"{Endpoint('API', 'http://somewhere')}\nReady.\n"


def test_garbage_is_looked_for_only_once_it_serves() -> None:
    services: list[Service] = []

    def build() -> Service:
        services.append(Service())
        return services[0]

    run_alone(build)

    assert services[0].collects == [False, False, True, True]
    assert gc.get_freeze_count() > 0


def test_why_it_cannot_start_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match=r"^Error: no port is left$"):
        run_alone(built(Refusing()))

    assert capsys.readouterr().out == ""
