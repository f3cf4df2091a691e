"""The real LocalStack, started once for the session."""

from collections.abc import Iterator

import pytest

pytest.importorskip("localstack", reason="LocalStack is not installed: it needs Python 3.12 or newer")

from tests.integration.host import LocalStackProcess


@pytest.fixture(scope="session")
def localstack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStackProcess]:
    """LocalStack with both extensions: ``.url``, ``.stripe_url``, ``.mail_url``, ``.smtp_port``."""
    process = LocalStackProcess(tmp_path_factory.mktemp("localstack")).start()
    process.wait_for_log(r"Stripe API \(gateway\)")
    process.wait_for_log(r"Mail API \(gateway\)")
    yield process
    process.stop()
