"""Where the file of a catalog's import is uploaded to, and the rows that failed are downloaded from
(https://docs.stripe.com/agentic-commerce/for-sellers/custom#upload-your-csv).
"""

from collections.abc import Mapping

from localstack_stripe.api.control.dispatch import Asked, Endpoint, OnRecords
from localstack_stripe.api.errors import too_large
from localstack_stripe.api.messages import Response
from localstack_stripe.resources.commerce.product_catalog_imports import errors_of, upload

_PATH = "/catalog_imports/{account}/{id}"


class CatalogUploads(OnRecords):
    """``/catalog_imports/{account}/{id}``."""

    def endpoints(self) -> Mapping[str, Endpoint]:
        """What answers."""
        return {f"PUT {_PATH}": self.take, f"GET {_PATH}/errors": self.show_errors}

    def take(self, asked: Asked) -> Response:
        """Take the file.

        :raises StripeError: 404 or 403 where none is waited for, 413 where it is too large
        """
        if asked.request.too_large:
            raise too_large()
        work = self._begin(asked.path["account"])
        upload(work, asked.path["id"], asked.request.body)
        self._commit(work)
        return Response(200, b"")

    def show_errors(self, asked: Asked) -> Response:
        """The rows that failed.

        :raises StripeError: 404
        """
        found = errors_of(self._begin(asked.path["account"]), asked.path["id"])
        return Response(200, found.body, {"Content-Type": found.type})
