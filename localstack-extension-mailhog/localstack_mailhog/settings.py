"""The mail sink's settings: MailHog's environment variables, read once."""

import dataclasses
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from localstack_mailhog.setting_values import (
    bytes_a_second,
    chance,
    duration,
    header_value,
    host_name,
    number,
    optional,
    readable_file,
    storage,
    web_address,
    web_path,
)
from localstack_mailhog.smtp.credentials import Credentials, read_credentials
from localstack_shared.settings import Address, SettingError, address, boolean, read, setting

SMTP_FALLBACK = Address("", 1025)
"""Where SMTP listens when port 25 cannot be had and nobody chose a port: MailHog's own default."""

DEFAULT_MAX_MESSAGES = {"memory": 5_000, "sqlite": 100_000, "maildir": 0}
"""How many mails each storage keeps unless somebody says otherwise; somebody's maildir is theirs to tidy up."""


@dataclass(frozen=True)
class MailSettings:
    """What can be chosen about a mail sink."""

    smtp_bind_addr: Address = setting(
        "MH_SMTP_BIND_ADDR",
        ":25",
        address,
        "Where SMTP listens. Left unset, port 1025 is taken where 25 cannot be had.",
    )
    api_bind_addr: Address = setting(
        "MH_API_BIND_ADDR", ":8025", address, "Where the HTTP API listens."
    )
    ui_bind_addr: Address = setting(
        "MH_UI_BIND_ADDR",
        ":8025",
        address,
        "Where the web UI listens; the API's address for one listener that serves both.",
    )
    hostname: str = setting(
        "MH_HOSTNAME",
        "mailhog.example",
        host_name,
        "The name in the SMTP greeting and at the end of message ids.",
    )
    max_message_size: int = setting(
        "MH_MAX_MESSAGE_SIZE",
        "33554432",
        number("a positive number of bytes", least=1),
        "The largest message taken over SMTP, in bytes (32 MiB); a larger one is refused with 552.",
    )
    smtps_bind_addr: Address | None = setting(
        "MH_SMTPS_BIND_ADDR",
        "",
        optional(address),
        "Where SMTP with TLS from the first byte listens, such as `:465`; nowhere unless set.",
    )
    smtp_tls_certificate: Path | None = setting(
        "MH_SMTP_TLS_CERT_FILE",
        "",
        optional(readable_file),
        "The certificate for STARTTLS and SMTPS, with its chain, as PEM; a self-signed one unless set.",
    )
    smtp_tls_key: Path | None = setting(
        "MH_SMTP_TLS_KEY_FILE",
        "",
        optional(readable_file),
        "The certificate's key as PEM; unless set, it is in the certificate's file.",
    )
    smtp_credentials: Credentials | None = setting(
        "MH_SMTP_AUTH_FILE",
        "",
        read_credentials,
        "Who may send by SMTP: a file of lines `user:password`. Unless set, nobody has to log in,"
        " and any user and password do.",
    )
    smtp_max_recipients: int = setting(
        "MH_SMTP_MAX_RECIPIENTS",
        "1000",
        number("a positive number", least=1),
        "How many recipients a message may have; the others are refused with 452.",
    )
    smtp_max_connections: int = setting(
        "MH_SMTP_MAX_CONNECTIONS",
        "500",
        number("a positive number", least=1),
        "How many SMTP clients may be connected at a time; the others are turned away with 421.",
    )
    smtp_idle: float = setting(
        "MH_SMTP_IDLE",
        "5m",
        duration,
        "How long an SMTP client may be silent before it gets 421, such as `30s`; 0 for ever.",
    )
    storage: str = setting(
        "MH_STORAGE",
        "memory",
        storage,
        "Where mail is kept: `memory`, a private temporary store that ends with the sink; `sqlite`, a file that lasts"
        " (the default where LocalStack's `PERSISTENCE` is on); `maildir`, a maildir that lasts.",
    )
    sqlite_path: str = setting(
        "MH_SQLITE_PATH",
        "",
        str,
        "The folder of the `sqlite` storage; by default `mailhog` in LocalStack's data folder, or"
        " `localstack-mailhog` in the user's.",
    )
    maildir_path: str = setting(
        "MH_MAILDIR_PATH",
        "",
        str,
        "The folder of the `maildir` storage; by default `mailhog-maildir` beside where `sqlite` would be.",
    )
    max_messages: int | None = setting(
        "MH_MAX_MESSAGES",
        "",
        optional(number("a number, 0 for no limit")),
        "How many mails are kept, the newest; 0 for no limit. While mail pours in there may be a fiftieth more."
        " By default 5000 in `memory`, 100000 in `sqlite`, and no limit in `maildir`.",
    )
    max_age: float = setting(
        "MH_MAX_AGE", "0", duration, "How long a mail is kept, such as `12h` or `7d`; 0 for ever."
    )
    webhook_url: str = setting(
        "MH_WEBHOOK_URL",
        "",
        web_address,
        "An address that each mail is posted to as it arrives, as JSON: what `/api/own/messages/{id}` says of it.",
    )
    webhook_query: str = setting(
        "MH_WEBHOOK_QUERY",
        "",
        str,
        "Which mail the webhook is told of, as one types it into the search; all by default.",
    )
    forward: str = setting(
        "MH_FORWARD",
        "",
        str,
        "Rules by which mail is sent on to a server of `MH_OUTGOING_SMTP` as it arrives, such as"
        " `*@team.example=office,qa-*=office`: a pattern of recipients, and the server's name.",
    )
    data_folder: Path | None = None
    """Where the host keeps what lasts; none for the user's own data folder."""
    ui_web_path: str = setting(
        "MH_UI_WEB_PATH",
        "",
        web_path,
        "A path that pages and API are under, such as `mail`. Behind a path of LocalStack's gateway it may be left out.",
    )
    api_host: str = setting(
        "MH_API_HOST",
        "",
        str,
        "Taken for MailHog's sake and not needed: pages find the API where they are themselves.",
    )
    cors_origin: str = setting(
        "MH_CORS_ORIGIN",
        "",
        header_value,
        "The origin whose pages may use the API too, or `*`.",
    )
    auth_file: str = setting(
        "MH_AUTH_FILE",
        "",
        str,
        "A file with `user:bcrypt-hash` a line; only these may use pages and API.",
    )
    outgoing_smtp: str = setting(
        "MH_OUTGOING_SMTP",
        "",
        str,
        "A JSON file with the servers that mail can be released to by name.",
    )
    link_check: bool = setting(
        "MH_LINK_CHECK",
        "0",
        boolean,
        "Let the API ask for the links of a mail, on request, and tell which lead nowhere.",
    )
    invite_jim: bool = setting(
        "MH_INVITE_JIM",
        "0",
        boolean,
        "Begin with Jim, the chaos monkey, who disturbs SMTP sessions.",
    )
    jim_accept: float = setting(
        "MH_JIM_ACCEPT", "0.99", chance, "Jim: the chance that a connection is accepted."
    )
    jim_disconnect: float = setting(
        "MH_JIM_DISCONNECT",
        "0.005",
        chance,
        "Jim: the chance that a connection is cut, after each read.",
    )
    jim_linkspeed_affect: float = setting(
        "MH_JIM_LINKSPEED_AFFECT", "0.1", chance, "Jim: the chance that a session is slowed down."
    )
    jim_linkspeed_min: float = setting(
        "MH_JIM_LINKSPEED_MIN",
        "1024",
        bytes_a_second,
        "Jim: the slowest that a slowed session is, in bytes a second.",
    )
    jim_linkspeed_max: float = setting(
        "MH_JIM_LINKSPEED_MAX",
        "10240",
        bytes_a_second,
        "Jim: the fastest that a slowed session is, in bytes a second.",
    )
    jim_reject_sender: float = setting(
        "MH_JIM_REJECT_SENDER", "0.05", chance, "Jim: the chance that a sender is refused."
    )
    jim_reject_recipient: float = setting(
        "MH_JIM_REJECT_RECIPIENT", "0.05", chance, "Jim: the chance that a recipient is refused."
    )
    jim_reject_auth: float = setting(
        "MH_JIM_REJECT_AUTH", "0.05", chance, "Jim: the chance that a login is refused."
    )
    jim_seed: int | None = setting(
        "MH_JIM_SEED",
        "",
        optional(number("a whole number")),
        "A number: Jim then does the same in each run.",
    )
    smtp_fallback: Address | None = None
    """Where SMTP listens when ``smtp_bind_addr`` cannot be bound; none where the user chose that address."""

    @property
    def sqlite_folder(self) -> Path:
        """Where the ``sqlite`` storage is."""
        if self.sqlite_path:
            return Path(self.sqlite_path).expanduser()
        if self.data_folder is not None:
            return self.data_folder / "mailhog"
        # https://specifications.freedesktop.org/basedir-spec/latest/
        data = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
        return Path(data).expanduser() / "localstack-mailhog"

    @property
    def maildir_folder(self) -> Path:
        """Where the ``maildir`` storage is."""
        if self.maildir_path:
            return Path(self.maildir_path).expanduser()
        return self.sqlite_folder.with_name("mailhog-maildir")

    @property
    def most_messages(self) -> int:
        """How many mails are kept; 0 for no limit."""
        if self.max_messages is not None:
            return self.max_messages
        return DEFAULT_MAX_MESSAGES[self.storage]


def from_environment(environ: Mapping[str, str]) -> MailSettings:
    """The settings in *environ*.

    :raises localstack_shared.settings.SettingError: for the first variable that cannot be used
    """
    settings = read(MailSettings, environ)
    if settings.jim_linkspeed_min > settings.jim_linkspeed_max:
        raise SettingError(
            "MH_JIM_LINKSPEED_MIN",
            f"{settings.jim_linkspeed_min:g}",
            f"MH_JIM_LINKSPEED_MAX is {settings.jim_linkspeed_max:g}, which is less",
        )
    if environ.get("MH_SMTP_BIND_ADDR", "").strip():
        return settings
    return dataclasses.replace(settings, smtp_fallback=SMTP_FALLBACK)
