"""Following the mailbox: each mail that comes is handed to an action."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from localstack_mailhog.api.arrivals import arrivals
from localstack_mailhog.api.reading import Reader
from localstack_mailhog.mailbox.mail import Entry
from localstack_mailhog.mailbox.store import MailboxError, View

LOG = logging.getLogger(__name__)

RETRY_SECONDS = 1.0

Action = Callable[[Entry, bytes], Awaitable[None]]
"""What is done with a mail and its bytes. An error of it is logged, and the next mail's turn comes."""


class Follower:
    """Hands every mail that comes, once and in order, to *action*, on the loop that serves.

    :param name: what log lines call the action
    """

    def __init__(self, name: str, reader: Reader, action: Action) -> None:
        self._name = name
        self._reader = reader
        self._action = action
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> "Follower":
        """Begin with the next mail that comes."""
        position = await self._reader.read(View.latest)
        self._task = asyncio.ensure_future(self._follow(position))
        return self

    async def close(self) -> None:
        """Stop; what is being done is given up."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _follow(self, position: int) -> None:
        while True:
            try:
                async for arrived in arrivals(self._reader, position, View.raw):
                    if arrived is not None:
                        await self._act(*arrived)
                        position = arrived[0].position
            except MailboxError as error:
                LOG.warning(
                    "%s: the mailbox cannot be read, and is tried again: %s", self._name, error
                )
                await asyncio.sleep(RETRY_SECONDS)

    async def _act(self, entry: Entry, raw: bytes) -> None:
        try:
            await self._action(entry, raw)
        except Exception:
            LOG.exception("%s: %s failed", self._name, entry.id)
