"""Fixtures in the format of the Stripe CLI: requests in order, which refer to what earlier ones were answered.

https://docs.stripe.com/cli/fixtures, and https://github.com/stripe/stripe-cli/wiki/fixtures for what is in a file.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import orjson

from localstack_stripe.api.decoding import takes_json
from localstack_stripe.api.messages import Request, Response
from localstack_stripe.engine.clock import Clock, moment
from localstack_stripe.engine.errors import StripeError, invalid
from localstack_stripe.engine.forms import pairs, text_of
from localstack_stripe.engine.ids import IdGenerator

_REFERENCE = re.compile(r"\$\{([^${}]*)\}")
_VERBS = ("get", "post", "delete")


@dataclass(slots=True)
class Seeding:
    """One run of a file of fixtures.

    :param send: answers a request, with the headers that name the account
    :param environ: what ``${.env:NAME}`` stands for
    :param ids: makes what ``${generate-uuid}`` stands for
    """

    send: Callable[[Request], Response]
    environ: Mapping[str, str]
    clock: Clock
    ids: IdGenerator
    objects: dict[str, Any] = field(default_factory=dict)
    """What each fixture was answered, by its name."""

    def run(self, document: Any) -> dict[str, str]:
        """Send every fixture's request.

        :param document: the file's content
        :return: the file's ``env``, with what it refers to
        :raises StripeError: 400, which names the fixture that went wrong
        """
        fixtures = document.get("fixtures") if isinstance(document, dict) else None
        if not isinstance(fixtures, list):
            raise invalid("A file of fixtures is an object with the list 'fixtures'.")
        for place, fixture in enumerate(fixtures):
            name = fixture.get("name") if isinstance(fixture, dict) else None
            if not isinstance(name, str):
                raise invalid(f"Fixture {place} has no name.")
            try:
                self._run(name, fixture)
            except StripeError as error:
                raise invalid(f"Fixture '{name}': {error.message}") from None
        env = document.get("env") or {}
        if not isinstance(env, dict):
            raise invalid("'env' must be an object.")
        return {name: str(self._filled(value)) for name, value in env.items()}

    def _run(self, name: str, fixture: Mapping[str, Any]) -> None:
        verb = str(fixture.get("method", "post")).lower()
        path = self._filled(fixture.get("path"))
        if verb not in _VERBS or not isinstance(path, str) or not path.startswith("/"):
            raise invalid("it needs a path and a method: get, post or delete.")
        params = self._filled(fixture.get("params") or {})
        headers = {key.lower(): str(self._filled(value)) for key, value in _headers(fixture)}
        response = self.send(request_of(verb.upper(), path, params, headers))
        body = orjson.loads(response.body) if response.body else None
        expected = fixture.get("expected_error_type")
        error = body.get("error") if response.status >= 400 and isinstance(body, dict) else None
        if error is not None and error.get("type") != expected:
            raise invalid(f"{response.status}: {error.get('message')}")
        if error is None and expected:
            raise invalid(f"it should have failed with {expected}, and did not.")
        self.objects[name] = body

    def _filled(self, value: Any) -> Any:
        """The value with what its references stand for."""
        match value:
            case str():
                return _REFERENCE.sub(lambda found: self._referenced(found[1]), value)
            case list():
                return [self._filled(each) for each in value]
            case dict():
                return {name: self._filled(each) for name, each in value.items()}
        return value

    def _referenced(self, query: str) -> str:
        if query == "generate-uuid":
            return self.ids.uuid()
        if query == "time-now-RFC3339":
            return moment(self.clock.now())
        name, _, path = query.partition(":")
        path, bar, default = path.partition("|")
        found = self.environ.get(path) if name == ".env" else _at(self.objects.get(name), path)
        if found is not None:
            return text_of(found)
        if not bar:
            raise invalid(f"'${{{query}}}' stands for nothing.")
        return default


def request_of(verb: str, path: str, params: Any, headers: Mapping[str, str]) -> Request:
    """A request as an SDK makes it: v1 takes forms, v2 takes JSON."""
    if takes_json(verb, path):
        return Request(
            verb, path, "", {**headers, "content-type": "application/json"}, orjson.dumps(params)
        )
    form = urlencode([(name, text_of(value)) for name, value in pairs(params)])
    if verb == "POST":
        content = {"content-type": "application/x-www-form-urlencoded"}
        return Request(verb, path, "", {**headers, **content}, form.encode())
    return Request(verb, path, form, headers)


def _headers(fixture: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    headers = fixture.get("headers") or {}
    if not isinstance(headers, dict):
        raise invalid("its headers must be an object.")
    yield from headers.items()
    if fixture.get("context"):
        yield "stripe-context", fixture["context"]


def _at(value: Any, path: str) -> Any:
    """What stands at ``data.0.id`` of an answer, or nothing; ``data.#`` is how many there are."""
    for name in path.split("."):
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and name == "#":
            value = len(value)
        elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value
