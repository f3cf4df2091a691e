"""Whose request it is: key to account (https://docs.stripe.com/api/authentication, https://docs.stripe.com/keys).

Stripe's real test keys carry their account: the characters after ``_test_5`` are the same in an account's secret,
publishable and restricted keys. A key of that form names its account here too, so that a test that makes up a fresh
key has a fresh account. Every other test key belongs to one default account, so that services and a browser with
made-up keys work together.
"""

import base64
import re
from dataclasses import dataclass
from functools import lru_cache

from localstack_stripe.api.messages import Request
from localstack_stripe.engine.browsers import secret_key_required
from localstack_stripe.engine.errors import StripeError

DEFAULT_ACCOUNT = "acct_1LocalStackDefau"

_KEY = re.compile(r"(?P<kind>sk|pk|rk|ek)_(?:org_)?test_(?P<rest>[A-Za-z0-9_]+)\Z")
_LIVE_KEY = re.compile(r"(sk|pk|rk|ek)_(?:org_)?live_")
_ACCOUNT_IN_KEY = re.compile(r"5(1[A-Za-z0-9]{15})[A-Za-z0-9]{8,}\Z")

PUBLISHABLE_OPERATIONS = frozenset(
    {
        # https://docs.stripe.com/js/tokens
        "POST /v1/tokens",
        "GET /v1/tokens/{token}",
        # https://docs.stripe.com/js/sources
        "POST /v1/sources",
        "GET /v1/sources/{source}",
        # https://docs.stripe.com/js/payment_methods/create_payment_method
        "POST /v1/payment_methods",
        # https://docs.stripe.com/js/confirmation_tokens/create_confirmation_token
        "POST /v1/confirmation_tokens",
        # https://docs.stripe.com/js/payment_intents
        "GET /v1/payment_intents/{intent}",
        "POST /v1/payment_intents/{intent}/confirm",
        "POST /v1/payment_intents/{intent}/verify_microdeposits",
        # https://docs.stripe.com/js/setup_intents
        "GET /v1/setup_intents/{intent}",
        "POST /v1/setup_intents/{intent}/confirm",
        "POST /v1/setup_intents/{intent}/verify_microdeposits",
        # https://docs.stripe.com/file-upload
        "POST /v1/files",
        # https://docs.stripe.com/api/v2/core/account-tokens/create, .../person-tokens/create
        "POST /v2/core/account_tokens",
        "POST /v2/core/accounts/{account}/person_tokens",
    }
)
"""What a browser may do with a publishable key: the calls that Stripe.js makes, and others that are documented."""


@dataclass(frozen=True, slots=True)
class Key:
    """An API key that was accepted."""

    account: str
    text: str
    publishable: bool
    """Whether it may stand in a web page."""


class LiveKey(StripeError):
    """A live key was sent here: nobody is told any part of it, here or in the log.

    :param where: to where it was sent
    """

    def __init__(self, where: str) -> None:
        super().__init__(
            f"A live API key was sent to {where}, which is the Stripe emulator and not Stripe: nothing has happened, "
            "least of all a charge. Use a test key (sk_test_...) here, and roll the live key at "
            "https://dashboard.stripe.com/apikeys if others can read what is sent on this network.",
            status=401,
        )
        self.where = where


def authenticate(request: Request) -> Key:
    """The key of *request*, from Bearer or Basic authorization.

    :raises StripeError: 401, in Stripe's words
    """
    try:
        return _test_key(request.headers.get("authorization", ""))
    except _NoTestKey as no_test_key:
        raise _refused(no_test_key.text, request) from None


class _NoTestKey(Exception):
    """What is sent as a key is none, or none of a test mode."""

    def __init__(self, text: str) -> None:
        self.text = text


@lru_cache(maxsize=4096)
def _test_key(authorization: str) -> Key:
    text = _key_text(authorization)
    match = _KEY.match(text)
    if match is None:
        raise _NoTestKey(text)
    carried = _ACCOUNT_IN_KEY.match(match["rest"])
    account = f"acct_{carried[1]}" if carried else DEFAULT_ACCOUNT
    return Key(account, text, match["kind"] == "pk")


def _refused(text: str, request: Request) -> StripeError:
    """The error for what is no test key."""
    if not text:
        return StripeError(
            "You did not provide an API key. You need to provide your API key in the Authorization header, using "
            "Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See "
            "https://stripe.com/docs/api#authentication for details, or we can help at "
            "https://support.stripe.com/.",
            status=401,
        )
    if _LIVE_KEY.match(text):
        return LiveKey(request.base or "the Stripe emulator")
    return StripeError(f"Invalid API Key provided: {_masked(text)}", status=401)


def key_for(account: str) -> dict[str, str]:
    """The headers of a request that *account* makes for itself; a connected one is named by the made-up keys' one."""
    carried = account.removeprefix("acct_")
    if len(carried) == 16 and _ACCOUNT_IN_KEY.match(f"5{carried}00000000"):
        return {"authorization": f"Bearer sk_test_5{carried}00000000"}
    headers = {"authorization": "Bearer sk_test_emulator"}
    return headers if account == DEFAULT_ACCOUNT else {**headers, "stripe-account": account}


def forbid_publishable(operation: str) -> None:
    """Refuse with a publishable key what needs a secret one.

    :raises StripeError: 401 ``secret_key_required``
    """
    if operation not in PUBLISHABLE_OPERATIONS:
        raise secret_key_required()


def no_access(key: Key, account: str) -> StripeError:
    """The key's account is not connected to *account*."""
    return StripeError(
        f"The provided key '{_masked(key.text, 6)}' does not have access to account '{account}' (or that account does "
        "not exist). Application access may have been revoked.",
        status=403,
        code="account_invalid",
    )


def _key_text(authorization: str) -> str:
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return credentials.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(credentials).decode("ascii").partition(":")[0]
        except ValueError:  # no Base64, or no text in it
            return ""
    return ""


def _masked(key: str, shown: int = 4) -> str:
    """A key with stars, but for its kind and its last *shown* characters."""
    if len(key) <= 8 + shown:
        return key if len(key) <= shown else "*" * (len(key) - shown) + key[-shown:]
    return f"{key[:8]}{'*' * (len(key) - 8 - shown)}{key[-shown:]}"
