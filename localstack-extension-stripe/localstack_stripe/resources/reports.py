"""Financial reports (https://docs.stripe.com/reports/api): which there are, and running one.

A run is pending at first and has its file a moment later. Of a type whose content is not known here, a run fails where
there would be something to tell.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from typing import Any

from localstack_stripe.engine.behaviours import Call, before_create, find, plain
from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.errors import invalid, missing_parameter, no_such, not_emulated
from localstack_stripe.engine.presets import from_the_start
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.core.files import new_file
from localstack_stripe.resources.report_contents import (
    CONNECTED,
    Accounts,
    Period,
    content_of,
    is_empty,
    table,
)

RUN, TYPE = "reporting.report_run", "reporting.report_type"

TYPES = {
    "activity.itemized.3": "Activity itemized",
    "activity.summary.1": "Activity summary",
    "balance.summary.1": "Balance summary",
    **{
        f"balance_change_from_activity.itemized.{version}": "Itemized balance change from activity"
        for version in (1, 2, 3, 6)
    },
    "balance_change_from_activity.summary.1": "Balance change from activity summary",
    "ending_balance_reconciliation.itemized.4": "Itemized ending balance reconciliation",
    "ending_balance_reconciliation.summary.1": "Ending balance reconciliation summary",
    "payout_reconciliation.by_id.itemized.4": "Itemized payout reconciliation for one payout",
    "payout_reconciliation.by_id.summary.1": "Payout reconciliation summary for one payout",
    "payout_reconciliation.itemized.5": "Itemized payout reconciliation",
    "payout_reconciliation.summary.1": "Payout reconciliation summary",
    **{f"payouts.itemized.{version}": "Itemized payouts" for version in (1, 2, 3)},
    "payouts.summary.1": "Payouts summary",
}
TYPES |= {
    f"{CONNECTED}{id}": f"Connected account {TYPES[id][0].lower()}{TYPES[id][1:]}"
    for id in (
        "balance.summary.1",
        *(f"balance_change_from_activity.itemized.{version}" for version in (1, 2, 3)),
        "balance_change_from_activity.summary.1",
        "ending_balance_reconciliation.itemized.4",
        "ending_balance_reconciliation.summary.1",
        "payout_reconciliation.itemized.5",
        "payout_reconciliation.summary.1",
        *(f"payouts.itemized.{version}" for version in (1, 2, 3)),
        "payouts.summary.1",
    )
}

_BASE = "base"
"""Noted of a run: the address under which the client knows the emulator."""

_LASTS = 365 * DAY
"""How long the file of a run is kept."""

# A query of Sigma is only ever written in the Dashboard, so there are no runs to list.
plain(
    "GET /v1/reporting/report_types",
    "GET /v1/reporting/report_types/{report_type}",
    "GET /v1/sigma/scheduled_query_runs",
    "GET /v1/sigma/scheduled_query_runs/{scheduled_query_run}",
)


@from_the_start(TYPE)
def report_types(work: UnitOfWork) -> Iterator[Record]:
    """The types, in the order of their names. There is data up to the last midnight."""
    midnight = work.now() // DAY * DAY
    for id, name in sorted(TYPES.items()):
        yield {
            "id": id,
            "data_available_end": midnight,
            "data_available_start": midnight - 30 * DAY,
            "default_columns": list(content_of(id).columns),
            "name": name,
            "updated": midnight,
            "version": int(id.rpartition(".")[2]),
        }


@before_create(RUN)
def run(call: Call, made: Record) -> None:
    """Run a report of a type that exists (https://docs.stripe.com/api/reporting/report_run/create)."""
    work, params = call.work, call.params.get("parameters") or {}
    type = made["report_type"]
    if find(work, TYPE, type) is None:
        raise no_such("report type", type, "report_type")
    _require_parameters(work, type, params)
    made["parameters"] = dict(params)
    _period(made)
    work.note(made, _BASE, call.base)


def _require_parameters(work: UnitOfWork, type: str, params: Mapping[str, Any]) -> None:
    needed = ("payout",) if "by_id" in type else ("interval_start", "interval_end")
    for name in needed:
        if params.get(name) is None:
            raise missing_parameter(f"parameters[{name}]")
    if named := params.get("connected_account"):
        param = "parameters[connected_account]"
        if not type.startswith(CONNECTED):
            raise invalid(f"A report of the type {type} is of your own account.", param)
        if named not in _connected(work):
            raise no_such("account", named, param)
    if "by_id" not in type and params["interval_start"] >= params["interval_end"]:
        raise invalid("The interval must end after its start.", "parameters[interval_end]")
    content = content_of(type)
    unknown = [each for each in params.get("columns") or () if not content.has(each)]
    if unknown:
        known: Sequence[str] = (*content.columns, *content.more)
        raise invalid(
            f"Invalid column: {unknown[0]}. The columns of {type} are: {', '.join(known)}.",
            "parameters[columns]",
        )


def _connected(work: UnitOfWork) -> list[str]:
    """The ids of the accounts that are connected to this one."""
    return [each["id"] for each in work.all("account") if each["id"] != work.account]


def _accounts(work: UnitOfWork, made: Record) -> Accounts:
    """Those that a run tells of: the one that is named, or all that are connected, where its type is of those."""
    if not made["report_type"].startswith(CONNECTED):
        return [work]
    named = made["parameters"].get("connected_account")
    return [work.of(id) for id in ([named] if named else _connected(work))]


def _period(made: Record) -> Period:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    params = made["parameters"]
    zone = params.get("timezone") or "UTC"
    try:
        found = UTC if zone == "UTC" else ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise not_emulated("parameters[timezone]") from None
    names = ("currency", "reporting_category")
    only = {name: params[name] for name in names if params.get(name)}
    return Period(params.get("interval_start", 0), params.get("interval_end", 1 << 40), found, only)


def _pending_since(work: UnitOfWork, made: Record) -> int | None:
    return int(made["created"]) if made["status"] == "pending" else None


@due(RUN, next=_pending_since)
def finish(work: UnitOfWork, made: Record) -> None:
    """The file is there, or why there is none."""
    made = work.change(made)
    type, period = made["report_type"], _period(made)
    content, accounts = content_of(type), _accounts(work, made)
    if content.rows is None and not is_empty(accounts, period):
        made["status"] = "failed"
        made["error"] = (
            f"The Stripe emulator does not know what is in a report of the type {type} yet."
        )
        return
    rows = content.rows(accounts, period) if content.rows is not None else iter(())
    columns = made["parameters"].get("columns") or content.columns
    work.base = work.noted(made, _BASE)  # whoever asked for it reads it
    file = new_file(
        work,
        f"{type}-{made['id']}.csv",
        table(columns, rows),
        "text/csv",
        expires_at=work.now() + _LASTS,
        purpose="finance_report_run",
        title=f"FinanceReportRun {made['id']}",
    )
    made |= {"result": file["id"], "status": "succeeded", "succeeded_at": work.now()}
