"""A webhook: a mail that comes is told to an address of the user's, as JSON."""

import asyncio
import logging

import orjson

from localstack_mailhog.api.own.shapes import JSON_TYPE, message_json
from localstack_mailhog.mailbox.digest import digest_of
from localstack_mailhog.mailbox.mail import Entry
from localstack_mailhog.mailbox.query import Query
from localstack_shared.beside import beside

LOG = logging.getLogger(__name__)

SECONDS = 5.0
"""How long the receiver may take for its answer."""

PAUSES = (0.5, 2.0)
"""How many seconds pass before it is tried again."""


class Webhook:
    """Posts what our own API says of a mail to *url*; other answers than 2xx are tried again, and then given up.

    :param query: which mail is told
    """

    def __init__(self, url: str, query: Query) -> None:
        self._url = url
        self._query = query

    async def tell(self, entry: Entry, raw: bytes) -> None:
        """Post a mail, if it is meant."""
        body = await beside("mail-webhook", lambda: self._body(entry, raw))
        if body is None:
            return
        problem = ""
        for pause in (0.0, *PAUSES):
            await asyncio.sleep(pause)
            problem = await beside("mail-webhook", lambda: self._post(body))
            if not problem:
                return
        LOG.warning("The webhook at %s did not take %s: %s", self._url, entry.id, problem)

    def _body(self, entry: Entry, raw: bytes) -> bytes | None:
        digest = digest_of(entry, raw)
        if not self._query.means(entry, digest):
            return None
        return orjson.dumps(message_json(entry, digest))

    def _post(self, body: bytes) -> str:
        """Post, and return what went wrong; empty where nothing did."""
        import requests

        try:
            response = requests.post(
                self._url, body, headers={"Content-Type": JSON_TYPE}, timeout=SECONDS
            )
        except requests.RequestException as error:
            return type(error).__name__
        return "" if response.ok else f"status {response.status_code}"
