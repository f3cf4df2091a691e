"""Reading a mail sink from a test."""

import re
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

import requests

from localstack_mailhog.content.decoded import Part, decode_mail

SERVICE = "localstack-mailhog"
REQUEST_SECONDS = 10.0
POLL_SECONDS = 30.0
PAGE = 250


class SinkError(Exception):
    """The mail sink cannot be reached, or what answers is none."""


class ReceivedMessage(Mapping[str, str]):
    """A mail: a mapping of its headers, decoded, whose names may be written in any case.

    Of a header that occurs more than once, the mapping has the first; :meth:`get_all` has all.
    """

    def __init__(self, summary: Mapping[str, Any], raw: bytes) -> None:
        self.id: str = summary["id"]
        """The sink's id of it."""
        self.sender: str = summary["sender"]
        """The envelope's sender; empty for the null sender."""
        self.recipients: list[str] = list(summary["recipients"])
        """The envelope's recipients: those of ``Bcc``, too."""
        self.raw = raw
        """The bytes that were sent."""
        self._decoded = decode_mail(raw)

    @property
    def subject(self) -> str:
        """The subject; empty where there is none."""
        return self._decoded.header("Subject")

    @property
    def text(self) -> str:
        """The plain text, with line ends as in Python; empty where there is none."""
        return self._decoded.text or ""

    @property
    def html(self) -> str:
        """The HTML; empty where there is none."""
        return self._decoded.html or ""

    @property
    def attachments(self) -> tuple[Part, ...]:
        """The parts that are neither the text nor the HTML."""
        return self._decoded.attachments

    def get_all(self, name: str) -> list[str]:
        """Every header of that name, in order."""
        wanted = name.lower()
        return [value for key, value in self._decoded.headers if key.lower() == wanted]

    def __getitem__(self, name: str) -> str:
        values = self.get_all(name)
        if not values:
            raise KeyError(name)
        return values[0]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(self.get_all(name))

    def __iter__(self) -> Iterator[str]:
        names: dict[str, str] = {}
        for name, _ in self._decoded.headers:
            names.setdefault(name.lower(), name)
        return iter(names.values())

    def __len__(self) -> int:
        return len({key.lower() for key, _ in self._decoded.headers})

    def __repr__(self) -> str:
        return (
            f"<mail from {self.sender or '<>'} to {', '.join(self.recipients)}: {self.subject!r}>"
        )


class MailClient:
    """A connection to a sink's API.

    :param url: where the sink is, on its own port or under LocalStack's gateway
    :raises SinkError: where it is not there
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._session = requests.Session()
        # A mail sink is never behind the proxy that leads to the internet, nor has it a password in ~/.netrc.
        self._session.trust_env = False
        status = self._json("/api/own/status")
        if status.get("service") != SERVICE:
            raise SinkError(f"what answers at {self.url} is not {SERVICE}")
        self.smtp_port: int = status["smtp"]["port"]
        # Where the sink says 127.0.0.1, it means its own machine.
        self.smtp_host: str = urlsplit(self.url).hostname or status["smtp"]["host"]

    def position(self) -> int:
        """The place in the order of arrival of what came last."""
        return int(self._json("/api/own/status")["position"])

    def summaries_after(self, position: int, wait: float = 0) -> tuple[int, list[dict[str, Any]]]:
        """What came after *position*, oldest first, and the position to read on from.

        :param wait: how many seconds to wait where nothing did
        """
        items: list[dict[str, Any]] = []
        while True:
            if wait:
                self._json(f"/api/own/wait?after={position}&timeout={wait:.3f}", wait)
            page = self._json(f"/api/own/messages?after={position}&limit={PAGE}")
            items += page["items"]
            position = page["position"]
            if len(page["items"]) < PAGE:
                return position, items
            wait = 0

    def raw(self, identifier: str) -> bytes | None:
        """A message's bytes; none where it has been deleted."""
        response = self._request("GET", f"/api/v1/messages/{quote(identifier)}/download")
        return None if response.status_code == 404 else response.content

    def delete(self, identifier: str) -> None:
        """Delete a message, if it is still there."""
        self._request("DELETE", f"/api/v1/messages/{quote(identifier)}")

    def close(self) -> None:
        """Hang up."""
        self._session.close()

    def _json(self, path: str, wait: float = 0) -> dict[str, Any]:
        response = self._request("GET", path, wait)
        try:
            response.raise_for_status()
            answer = response.json()
        except (requests.RequestException, ValueError):
            answer = None
        if not isinstance(answer, dict):
            raise SinkError(
                f"what answers at {self.url} is not {SERVICE} (status {response.status_code})"
            )
        return answer

    def _request(self, method: str, path: str, wait: float = 0) -> requests.Response:
        try:
            return self._session.request(method, self.url + path, timeout=REQUEST_SECONDS + wait)
        except requests.RequestException as error:
            raise SinkError(f"the mail sink at {self.url} does not answer: {error}") from None


Wanted = str | re.Pattern[str] | None
"""What a part of a message should be: for a pattern, one that is found in it."""


class Inbox:
    """The mail that came since it was made: what the fixture ``smtp_server`` is.

    :param client: the sink
    """

    def __init__(self, client: MailClient) -> None:
        self._client = client
        self._begin = client.position()
        self._read_to = self._begin
        self._messages: dict[str, ReceivedMessage] = {}

    @property
    def url(self) -> str:
        """Where the sink's pages and API are."""
        return self._client.url

    @property
    def host(self) -> str:
        """Where the sink takes mail."""
        return self._client.smtp_host

    @property
    def smtp_port(self) -> int:
        """The port for SMTP."""
        return self._client.smtp_port

    def list_messages(
        self, to: Wanted = None, subject: Wanted = None, sender: Wanted = None
    ) -> list[ReceivedMessage]:
        """The mail that came since the test began and is as wanted, oldest first.

        Tests that run in parallel on one sink see each other's mail, and tell theirs by its recipient.

        :param to: one of the envelope's recipients, in any case, or a pattern
        :param subject: a part of the decoded subject, or a pattern
        :param sender: the envelope's sender, in any case, or a pattern
        :raises SinkError: where the sink does not answer
        """
        self._read()
        return [each for each in self._messages.values() if _fits(each, to, subject, sender)]

    def wait_for_message(
        self,
        to: Wanted = None,
        subject: Wanted = None,
        sender: Wanted = None,
        timeout: float = 10.0,
    ) -> ReceivedMessage:
        """The first message since the test began that is as wanted, as soon as it is there.

        :param to: one of the envelope's recipients, in any case, or a pattern
        :param subject: a part of the decoded subject, or a pattern
        :param sender: the envelope's sender, in any case, or a pattern
        :param timeout: how many seconds to wait for it
        :raises AssertionError: where it does not come; the message says what did
        :raises SinkError: where the sink does not answer
        """
        __tracebackhide__ = True
        end = time.monotonic() + timeout
        looked_at: set[str] = set()
        wait = 0.0
        while True:
            self._read(wait)
            for message in self._messages.values():
                if message.id not in looked_at and _fits(message, to, subject, sender):
                    return message
                looked_at.add(message.id)
            wait = min(end - time.monotonic(), POLL_SECONDS)
            if wait <= 0:
                raise AssertionError(self._nothing_fits(to, subject, sender, timeout))

    def clear(self) -> None:
        """Delete the mail that came since the test began; older mail, a developer's own, stays."""
        self._read()
        for message in self._messages.values():
            self._client.delete(message.id)
        self._messages.clear()

    def _read(self, wait: float = 0) -> None:
        self._read_to, summaries = self._client.summaries_after(self._read_to, wait)
        for summary in summaries:
            raw = self._client.raw(summary["id"])
            if raw is not None:
                self._messages[summary["id"]] = ReceivedMessage(summary, raw)

    def _nothing_fits(self, to: Wanted, subject: Wanted, sender: Wanted, timeout: float) -> str:
        wanted = [
            f"{name} {value.pattern if isinstance(value, re.Pattern) else value!r}"
            for name, value in (("to", to), ("with subject", subject), ("from", sender))
            if value is not None
        ]
        head = f"no message {' '.join(wanted)}".rstrip() + f" within {timeout:g} s; "
        if not self._messages:
            return head + "none at all arrived"
        arrived = "\n".join(f"  {message!r}" for message in self._messages.values())
        return f"{head}what arrived:\n{arrived}"


def _fits(message: ReceivedMessage, to: Wanted, subject: Wanted, sender: Wanted) -> bool:
    return (
        (to is None or any(_is(recipient, to) for recipient in message.recipients))
        and (sender is None or _is(message.sender, sender))
        and (subject is None or _has(message.subject, subject))
    )


def _is(address: str, wanted: str | re.Pattern[str]) -> bool:
    if isinstance(wanted, re.Pattern):
        return wanted.search(address) is not None
    return address.lower() == wanted.lower()


def _has(text: str, wanted: str | re.Pattern[str]) -> bool:
    if isinstance(wanted, re.Pattern):
        return wanted.search(text) is not None
    return wanted in text
