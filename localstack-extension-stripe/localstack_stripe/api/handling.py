"""The pipeline: one request in, one response out, without I/O.

Authentication, contract match, decoding, validation, idempotency, unit of work, commit, rendering. What is refused on
the way has changed nothing.
"""

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple

from localstack_stripe.api.answers import (
    OF_CONTENT,
    PREFLIGHT,
    answer,
    failed,
    headers_for,
    refusal,
)
from localstack_stripe.api.authentication import Key, authenticate, forbid_publishable, no_access
from localstack_stripe.api.decoding import decode
from localstack_stripe.api.edition import Edition
from localstack_stripe.api.errors import errand_left, forgotten_meanwhile, too_large
from localstack_stripe.api.hints import Hints
from localstack_stripe.api.idempotency import IdempotencyKeys, Use, use_of
from localstack_stripe.api.messages import Errand, Request, Response
from localstack_stripe.api.rendering import Rendering
from localstack_stripe.api.validation import Parameters
from localstack_stripe.api.versions import Versions
from localstack_stripe.api.versions.renderings import Renderings
from localstack_stripe.contract.loader import Contract, Operation
from localstack_stripe.engine.behaviours import Call, refuse_not_emulated
from localstack_stripe.engine.clock import Clocks
from localstack_stripe.engine.content import Content
from localstack_stripe.engine.errands import Brought, ErrandNeeded
from localstack_stripe.engine.errors import NoSuchObject, StripeError, no_such
from localstack_stripe.engine.fidelity import Fidelity
from localstack_stripe.engine.ids import IdGenerator
from localstack_stripe.engine.lists import Page
from localstack_stripe.engine.operations import GenericOperations
from localstack_stripe.engine.schedule import ClockKey
from localstack_stripe.engine.store import AccountRecords, Record, Store
from localstack_stripe.engine.work import Cause, UnitOfWork
from localstack_stripe.resources.core.test_clocks import refuse_while_advancing

if TYPE_CHECKING:
    from localstack_stripe.api.unknown_ids import UnknownIds


class Handling:
    """Answers requests.

    :param begin: makes a unit of work for an account
    :param commit: commits it and follows what it changed
    :param store: what is committed
    :param advancing: the test clocks that have not arrived yet
    :param unknown_ids: makes what does not exist, in the lenient mode
    :param fidelity: counts what is used, and refuses what could only be answered wrongly
    :param default_version: that of requests which name none, if not the one that is served
    """

    def __init__(
        self,
        contract: Contract,
        generic: GenericOperations,
        clocks: Clocks,
        ids: IdGenerator,
        begin: Callable[[str], UnitOfWork],
        commit: Callable[[UnitOfWork], None],
        store: Store,
        fidelity: Fidelity,
        renderings: Renderings,
        advancing: Collection[ClockKey],
        unknown_ids: "UnknownIds | None" = None,
        default_version: str | None = None,
    ) -> None:
        self._advancing = advancing
        self._unknown_ids = unknown_ids
        self._versions = Versions(contract, default_version)
        self._clocks = clocks
        self._ids = ids
        self._begin = begin
        self._commit = commit
        self._store = store
        self._generic = generic
        self._renderings = renderings
        self._idempotency = IdempotencyKeys()
        self._fidelity = fidelity
        self._today = Edition(renderings.today, fidelity.levels, self._versions)
        self._other = cache(self._other_edition)
        self._hints = Hints(contract, store.elsewhere)

    def forget(self, account: str) -> None:
        """Forget what is kept for an account."""
        self._idempotency.forget(account)

    def handle(self, request: Request, held_back: float = 0.0) -> Response:
        """Answer one request. Nothing it does can raise.

        :param held_back: seconds until the client is to have the answer, in which its idempotency key is in use
        """
        if request.verb == "OPTIONS":
            return PREFLIGHT
        if request.verb == "HEAD":
            request = replace(request, verb="GET")
        return self._answered(
            request, headers_for(request, self._ids, self._versions.served), held_back
        )

    def _answered(
        self,
        request: Request,
        headers: dict[str, str],
        held_back: float,
        brought: Brought | None = None,
    ) -> Response:
        """The answer to a request.

        :param brought: what was done outside for it, where that was needed
        """
        try:
            return self._answer(request, headers, held_back, brought)
        except StripeError as error:
            self._versions.explain(request, error, headers)
            return refusal(request, error, headers)
        except Exception:
            return failed(request, headers)

    def _answer(
        self,
        request: Request,
        headers: dict[str, str],
        held_back: float,
        brought: Brought | None = None,
    ) -> Response:
        if request.too_large:
            raise too_large()
        key = authenticate(request)
        version = self._versions.other_of(request, headers)
        edition = self._today if version is None else self._other(self._renderings.of(version))
        operation, path, part = edition.match(request)
        route = edition.route(operation)
        headers["Stripe-Emulator-Level"] = route.level
        if brought is None:
            self._fidelity.used(operation.key, route.level)
        if key.publishable:
            forbid_publishable(operation.key)
        account = self._account(key, request, operation, headers)
        if account != key.account and (itself := _of_the_account(operation, path, account)):
            account, path = key.account, itself
        tree = decode(request)
        as_stored = None if key.publishable else route.as_stored
        if as_stored is not None and as_stored.object not in edition.rendering.changed:
            text = as_stored.text(self._store, account, path, tree)
            if text is not None:
                return answer(200, text, headers)
        find = partial(self._find, account)
        params = edition.read(operation, route, tree, find, headers, publishable=key.publishable)
        use = use_of(account, request, params)
        expand = params.pop("expand", None)
        expansion = edition.expansion(operation, expand, headers) if expand else {}
        now = 0
        if use is not None:
            now = self._clocks.of(account).now()
            replayed = self._idempotency.replay(use, now, headers)
            if replayed is not None:
                return replayed
        if route.refused:
            refuse_not_emulated(route.refused, params)
        if self._fidelity.strict:
            self._fidelity.refuse(operation, route.level)
        work = self._begin(account)
        work.cause = Cause(headers["Request-Id"], request.headers.get("idempotency-key"))
        if operation.alias_of is not None:
            params = _with_alias(operation.alias_of, path, params)
        call = Call(operation, path, params, work, key.publishable, key.text, brought)
        if use is not None and not use.is_v2:
            # Whatever comes of it now is kept, and would be answered again.
            headers["Stripe-Should-Retry"] = "false"
        try:
            result = self._generic.perform(call)
            if self._advancing:
                refuse_while_advancing(work)
        except StripeError as error:
            if self._unknown_ids is not None and self._unknown_ids.make(
                error, account, operation, path, headers
            ):
                return self._answer(request, headers, held_back, brought)
            self._hints.add(error, account, headers)
            self._versions.explain(request, error, headers)
            if _is_out_of_reach(operation, path, error):
                error = no_access(key, path["account"])
            # Of what is refused, nothing is there any more.
            seen = work if error.commits else self._begin(account)
            response = refusal(request, _shown(seen, error, edition.rendering), headers)
            if error.commits:
                self._commit(work)
        except ErrandNeeded as needed:
            if use is not None:
                self._idempotency.hold(use, now)
            waiting = _Waiting(request, headers, held_back, use, self._store.account(account))
            return waiting.response(Errand(needed.run, partial(self._go_on, waiting)))
        except Exception:
            response = failed(request, headers)
        else:
            # Written before the commit, from the same view: an answer that cannot be given changes nothing.
            if isinstance(result, Content):
                own = headers | {"Content-Type": result.type}
                response = Response(200, result.body, own, OF_CONTENT)
            else:
                if part is not None and isinstance(result, dict):
                    result = Page(part(work, result), has_more=False, url=request.path)
                body = edition.rendering.render(work, result, expansion, request.path)
                response = answer(200, body, headers)
            self._commit(work)
        if use is not None:
            self._idempotency.keep(use, response, now, held_back)
        return response

    def _go_on(self, waiting: "_Waiting", brought: Brought) -> Response:
        """The answer to a request for which something was done outside."""
        request, headers, held_back, use, records = waiting
        if use is not None:
            # Whatever comes of it now: the key must not stay in use. Nobody else can take it before this has an answer.
            self._idempotency.release(use)
        if self._store.account(records.account) is not records:
            return refusal(request, forgotten_meanwhile(), headers)
        return self._answered(request, headers, held_back, brought)

    def _other_edition(self, rendering: Rendering) -> Edition:
        """That of other versions than the served one, which are answered in the same way."""
        # It is imported when somebody asks for it: most starts never do.
        from localstack_stripe.api.versions.other_edition import OtherEdition

        return OtherEdition(rendering, self._fidelity.levels, self._versions)

    def _find(self, account: str, object: str, id: str) -> Record | None:
        return self._begin(account).get(object, id)

    def _account(
        self, key: Key, request: Request, operation: Operation, headers: dict[str, str]
    ) -> str:
        """The account that a request is for: the key's, or a connected one that it names."""
        named = request.headers.get("stripe-account") or _of_context(request)
        if not named or named == key.account:
            return key.account
        if self._begin(key.account).get("account", named) is None:
            missing = no_such("account", named, "id")
            if self._unknown_ids is None or not self._unknown_ids.make(
                missing, key.account, operation, {}, headers
            ):
                raise no_access(key, named)
        headers["Stripe-Account"] = named
        return named


class _Waiting(NamedTuple):
    """A request that has to wait for what is done outside.

    :param headers: of its answer
    :param held_back: as in :meth:`Handling.handle`
    :param records: what its account had when it began, which is all put aside where the account is reset
    """

    request: Request
    headers: dict[str, str]
    held_back: float
    use: Use | None
    records: AccountRecords

    def response(self, errand: Errand) -> Response:
        """What is answered when *errand* is done; to whoever cannot wait for that, it is a refusal."""
        # What the headers say of the answer is said of the one that comes in the end.
        response = refusal(self.request, errand_left(), dict(self.headers))
        response.errand = errand
        return response


def _shown(work: UnitOfWork, error: StripeError, rendering: Rendering) -> StripeError:
    """The error, with the records that it shows whole as clients see them."""
    error.objects = {
        name: rendering.record(work, value, {}) if isinstance(value, dict) else value
        for name, value in error.objects.items()
    }
    return error


def _of_context(request: Request) -> str:
    """The account that v2's ``Stripe-Context`` names, after those that it belongs to (https://docs.stripe.com/context)."""
    return request.headers.get("stripe-context", "").rpartition("/")[2]


def _of_the_account(
    operation: Operation, path: dict[str, str], connected: str
) -> dict[str, str] | None:
    """The path of an operation by which a connected account is asked for itself, or nothing.

    Its platform keeps it, so its own records do not have it.
    """
    if operation.path == "/v1/account":
        return {"account": connected}
    # v2 names it by `id`, and what belongs to it under it by `account`.
    is_of_v2 = operation.path.startswith("/v2/core/accounts/{id}")
    return path if path.get("id" if is_of_v2 else "account") == connected else None


def _is_out_of_reach(operation: Operation, path: dict[str, str], error: StripeError) -> bool:
    """Whether the connected account is missing that the path is about: v1 does not say whether there is one
    (https://github.com/stripe-ruby-mock/stripe-ruby-mock/issues/422).
    """
    if not (
        isinstance(error, NoSuchObject) and operation.path.startswith("/v1/accounts/{account}")
    ):
        return False
    return error.name == "account" and error.id == path["account"]


def _with_alias(known: str, path: dict[str, str], params: Parameters) -> Parameters:
    """The parameters, with what only an older path says: the customer of ``/v1/customers/{customer}/subscriptions``.

    :param known: the operation that the older path leads to
    """
    return {name: value for name, value in path.items() if f"{{{name}}}" not in known} | params
