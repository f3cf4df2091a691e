"""Reading the mailbox for requests: off the event loop but for a little, with each message's JSON made once."""

import asyncio
import collections
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import orjson

from localstack_mailhog.mailbox.mail import Entry
from localstack_mailhog.mailbox.message import JSON, message_json
from localstack_mailhog.mailbox.query import Query
from localstack_mailhog.mailbox.store import Mailbox, View
from localstack_mailhog.mailbox.view import TooMuch

T = TypeVar("T")

THREADS = 4

LITTLE = 1 << 15
"""How many bytes may be looked at on the event loop: it takes a millisecond at most."""

CACHE_BYTES = 8 << 20
"""How much JSON is kept for the next request: programs ask for the same page again and again while they wait."""


def to_json(message: JSON) -> bytes:
    """A message as JSON in ASCII.

    MailHog sends it as ``text/json`` without a character set, which some clients, Python's ``requests`` among them,
    take for Latin-1.
    """
    text = orjson.dumps(message)
    if text.isascii():
        return text
    return json.dumps(message, separators=(",", ":")).encode("ascii")


class Reader:
    """Runs reads in threads of its own."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="mailbox-reader")
        # Apart, because whoever searches may have to wait for the index.
        self._searchers = ThreadPoolExecutor(THREADS, thread_name_prefix="mailbox-searcher")
        self._json: collections.OrderedDict[int, bytes] = collections.OrderedDict()
        self._json_bytes = 0
        self._lock = threading.Lock()

    async def read(self, work: Callable[[View], T]) -> T:
        """What *work* finds in the mailbox as it is now.

        :raises localstack_mailhog.mailbox.store.MailboxError: where it cannot be read
        """

        return await asyncio.get_running_loop().run_in_executor(self._threads, self._look, work)

    async def promptly(self, work: Callable[[View], T]) -> T:
        """The same for what programs ask again and again while they wait: at once, where there is little to look at.

        On the event loop itself, because two changes of threads take several times as long.

        :raises localstack_mailhog.mailbox.store.MailboxError: where it cannot be read
        """
        try:
            return self.at_once(work)
        except TooMuch:
            return await self.read(work)

    def at_once(self, work: Callable[[View], T]) -> T:
        """The same only where there is little to look at.

        :raises localstack_mailhog.mailbox.view.TooMuch: where there is more
        :raises localstack_mailhog.mailbox.store.MailboxError: where it cannot be read
        """
        with self.mailbox.glance(LITTLE) as view:
            return work(view)

    async def settled(self, work: Callable[[View], T]) -> T:
        """The same once all mail that is there now is in the index.

        :raises localstack_mailhog.mailbox.store.MailboxError: where it cannot be read, or not be indexed
        """

        def settle_and_look() -> T:
            self.mailbox.settle()
            return self._look(work)

        return await asyncio.get_running_loop().run_in_executor(self._searchers, settle_and_look)

    async def find(self, query: Query, work: Callable[[View], T]) -> T:
        """What *work* finds, in the index where *query* asks for anything."""
        return await (self.settled(work) if query.terms else self.read(work))

    async def work(self, work: Callable[[], T]) -> T:
        """The result of *work*, which takes too long for the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def json(self, view: View, entry: Entry) -> bytes:
        """A message in MailHog's shape, as JSON. To be called from :meth:`read`."""
        with self._lock:
            text = self._json.get(entry.position)
            if text is not None:
                self._json.move_to_end(entry.position)
                return text
        text = to_json(message_json(entry, view.raw(entry), self.mailbox.hostname))
        self._keep(entry.position, text)
        return text

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._searchers.shutdown(wait=False, cancel_futures=True)

    def _look(self, work: Callable[[View], T]) -> T:
        with self.mailbox.look() as view:
            return work(view)

    def _keep(self, position: int, text: bytes) -> None:
        if len(text) > CACHE_BYTES // 50:
            return
        with self._lock:
            if position not in self._json:
                self._json[position] = text
                self._json_bytes += len(text)
            while self._json_bytes > CACHE_BYTES:
                _, dropped = self._json.popitem(last=False)
                self._json_bytes -= len(dropped)
