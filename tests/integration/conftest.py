"""The real LocalStack, started once for the session."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

pytest.importorskip(
    "localstack", reason="LocalStack is not installed: it needs Python 3.12 or newer"
)

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


@pytest.fixture
def start_localstack() -> Iterator[StartLocalStack]:
    """Starts instances of a test's own, and ends those that it leaves."""
    with ExitStack() as started:
        yield lambda *arguments, **named: started.enter_context(
            LocalStackProcess(*arguments, **named)
        )


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with what ``make dist`` builds."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(["make", "dist", f"DIST={folder}"], cwd=ROOT, check=True, capture_output=True)
    return folder
