"""The mail sink: takes mail by SMTP or from a caller, keeps it, and shows it by HTTP."""

import contextlib
import logging
import socket
from concurrent.futures import Future
from datetime import datetime
from typing import TYPE_CHECKING

from localstack_mailhog.mailbox.mail import Mail
from localstack_mailhog.mailbox.retention import Retention
from localstack_mailhog.mailbox.store import Mailbox
from localstack_mailhog.settings import MailSettings
from localstack_shared.http_server import HttpServer
from localstack_shared.service import Endpoint
from localstack_shared.serving import (
    ASGIApplication,
    PortUnavailable,
    Serving,
    Stopped,
    bind,
    bound_address,
)
from localstack_shared.settings import Address

if TYPE_CHECKING:
    from localstack_mailhog.api.reading import Reader
    from localstack_mailhog.arrival.following import Follower
    from localstack_mailhog.smtp.chaos import Jim
    from localstack_mailhog.smtp.outgoing import OutgoingServers

LOG = logging.getLogger(__name__)

UI_THREADS = 8
"""How many pages can be made at a time."""

SMTP_SETTING = "MH_SMTP_BIND_ADDR"
SMTPS_SETTING = "MH_SMTPS_BIND_ADDR"
API_SETTING = "MH_API_BIND_ADDR"
UI_SETTING = "MH_UI_BIND_ADDR"

_LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}


class MailSink:
    """A mail sink. It can be started once, and stopped.

    :param settings: what was chosen
    :param listen_host: where to listen unless an address in the settings names a host
    """

    def __init__(self, settings: MailSettings, listen_host: str = "127.0.0.1") -> None:
        self.settings = settings
        self.serving = Serving("mailhog")
        self.application: ASGIApplication = _not_started
        self._listen_host = listen_host
        self._parts: _Parts | None = None
        self._ending = contextlib.ExitStack()

    @property
    def smtp_address(self) -> Address:
        """Where SMTP is reached from this machine, with the port that was really bound.

        :raises Stopped: before the start
        """
        return self._running.smtp

    @property
    def smtps_address(self) -> Address | None:
        """Where SMTP with TLS from the first byte is reached from this machine; none where it is not.

        :raises Stopped: before the start
        """
        return self._running.smtps

    @property
    def url(self) -> str:
        """Where the API and the pages are, on the port that was really bound.

        :raises Stopped: before the start
        """
        return f"http://{self._running.http[0]}{self.settings.ui_web_path}"

    def start(self) -> None:
        """Bind the ports and serve; return when mail and requests are accepted.

        :raises PortUnavailable: where a port cannot be bound; nothing stays bound then
        :raises CannotStart: where no mailbox can be made
        """
        with contextlib.ExitStack() as ending:
            smtp_listener = self._bind_smtp()
            ending.callback(smtp_listener.close)
            smtps_listener = self._bind_smtps()
            if smtps_listener is not None:
                ending.callback(smtps_listener.close)
            http_listeners = []
            for address, setting in http_addresses(self.settings, self._listen_host):
                http_listeners.append(bind(address, setting))
                ending.callback(http_listeners[-1].close)
            self._parts = _Parts(
                self.settings, self.serving, smtp_listener, smtps_listener, http_listeners, ending
            )
            self.application = self._parts.application
            ending.callback(self.serving.stop)
            self.serving.start(
                [
                    *(follower.open for follower in self._parts.followers),
                    self._parts.smtp_server.open,
                    self._parts.http_server.open,
                ]
            )
            self._ending = ending.pop_all()

    def stop(self) -> None:
        """End streams and waits, finish what is being answered and stored, free the ports. Safe to call twice."""
        self._ending.close()

    def deliver(self, mail: Mail) -> "Future[str]":
        """Put *mail* into the mailbox, from any thread; the future is its id, once it is kept.

        The future's error is a :class:`~localstack_mailhog.mailbox.store.MailboxError` where it cannot be kept.

        :raises Stopped: before the start
        """
        return self._running.mailbox.add(mail)

    def endpoints(self) -> list[Endpoint]:
        """Where it listens."""
        running = self._running
        return [
            Endpoint("SMTP", f"smtp://{running.smtp}"),
            *([Endpoint("SMTPS", f"smtps://{running.smtps}")] if running.smtps else []),
            Endpoint("Mail UI", f"http://{running.http[-1]}{self.settings.ui_web_path}"),
            Endpoint("Mail API", f"{self.url}/api/v2/messages"),
        ]

    @property
    def _running(self) -> "_Parts":
        if self._parts is None:
            raise Stopped("the mail sink has not been started")
        return self._parts

    def _bind_smtp(self) -> socket.socket:
        wanted = self.settings.smtp_bind_addr.on(self._listen_host)
        try:
            return bind(wanted, SMTP_SETTING)
        except PortUnavailable as unavailable:
            if self.settings.smtp_fallback is None:
                raise
            listener = bind(self.settings.smtp_fallback.on(self._listen_host), SMTP_SETTING)
            port = bound_address(listener).port
            LOG.warning(
                "SMTP listens on port %d, because it %s. Set the SMTP port of your application to %d.",
                port,
                unavailable,
                port,
            )
            return listener

    def _bind_smtps(self) -> socket.socket | None:
        wanted = self.settings.smtps_bind_addr
        return None if wanted is None else bind(wanted.on(self._listen_host), SMTPS_SETTING)


class _Parts:
    """What a started sink consists of.

    :param ending: gets what has to be closed at the end
    """

    def __init__(
        self,
        settings: MailSettings,
        serving: Serving,
        smtp_listener: socket.socket,
        smtps_listener: socket.socket | None,
        http_listeners: list[socket.socket],
        ending: contextlib.ExitStack,
    ) -> None:
        # Here and not above: LocalStack imports this module's package even where the sink is not wanted.
        from a2wsgi import WSGIMiddleware

        from localstack_mailhog.api.asgi import Application
        from localstack_mailhog.api.authentication import Users
        from localstack_mailhog.api.own.checks import Checks
        from localstack_mailhog.api.own.message import Message
        from localstack_mailhog.api.own.messages import Messages
        from localstack_mailhog.api.own.status import Status
        from localstack_mailhog.api.own.waiting import Waiting
        from localstack_mailhog.api.reading import Reader
        from localstack_mailhog.api.v1 import V1
        from localstack_mailhog.api.v2 import V2
        from localstack_mailhog.smtp.limits import Limits
        from localstack_mailhog.smtp.outgoing import OutgoingServers
        from localstack_mailhog.smtp.server import SmtpServer
        from localstack_mailhog.smtp.tls import chosen_certificate
        from localstack_mailhog.ui.pages import create_pages

        self.smtp = _reachable(smtp_listener)
        self.smtps = None if smtps_listener is None else _reachable(smtps_listener)
        self.http = [_reachable(listener) for listener in http_listeners]
        users = Users.from_file(settings.auth_file) if settings.auth_file else None
        if users is not None:
            ending.callback(users.close)
        outgoing = (
            OutgoingServers.from_file(settings.outgoing_smtp)
            if settings.outgoing_smtp
            else OutgoingServers()
        )
        jim = _jim(settings)
        self.mailbox = open_mailbox(settings)
        ending.callback(self.mailbox.close)
        reader = Reader(self.mailbox)
        ending.callback(reader.close)
        self.followers = _followers(settings, reader, outgoing, self.smtp)
        ui = create_pages(self.mailbox, str(self.smtp), jim, link_check=settings.link_check)
        pages = WSGIMiddleware(ui, workers=UI_THREADS)
        ending.callback(pages.executor.shutdown, wait=False, cancel_futures=True)
        routes = [
            *V2(reader, jim, outgoing).routes(),
            *V1(reader, outgoing, serving.stopping).routes(),
            *Waiting(reader, serving.stopping).routes(),
            *Messages(reader).routes(),
            *Message(reader).routes(),
            *Checks(reader, serving.stopping, link_check=settings.link_check).routes(),
            *Status(reader, self.smtp).routes(),
        ]
        self.application = Application(
            routes,
            pages,
            serving.stopping,
            users=users,
            web_path=settings.ui_web_path,
            cors_origin=settings.cors_origin,
        )
        self.smtp_server = SmtpServer(
            self.mailbox,
            smtp_listener,
            tls_listener=smtps_listener,
            hostname=settings.hostname,
            limits=Limits(
                message_size=settings.max_message_size,
                recipients=settings.smtp_max_recipients,
                connections=settings.smtp_max_connections,
                idle_seconds=settings.smtp_idle,
            ),
            certificate=chosen_certificate(
                settings.hostname, settings.smtp_tls_certificate, settings.smtp_tls_key
            ),
            credentials=settings.smtp_credentials,
            jim=jim,
        )
        self.http_server = HttpServer(
            self.application, http_listeners, at_once=self.application.at_once, websockets=True
        )


def _followers(
    settings: MailSettings, reader: "Reader", outgoing: "OutgoingServers", smtp: Address
) -> "list[Follower]":
    """What is done with mail as it arrives.

    :raises SettingError: where a rule makes no sense
    """
    from localstack_mailhog.arrival.following import Follower
    from localstack_mailhog.arrival.forwarding import Forwarding, read_rules
    from localstack_mailhog.arrival.webhook import Webhook
    from localstack_mailhog.mailbox.query import parse

    followers = []
    rules = read_rules(settings.forward, outgoing, smtp)
    if rules:
        followers.append(Follower("Forwarding", reader, Forwarding(rules).forward))
    if settings.webhook_url:
        query = parse(settings.webhook_query, datetime.now().astimezone())
        followers.append(Follower("Webhook", reader, Webhook(settings.webhook_url, query).tell))
    return followers


def _jim(settings: MailSettings) -> "Jim":
    """MailHog's chaos monkey, told what was chosen."""
    from localstack_mailhog.smtp.chaos import Chances, Jim

    chances = Chances(
        accept=settings.jim_accept,
        disconnect=settings.jim_disconnect,
        link_speed_affect=settings.jim_linkspeed_affect,
        link_speed_min=settings.jim_linkspeed_min,
        link_speed_max=settings.jim_linkspeed_max,
        reject_sender=settings.jim_reject_sender,
        reject_recipient=settings.jim_reject_recipient,
        reject_auth=settings.jim_reject_auth,
    )
    return Jim(chances, invited=settings.invite_jim, seed=settings.jim_seed)


def open_mailbox(settings: MailSettings) -> Mailbox:
    """The mailbox that was chosen.

    :raises CannotStart: where it cannot be made or opened
    """
    retention = Retention(settings.most_messages, settings.max_age)
    if settings.storage == "sqlite":
        return Mailbox.lasting(settings.sqlite_folder, settings.hostname, retention)
    if settings.storage == "maildir":
        return Mailbox.in_maildir(settings.maildir_folder, settings.hostname, retention)
    return Mailbox.temporary(settings.hostname, retention)


def http_addresses(settings: MailSettings, listen_host: str) -> list[tuple[Address, str]]:
    """Where HTTP listens, with the setting that moves it: one address for API and UI, or the API's and the UI's."""
    api = settings.api_bind_addr.on(listen_host)
    ui = settings.ui_bind_addr.on(listen_host)
    if api == ui:
        return [(api, API_SETTING)]
    if api.port == ui.port and api.port:
        # One port of all interfaces and of one of them: the former is also the latter.
        if api.host in _LOOPBACK:
            return [(api, API_SETTING)]
        if ui.host in _LOOPBACK:
            return [(ui, UI_SETTING)]
    return [(api, API_SETTING), (ui, UI_SETTING)]


async def _not_started(*_: object) -> None:
    raise Stopped("the mail sink has not been started")


def _reachable(listener: socket.socket) -> Address:
    bound = bound_address(listener)
    return Address(_LOOPBACK.get(bound.host, bound.host), bound.port)
