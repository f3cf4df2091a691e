"""Forwarding: mail for certain recipients is sent on to a real server, as it comes, and is kept, too."""

import fnmatch
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from localstack_mailhog.mailbox.mail import Entry
from localstack_mailhog.smtp.outgoing import Outgoing, OutgoingServers, UnknownServer
from localstack_mailhog.smtp.relay import OutgoingServer, RelayError, send_beside
from localstack_shared.settings import Address, SettingError

LOG = logging.getLogger(__name__)

SETTING = "MH_FORWARD"


@dataclass(frozen=True, slots=True)
class Rule:
    """Mail for whom goes where."""

    pattern: str
    """Of recipients, as for file names: ``*@team.example``. Letter case does not matter."""
    server: OutgoingServer

    def fits(self, recipient: str) -> bool:
        """Whether mail for *recipient* is meant."""
        return fnmatch.fnmatchcase(recipient.lower(), self.pattern.lower())


class Forwarding:
    """Sends mail on by *rules*; for each recipient, the first that fits counts."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules

    async def forward(self, entry: Entry, raw: bytes) -> None:
        """Send a mail on to those of its recipients that a rule fits."""
        recipients: dict[OutgoingServer, list[str]] = {}
        for recipient in entry.recipients:
            rule = next((rule for rule in self._rules if rule.fits(recipient)), None)
            if rule is not None:
                recipients.setdefault(rule.server, []).append(recipient)
        for server, meant in recipients.items():
            try:
                await send_beside(server, entry.sender, meant, raw)
            except RelayError as error:
                LOG.warning("%s was not forwarded: %s", entry.id, error)
            else:
                LOG.info("Forwarded %s to %s by %s", entry.id, ", ".join(meant), server)


def read_rules(text: str, servers: OutgoingServers, own: Address) -> list[Rule]:
    """The rules in a comma list of ``pattern=name of an outgoing server``.

    :param own: where the sink itself takes mail
    :raises SettingError: where they make no sense, or lead back to the sink
    """
    rules = []
    for each in filter(None, (each.strip() for each in text.split(","))):
        pattern, equals, name = (piece.strip() for piece in each.rpartition("="))
        if not (pattern and equals and name):
            raise SettingError(SETTING, text, "a rule is a pattern of recipients, =, and a server")
        try:
            server = servers.complete(Outgoing(name=name)).server()
        except UnknownServer:
            raise SettingError(SETTING, text, f"MH_OUTGOING_SMTP has no server {name!r}") from None
        if server.is_local and server.port == own.port:
            raise SettingError(SETTING, text, f"{name!r} is this mail sink itself")
        rules.append(Rule(pattern, server))
    return rules
