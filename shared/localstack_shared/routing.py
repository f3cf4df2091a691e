"""Mounting an emulator on LocalStack's gateway.

A service ``stripe`` is reached as ``/_extension/stripe/…``, as ``stripe.localhost.localstack.cloud:4566`` and, as
older extensions were, as ``/stripe/…``. The last leaves requests that carry AWS credentials to S3, where a bucket
may have that name.
"""

from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Request, Response

from localstack_shared.handoff import hand_off
from localstack_shared.service import Service
from localstack_shared.websocket import hand_off_websocket

if TYPE_CHECKING:
    from rolo.router import Router

WEBSOCKET = "WEBSOCKET"
"""The method by which the gateway's router knows a websocket."""

_AWS_QUERY = {"X-Amz-Algorithm", "X-Amz-Signature", "AWSAccessKeyId"}


class GatewayMount:
    """The rules of one service on the gateway's router.

    :param short_path: whether it is reached as ``/name/…``, too
    :param websockets: whether its application takes websockets
    """

    def __init__(
        self, name: str, service: Service, *, short_path: bool, websockets: bool = False
    ) -> None:
        self._name = name
        self._service = service
        self._short_path = short_path
        self._websockets = websockets
        self._rules: list[Any] = []

    def add_to(self, router: "Router[Any]") -> None:
        """Mount the service's application."""
        path = f"/_extension/{self._name}"
        self._add(router, path, self._answer_under(path))
        host = self._answer_under("")
        for rule in ("/", "/<path:path>"):
            self._rules.append(router.add(rule, host, host=f"{self._name}.<__host__>"))
        if self._short_path:
            short = f"/{self._name}"
            self._add(router, short, self._answer_unless_aws(short))

    def remove_from(self, router: "Router[Any]") -> None:
        """Take the rules away again."""
        for rule in self._rules:
            router.remove(rule)
        self._rules.clear()

    def _add(self, router: "Router[Any]", path: str, endpoint: Any) -> None:
        for rule in (path, f"{path}/", f"{path}/<path:path>"):
            self._rules.append(router.add(rule, endpoint))

    def _answer_under(self, prefix: str) -> Any:
        def answer(request: Any, **_: Any) -> Response | None:
            service = self._service
            if request.method == WEBSOCKET:
                if not self._websockets:
                    return Response("no websocket is here\n", 404, mimetype="text/plain")
                hand_off_websocket(service.application, service.serving, request, prefix)
                return None
            return hand_off(service.application, service.serving, request.environ, prefix)

        return answer

    def _answer_unless_aws(self, prefix: str) -> Any:
        under = self._answer_under(prefix)

        def answer(request: Any, **_: Any) -> Response | None:
            if has_aws_credentials(request):
                raise NotFound()  # the gateway goes on to the AWS services
            response: Response | None = under(request)
            return response

        return answer


def has_aws_credentials(request: Request) -> bool:
    """Whether *request* is signed for AWS, by header or by query (presigned URLs, SigV2 and SigV4)."""
    scheme, _, _ = request.headers.get("Authorization", "").partition(" ")
    return scheme == "AWS" or scheme.startswith("AWS4-") or not _AWS_QUERY.isdisjoint(request.args)
