"""Where file links lead (https://docs.stripe.com/api/file_links): to the file, for everyone who knows the address."""

from collections.abc import Callable, Mapping

from localstack_stripe.api.control.dispatch import Asked, Endpoint
from localstack_stripe.api.messages import Response
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.core.files import linked_content


class FileLinks:
    """``GET /links/{account}/{secret}``."""

    def __init__(self, begin: Callable[[str], UnitOfWork]) -> None:
        self._begin = begin

    def endpoints(self) -> Mapping[str, Endpoint]:
        """What answers."""
        return {"GET /links/{account}/{secret}": self.open}

    def open(self, asked: Asked) -> Response:
        """The file, while the link has not expired.

        :raises StripeError: 404
        """
        work = self._begin(asked.path["account"])
        found = linked_content(work, asked.request.path)
        return Response(200, found.body, {"Content-Type": found.type})
