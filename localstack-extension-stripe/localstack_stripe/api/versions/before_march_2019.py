"""What invoices had until version 2019-03-14, and have by other names since (https://docs.stripe.com/changelog/2019-03-14)."""

from localstack_stripe.api.decoding import Tree
from localstack_stripe.api.versions.change import Change, by, renamed
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork


def _invoice(work: UnitOfWork, invoice: Record) -> Record:
    return {
        "application_fee": invoice["application_fee_amount"],
        "date": invoice["created"],
        "finalized_at": invoice["status_transitions"]["finalized_at"],
    }


def _fee(tree: Tree) -> Tree:
    return renamed(tree, {"application_fee": "application_fee_amount"})


CHANGE = Change(
    day="2019-03-14",
    fields={
        "invoice": {
            "application_fee": "integer | null",
            "date": "timestamp",
            "finalized_at": "timestamp | null",
        }
    },
    values={"invoice": _invoice},
    parameters={"POST /v1/invoices": by(_fee), "POST /v1/invoices/{invoice}": by(_fee)},
)
