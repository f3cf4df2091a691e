"""What requests of our own API have in common: parameters, the query, the mail that they are about.

MailHog takes what it does not understand for the default. Here it is refused: a test whose ``timeout`` was ignored, or
a deletion whose ``query`` was misspelled, would do something else than it says.
"""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime

from localstack_mailhog.api.http import Handler, Request, Response, Stream
from localstack_mailhog.api.own.shapes import refusal
from localstack_mailhog.mailbox.mail import Entry
from localstack_mailhog.mailbox.query import Query, parse
from localstack_mailhog.mailbox.store import View


class Refused(Exception):
    """A request cannot be answered; the client is told why."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


def no_message(identifier: str) -> Refused:
    """There is no mail of that id."""
    return Refused(404, f"there is no message {identifier}")


def refusing(
    handler: Callable[[Request], Awaitable[Response | Stream]], *parameters: str
) -> Handler:
    """The handler, with :class:`Refused` turned into a response.

    :param parameters: those that the query string may have; where there are none, it is not looked at
    """

    async def respond(request: Request) -> Response | Stream:
        try:
            unknown = sorted(request.query.keys() - set(parameters))
            if parameters and unknown:
                known = ", ".join(parameters)
                raise Refused(400, f"there is no parameter {unknown[0]}; there are: {known}")
            return await handler(request)
        except Refused as error:
            return refusal(error.status, str(error))

    return respond


def query_of(request: Request) -> Query:
    """The request's ``query``; days and times without a zone are in the sink's."""
    return parse(request.text("query"), datetime.now().astimezone())


def whole_number(request: Request, name: str, default: int) -> int:
    """A parameter from 0 on; *default* where it is not there or empty.

    :raises Refused: where it is anything else
    """
    text = request.text(name) or str(default)
    if not re.fullmatch(r"[0-9]{1,18}", text, re.ASCII):
        raise Refused(400, f"{name} is a whole number from 0 on")
    return int(text)


def seconds(request: Request, name: str, default: float, most: float) -> float:
    """A parameter from 0 to *most*; *default* where it is not there or empty.

    :raises Refused: where it is anything else
    """
    text = request.text(name) or str(default)
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]*)?", text, re.ASCII) or float(text) > most:
        raise Refused(400, f"{name} is a number of seconds from 0 to {most:g}")
    return float(text)


def entry_of(request: Request, view: View) -> Entry:
    """The mail that the request's path names.

    :raises Refused: where there is none
    """
    entry = view.find(request.arguments["id"])
    if entry is None:
        raise no_message(request.arguments["id"])
    return entry
