"""Serving: one background thread with one event loop, and everything an emulator serves on it.

A port is bound on the caller's thread, so that a taken one is an error there and then. Stopping is announced before
anything is closed: whoever streams or waits watches :attr:`Serving.stopping` and ends itself; short requests finish;
what is handed over late is refused.
"""

import asyncio
import contextlib
import errno
import logging
import socket
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, MutableMapping
from concurrent.futures import Future
from typing import Any, Protocol, TypeVar

from localstack_shared.errors import CannotStart
from localstack_shared.settings import Address

LOG = logging.getLogger(__name__)

T = TypeVar("T")

Message = MutableMapping[str, Any]
"""An ASGI event or scope (ASGI 3.0): its keys depend on its type, so its values are not typed."""

ASGIApplication = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]],
    Awaitable[None],
]

Headers = list[tuple[bytes, bytes]]


class AnswerAtOnce(Protocol):
    """Answers a whole request in the call that brings it. It is called on the event loop, and must not take long."""

    def __call__(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, bytes, bytes] | ASGIApplication | None:
        """A status, the lines of the headers without the length, and a body; nothing leaves it to the application, and what
        turns out to take its time is left to an application of its own.

        :param path: as it was sent: nothing in it is decoded
        :param query: without its question mark
        :param headers: by their lower-case names
        """


START_SECONDS = 10.0
GRACE_SECONDS = 0.6
"""How long requests that are being answered may still take once stopping is announced."""

BACKLOG = 1024
"""How many clients may wait to be accepted."""


class PortUnavailable(CannotStart, OSError):
    """A port cannot be bound; the message names it, why, and the setting that moves it."""

    def __init__(self, address: Address, setting: str, cause: OSError) -> None:
        reason = {
            errno.EADDRINUSE: "another process uses it",
            errno.EACCES: "it needs privileges that this process does not have",
            errno.EADDRNOTAVAIL: "this machine does not have that address",
        }.get(cause.errno or 0, cause.strerror or str(cause))
        super().__init__(
            cause.errno, f"cannot listen on {address}: {reason}; set {setting} to another address"
        )
        self.address = address
        self.setting = setting

    def __str__(self) -> str:
        return str(self.strerror)


class Stopped(RuntimeError):
    """Work was handed over to a service that is stopping or not running."""


class Closing(Protocol):
    """A server that runs on the loop and can be told to close."""

    async def close(self) -> None:
        """Stop accepting, let what is being answered finish, and return."""


def bind(address: Address, setting: str) -> socket.socket:
    """A listening socket on *address*; port 0 takes a free one.

    :param setting: the name of the variable that moves the port, for the message
    :raises PortUnavailable: where it cannot be bound
    """
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        # Without it, a restart waits for the connections of the run before to leave TIME_WAIT.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address.host, address.port))
        listener.listen(BACKLOG)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        raise PortUnavailable(address, setting, error) from None
    return listener


def bound_address(listener: socket.socket) -> Address:
    """Where *listener* really listens."""
    host, port = listener.getsockname()[:2]
    return Address(host, port)


class Serving:
    """A thread with an event loop on which one emulator lives.

    :param name: the thread's name, and what log lines call it
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.stopping = asyncio.Event()
        """Set, on the loop, when stopping is announced. Streams and long waits end on it."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._accepting = False
        self._servers: list[Closing] = []
        self._lock = threading.Lock()

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The running loop.

        :raises Stopped: where there is none
        """
        if self._loop is None:
            raise Stopped(f"{self.name} is not running")
        return self._loop

    def start(self, openers: Iterable[Callable[[], Awaitable[Closing]]]) -> None:
        """Start the thread and run *openers* on its loop; return when all of them accept.

        An opener that fails stops what was started, and its error is raised here.
        """
        started = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(started,), name=self.name, daemon=True
        )
        self._thread.start()
        started.wait(START_SECONDS)
        try:
            future = asyncio.run_coroutine_threadsafe(self._open(list(openers)), self.loop)
            future.result(START_SECONDS)
        except BaseException:
            self.stop()
            raise
        self._accepting = True

    def submit(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        """Run *work* on the loop, from any thread.

        :raises Stopped: once stopping was announced; *work* is then closed unrun
        """
        with self._lock:
            if self._accepting and self._loop is not None:
                return asyncio.run_coroutine_threadsafe(work, self._loop)
        work.close()
        raise Stopped(f"{self.name} is stopping")

    def stop(self) -> None:
        """Announce stopping, let short requests finish, end the loop and its thread. Safe to call twice."""
        with self._lock:
            self._accepting = False
            loop, thread = self._loop, self._thread
        if loop is None or thread is None:
            return
        closing = asyncio.run_coroutine_threadsafe(self._close(), loop)
        try:
            closing.result(GRACE_SECONDS * 2)
        except Exception:
            LOG.exception("%s did not stop in an orderly way", self.name)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(GRACE_SECONDS)
        self._loop = self._thread = None

    def _run(self, started: threading.Event) -> None:
        loop = _new_event_loop()
        asyncio.set_event_loop(loop)
        self._loop = loop
        loop.call_soon(started.set)
        try:
            loop.run_forever()
        finally:
            _cancel_all(loop)
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()

    async def _open(self, openers: list[Callable[[], Awaitable[Closing]]]) -> None:
        for opener in openers:
            self._servers.append(await opener())

    async def _close(self) -> None:
        self.stopping.set()
        servers, self._servers = self._servers, []
        closing = [asyncio.ensure_future(server.close()) for server in servers]
        if closing:
            await asyncio.wait(closing, timeout=GRACE_SECONDS)
        # Requests that came through the gateway have no connection here that a server would wait for.
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if others:
            await asyncio.wait(others, timeout=GRACE_SECONDS / 2)


async def first_of(*waits: Awaitable[object]) -> None:
    """Wait until one of *waits* is done, and end the others; its error is raised here. One of them may be that stopping is
    announced."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)


def _new_event_loop() -> asyncio.AbstractEventLoop:
    try:
        # Not only for speed: LocalStack patches asyncio's accept for the whole process to peek for TLS, which makes
        # a server that speaks first, as SMTP does, wait a second for each client. uvloop has an accept of its own.
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop


def _cancel_all(loop: asyncio.AbstractEventLoop) -> None:
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
