"""A client of a running sink, for tests and scripts: synchronous, and without pytest.

::

    from localstack_mailhog.testing.client import MailClient

    with MailClient("http://127.0.0.1:8025") as client:
        newest = client.messages("to:zoe@example.com")[0]
        print(newest["Subject"], newest.codes)
"""

from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import requests
from requests.auth import HTTPBasicAuth

from localstack_mailhog.testing.message import ReceivedMessage

SERVICE = "localstack-mailhog"
REQUEST_SECONDS = 10.0
MOST_LISTED = 250
MOST_NAMED = 100
"""How many ids a request names: an address has a length that servers take."""


class SinkError(Exception):
    """The mail sink cannot be reached, or what answers is none."""


class NotLetIn(SinkError):
    """The mail sink lets in only its users (``MH_AUTH_FILE``)."""


class MessageGone(SinkError):
    """The mail is no longer in the sink."""


class MailClient:
    """A connection to a sink's API; not for several threads at a time.

    :param url: where the sink is, on its own port or under LocalStack's gateway, with its web path where it has one;
        ``http://user:password@…`` where it asks for a user
    :raises SinkError: where it is not there
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url.rstrip("/"))
        user_info, _, host = parts.netloc.rpartition("@")
        self.url = urlunsplit(parts._replace(netloc=host))
        """Where the sink's pages and API are."""
        self._session = requests.Session()
        # A mail sink is never behind the proxy that leads to the internet, nor has it a password in ~/.netrc.
        self._session.trust_env = False
        if user_info:
            user, _, password = user_info.partition(":")
            # In UTF-8, as the sink asks for it (RFC 7617, 2.1).
            self._session.auth = HTTPBasicAuth(unquote(user).encode(), unquote(password).encode())
        status = self._json("GET", "/api/own/status")
        if not isinstance(status, dict) or status.get("service") != SERVICE:
            raise SinkError(f"what answers at {self.url} is not {SERVICE}")
        self.smtp_port: int = status["smtp"]["port"]
        # Where the sink says 127.0.0.1, it means its own machine.
        self.smtp_host: str = parts.hostname or status["smtp"]["host"]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def messages(self, query: str = "", limit: int = 50) -> list[ReceivedMessage]:
        """The newest mail that *query* finds, newest first.

        :param query: what the page's search takes, such as ``to:zoe@example.com subject:activate``
        :param limit: how many at most, no more than 250
        :raises SinkError: where the sink does not answer
        """
        page = self._json("GET", "/api/own/messages", {"query": query, "limit": str(limit)})
        return [self._message(item) for item in page["items"]]

    def wait(
        self, query: str = "", timeout: float = 10.0, after: int | None = None
    ) -> ReceivedMessage | None:
        """The first mail that *query* means, as soon as it is there; none where it does not come in time.

        :param timeout: how many seconds to wait, no more than 300
        :param after: a :meth:`position`, where only what came after it counts; else the newest that is there does
        :raises SinkError: where the sink does not answer
        """
        parameters = {"query": query, "timeout": f"{timeout:.3f}"}
        if after is not None:
            parameters["after"] = str(after)
        response = self._request("GET", "/api/own/wait", parameters, REQUEST_SECONDS + timeout)
        return None if response.status_code == 404 else self._message(self._read(response))

    def position(self) -> int:
        """The place in the order of arrival of what came last.

        :raises SinkError: where the sink does not answer
        """
        return int(self._json("GET", "/api/own/status")["position"])

    def after(self, position: int, query: str = "") -> tuple[int, list[ReceivedMessage]]:
        """What came after *position* and *query* means, oldest first, and the position to read on from.

        :raises SinkError: where the sink does not answer
        """
        found: list[ReceivedMessage] = []
        while True:
            page = self._json(
                "GET",
                "/api/own/messages",
                {"after": str(position), "query": query, "limit": str(MOST_LISTED)},
            )
            found += [self._message(item) for item in page["items"]]
            position = page["position"]
            if not page["more"]:
                return position, found

    def raw(self, identifier: str) -> bytes:
        """A mail's bytes.

        :raises MessageGone: where it is no longer there
        :raises SinkError: where the sink does not answer
        """
        response = self._request("GET", f"/api/own/messages/{quote(identifier)}/raw")
        if response.status_code == 404:
            raise MessageGone(f"the message {identifier} is no longer in the mail sink")
        self._check(response)
        return response.content

    def delete(self, identifiers: Iterable[str]) -> None:
        """Delete mails, as far as they are still there.

        :raises SinkError: where the sink does not answer
        """
        wanted = list(identifiers)
        for begin in range(0, len(wanted), MOST_NAMED):
            self._json("DELETE", "/api/own/messages", {"id": wanted[begin : begin + MOST_NAMED]})

    def close(self) -> None:
        """Hang up."""
        self._session.close()

    def _message(self, summary: Mapping[str, Any]) -> ReceivedMessage:
        identifier: str = summary["id"]
        return ReceivedMessage(summary, lambda: self.raw(identifier))

    def _json(
        self, method: str, path: str, parameters: Mapping[str, str | list[str]] | None = None
    ) -> Any:
        return self._read(self._request(method, path, parameters))

    def _read(self, response: requests.Response) -> Any:
        self._check(response)
        try:
            return response.json()
        except ValueError:
            raise SinkError(f"what answers at {self.url} is not {SERVICE}") from None

    def _check(self, response: requests.Response) -> None:
        """:raises SinkError: where the response is not what was asked for"""
        if response.status_code == 401 and "MailHog" in response.headers.get(
            "WWW-Authenticate", ""
        ):
            raise NotLetIn(
                f"the mail sink at {self.url} lets in only its users: put one into its address,"
                " http://user:password@host:port"
            )
        if response.status_code == 503:
            raise SinkError(f"the mail sink at {self.url} is stopping, or its mailbox fails")
        if response.status_code == 400:
            raise SinkError(f"the mail sink at {self.url} refuses: {response.text}")
        if not response.ok:
            raise SinkError(
                f"what answers at {self.url} is not {SERVICE} (status {response.status_code})"
            )

    def _request(
        self,
        method: str,
        path: str,
        parameters: Mapping[str, str | list[str]] | None = None,
        seconds: float = REQUEST_SECONDS,
    ) -> requests.Response:
        try:
            return self._session.request(
                method, self.url + path, params=parameters, timeout=seconds
            )
        except requests.RequestException as error:
            raise SinkError(f"the mail sink at {self.url} does not answer: {error}") from None
