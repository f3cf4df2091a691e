"""The LocalStack extension: a mail sink that LocalStack's SES is wired to."""

import dataclasses
import logging
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from localstack import config
from localstack.extensions.api.aws import CompositeHandler, CompositeResponseHandler

from localstack_shared.extension import ServiceExtension
from localstack_shared.service import Service

if TYPE_CHECKING:
    from localstack_mailhog.aws.tap import SesTap
    from localstack_mailhog.sink import MailSink

LOG = logging.getLogger(__name__)

SMTP_HOST = "SMTP_HOST"
"""The variable by which LocalStack, and whatever runs in its process, knows an SMTP server."""


class MailhogExtension(ServiceExtension):
    """Starts a mail sink with LocalStack.

    Under Pro, SES and Cognito send by SMTP themselves once they know where; in the community edition, what SES accepts
    is taken from its requests.
    """

    name = "mailhog"
    title = "Mail sink"
    websockets = True

    def __init__(self) -> None:
        super().__init__()
        self._sink: MailSink | None = None
        self._tap: SesTap | None = None
        self._handlers: list[tuple[Any, Any]] = []
        self._smtp_host = ""

    def build(self, listen_host: str) -> Service:
        """Make the mail sink from the environment, unstarted.

        :raises localstack_shared.settings.SettingError: where a variable cannot be used
        """
        from localstack_mailhog.settings import from_environment
        from localstack_mailhog.sink import MailSink

        settings = from_environment(os.environ)
        if config.PERSISTENCE and not os.environ.get("MH_STORAGE", "").strip():
            settings = dataclasses.replace(settings, storage="sqlite")
        settings = dataclasses.replace(settings, data_folder=Path(config.dirs.data))
        self._sink = MailSink(settings, listen_host)
        return self._sink

    def on_platform_start(self) -> None:
        """Start the sink, and tell LocalStack where it takes mail unless the user said where else."""
        super().on_platform_start()
        if self.service is None or self._sink is None or os.environ.get(SMTP_HOST, "").strip():
            return
        self._smtp_host = os.environ[SMTP_HOST] = str(self._sink.smtp_address)
        pro_config = _pro_config()
        if pro_config is not None:
            # It has read the environment when it was imported.
            pro_config.SMTP_HOST = self._smtp_host

    def update_request_handlers(self, handlers: CompositeHandler) -> None:
        """Have what SES is asked to send noted, and SES v2 answered, where LocalStack does not do that itself."""
        if self.service is None or self._sink is None or _pro_config() is not None:
            return
        from localstack_mailhog.aws.provider import SesV2
        from localstack_mailhog.aws.tap import SesTap

        self._tap = SesTap(self._sink.deliver)
        self._add(handlers, self._tap.note)
        self._add(handlers, SesV2())

    def update_response_handlers(self, handlers: CompositeResponseHandler) -> None:
        """Have what SES accepted delivered."""
        if self._tap is not None:
            self._add(handlers, self._tap.deliver)

    def on_platform_ready(self) -> None:
        """Say where the sink is, and prepare LocalStack for the first call of SES."""
        super().on_platform_ready()
        if self.service is not None:
            # The first call of a service builds LocalStack's catalog of all of them: seconds, which a sign-up's mail
            # would otherwise take.
            threading.Thread(target=_build_catalog, name="mailhog-warm-up", daemon=True).start()

    def on_platform_shutdown(self) -> None:
        """Stop the sink."""
        for handlers, handler in self._handlers:
            handlers.remove(handler)
        self._handlers.clear()
        if self._smtp_host and os.environ.get(SMTP_HOST) == self._smtp_host:
            del os.environ[SMTP_HOST]
        super().on_platform_shutdown()

    def _add(self, handlers: Any, handler: Any) -> None:
        handlers.append(handler)
        self._handlers.append((handlers, handler))


def _pro_config() -> Any:
    """The configuration of LocalStack Pro where it is at work; none in the community edition."""
    try:
        from localstack.pro.core import config
    except ImportError:
        return None
    return config if getattr(config, "ACTIVATE_PRO", True) else None


def _build_catalog() -> None:
    from localstack.aws.spec import get_service_catalog

    try:
        get_service_catalog()
    except Exception:
        LOG.debug("LocalStack's service catalog could not be built ahead", exc_info=True)
