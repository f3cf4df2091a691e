"""The mail sink: takes mail by SMTP or from a caller, keeps it, and shows it by HTTP."""

import contextlib
import logging
import socket
from concurrent.futures import Future

from localstack_mailhog.mailbox.mail import Mail
from localstack_mailhog.mailbox.store import Mailbox
from localstack_mailhog.settings import MailSettings
from localstack_shared.service import Endpoint
from localstack_shared.serving import (
    ASGIApplication,
    HttpServer,
    PortUnavailable,
    Serving,
    Stopped,
    bind,
    bound_address,
)
from localstack_shared.settings import Address

LOG = logging.getLogger(__name__)

UI_THREADS = 8
"""How many pages can be made at a time."""

SMTP_SETTING = "MH_SMTP_BIND_ADDR"
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
            http_listeners = []
            for address, setting in http_addresses(self.settings, self._listen_host):
                http_listeners.append(bind(address, setting))
                ending.callback(http_listeners[-1].close)
            self._parts = _Parts(self.settings, self.serving, smtp_listener, http_listeners, ending)
            self.application = self._parts.application
            ending.callback(self.serving.stop)
            self.serving.start([self._parts.smtp_server.open, self._parts.http_server.open])
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


class _Parts:
    """What a started sink consists of.

    :param ending: gets what has to be closed at the end
    """

    def __init__(
        self,
        settings: MailSettings,
        serving: Serving,
        smtp_listener: socket.socket,
        http_listeners: list[socket.socket],
        ending: contextlib.ExitStack,
    ) -> None:
        # Here and not above: LocalStack imports this module's package even where the sink is not wanted.
        from a2wsgi import WSGIMiddleware

        from localstack_mailhog.api.asgi import Application
        from localstack_mailhog.api.authentication import Users
        from localstack_mailhog.api.own import Own
        from localstack_mailhog.api.reading import Reader
        from localstack_mailhog.api.v1 import V1
        from localstack_mailhog.api.v2 import V2
        from localstack_mailhog.smtp.chaos import Chances, Jim
        from localstack_mailhog.smtp.outgoing import OutgoingServers
        from localstack_mailhog.smtp.server import SmtpServer
        from localstack_mailhog.ui.pages import create_pages

        self.smtp = _reachable(smtp_listener)
        self.http = [_reachable(listener) for listener in http_listeners]
        users = Users.from_file(settings.auth_file) if settings.auth_file else None
        if users is not None:
            ending.callback(users.close)
        outgoing = (
            OutgoingServers.from_file(settings.outgoing_smtp)
            if settings.outgoing_smtp
            else OutgoingServers()
        )
        jim = Jim(
            Chances(
                accept=settings.jim_accept,
                disconnect=settings.jim_disconnect,
                link_speed_affect=settings.jim_linkspeed_affect,
                link_speed_min=settings.jim_linkspeed_min,
                link_speed_max=settings.jim_linkspeed_max,
                reject_sender=settings.jim_reject_sender,
                reject_recipient=settings.jim_reject_recipient,
                reject_auth=settings.jim_reject_auth,
            ),
            invited=settings.invite_jim,
            seed=settings.jim_seed,
        )
        self.mailbox = Mailbox.temporary(settings.hostname)
        ending.callback(self.mailbox.close)
        reader = Reader(self.mailbox)
        ending.callback(reader.close)
        pages = WSGIMiddleware(create_pages(self.mailbox, str(self.smtp)), workers=UI_THREADS)
        ending.callback(pages.executor.shutdown, wait=False, cancel_futures=True)
        routes = [
            *V2(reader, jim, outgoing).routes(),
            *V1(reader, outgoing).routes(),
            *Own(reader, self.smtp, serving.stopping).routes(),
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
            hostname=settings.hostname,
            size_limit=settings.max_message_size,
        )
        self.http_server = HttpServer(self.application, http_listeners, websockets=True)


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
