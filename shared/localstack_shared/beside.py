"""Blocking work beside the event loop, which does not hold up the end of the process."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


async def beside(name: str, work: Callable[[], T]) -> T:
    """The result of *work*, which runs in a thread of its own.

    For what may take seconds, such as calling somebody else's server: an executor's threads are waited for when the
    process ends, this one is not.

    :param name: the thread's name
    """
    done: Future[T] = Future()
    done.set_running_or_notify_cancel()

    def run() -> None:
        try:
            result = work()
        except BaseException as error:
            done.set_exception(error)
        else:
            done.set_result(result)

    threading.Thread(target=run, name=name, daemon=True).start()
    return await asyncio.wrap_future(done)
