"""Streams of meter events: many at a time, with a key of their own; what no meter can take is told of by an event
(https://docs.stripe.com/billing/subscriptions/usage-based/recording-usage-api).
"""

from collections.abc import Sequence

from localstack_stripe.engine.behaviours import Call, operation
from localstack_stripe.engine.clock import moment
from localstack_stripe.engine.errors import StripeError, invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.meters import METER, keep_event
from localstack_stripe.resources.core.ephemeral_keys import session_key

SESSION = "v2.billing.meter_event_session"

MOST_SAMPLES = 10
"""How many refused events are told of, of each reason."""

MOST_STREAMED = 100
"""How many events a request to the stream can have."""


@operation("POST /v2/billing/meter_event_session")
def open_stream(call: Call) -> Record:
    """A key for the stream of events, for a quarter of an hour."""
    session = call.work.create(SESSION)
    session["authentication_token"] = session_key(call.work)
    session["expires_at"] = moment(call.work.now() + 15 * 60)
    return session


@operation("POST /v2/billing/meter_event_stream")
def report_many(call: Call) -> None:
    """Keep many at a time; what no meter can take is told of by an event
    (https://docs.stripe.com/billing/subscriptions/usage-based/recording-usage-api#handle-meter-event-errors).

    :raises StripeError: 400 where there are too many; 401 where the key is none of a session, or
        (``billing_meter_event_session_expired``) the session is over
    """
    _require_session(call)
    if len(call.params["events"]) > MOST_STREAMED:
        raise invalid(f"A request can have at most {MOST_STREAMED} events.", "events")
    refused: dict[str, list[tuple[Record, StripeError]]] = {}
    for event in call.params["events"]:
        try:
            keep_event(call.work, event)
        except StripeError as error:
            refused.setdefault(event["event_name"], []).append((event, error))
    for name, errors in refused.items():
        _tell_refused(call.work, name, errors)


def _require_session(call: Call) -> None:
    work = call.work
    sessions = work.where(SESSION, "authentication_token", call.key)
    if not sessions:
        raise StripeError(
            "The stream of meter events takes the authentication token of a meter event session for a key. "
            "`POST /v2/billing/meter_event_session` makes one.",
            status=401,
        )
    if sessions[0]["expires_at"] <= moment(work.now()):
        raise StripeError(
            "The temporary session token has expired.",
            status=401,
            type="temporary_session_expired",
            code="billing_meter_event_session_expired",
        )


def _tell_refused(
    work: UnitOfWork, name: str, refused: Sequence[tuple[Record, StripeError]]
) -> None:
    """Tell which events of a name were refused, and why."""
    meters = work.where(METER, "event_name", name)
    type = "error_report_triggered" if meters else "no_meter_found"
    kinds: dict[str | None, list[tuple[Record, StripeError]]] = {}
    for each in refused:
        kinds.setdefault(each[1].code, []).append(each)
    now = work.now()
    data = {
        "developer_message_summary": _summary(len(refused)),
        "reason": {
            "error_count": len(refused),
            "error_types": [
                {
                    "code": code,
                    "error_count": len(errors),
                    "sample_errors": [
                        {
                            "error_message": error.message,
                            "request": {"identifier": event.get("identifier") or ""},
                        }
                        for event, error in errors[:MOST_SAMPLES]
                    ],
                }
                for code, errors in kinds.items()
            ],
        },
        "validation_end": moment(now),
        "validation_start": moment(now),
    }
    subject = meters[0] if meters else {"id": "", "object": METER}
    work.happened(f"v1.billing.meter.{type}", subject, data=data)


def _summary(count: int) -> str:
    return "There is 1 invalid event" if count == 1 else f"There are {count} invalid events"
