"""Financial reports (https://docs.stripe.com/reports/report-types): which there are.

A report's content would have to be calculated, so a run stays pending.
"""

from collections.abc import Iterator

from localstack_stripe.engine.behaviours import Call, checks
from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.errors import no_such
from localstack_stripe.engine.presets import from_the_start, settle
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

TYPE = "reporting.report_type"

TYPES = {
    "activity.itemized.3": "Activity itemized",
    "activity.summary.1": "Activity summary",
    "balance.summary.1": "Balance summary",
    "balance_change_from_activity.itemized.6": "Itemized balance change from activity",
    "balance_change_from_activity.summary.1": "Balance change from activity summary",
    "ending_balance_reconciliation.itemized.4": "Itemized ending balance reconciliation",
    "ending_balance_reconciliation.summary.1": "Ending balance reconciliation summary",
    "payout_reconciliation.by_id.itemized.4": "Itemized payout reconciliation for one payout",
    "payout_reconciliation.by_id.summary.1": "Payout reconciliation summary for one payout",
    "payout_reconciliation.itemized.5": "Itemized payout reconciliation",
    "payout_reconciliation.summary.1": "Payout reconciliation summary",
    "payouts.itemized.3": "Itemized payouts",
    "payouts.summary.1": "Payouts summary",
}

_COLUMNS = {
    "itemized": ["balance_transaction_id", "created", "reporting_category", "currency", "gross"],
    "summary": ["category", "description", "net_amount", "currency"],
}


@from_the_start(TYPE)
def report_types(work: UnitOfWork) -> Iterator[Record]:
    """The types, in the order of their names. There is data up to the last midnight."""
    midnight = work.now() // DAY * DAY
    for id, name in TYPES.items():
        yield {
            "id": id,
            "data_available_end": midnight,
            "data_available_start": midnight - 30 * DAY,
            "default_columns": _COLUMNS["itemized" if "itemized" in id else "summary"],
            "name": name,
            "updated": midnight,
            "version": int(id.rpartition(".")[2]),
        }


@checks("reporting.report_run")
def run(call: Call, report: Record) -> None:
    """A run is of a type that exists (https://docs.stripe.com/api/reporting/report_run/create)."""
    settle(call.work, TYPE)
    if call.work.get(TYPE, report["report_type"]) is None:
        raise no_such("report type", report["report_type"], "report_type")
