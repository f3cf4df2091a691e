"""The real LocalStack, started once for the session."""

import fcntl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip(
    "localstack", reason="LocalStack is not installed: it needs Python 3.12 or newer"
)

from tests.integration.arrivals import Arrivals, arrivals
from tests.integration.host import LocalStackProcess, StartLocalStack

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def localstack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStackProcess]:
    """LocalStack with both extensions: ``.url``, ``.stripe_url``, ``.mail_url``, ``.smtp_port``."""
    with LocalStackProcess(tmp_path_factory.mktemp("localstack")) as process:
        process.wait_for_log(r"Stripe API \(gateway\)")
        process.wait_for_log(r"Mail API \(gateway\)")
        # The extensions' own fixtures find the instance by these.
        with pytest.MonkeyPatch.context() as environ:
            environ.setenv("MAILHOG_URL", process.mail_url)
            environ.setenv("STRIPE_API_BASE", process.stripe_url)
            yield process
        process.stop()


@pytest.fixture(scope="session")
def ses(localstack: LocalStackProcess) -> Any:
    """A client for LocalStack's SES (v1), which may send from ``shop.example``."""
    client = localstack.client("ses")
    client.verify_domain_identity(Domain="shop.example")
    return client


@pytest.fixture(scope="session")
def sesv2(ses: Any, localstack: LocalStackProcess) -> Any:
    """A client for SES v2 in the same account, which may send from ``shop.example`` too."""
    return localstack.client("sesv2")


@pytest.fixture
def arrived(localstack: LocalStackProcess) -> Arrivals:
    """What arrived since the test began, oldest first."""
    return arrivals(localstack.mail_url)


@pytest.fixture
def start_localstack() -> Iterator[StartLocalStack]:
    """Starts instances of a test's own, and ends those that it leaves."""
    with ExitStack() as started:
        yield lambda *arguments, **named: started.enter_context(
            LocalStackProcess(*arguments, **named)
        )


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder with what ``make dist`` builds: once for all processes of a run."""
    own = tmp_path_factory.getbasetemp()
    folder = (own if worker_id == "master" else own.parent) / "dist"
    with open(f"{folder}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            making = folder.with_suffix(".making")
            command = ["make", "dist", f"DIST={making}"]
            subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
            making.rename(folder)
    return folder
