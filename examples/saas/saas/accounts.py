"""Who has signed up."""

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS account (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE COLLATE NOCASE,
    active INTEGER NOT NULL DEFAULT 0,
    customer_id TEXT
)
"""


@dataclass(frozen=True)
class Account:
    """One account.

    :param active: whether the link in the activation mail was followed
    :param customer_id: who it is at Stripe, once it has been billed
    """

    id: str
    name: str
    email: str
    active: bool
    customer_id: str | None


class AccountStore:
    """The accounts, in a file.

    :param path: the SQLite database
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._transaction() as database:
            database.execute(SCHEMA)

    def add(self, name: str, email: str) -> Account:
        """A new account, or the one that this address has already."""
        with self._transaction() as database:
            database.execute(
                "INSERT INTO account (id, name, email) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (str(uuid.uuid4()), name, email),
            )
            return _account(
                database.execute("SELECT * FROM account WHERE email = ?", (email,)).fetchone()
            )

    def get(self, account_id: str) -> Account | None:
        """The account of that id, if there is one."""
        with self._transaction() as database:
            row = database.execute("SELECT * FROM account WHERE id = ?", (account_id,)).fetchone()
        return _account(row) if row else None

    def activate(self, account_id: str) -> None:
        """Note that the account's address is its owner's."""
        with self._transaction() as database:
            database.execute("UPDATE account SET active = 1 WHERE id = ?", (account_id,))

    def set_customer(self, account_id: str, customer_id: str) -> None:
        """Note who the account is at Stripe."""
        with self._transaction() as database:
            database.execute(
                "UPDATE account SET customer_id = ? WHERE id = ?", (customer_id, account_id)
            )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path)) as database, database:
            database.row_factory = sqlite3.Row
            yield database


def _account(row: sqlite3.Row) -> Account:
    return Account(**{**dict(row), "active": bool(row["active"])})
