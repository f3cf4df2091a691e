"""Tax settings (https://docs.stripe.com/api/tax/settings): there is one of them, active once it says where the
business is.
"""

from localstack_stripe.engine.behaviours import Call, before_update, defaults
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

SETTINGS = "tax.settings"
_PENDING = {"pending": {"missing_fields": ["head_office"]}}


@defaults(SETTINGS)
def untouched(work: UnitOfWork) -> Record:
    """What they are before anybody has changed them."""
    return {
        "defaults": {"provider": "stripe", "tax_behavior": None, "tax_code": "txcd_10000000"},
        "status": "pending",
        "status_details": _PENDING,
    }


@before_update(SETTINGS)
def change(call: Call, settings: Record, before: Record) -> None:
    """With a head office, they are active."""
    is_active = settings["head_office"] is not None
    settings["status"] = "active" if is_active else "pending"
    settings["status_details"] = {"active": {}} if is_active else _PENDING
