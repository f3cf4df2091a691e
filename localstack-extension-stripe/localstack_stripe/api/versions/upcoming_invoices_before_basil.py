"""Upcoming invoices, which versions before 2025-03-31.basil had and which are previews since
(https://docs.stripe.com/changelog/basil/2025-03-31/invoice-preview-api-deprecations).
"""

from localstack_stripe.api.decoding import Tree
from localstack_stripe.api.versions.change import Change, Moved, by, flag, without
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.upcoming_invoices import PREFIX


def _preview(tree: Tree) -> Tree:
    """Upcoming invoices had more parameters than a preview has, and a customer was enough of them
    (``invoice-preview-api-deprecations``).
    """
    names = {f"subscription_{name}": name for name in _OF_SUBSCRIPTION}
    details = {new: tree[old] for old, new in names.items() if old in tree}
    if flag(tree, "subscription_prorate") is False:
        details["proration_behavior"] = "none"
    others = without(tree, *names, "subscription_prorate")
    if details:
        given = tree.get("subscription_details") or {}
        others["subscription_details"] = {**details, **given} if isinstance(given, dict) else given
    about = ("schedule", "schedule_details", "subscription", "subscription_details")
    return others if any(name in others for name in about) else {"invoice_items": [], **others}


_OF_SUBSCRIPTION = (
    "billing_cycle_anchor",
    "cancel_at",
    "cancel_at_period_end",
    "cancel_now",
    "default_tax_rates",
    "items",
    "proration_behavior",
    "proration_date",
    "resume_at",
    "start_date",
    "trial_end",
)
"""What was said of the subscription of an upcoming invoice, after ``subscription_``."""


def _lines_of(work: UnitOfWork, invoice: Record) -> list[Record]:
    return work.where("line_item", "invoice", invoice["id"])[::-1]


def _nameless(invoice: Record) -> tuple[str, ...]:
    """An upcoming invoice had no id (https://docs.stripe.com/api/invoices/object?api-version=2025-02-24.acacia)."""
    return ("id",) if _is_upcoming(invoice.get("id")) else ()


def _line(work: UnitOfWork, line: Record) -> Record:
    return {"invoice": None} if _is_upcoming(line["invoice"]) else {}


def _is_upcoming(invoice: str | None) -> bool:
    return (invoice or "").startswith(PREFIX)


CHANGE = Change(
    day="2025-03-31",
    values={"line_item": _line},
    absent={"invoice": _nameless},
    parameters={"POST /v1/invoices/create_preview": by(_preview)},
    moved={
        ("GET", "/v1/invoices/upcoming"): Moved("POST", "/v1/invoices/create_preview"),
        ("GET", "/v1/invoices/upcoming/lines"): Moved(
            "POST", "/v1/invoices/create_preview", part=_lines_of
        ),
    },
)
