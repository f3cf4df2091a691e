"""What programs ask for again and again while they wait is there when they ask: kept as long as the mailbox stays as it
is, and read again as soon as it has changed.

It is read ahead once for each time that it was asked for, so mail that nobody looks for costs nothing.
"""

import asyncio
import contextlib
from collections.abc import Callable, Hashable

from localstack_mailhog.api.reading import Reader
from localstack_mailhog.mailbox.store import MailboxError, View
from localstack_mailhog.mailbox.view import TooMuch

Read = Callable[[View], bytes]


class ReadAhead:
    """Remembers one answer, the one that was asked for last. On the event loop's thread only."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._changes = reader.mailbox.changes
        self._key: Hashable = None
        self._read: Read | None = None
        self._answer = b""
        self._revision = -1
        self._next: asyncio.Future[None] | None = None

    def answer(self, key: Hashable, read: Read) -> bytes:
        """What *read* finds in the mailbox as it is now.

        :param key: what tells *read* from others
        :raises localstack_mailhog.mailbox.view.TooMuch: where there is much to look at
        :raises localstack_mailhog.mailbox.store.MailboxError: where the mailbox cannot be read
        """
        if key != self._key or self._revision != self._changes.revision:
            self._look(key, read)
        self._read = read
        if self._next is None:
            self._next = self._changes.next(self._revision)
            self._next.add_done_callback(self._changed)
        return self._answer

    def _changed(self, _: "asyncio.Future[None]") -> None:
        self._next = None
        read, self._read = self._read, None
        if read is not None:
            with contextlib.suppress(TooMuch, MailboxError):  # whoever asks is told
                self._look(self._key, read)

    def _look(self, key: Hashable, read: Read) -> None:
        # The revision first: what changes while it is being read counts as not seen.
        self._key, self._revision = key, -1
        revision = self._changes.revision
        self._answer = self._reader.at_once(read)
        self._revision = revision
