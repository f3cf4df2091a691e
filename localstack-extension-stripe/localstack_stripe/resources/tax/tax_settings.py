"""Tax settings (https://docs.stripe.com/api/tax/settings): there is one of them, active once it says where the
business is.
"""

from localstack_stripe.engine.behaviours import Call, before_update, defaults
from localstack_stripe.engine.errors import invalid
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


def settings_of(work: UnitOfWork) -> Record:
    """The account's tax settings."""
    return work.get(SETTINGS, SETTINGS) or {"head_office": None, **untouched(work)}


def head_office(work: UnitOfWork) -> Record:
    """The address that the account sells from (https://docs.stripe.com/tax/set-up#head-office).

    :raises StripeError: 400 ``stripe_tax_inactive`` where it has none, as no tax can be calculated without
    """
    office = settings_of(work)["head_office"]
    if office is None:
        raise invalid(
            "You must have a valid head office address to enable automatic tax calculation in test mode. Visit "
            "https://dashboard.stripe.com/test/settings/tax to update it.",
            code="stripe_tax_inactive",
        )
    address: Record = office["address"]
    return address
