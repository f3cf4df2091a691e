"""Events as they are read (https://docs.stripe.com/api/events); units of work make them."""

from fnmatch import fnmatchcase
from typing import Any

from localstack_stripe.engine.behaviours import Call, operation, require_path
from localstack_stripe.engine.clock import DAY, moment
from localstack_stripe.engine.errors import invalid, no_such
from localstack_stripe.engine.lists import Filter, Page, page_of
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork, display_name
from localstack_stripe.events.deriving import happened_at
from localstack_stripe.events.thin import ThinEvents

EVENT, THIN = "event", "v2.core.event"

KEPT = 30 * DAY
"""How long an event can be read, in seconds."""

MAX_TYPES = 20


@operation("GET /v1/events")
def list_events(call: Call) -> Page:
    """The events of the last 30 days (https://docs.stripe.com/api/events/list)."""
    params: dict[str, Any] = {**call.params, "kept": True}
    filters: dict[str, Filter] = {
        "kept": is_kept,
        "delivery_success": was_delivered,
    }
    if params.get("type") and params.get("types"):
        raise invalid("You may only specify one of these parameters: type, types.")
    if len(params.get("types") or ()) > MAX_TYPES:
        raise invalid(f"You can filter by at most {MAX_TYPES} types.", "types")
    if "*" in (params.get("type") or ""):
        filters["type"] = is_like
    return page_of(call.work, [EVENT], call.operation, call.path, params, "list", filters)


@operation("GET /v1/events/{id}")
def retrieve(call: Call) -> Record:
    """An event of the last 30 days."""
    return _kept(call, EVENT)


@operation("GET /v2/core/events")
def list_thin_events(call: Call) -> Page:
    """The thin events of the last 30 days (https://docs.stripe.com/api/v2/core/events/list)."""
    params: dict[str, Any] = {**call.params, "kept": True}
    filters: dict[str, Filter] = {"kept": is_kept, "object_id": is_of_object}
    return page_of(call.work, [THIN], call.operation, call.path, params, "list2", filters)


@operation("GET /v2/core/events/{id}")
def retrieve_thin_event(call: Call) -> Record:
    """A thin event of the last 30 days (https://docs.stripe.com/api/v2/core/events/retrieve)."""
    return _kept(call, THIN)


def _kept(call: Call, object: str) -> Record:
    event = require_path(call, "id", object)
    if not is_kept(call.work, event, True):
        raise no_such(display_name(object), event["id"], "id", status=404)
    return event


def is_kept(work: UnitOfWork, event: Record, wanted: bool) -> bool:
    """Select what has happened in the last 30 days, whatever time its test clock showed."""
    if event["object"] == THIN:
        return bool(event["created"] > moment(work.now() - KEPT))
    return happened_at(work, event) > work.now() - KEPT


def is_like(work: UnitOfWork, event: Record, pattern: str) -> bool:
    """Select by a group of types, such as ``charge.*``."""
    return fnmatchcase(event["type"], pattern)


def was_delivered(work: UnitOfWork, event: Record, wanted: bool) -> bool:
    """Select by whether every webhook endpoint has got it."""
    return bool((event["pending_webhooks"] == 0) == wanted)


def is_of_object(work: UnitOfWork, event: Record, object_id: str) -> bool:
    """Select the thin events of one object."""
    return bool((event.get("related_object") or {}).get("id") == object_id)


@operation("POST /v2/core/event_destinations/{id}/ping")
def ping(call: Call) -> Record:
    """Make an event that says nothing but that the destination is reached."""
    destination = require_path(call, "id", "v2.core.event_destination")
    thin = ThinEvents(call.work.contract)
    return thin.create(call.work, "v2.core.event_destination.ping", destination)
