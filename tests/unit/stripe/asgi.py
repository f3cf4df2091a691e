"""Requests as a server hands them to an application, message by message."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from tests.unit.stripe.conftest import Api


def piece(body: bytes, *, more: bool = True) -> dict[str, Any]:
    """The message with a part of a body, the last one without *more*."""
    return {"type": "http.request", "body": body, "more_body": more}


GONE = {"type": "http.disconnect"}
"""The message that nobody waits for the answer any more."""


def over_asgi(
    api: Api, messages: Iterable[dict[str, Any]], headers: Iterable[tuple[bytes, bytes]] = ()
) -> list[Any]:
    """What the application sends when a customer's POST arrives in these messages."""
    arriving = iter(messages)
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return next(arriving)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "scheme": "http",
        "path": "/v1/customers",
        "query_string": b"",
        "headers": [(b"authorization", f"Bearer {api.key}".encode()), *headers],
    }
    asyncio.run(api.emulator.application(scope, receive, send))
    return sent
