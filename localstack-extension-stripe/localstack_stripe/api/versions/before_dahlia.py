"""What requests said until version 2026-03-25.dahlia: the modes of a Checkout page had other names
(https://docs.stripe.com/changelog/dahlia/2026-03-25/updates-available-checkout-session-ui-modes).
"""

from localstack_stripe.api.decoding import Tree
from localstack_stripe.api.versions.change import Change, by, named

_MODES = {"custom": "elements", "embedded": "embedded_page", "hosted": "hosted_page"}


def _session(tree: Tree) -> Tree:
    return {**tree, "ui_mode": named(tree["ui_mode"], _MODES)} if "ui_mode" in tree else tree


CHANGE = Change(day="2026-03-25", parameters={"POST /v1/checkout/sessions": by(_session)})
