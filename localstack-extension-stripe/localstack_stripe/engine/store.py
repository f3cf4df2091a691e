"""Committed records, by account and by kind.

A record is a plain dictionary in Stripe's own JSON shape, with references as ids. It is kept as its text: whoever
reads one gets a dictionary of their own, so nothing that is done to it can change what is kept. That is for a unit of
work, which commits everything or nothing.
"""

from collections.abc import Callable, KeysView, Mapping

from localstack_stripe.engine.collection import Collection
from localstack_stripe.engine.text import Facts, Write, dumped
from localstack_stripe.engine.text import Record as Record

ASIDE = "aside: "
"""Before a kind's name: what is kept of its records and is none itself."""

AsStored = Callable[[Record], bool]
"""Says whether a client sees a record as it is stored."""

_NONE = Collection()


class AccountRecords:
    """All committed records of one account."""

    def __init__(self, account: str, as_stored: AsStored) -> None:
        self.account = account
        self.as_stored = as_stored
        self._collections: dict[str, Collection] = {}

    def collection(self, object: str) -> Collection:
        """The records of a kind. To be read only."""
        return self._collections.get(object, _NONE)

    def kinds(self) -> KeysView[str]:
        """The kinds of which there are, or were, records."""
        return self._collections.keys()

    def shows(self, object: str, record: Record) -> bool:
        """Whether a record of a collection is what a client sees."""
        return not object.startswith(ASIDE) and self.as_stored(record)

    def put(self, object: str, id: str, record: Record, text: bytes, shown: bool) -> None:
        """Add or replace a record, of which *text* is the text. For a commit only.

        :param shown: whether that is what a client sees
        """
        self._own(object).put(id, record, text, shown)

    def put_unwritten(self, object: str, id: str, created: int, write: Write, facts: Facts) -> None:
        """Add a record that is written when it is first read. For a commit only."""
        self._own(object).put_unwritten(id, created, write, facts)

    def _own(self, object: str) -> Collection:
        collection = self._collections.get(object)
        if collection is None:
            collection = self._collections[object] = Collection()
        return collection

    def remove(self, object: str, id: str) -> None:
        """Remove a record that there is. For a commit only."""
        self._collections[object].remove(id)


class Store:
    """The records of every account.

    :param as_stored: says whether a client sees a record as it is stored; asked when it is put
    """

    def __init__(self, as_stored: AsStored) -> None:
        self._as_stored = as_stored
        self._accounts: dict[str, AccountRecords] = {}

    def accounts(self) -> list[str]:
        """The ids of the accounts that something was asked of."""
        return list(self._accounts)

    def account(self, account: str) -> AccountRecords:
        """An account's records; an account is made when it is first used."""
        records = self._accounts.get(account)
        if records is None:
            records = self._accounts[account] = AccountRecords(account, self._as_stored)
        return records

    def elsewhere(self, object: str, id: str, account: str) -> list[str]:
        """The other accounts that have the record which *account* was asked for."""
        return [
            other
            for other, records in self._accounts.items()
            if other != account and id in records.collection(object)
        ]

    def reset(self, account: str) -> None:
        """Forget everything of one account."""
        self._accounts.pop(account, None)

    def dump(self, account: str) -> dict[str, dict[str, Record]]:
        """Everything of an account, by kind and id, in the order of creation."""
        records = self.account(account)
        return {
            object: {id: collection.get(id) or {} for id in reversed(list(collection.ids()))}
            for object, collection in ((each, records.collection(each)) for each in records.kinds())
        }

    def load(self, account: str, dump: Mapping[str, Mapping[str, Record]]) -> list[Record]:
        """Put what :meth:`dump` gave in the place of everything that an account has.

        :return: the records, without what is kept aside of them
        """
        texts = {
            (object, id): (record, dumped(record))
            for object, collection in dump.items()
            for id, record in collection.items()
        }
        records = self._accounts[account] = AccountRecords(account, self._as_stored)
        for (object, id), (record, text) in texts.items():
            records.put(object, id, record, text, records.shows(object, record))
        return [
            record for (object, _), (record, _) in texts.items() if not object.startswith(ASIDE)
        ]
