"""Following the mailbox: each mail that comes is handed to an action."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from localstack_mailhog.api.reading import Reader
from localstack_mailhog.mailbox.mail import Entry
from localstack_mailhog.mailbox.store import MailboxError, View

LOG = logging.getLogger(__name__)

AT_ONCE = 10
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
        changes = self._reader.mailbox.changes
        while True:
            revision = changes.revision
            try:
                while arrived := await self._reader.read(_after(position)):
                    for entry, raw in arrived:
                        await self._act(entry, raw)
                        position = entry.position
            except MailboxError as error:
                LOG.warning(
                    "%s: the mailbox cannot be read, and is tried again: %s", self._name, error
                )
                await asyncio.sleep(RETRY_SECONDS)
            else:
                await changes.beyond(revision)

    async def _act(self, entry: Entry, raw: bytes) -> None:
        try:
            await self._action(entry, raw)
        except Exception:
            LOG.exception("%s: %s failed", self._name, entry.id)


def _after(position: int) -> Callable[[View], list[tuple[Entry, bytes]]]:
    return lambda view: [(entry, view.raw(entry)) for entry in view.after(position, AT_ONCE)]
