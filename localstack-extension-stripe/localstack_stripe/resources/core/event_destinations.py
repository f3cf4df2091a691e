"""Event destinations (https://docs.stripe.com/api/v2/core/event-destinations): where events are sent to, and which."""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.assignment import assign
from localstack_stripe.engine.behaviours import Call, defaults, operation, plain, require_path
from localstack_stripe.engine.errors import invalid, missing_parameter
from localstack_stripe.engine.formats import url
from localstack_stripe.engine.initial import start
from localstack_stripe.engine.lists import Page, page_of
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.core.webhook_endpoints import warn_that_nothing_is_delivered

DESTINATION = "v2.core.event_destination"
WEBHOOK = "webhook_endpoint"
TYPES = ("amazon_eventbridge", "azure_event_grid", WEBHOOK)
SIGNING_SECRET = "signing_secret"

_PATH = "/v2/core/event_destinations"
_SOURCES = ("@accounts", "@organization_members", "@organization_members/@accounts", "@self")

plain(f"DELETE {_PATH}/{{id}}")


@defaults(DESTINATION)
def new_destination(work: UnitOfWork) -> Record:
    """What there is of one although the contract says it may be absent."""
    return {
        "events_from": ["@self"],
        "metadata": {},
        "snapshot_api_version": None,
        "status_details": None,
        **dict.fromkeys(TYPES),
    }


@operation(f"POST {_PATH}")
def create(call: Call) -> Record:
    """Make one of a type, with what that needs (https://docs.stripe.com/api/v2/core/event-destinations/create).

    :raises StripeError: 400 where it has not that or something else, and where its events are none of its payload
    """
    work, params = call.work, call.params
    type = params["type"]
    if params.get(type) is None:
        raise missing_parameter(type)
    _refuse_others(type, params)
    destination = start(work, DESTINATION, {})
    given = {name: value for name, value in params.items() if value is not None}
    assign(work, destination, given, work.contract.resources[DESTINATION].fields)
    _check_sources(destination)
    _settle_version(call, destination)
    if type == WEBHOOK:
        destination[WEBHOOK][SIGNING_SECRET] = f"whsec_{work.ids.text(32)}"
    elif type == "amazon_eventbridge":
        _await_source(destination, params[type])
    else:
        topic = {"azure_partner_topic_name": destination["id"].replace("_", "-")}
        destination[type] |= topic | {"azure_partner_topic_status": "never_activated"}
    _check(work, destination)
    warn_that_nothing_is_delivered(destination)
    return _shown(destination, params)


@operation(f"GET {_PATH}/{{id}}")
def retrieve(call: Call) -> Record:
    """One of them (https://docs.stripe.com/api/v2/core/event-destinations/retrieve)."""
    return _shown(require_path(call, "id", DESTINATION), call.params)


@operation(f"POST {_PATH}/{{id}}")
def update(call: Call) -> Record:
    """Change what it is told, and where it is; its type stays (https://docs.stripe.com/api/v2/core/event-destinations/update)."""
    work = call.work
    destination = work.change(require_path(call, "id", DESTINATION))
    _refuse_others(destination["type"], call.params)
    assign(work, destination, call.params, work.contract.resources[DESTINATION].fields)
    work.stamp(destination, "updated")
    _check(work, destination)
    return _shown(destination, call.params)


@operation(f"GET {_PATH}")
def list_destinations(call: Call) -> Page:
    """All of them (https://docs.stripe.com/api/v2/core/event-destinations/list)."""
    page = page_of(call.work, [DESTINATION], call.operation, call.path, call.params, "list2", {})
    page.records = [_shown(each, call.params) for each in page.records]
    return page


@operation(f"POST {_PATH}/{{id}}/disable")
def disable(call: Call) -> Record:
    """Send it nothing any more, as its user wants (https://docs.stripe.com/api/v2/core/event-destinations/disable)."""
    return _turned(call, "disabled", {"disabled": {"reason": "user"}})


@operation(f"POST {_PATH}/{{id}}/enable")
def enable(call: Call) -> Record:
    """Send it events again (https://docs.stripe.com/api/v2/core/event-destinations/enable)."""
    return _turned(call, "enabled", None)


def _turned(call: Call, status: str, details: Record | None) -> Record:
    destination = require_path(call, "id", DESTINATION)
    if destination["status"] != status:
        destination = call.work.change(destination)
        destination["status"], destination["status_details"] = status, details
        call.work.stamp(destination, "updated")
    return _shown(destination, {})


def _shown(destination: Record, params: Mapping[str, Any]) -> Record:
    """A destination, whose address and secret only who includes them is shown
    (https://docs.stripe.com/api-includable-response-values).
    """
    endpoint = destination[WEBHOOK]
    if endpoint is None:
        return destination
    included = params.get("include") or ()
    fields = {
        name: endpoint[name] if f"{WEBHOOK}.{name}" in included else None
        for name in (SIGNING_SECRET, "url")
    }
    return destination | {WEBHOOK: fields}


def _refuse_others(type: str, params: Mapping[str, Any]) -> None:
    """Refuse what describes a destination of another type."""
    for other in TYPES:
        if other != type and params.get(other) is not None:
            raise invalid(f"`{other}` is not for a destination of type `{type}`.", other)


def _check(work: UnitOfWork, destination: Record) -> None:
    if destination["type"] == WEBHOOK:
        url(destination[WEBHOOK]["url"], f"{WEBHOOK}.url")
    if not destination["name"]:
        raise invalid("The name of a destination cannot be empty.", "name")
    if not destination["enabled_events"]:
        raise invalid("You must specify at least one event.", "enabled_events")
    payload = destination["event_payload"]
    # Those of v1's events that there are in thin, too, are named `v1.…`.
    known = work.contract.thin_events if payload == "thin" else work.contract.events
    for place, each in enumerate(destination["enabled_events"]):
        if each != "*" and each not in known:
            param = f"enabled_events[{place}]"
            raise invalid(f"Invalid {param}: there are no {payload} events of type {each}.", param)


def _check_sources(destination: Record) -> None:
    for each in destination["events_from"]:
        if each not in _SOURCES:
            raise invalid(
                f"Invalid events_from: must be one of {', '.join(_SOURCES)}", "events_from"
            )


def _settle_version(call: Call, destination: Record) -> None:
    """Snapshots are of a version, the account's where no other is chosen; thin events are of none."""
    if destination["event_payload"] == "snapshot":
        own = call.work.default_version or call.work.contract.versions["api"]
        destination["snapshot_api_version"] = destination["snapshot_api_version"] or own
    elif destination["snapshot_api_version"] is not None:
        raise invalid("Thin events have no API version.", "snapshot_api_version")


def _await_source(destination: Record, given: Mapping[str, Any]) -> None:
    """EventBridge has an event source that its owner has to associate with an event bus yet
    (https://docs.stripe.com/event-destinations/eventbridge).
    """
    source = f"event-source/aws.partner/stripe.com/{destination['id']}"
    destination["amazon_eventbridge"] |= {
        "aws_event_source_arn": f"arn:aws:events:{given['aws_region']}::{source}",
        "aws_event_source_status": "pending",
    }
