"""The base class of our LocalStack extensions: a subclass names its service and builds it."""

import dataclasses
import logging
import os
from typing import Any, ClassVar
from urllib.parse import urlsplit

from localstack import config
from localstack.aws.handlers import cors
from localstack.constants import LOCALHOST_HOSTNAME
from localstack.extensions.api import Extension
from localstack.extensions.api.http import RouteHandler, Router

from localstack_shared.errors import CannotStart
from localstack_shared.routing import GatewayMount
from localstack_shared.service import Endpoint, Service
from localstack_shared.settings import boolean, read, setting

LOG = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class GatewaySettings:
    """How extensions are reached through the gateway."""

    short_paths: bool = setting(
        "EXTENSION_SHORT_PATHS",
        "1",
        boolean,
        "Serve the older gateway paths `/stripe/…` and `/mailhog/…` beside `/_extension/…`.",
    )


class ServiceExtension(Extension):  # type: ignore[misc]
    """Starts a service with LocalStack, mounts it on the gateway, says where it is, and stops it.

    A service that cannot start is logged as one clear line; LocalStack and the other extensions go on without it.
    """

    title: ClassVar[str]
    """What log lines call it."""
    websockets: ClassVar[bool] = False
    """Whether the service takes websockets."""

    def __init__(self) -> None:
        self.service: Service | None = None
        self._mount: GatewayMount | None = None
        self._router: Router[RouteHandler] | None = None

    def build(self, listen_host: str) -> Service:
        """Make the service from the environment, unstarted.

        :param listen_host: where to listen unless a setting says otherwise
        :raises CannotStart: where a variable cannot be used
        """
        raise NotImplementedError

    def on_platform_start(self) -> None:
        """Build and start the service."""
        try:
            gateway = read(GatewaySettings, os.environ)
            service = self.build(gateway_host())
            service.start()
        except CannotStart as error:
            LOG.error("%s is not available: %s", self.title, error)
            return
        self.service = service
        self._mount = GatewayMount(
            self.name, service, short_path=gateway.short_paths, websockets=self.websockets
        )

    def update_gateway_routes(self, router: Router[RouteHandler]) -> None:
        """Mount the service, and let browsers on its pages talk to it."""
        if self._mount is None:
            return
        self._mount.add_to(router)
        self._router = router
        for origin in self._origins():
            if origin not in cors.ALLOWED_CORS_ORIGINS:
                cors.ALLOWED_CORS_ORIGINS.append(origin)

    def on_platform_ready(self) -> None:
        """Say where the service is."""
        if self.service is None:
            return
        endpoints = self.endpoints()
        # First, so that whoever has read the log finds it in the health endpoint too.
        self._report_health(endpoints)
        for endpoint in endpoints:
            LOG.info("%s", endpoint)

    def on_platform_shutdown(self) -> None:
        """Stop the service and take its routes away."""
        service, self.service = self.service, None
        if service is None:
            return
        service.stop()
        if self._mount is not None and self._router is not None:
            self._mount.remove_from(self._router)

    def endpoints(self) -> list[Endpoint]:
        """Everything that was really bound, and where the same is reached through the gateway."""
        assert self.service is not None
        own = self.service.endpoints()
        port = config.GATEWAY_LISTEN[0].port
        gateway = f"http://{LOCALHOST_HOSTNAME}:{port}/_extension/{self.name}"
        return own + [
            Endpoint(f"{endpoint.label} (gateway)", gateway + urlsplit(endpoint.url).path)
            for endpoint in own
            if endpoint.url.startswith("http")
        ]

    def _origins(self) -> list[str]:
        assert self.service is not None
        names = [
            f"{host}:{listener.port}"
            for listener in config.GATEWAY_LISTEN
            # LocalStack itself knows the gateway as localhost, and not by its number.
            for host in (f"{self.name}.{LOCALHOST_HOSTNAME}", "127.0.0.1")
        ]
        ports = {
            urlsplit(endpoint.url).port
            for endpoint in self.service.endpoints()
            if endpoint.url.startswith("http")
        }
        names += [
            f"{host}:{port}"
            for port in ports
            for host in ("localhost", "127.0.0.1", LOCALHOST_HOSTNAME)
        ]
        return [f"{scheme}://{name}" for name in names for scheme in ("http", "https")]

    def _report_health(self, endpoints: list[Endpoint]) -> None:
        import requests

        state: dict[str, Any] = {
            f"extensions:{self.name}": {
                "status": "running",
                "endpoints": {endpoint.label: endpoint.url for endpoint in endpoints},
            }
        }
        url = f"{config.internal_service_url()}/_localstack/health"
        try:
            requests.put(url, json=state, timeout=5).raise_for_status()
        except requests.RequestException as error:
            LOG.warning("%s could not be added to the health endpoint: %s", self.title, error)


def gateway_host() -> str:
    """The host LocalStack's gateway is told to listen on: loopback in host mode, all interfaces in a container."""
    return str(config.GATEWAY_LISTEN[0].host)
