"""Mail as it arrives: for MailHog's two streams, and for what is done with it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

from localstack_mailhog.api.reading import Reader
from localstack_mailhog.mailbox.mail import Entry
from localstack_mailhog.mailbox.store import View

T = TypeVar("T")

AT_ONCE = 10


async def arrivals(
    reader: Reader,
    position: int,
    take: Callable[[View, Entry], T],
    silence: float | None = None,
) -> AsyncIterator[tuple[Entry, T] | None]:
    """Every mail that comes after *position*, with what *take* finds; none each *silence* seconds in which none came.

    :raises localstack_mailhog.mailbox.store.MailboxError: where the mailbox cannot be read
    """

    def read(view: View) -> list[tuple[Entry, T]]:
        return [(entry, take(view, entry)) for entry in view.after(position, AT_ONCE)]

    changes = reader.mailbox.changes
    while True:
        revision = changes.revision
        while arrived := await reader.read(read):
            for entry, taken in arrived:
                yield entry, taken
            position = arrived[-1][0].position
        try:
            await asyncio.wait_for(changes.beyond(revision), silence)
        except TimeoutError:
            yield None
