"""Answers that are made of texts as they are stored: a record by its id, and the first page of a list.

Most requests that read are for these. They are answered without a unit of work, which would read and write nothing
else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from localstack_stripe.api.decoding import Tree
from localstack_stripe.api.validation import Reader
from localstack_stripe.contract.loader import ListOf, Operation
from localstack_stripe.engine.behaviours import BEHAVIOURS, behaviour_of, listed_by
from localstack_stripe.engine.collection import Selection
from localstack_stripe.engine.lists import limit_of
from localstack_stripe.engine.presets import PRESETS
from localstack_stripe.engine.shapes import inlined, one_of
from localstack_stripe.engine.store import Store
from localstack_stripe.engine.text import dumped


@dataclass(frozen=True, slots=True)
class Retrieves:
    """An operation that answers a record by its id, and there is no more to it."""

    object: str

    def text(self, store: Store, account: str, path: Mapping[str, str], tree: Tree) -> bytes | None:
        """The answer, where it is a text as it is stored."""
        if tree:
            return None
        (id,) = path.values()
        return store.account(account).collection(self.object).text(id)


@dataclass(frozen=True, slots=True)
class Lists:
    """An operation that answers a page of all records of a kind, and there is no more to it.

    :param selection: those that are listed where no parameter says otherwise
    :param limit: reads the parameter, whose text is nearly always one that was read before
    :param url: the text of what the page says that it is a page of
    """

    object: str
    selection: Selection
    limit: Callable[[str | None], int]
    url: bytes

    def text(self, store: Store, account: str, path: Mapping[str, str], tree: Tree) -> bytes | None:
        """The first page, where it is made of texts as they are stored.

        :raises StripeError: 400 where the limit is none
        """
        given = tree.get("limit")
        if len(tree) > 1 or (tree and not isinstance(given, str)):
            return None
        limit = self.limit(given)
        texts = store.account(account).collection(self.object).newest(self.selection, limit + 1)
        return page_text(texts[:limit], self.url, has_more=len(texts) > limit)


def page_text(texts: list[bytes | None], url: bytes, *, has_more: bool) -> bytes | None:
    """The text of a page of a list of v1; nothing where it has no records, or one of them is not shown as it is stored.

    :param url: the text of that
    """
    if not texts or None in texts:
        return None
    data = b",\n".join(cast(list[bytes], texts)).replace(b"\n", b"\n    ")
    return _PAGE % (data, b"true" if has_more else b"false", url)


_PAGE = b"""\
{
  "object": "list",
  "data": [
    %b
  ],
  "has_more": %b,
  "url": %b
}"""


def way_of(operation: Operation, read: Reader) -> Retrieves | Lists | None:
    """How an operation can be answered as it is stored; nothing where there may be more to it.

    :param read: reads its parameters
    """
    key = operation.main_key
    if operation.verb != "GET" or behaviour_of(operation) is not None or key in BEHAVIOURS.refused:
        return None
    listed = one_of(operation.returns, ListOf)
    resources = inlined(operation.returns if listed is None else listed.item)
    if len(resources) != 1 or resources[0] in BEHAVIOURS.views:
        return None
    object = resources[0]
    if listed is None:
        is_by_id = operation.path.endswith("}") and operation.path.count("{") == 1
        return Retrieves(object) if is_by_id else None
    is_of_all = "{" not in operation.path and "limit" in operation.parameters
    if listed.kind != "list" or not is_of_all or object in PRESETS:
        return None
    selection = Selection(listed_by(operation.key, {}))

    @lru_cache(maxsize=128)
    def limit(text: str | None) -> int:
        return limit_of(None if text is None else read({"limit": text}).get("limit"))

    return Lists(object, selection, limit, dumped(operation.path))
