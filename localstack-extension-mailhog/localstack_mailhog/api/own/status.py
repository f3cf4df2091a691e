"""The sink itself: what it is, whether it is ready, how much it holds, and what its API is."""

import functools
from pathlib import Path

import orjson

from localstack_mailhog import __version__
from localstack_mailhog.api.http import Request, Response, Route, public, route
from localstack_mailhog.api.own.shapes import answer
from localstack_mailhog.api.own.waiting import counts_json
from localstack_mailhog.api.reading import Reader
from localstack_mailhog.mailbox.store import View
from localstack_shared.settings import Address

SERVICE = "localstack-mailhog"
"""How a client tells this sink from MailHog and from whatever else may listen there."""


class Status:
    """The handlers.

    :param smtp: where SMTP really listens
    """

    def __init__(self, reader: Reader, smtp: Address) -> None:
        self._reader = reader
        self._smtp = smtp

    def routes(self) -> list[Route]:
        """What is answered here."""
        return [
            route("GET", "/api/own/status", self.status),
            route("GET", "/api/own/openapi.json", self.openapi),
            public("/livez", self.alive),
            public("/readyz", self.ready),
            route("GET", "/metrics", self.metrics),
        ]

    async def status(self, request: Request) -> Response:
        """What this sink is, where it takes mail, and how much there is."""
        return answer(
            {
                "service": SERVICE,
                "version": __version__,
                "smtp": {"host": self._smtp.host, "port": self._smtp.port},
                **await self._reader.read(counts_json),
            }
        )

    async def openapi(self, request: Request) -> Response:
        """The description of this API."""
        return answer(openapi_document())

    async def alive(self, request: Request) -> Response:
        """That the sink runs."""
        return Response(b"ok\n", "text/plain; charset=utf-8")

    async def ready(self, request: Request) -> Response:
        """That mail can be read; else 503."""
        await self._reader.read(View.latest)
        return Response(b"ok\n", "text/plain; charset=utf-8")

    async def metrics(self, request: Request) -> Response:
        """How much mail there is and was, in Prometheus' text format.

        https://prometheus.io/docs/instrumenting/exposition_formats/
        """
        counts = await self._reader.read(counts_json)
        size = await self._reader.read(View.size)
        lines = [
            *_metric("messages", "gauge", "Mails in the mailbox.", counts["total"]),
            *_metric("messages_unread", "gauge", "Mails that nobody has read.", counts["unread"]),
            *_metric("message_bytes", "gauge", "Bytes of all mails in the mailbox.", size),
            *_metric("received_total", "counter", "Mails that ever came.", counts["position"]),
        ]
        return Response("".join(lines).encode(), "text/plain; version=0.0.4; charset=utf-8")


@functools.cache
def openapi_document() -> dict[str, object]:
    """The API's description (OpenAPI 3.1)."""
    document: dict[str, object] = orjson.loads(
        Path(__file__).with_name("openapi.json").read_bytes()
    )
    return document


def _metric(name: str, kind: str, meaning: str, value: int) -> list[str]:
    full = f"mailhog_{name}"
    return [f"# HELP {full} {meaning}\n", f"# TYPE {full} {kind}\n", f"{full} {value}\n"]
