"""The thread that writes: what it does when there is nothing to write."""

import sqlite3
import time

from localstack_mailhog.mailbox.writer import Writer


class Untidy:
    """Keeps house, and cannot."""

    def __init__(self) -> None:
        self.attempts = 0

    def trim(self, connection: sqlite3.Connection) -> None:
        """There is always room."""

    def rolled_back(self) -> None:
        """Nothing was noted."""

    def committed(self) -> None:
        """Nobody waits."""

    def is_untidy(self) -> bool:
        """It always is."""
        return True

    def tidy(self, connection: sqlite3.Connection) -> bool:
        """Fail, as on a disk that is full."""
        self.attempts += 1
        raise sqlite3.OperationalError("database or disk is full")


def test_what_cannot_be_tidied_up_is_left_alone_for_a_while() -> None:
    untidy = Untidy()
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    writer = Writer(connection, untidy)
    try:
        time.sleep(0.3)

        assert untidy.attempts == 1
        assert writer.submit(lambda connection: "written").result(5) == "written"
    finally:
        writer.close()
