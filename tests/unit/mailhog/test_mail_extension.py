"""The extension's steps, without a gateway: what it tells LocalStack, and what it takes back."""

import logging
import os
import sys
import threading
import types
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

pytest.importorskip(
    "localstack", reason="LocalStack is not installed: it needs Python 3.12 or newer"
)

from localstack import config
from localstack.aws.chain import CompositeHandler, CompositeResponseHandler

from localstack_mailhog.extension import MailhogExtension


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Free ports, and no SMTP host that the user has chosen."""
    for variable in ("MH_SMTP_BIND_ADDR", "MH_API_BIND_ADDR", "MH_UI_BIND_ADDR"):
        monkeypatch.setenv(variable, ":0")
    monkeypatch.setenv("SMTP_HOST", "")


@pytest.fixture
def extension() -> Iterator[MailhogExtension]:
    """The extension, stopped at the end."""
    made = MailhogExtension()
    yield made
    made.on_platform_shutdown()


@pytest.fixture
def pro(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """A stand-in for LocalStack Pro's configuration; real Pro needs a licence."""
    config = types.ModuleType("localstack.pro.core.config")
    config.ACTIVATE_PRO = True  # type: ignore[attr-defined]
    config.SMTP_HOST = ""  # type: ignore[attr-defined]
    core = types.ModuleType("localstack.pro.core")
    core.config = config  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "localstack.pro", types.ModuleType("localstack.pro"))
    monkeypatch.setitem(sys.modules, "localstack.pro.core", core)
    monkeypatch.setitem(sys.modules, "localstack.pro.core.config", config)
    return config


def start(extension: MailhogExtension) -> tuple[CompositeHandler, CompositeResponseHandler]:
    """Run the steps that the loader runs, and return LocalStack's handler lists."""
    requests, responses = CompositeHandler(), CompositeResponseHandler()
    extension.on_extension_load()
    extension.on_platform_start()
    extension.update_request_handlers(requests)
    extension.update_response_handlers(responses)
    return requests, responses


def smtp_address(extension: MailhogExtension) -> str:
    assert extension.service is not None
    return extension.service.endpoints()[0].url.removeprefix("smtp://")


def test_in_the_community_edition_ses_is_tapped_ses_v2_answered_and_the_port_told(
    extension: MailhogExtension,
) -> None:
    requests, responses = start(extension)

    assert os.environ["SMTP_HOST"] == smtp_address(extension)
    assert (len(requests.handlers), len(responses.handlers)) == (2, 1)


def test_an_smtp_host_of_the_user_stays(
    extension: MailhogExtension, pro: types.ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMTP_HOST", "mail.example:587")

    start(extension)
    extension.on_platform_shutdown()

    assert os.environ["SMTP_HOST"] == "mail.example:587"
    assert pro.SMTP_HOST == ""


def test_under_pro_localstack_sends_itself_and_nothing_is_tapped(
    extension: MailhogExtension, pro: types.ModuleType
) -> None:
    requests, responses = start(extension)

    assert pro.SMTP_HOST == os.environ["SMTP_HOST"] == smtp_address(extension)
    assert (requests.handlers, responses.handlers) == ([], [])


def test_pro_that_is_not_activated_is_the_community_edition(
    extension: MailhogExtension, pro: types.ModuleType
) -> None:
    pro.ACTIVATE_PRO = False  # type: ignore[attr-defined]

    requests, _ = start(extension)

    assert requests.handlers
    assert pro.SMTP_HOST == ""


def test_at_the_end_everything_is_taken_back(extension: MailhogExtension) -> None:
    requests, responses = start(extension)

    extension.on_platform_shutdown()

    assert "SMTP_HOST" not in os.environ
    assert (requests.handlers, responses.handlers) == ([], [])
    assert extension.service is None


def test_a_wrong_setting_is_logged_and_the_other_steps_do_nothing(
    extension: MailhogExtension,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("MH_MAX_MESSAGE_SIZE", "big")

    requests, responses = start(extension)
    extension.on_platform_ready()

    assert "MH_MAX_MESSAGE_SIZE='big' cannot be used" in caplog.text
    assert (requests.handlers, responses.handlers) == ([], [])
    assert not os.environ["SMTP_HOST"]


def test_what_the_log_says_is_in_the_health_endpoint_already(
    extension: MailhogExtension,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    said_before = []

    class Health(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            said_before.append("Mail API (gateway)" in caplog.text)
            self.send_response(200)
            self.end_headers()

    caplog.set_level(logging.INFO)
    with HTTPServer(("127.0.0.1", 0), Health) as gateway:
        listen = config.HostAndPort("127.0.0.1", gateway.server_port)
        monkeypatch.setattr(config, "GATEWAY_LISTEN", [listen])
        thread = threading.Thread(target=gateway.handle_request)
        thread.start()
        start(extension)
        extension.on_platform_ready()
        thread.join()

    assert said_before == [False]
    assert "Mail API (gateway)" in caplog.text
