"""What requests meant until version 2022-08-01: a new invoice had what was pending on it, unless it was said
(https://docs.stripe.com/changelog/2022-08-01).
"""

from localstack_stripe.api.decoding import Tree
from localstack_stripe.api.versions.change import Change, by


def _with_pending(tree: Tree) -> Tree:
    # An invoice that is for nothing else, as a revision or one of a subscription, had its own rules.
    return tree if "from_invoice" in tree else {"pending_invoice_items_behavior": "include", **tree}


CHANGE = Change(day="2022-08-01", parameters={"POST /v1/invoices": by(_with_pending)})
