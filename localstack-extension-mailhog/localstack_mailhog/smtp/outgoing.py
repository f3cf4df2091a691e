"""The outgoing servers that MailHog knows by name, and what a request to release a mail says of them."""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localstack_mailhog.go_json import fields_of, parse, switch, text
from localstack_mailhog.smtp.relay import MECHANISMS, OutgoingServer
from localstack_shared.settings import SettingError

FILE_SETTING = "MH_OUTGOING_SMTP"


class UnknownServer(LookupError):
    """There is no outgoing server of that name."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """MailHog's ``OutgoingSMTP``: a server, and whom to send to there."""

    name: str = ""
    save: bool = False
    email: str = ""
    """The recipient."""
    host: str = ""
    port: str = ""
    username: str = ""
    password: str = ""
    mechanism: str = ""

    @classmethod
    def from_json(cls, value: object) -> "Outgoing":
        """What a JSON object says.

        :raises ValueError: where a field has another type; the text is for the client
        """
        said = fields_of(value, _FIELDS)
        return cls(**{key.lower(): field for key, field in said.items()})

    def json(self) -> dict[str, Any]:
        """MailHog's JSON object."""
        return {key: getattr(self, key.lower()) for key in _FIELDS}

    def server(self) -> OutgoingServer:
        """The server.

        :raises ValueError: where it makes no sense; the text is for the client
        """
        if not self.host:
            raise ValueError("Host is needed")
        port = self.port or "25"
        if not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65536):
            raise ValueError(f"Port must be from 1 to 65535, and is {self.port!r}")
        # The documentation has the hyphen, MailHog itself takes it only without.
        mechanism = self.mechanism.upper().replace("CRAMMD5", "CRAM-MD5")
        server = OutgoingServer(self.host, int(port), self.username, self.password, mechanism)
        if server.logs_in and mechanism not in MECHANISMS:
            raise ValueError(
                f"Mechanism must be {', '.join(MECHANISMS)}, and is {self.mechanism!r}"
            )
        return server


class OutgoingServers:
    """The servers that have a name: those of the file, and those that were saved since."""

    def __init__(self, servers: Iterable[Outgoing] = ()) -> None:
        self._servers = {server.name: server for server in servers}

    @classmethod
    def from_file(cls, path: str) -> "OutgoingServers":
        """Those of MailHog's configuration file: a JSON object with an object for each name.

        :raises SettingError: where it cannot be read or makes no sense
        """
        servers = []
        try:
            said = parse(Path(path).read_bytes())
            if not isinstance(said, dict):
                raise ValueError("a JSON object with an object for each name is needed")
            for name, value in said.items():
                try:
                    server = Outgoing.from_json(value)
                    server.server()
                except ValueError as error:
                    raise ValueError(f"{name}: {error}") from None
                servers.append(dataclasses.replace(server, name=name))
        except OSError as error:
            raise SettingError(FILE_SETTING, path, str(error.strerror)) from None
        except ValueError as error:
            raise SettingError(FILE_SETTING, path, str(error)) from None
        return cls(servers)

    def json(self) -> dict[str, Any]:
        """All of them, as MailHog lists them, passwords included."""
        return {name: server.json() for name, server in self._servers.items()}

    def __contains__(self, name: object) -> bool:
        return name in self._servers

    def complete(self, wanted: Outgoing) -> Outgoing:
        """*wanted*, with the server that it names filled in; its own recipient comes first.

        :raises UnknownServer: where there is none of that name
        """
        if not wanted.name or wanted.save:
            return wanted
        if wanted.name not in self._servers:
            raise UnknownServer(wanted.name)
        known = self._servers[wanted.name]
        return dataclasses.replace(known, email=wanted.email or known.email)

    def save(self, server: Outgoing) -> None:
        """Know it by its name from now on, until the sink stops."""
        self._servers[server.name] = server


def _port(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return text(value)


_FIELDS = {
    "Name": text,
    "Save": switch,
    "Email": text,
    "Host": text,
    "Port": _port,
    "Username": text,
    "Password": text,
    "Mechanism": text,
}
