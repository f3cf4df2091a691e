"""The emulator: everything built together, started and stopped."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

import localstack_stripe.resources  # noqa: F401 - registers the behaviours
from localstack_shared.errors import CannotStart
from localstack_shared.http_server import HttpServer
from localstack_shared.service import Endpoint
from localstack_shared.serving import Serving, bind, bound_address
from localstack_shared.settings import Address
from localstack_stripe.api.answers import headers_for, refusal
from localstack_stripe.api.asgi import application, at_once
from localstack_stripe.api.authentication import DEFAULT_ACCOUNT
from localstack_stripe.api.control.accounts import Accounts
from localstack_stripe.api.control.catalog_uploads import CatalogUploads
from localstack_stripe.api.control.challenges import Challenges
from localstack_stripe.api.control.checkout_pages import CheckoutPages
from localstack_stripe.api.control.connecting import Connecting
from localstack_stripe.api.control.dispatch import Control
from localstack_stripe.api.control.faults import FaultControl
from localstack_stripe.api.control.file_links import FileLinks
from localstack_stripe.api.control.health import Health
from localstack_stripe.api.control.hosted_pages import HostedPages
from localstack_stripe.api.control.invoice_pages import InvoicePages
from localstack_stripe.api.control.localstripe import Localstripe
from localstack_stripe.api.control.next_actions import NextActions
from localstack_stripe.api.control.onboarding import Onboarding
from localstack_stripe.api.control.portal_pages import PortalPages
from localstack_stripe.api.control.receipts import Receipts
from localstack_stripe.api.control.requests import Requests
from localstack_stripe.api.control.source_redirects import SourceRedirects
from localstack_stripe.api.control.state import State
from localstack_stripe.api.control.stripe_cli import StripeCli
from localstack_stripe.api.control.timing import TimeControl
from localstack_stripe.api.faults import Fault, Faults
from localstack_stripe.api.handling import Handling
from localstack_stripe.api.messages import Errand, Request, Response
from localstack_stripe.api.request_log import RequestLog
from localstack_stripe.api.stripe_js import with_headers
from localstack_stripe.api.versions.renderings import Renderings
from localstack_stripe.contract.loader import load_contract
from localstack_stripe.engine.clock import Clock, Clocks, KeptTime
from localstack_stripe.engine.errands import Brought
from localstack_stripe.engine.errors import StripeError
from localstack_stripe.engine.fidelity import Fidelity
from localstack_stripe.engine.ids import IdGenerator
from localstack_stripe.engine.operations import GenericOperations
from localstack_stripe.engine.schedule import Runner, Schedule
from localstack_stripe.engine.shapes import Shapes
from localstack_stripe.engine.shown import Shown
from localstack_stripe.engine.store import Record, Store
from localstack_stripe.engine.work import Reach, UnitOfWork
from localstack_stripe.events.deriving import Events
from localstack_stripe.settings import StripeSettings

if TYPE_CHECKING:
    from localstack_stripe.api.unknown_ids import UnknownIds

SETTLE_SECONDS = 0.25
"""How long a request may go on working off what it made due, so that a short test clock's advance is over when it is
answered. The rest is done between requests."""

IDLE_SECONDS = 0.5
"""How often real time is compared with what is due."""


class StripeEmulator:
    """A Stripe API. It can be used without being started: :meth:`handle` needs no socket.

    :param settings: where to listen, and the seed of its ids
    :param listen_host: where to listen unless the settings name a host
    """

    def __init__(
        self, settings: StripeSettings | None = None, listen_host: str = "127.0.0.1"
    ) -> None:
        self._settings = settings or StripeSettings()
        self._listen_host = listen_host
        self.contract = load_contract()
        self.clock = Clock()
        self.ids = IdGenerator(self._settings.seed)
        self._shapes = Shapes(self.contract)
        shown = Shown(self.contract)
        self._store = Store(shown.as_stored)
        renderings = Renderings(self.contract, shown)
        # Asked with every event; forgotten whenever the accounts that there are may be others.
        self._platform_of = cache(self._find_platform)
        self._events = Events(
            self.contract,
            self._shapes,
            renderings.of(self._settings.api_version),
            self._settings.api_version or self.contract.versions["api"],
            self.begin,
            self._platform_of,
            shown,
        )
        self._reach = Reach(self.begin, self._platform_of)
        self._clocks = Clocks(
            self.clock,
            lambda platform, account: (
                account in self._store.account(platform).collection("account")
            ),
        )
        self._schedule = Schedule(self._clocks)
        self._runner = Runner(self._schedule, self._clocks, self.begin, self.commit)
        self._fidelity = Fidelity(self.contract, self._settings.strict)
        generic = GenericOperations(self.contract)
        self._handling = Handling(
            self.contract,
            generic,
            self._clocks,
            self.ids,
            self.begin,
            self.commit,
            self._store,
            self._fidelity,
            renderings,
            self._runner.advancing,
            self._lenient(generic) if self._settings.unknown_ids == "create" else None,
            self._settings.api_version,
        )
        self._faults = Faults()
        self._forced_decline: str | None = None
        self._base = ""
        self._log = RequestLog(self._settings.request_log)
        self._state = State(self._store, self.load, self.handle, self._clocks, self.ids)
        self.control = Control(
            [
                Health(self._fidelity, self.contract.versions["api"]),
                Accounts(self._store, self.reset),
                self._state,
                Requests(self._log),
                FaultControl(self._faults),
                TimeControl(self._clocks, self._schedule.take_out),
                Localstripe(self.begin, self.commit),
                Connecting(self.begin, self.commit),
                FileLinks(self.begin),
                CatalogUploads(self.begin, self.commit),
                StripeCli(),
                HostedPages(self.begin, self.commit),
                NextActions(self.begin, self.commit),
                SourceRedirects(self.begin, self.commit),
                Challenges(self.begin, self.commit),
                Onboarding(self.begin, self.commit),
                Receipts(self.begin),
                CheckoutPages(self.begin, self.commit),
                InvoicePages(self.begin, self.commit),
                PortalPages(self.begin, self.commit, generic.perform),
            ]
        )
        self.serving = Serving("stripe")
        self.application = application(self.handle, self.serving.stopping)
        self._address: Address | None = None

    def _lenient(self, generic: GenericOperations) -> "UnknownIds":
        # It is imported where it is wanted: most starts are without.
        from localstack_stripe.api.unknown_ids import UnknownIds

        return UnknownIds(self.contract, generic, self.begin, self.commit)

    # Without I/O

    def handle(self, request: Request) -> Response:
        """Answer one request, then work off what it has made due."""
        self._base = request.base or self._base
        response = self.control.answer(request) or self._logged(with_headers(request))
        self.settle()
        return response

    def _logged(self, request: Request) -> Response:
        began = time.perf_counter()
        fault = self._faults.next(request) if self._faults.left else None
        if fault is None:
            response = self._handling.handle(request)
        elif fault.error is not None:
            headers = headers_for(request, self.ids, self.contract.versions["api"])
            headers.update(fault.headers)
            response = fault.upon(refusal(request, fault.error, headers))
        else:
            response = self._met(fault, partial(self._handling.handle, request, fault.delay))
        return self._ended(request, fault, began, response)

    def _met(self, fault: Fault, answer: Callable[[], Response]) -> Response:
        """The answer to a request that meets a fault, and is done nevertheless."""
        self._forced_decline = fault.decline
        try:
            return fault.upon(answer())
        finally:
            self._forced_decline = None

    def _ended(
        self, request: Request, fault: Fault | None, began: float, response: Response
    ) -> Response:
        """The answer, which is in the log; or, where something has to be done outside first, how to go on then."""
        errand = response.errand
        if errand is None:
            self._log.add(request, response, self.clock.now(), time.perf_counter() - began)
            return response

        def go_on(brought: Brought) -> Response:
            self._base = request.base or self._base
            answer = partial(errand.go_on, brought)
            then = answer() if fault is None else self._met(fault, answer)
            ended = self._ended(request, fault, began, then)
            self.settle()
            return ended

        return replace(response, errand=Errand(errand.run, go_on))

    def settle(self, seconds: float = SETTLE_SECONDS) -> bool:
        """Work off what is due, for at most *seconds*.

        :return: whether something is left
        """
        if not self._runner.step():
            return False  # as after most requests
        deadline = time.monotonic() + seconds
        while time.monotonic() <= deadline:
            if not self._runner.step():
                return False
        return True

    def begin(self, account: str) -> UnitOfWork:
        """A unit of work on an account's records."""
        work = UnitOfWork(
            self._store.account(account),
            self.contract,
            self._shapes,
            self._clocks.of(account),
            self.ids,
        )
        work.forced_decline = self._forced_decline
        work.takes_card_numbers = self._settings.card_numbers
        work.default_version = self._settings.api_version
        work.reach = self._reach
        work.base = self._base
        return work

    def commit(self, work: UnitOfWork) -> None:
        """Make a unit of work's changes everyone's, with their events, and schedule what they make due."""
        work.do_what_is_left()
        followed = [(part, part.replaced()) for part in work.parts()]
        for part, changes in followed:
            self._events.add_to(part, changes)
        for part in work.parts():  # some may have been added for their events alone
            if part.has_touched("account"):
                self._platform_of.cache_clear()
            part.commit()
        for part, changes in followed:
            if changes:
                self._schedule.follow(part, changes)
                self._runner.follow(part.account, changes)

    def _find_platform(self, account: str) -> str | None:
        return next(iter(self._store.elsewhere("account", account, account)), None)

    def reset(self, account: str) -> None:
        """Forget everything of one account."""
        self._store.reset(account)
        self._forget(account)

    def _forget(self, account: str) -> None:
        self._clocks.own.pop(account, None)
        self._schedule.forget(account)
        self._runner.forget(account)
        self._handling.forget(account)
        self._log.forget(account)
        self._platform_of.cache_clear()

    def load(
        self,
        account: str,
        dump: Mapping[str, Mapping[str, Record]],
        time: KeptTime | None = None,
    ) -> None:
        """Put records, by kind and id, and a time of its own in the place of everything that an account has."""
        added = [(None, record) for record in self._store.load(account, dump)]
        self._forget(account)
        if time is not None:
            self._clocks.own_of(account).go_on(time)
        work = self.begin(account)
        self._schedule.follow(work, added)
        if account in self._clocks.own:
            self._schedule.take_out(account)
        self._runner.follow(account, added)

    # With a port of its own

    def start(self) -> None:
        """Bind the port and serve."""
        if self._settings.seed_file is not None:
            self._seed(self._settings.seed_file)
        listener = bind(self._settings.bind.on(self._listen_host), "STRIPE_BIND_ADDR")
        try:
            self._address = bound_address(listener)
            self._base = f"http://{self._address}"
            server = HttpServer(
                self.application,
                [listener],
                at_once=at_once(self.handle, self._faults.left, self.serving.stopping),
            )
            self.serving.start([server.open, self._start_clockwork])
        except BaseException:
            listener.close()
            raise

    def _seed(self, file: Path) -> None:
        try:
            self._state.seed(DEFAULT_ACCOUNT, orjson.loads(file.read_bytes()))
        except (OSError, orjson.JSONDecodeError, StripeError) as error:
            raise CannotStart(f"STRIPE_SEED_FILE={file} cannot be used: {error}") from None

    def stop(self) -> None:
        """End what is waiting and free the port."""
        self.serving.stop()

    def endpoints(self) -> list[Endpoint]:
        """Where the API really listens."""
        return [Endpoint("Stripe API", f"http://{self._address}")]

    async def _start_clockwork(self) -> "Clockwork":
        return Clockwork(self)


class Clockwork:
    """The task on the loop that works off what falls due in real time, between requests."""

    def __init__(self, emulator: StripeEmulator) -> None:
        self._emulator = emulator
        self._task = asyncio.ensure_future(self._run())

    async def _run(self) -> None:
        stopping = self._emulator.serving.stopping
        while not stopping.is_set():
            busy = self._emulator.settle(0.01)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), 0.001 if busy else IDLE_SECONDS)

    async def close(self) -> None:
        """Wait for the step that is under way."""
        await self._task
