"""Where a business consents to being connected (https://docs.stripe.com/connect/oauth-reference#get-authorize).

Stripe shows a page there; here the consent is given at once, and the browser is sent back.
"""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.api.authentication import DEFAULT_ACCOUNT
from localstack_stripe.api.control.dispatch import Asked, Endpoint, OnRecords
from localstack_stripe.api.messages import Response
from localstack_stripe.engine.errors import OAuthError
from localstack_stripe.engine.forms import with_query
from localstack_stripe.resources.connect.oauth import SCOPES, consent


class Connecting(OnRecords):
    """``GET /oauth/authorize`` and, for Express accounts, ``GET /express/oauth/authorize``.

    A ``client_id`` is ``ca_`` and what follows ``acct_`` in the platform's id; any other is of the account that
    made-up keys belong to.
    """

    def endpoints(self) -> Mapping[str, Endpoint]:
        """What answers."""
        return {
            "GET /oauth/authorize": self.authorize,
            "GET /express/oauth/authorize": self.authorize,
        }

    def authorize(self, asked: Asked) -> Any:
        """Send the browser to ``redirect_uri`` with a code, and with the ``state`` it came with."""
        params = asked.params
        if params.get("response_type") != "code":
            raise OAuthError("unsupported_response_type", "The response type must be 'code'.")
        client, scope = str(params.get("client_id", "")), str(params.get("scope", "read_only"))
        if not client.startswith("ca_"):
            raise OAuthError(
                "invalid_client", f"No application matches the supplied client identifier: {client}"
            )
        if scope not in SCOPES:
            raise OAuthError("invalid_scope", f"Invalid scope: {scope}")
        address = params.get("redirect_uri")
        if not isinstance(address, str) or not address:
            raise OAuthError("invalid_redirect_uri", "No redirect URI was provided.")
        carried = client.removeprefix("ca_")
        is_account = len(carried) == 16 and carried.startswith("1")
        work = self._begin(f"acct_{carried}" if is_account else DEFAULT_ACCOUNT)
        back = {"scope": scope, "code": consent(work, scope)}
        if params.get("state"):
            back["state"] = str(params["state"])
        self._commit(work)
        return Response(302, b"", {"Location": with_query(address, back)})
