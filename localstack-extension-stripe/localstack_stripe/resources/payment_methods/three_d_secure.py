"""3D Secure by itself (https://docs.stripe.com/payments/3d-secure/standalone-3d-secure): a cardholder authenticates with
Stripe, for a payment that is made elsewhere.

What the bank says is that of Stripe's test cards for 3D Secure. None of these banks asks for a browser's fingerprint: there is
no ``fingerprinting_url``, and what a browser has found is taken and makes no difference.
"""

from base64 import b64encode
from collections.abc import Mapping

from localstack_stripe.engine.assignment import merged_metadata
from localstack_stripe.engine.behaviours import Call, before_create, find, operation, require_path
from localstack_stripe.engine.errors import (
    StripeError,
    exclusive,
    invalid,
    missing_parameter,
    no_such,
    too_small,
)
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.authentications import (
    SERVERS,
    answer_of,
    challenge_indicator,
    commerce_indicator,
)
from localstack_stripe.resources.payment_methods.payment_methods import bank_card, given_method

AUTHENTICATION = "three_d_secure.authentication"

_PATH = "/v1/three_d_secure/authentications/{authentication}"

_STARTED = "challenge_started"
"""Noted of an authentication whose challenge somebody has looked at."""

_STATUS_OF = {
    "attempt_acknowledged": "succeeded",
    "authenticated": "succeeded",
    "canceled": "canceled",
    "denied": "failed",
    "informational": "succeeded",
    "not_supported": "failed",
    "processing_error": "error",
}
"""What an outcome makes of the status."""

_PROVES = ("attempt_acknowledged", "authenticated")
"""The outcomes of which there is a cryptogram."""


@before_create(AUTHENTICATION)
def begin(call: Call, authentication: Record) -> None:
    """Begin one, and go on at once where that is wanted
    (https://docs.stripe.com/api/three-d-secure/authentication/create).

    :raises StripeError: 400 where the parameters do not go together, or (``three_d_secure_authentication_not_supported``) the
        card is of a network that has no 3D Secure here
    """
    params = call.params
    _check_amount(params)
    _check_channel(call)
    _check_future(params.get("future_usage") or {})
    if params.get("reason") and params.get("flow_preference"):
        raise exclusive("reason", "flow_preference")
    method = _method(call)
    authentication["payment_method"] = method["id"]
    authentication["directory_server"] = _server(method, params.get("directory_server"))
    authentication["status"] = "requires_submission"
    if params.get("submit") in ("always", "if_fingerprinting_not_supported"):
        _ask_bank(call, authentication)


def _check_amount(params: Mapping[str, object]) -> None:
    if params["message_category"] == "payment_authentication":
        for name in ("amount", "currency"):
            if params.get(name) is None:
                raise missing_parameter(name)
    elif params.get("amount") is not None:
        raise invalid(
            "You can't include `amount` if `message_category` is `non_payment_authentication`.",
            "amount",
        )


def _check_channel(call: Call) -> None:
    channel = call.params["channel"]
    if not channel.get(channel["type"]):
        raise missing_parameter(f"channel[{channel['type']}]")
    if channel["type"] == "three_r_i":
        id = channel["three_r_i"]["previous_authentication"]
        param = "channel[three_r_i][previous_authentication]"
        previous = find(call.work, AUTHENTICATION, id)
        if previous is None:
            raise no_such("authentication", id, param)
        if previous.get("outcome") != "authenticated":
            raise invalid(f"The authentication {id} has not been authenticated.", param)


def _check_future(usage: Mapping[str, Mapping[str, object]]) -> None:
    """Refuse a future that Stripe's reference rules out."""
    for kind, name, least in (
        ("installment", "number", 2),
        ("installment", "interval_count", 1),
        ("recurring", "interval_count", 1),
    ):
        number = (usage.get(kind) or {}).get(name)
        if isinstance(number, int) and number < least:
            raise too_small(f"future_usage[{kind}][{name}]", least)


def _method(call: Call) -> Record:
    method = given_method(call)
    if method is None:
        raise missing_parameter("payment_method")
    if method["type"] != "card":
        raise invalid("Only cards can be authenticated with 3D Secure.", "payment_method")
    return method


def _server(method: Record, wanted: str | None) -> str:
    """Whose directory server is asked: that of the card's network, or of the one that is wanted of its networks."""
    known = [SERVERS[each] for each in method["card"]["networks"]["available"] if each in SERVERS]
    if not known:
        raise StripeError(
            "3D Secure authentication is not supported for this card.",
            code="three_d_secure_authentication_not_supported",
            param="payment_method",
        )
    if wanted is not None and wanted not in known:
        raise invalid(
            f"The card is not in the network of this directory server, but of {' and '.join(known)}.",
            "directory_server",
        )
    own = SERVERS.get(method["card"]["brand"])
    return wanted or (own if own in known else known[0])


@operation(f"POST {_PATH}/submit")
def submit(call: Call) -> Record:
    """Ask the cardholder's bank (https://docs.stripe.com/api/three-d-secure/authentication/submit)."""
    authentication = _changed(call, "submit", "requires_submission")
    _ask_bank(call, authentication)
    return authentication


@operation(f"POST {_PATH}/cancel")
def cancel(call: Call) -> Record:
    """Give up (https://docs.stripe.com/api/three-d-secure/authentication/cancel)."""
    authentication = _changed(call, "cancel", "requires_submission", "requires_challenge")
    _end(authentication, "canceled")
    return authentication


def _changed(call: Call, action: str, *statuses: str) -> Record:
    """The authentication of the path, to be changed, with the metadata that were sent.

    :raises StripeError: 400 where it has none of the statuses
    """
    found = require_path(call, "authentication", AUTHENTICATION)
    if found["status"] not in statuses:
        raise invalid(
            f"You cannot {action} this authentication because it has a status of {found['status']}. Only an "
            f"authentication with one of the following statuses may be: {', '.join(statuses)}."
        )
    authentication = call.work.change(found)
    if "metadata" in call.params:
        authentication["metadata"] = merged_metadata(
            authentication["metadata"] or {}, call.params["metadata"]
        )
    return authentication


def _ask_bank(call: Call, authentication: Record) -> None:
    work = call.work
    card = bank_card(
        work.require("payment_method", authentication["payment_method"], "payment_method")
    )
    answer = answer_of(card, authentication)
    authentication["outcome_details"] = {
        "acs_transaction_id": work.ids.uuid(),
        "ares_trans_status": answer.status,
        "ds_transaction_id": work.ids.uuid(),
        "protocol_version": "2.2.0",
        "requestor_challenge_indicator": challenge_indicator(
            authentication.get("flow_preference") or {}
        ),
        "three_ds_server_transaction_id": work.ids.uuid(),
    }
    if answer.outcome is not None:
        _conclude(work, authentication, answer.outcome)
        return
    authentication["status"] = "requires_challenge"
    page = f"/_emulator/three_d_secure/authentications/{authentication['id']}/challenge"
    authentication["challenge_url"] = f"{call.base}{page}?account={work.account}"


def start_challenge(work: UnitOfWork, authentication: Record) -> None:
    """The cardholder sees what their bank asks."""
    if authentication["status"] == "requires_challenge" and not work.noted(
        authentication, _STARTED
    ):
        work.note(authentication, _STARTED)
        work.happened("three_d_secure.authentication.challenge_started", authentication)


def end_challenge(work: UnitOfWork, authentication: Record, *, success: bool) -> Record:
    """The cardholder has proved who they are, or has not.

    :raises StripeError: 400 where nothing is asked of them
    """
    if authentication["status"] != "requires_challenge":
        raise invalid(f"This authentication is {authentication['status']}: there is no challenge.")
    authentication = work.change(authentication)
    authentication["outcome_details"] = {
        **authentication["outcome_details"],
        "rreq_trans_status": "Y" if success else "N",
    }
    _conclude(work, authentication, "authenticated" if success else "denied")
    return authentication


def _conclude(work: UnitOfWork, authentication: Record, outcome: str) -> None:
    """Keep what has come of it, with what a payment elsewhere needs of that."""
    eci = commerce_indicator(authentication["directory_server"], outcome)
    proof = b64encode(work.ids.text(20).encode()).decode() if outcome in _PROVES else None
    told = {"cryptogram": proof, "eci": eci}
    authentication["outcome_details"] = {
        **authentication["outcome_details"],
        **{name: value for name, value in told.items() if value is not None},
    }
    _end(authentication, outcome)


def _end(authentication: Record, outcome: str) -> None:
    authentication.pop("challenge_url", None)
    authentication["outcome"] = outcome
    authentication["status"] = _STATUS_OF[outcome]
