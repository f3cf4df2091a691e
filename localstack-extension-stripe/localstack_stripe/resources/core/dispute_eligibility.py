"""What is still to be told before enhanced evidence counts (https://docs.stripe.com/disputes/api/visa-ce3,
https://docs.stripe.com/disputes/api/visa-compliance).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from localstack_stripe.engine.store import Record

_COMPELLING = "visa_compelling_evidence_3"
_COMPLIANCES = ("mastercard_compliance", "visa_compliance")

_DEVICE = ("customer_device_fingerprint", "customer_device_id")
_MAIN = (("customer_purchase_ip",), _DEVICE)
_SECONDARY = (("shipping_address",), ("customer_email_address",), ("customer_account_id",))
"""What shows that the same customer has paid before; of each group, one is enough."""


def eligibility(dispute: Record) -> Record:
    """A dispute's ``evidence_details[enhanced_eligibility]``, by what its evidence says."""
    given = dispute["evidence"].get("enhanced_evidence") or {}
    found: Record = {}
    for type in dispute["enhanced_eligibility_types"]:
        said = given.get(type) or {}
        if type == _COMPELLING:
            missing = _missing(said)
            status = "requires_action" if missing else "qualified"
            found[type] = {"required_actions": missing, "status": status}
        elif type in _COMPLIANCES:
            acknowledged = bool(said.get("fee_acknowledged"))
            status = "fee_acknowledged" if acknowledged else "requires_fee_acknowledgement"
            found[type] = {"status": status}
    return found


def lacks_acknowledgement(told: Record) -> str | None:
    """The kind of a compliance dispute whose fee has not been acknowledged: evidence for it may not be submitted.

    :param told: the dispute's :func:`eligibility`
    """
    unacknowledged = (
        type for type in _COMPLIANCES if type in told and told[type]["status"] != "fee_acknowledged"
    )
    return next(unacknowledged, None)


def _missing(said: Mapping[str, Any]) -> list[str]:
    disputed: Mapping[str, Any] = said.get("disputed_transaction") or {}
    prior: Sequence[Mapping[str, Any]] = said.get("prior_undisputed_transactions") or ()
    checks = {
        "missing_customer_identifiers": _is_same_customer(disputed, prior),
        "missing_disputed_transaction_description": disputed.get("product_description"),
        "missing_merchandise_or_services": disputed.get("merchandise_or_services"),
        "missing_prior_undisputed_transaction_description": prior
        and all(each.get("product_description") for each in prior),
        "missing_prior_undisputed_transactions": len(prior) >= 2,
    }
    return [name for name, is_there in checks.items() if not is_there]


def _is_same_customer(disputed: Mapping[str, Any], prior: Sequence[Mapping[str, Any]]) -> bool:
    """Whether two of what identifies a customer are the same in all transactions, and one of them is a main one."""

    def same(names: Sequence[str]) -> bool:
        return any(
            disputed.get(name) and all(each.get(name) == disputed[name] for each in prior)
            for name in names
        )

    main, secondary = sum(map(same, _MAIN)), sum(map(same, _SECONDARY))
    return bool(prior) and main > 0 and main + secondary > 1
