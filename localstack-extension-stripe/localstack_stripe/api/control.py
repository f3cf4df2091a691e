"""The emulator's own endpoints, under ``/_emulator/``. Stripe has nothing there."""

from collections.abc import Callable

import orjson

from localstack_stripe import __version__
from localstack_stripe.api.authentication import authenticate
from localstack_stripe.api.errors import error_body
from localstack_stripe.api.messages import Request, Response
from localstack_stripe.engine.errors import StripeError

PREFIX = "/_emulator/"


class Control:
    """What a test or a person does with the emulator itself.

    ``GET /_emulator/health`` says that it runs; ``POST /_emulator/reset`` forgets everything of the key's account.
    """

    def __init__(self, reset: Callable[[str], None]) -> None:
        self._reset = reset

    def serves(self, path: str) -> bool:
        """Whether a path is one of the emulator's own."""
        return path.startswith(PREFIX)

    def handle(self, request: Request) -> Response:
        """Answer one of them."""
        try:
            match request.verb, request.path.removeprefix(PREFIX):
                case "GET", "health":
                    return _json(200, {"status": "running", "version": __version__})
                case "POST", "reset":
                    account = authenticate(request).account
                    self._reset(account)
                    return _json(200, {"account": account, "reset": True})
        except StripeError as error:
            return _json(error.status, error_body(error))
        return _json(404, {"error": {"message": f"The emulator has no {request.path}"}})


def _json(status: int, body: object) -> Response:
    return Response(status, orjson.dumps(body), {"Content-Type": "application/json"})
