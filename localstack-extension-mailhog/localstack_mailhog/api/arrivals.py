"""Mail as it arrives, for MailHog's two streams."""

import asyncio
from collections.abc import AsyncIterator

from localstack_mailhog.api.reading import Reader
from localstack_mailhog.mailbox.store import View

AT_ONCE = 10


async def arrivals(reader: Reader, position: int, silence: float) -> AsyncIterator[bytes | None]:
    """Every message that comes after *position*, as JSON; none each *silence* seconds in which none came."""

    def read(view: View) -> list[tuple[int, bytes]]:
        return [
            (entry.position, reader.json(view, entry)) for entry in view.after(position, AT_ONCE)
        ]

    changes = reader.mailbox.changes
    while True:
        revision = changes.revision
        while arrived := await reader.read(read):
            for position, message in arrived:  # noqa: B007 - read looks at it
                yield message
        try:
            await asyncio.wait_for(changes.beyond(revision), silence)
        except TimeoutError:
            yield None
