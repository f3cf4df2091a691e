"""Configurations: as what an account is used, and which capabilities it has as that
(https://docs.stripe.com/connect/accounts-v2#configurations).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from localstack_stripe.engine.paths import put
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

CONFIGURATIONS = ("customer", "merchant", "recipient")
PAYOUTS = "stripe_balance.payouts"
"""What nobody requests: who has a balance can be paid out."""
TRANSFERS = "stripe_balance.stripe_transfers"


def apply_configurations(
    work: UnitOfWork, account: Record, sent: Mapping[str, Mapping[str, Any] | None]
) -> None:
    """What is sent of a configuration applies it, unless it says otherwise
    (https://docs.stripe.com/api/v2/core/accounts/object#v2_account_object-applied_configurations).

    :param account: to which the parameters are written already
    :param sent: the parameter ``configuration``
    """
    for name, given in sent.items():
        if given is None:
            continue
        configuration = account["configuration"][name]
        configuration["applied"] = given.get("applied", True)
        capabilities = configuration.setdefault("capabilities", None) or {}
        _leave_out(capabilities, given.get("capabilities") or {})
        _complete(work, name, configuration)
        configuration["capabilities"] = _with_payouts(name, capabilities) or None
    account["applied_configurations"] = [
        name for name in CONFIGURATIONS if (account["configuration"].get(name) or {}).get("applied")
    ]


def is_applied(account: Record, *names: str) -> bool:
    """Whether one of these configurations is applied."""
    return any(name in account["applied_configurations"] for name in names)


def capabilities_of(account: Record, name: str) -> dict[str, Record]:
    """The requested capabilities of a configuration by their dotted names: ``stripe_balance.payouts``. They may be
    written to.
    """
    configuration = account["configuration"].get(name) or {}
    return dict(_leaves(configuration.get("capabilities") or {}, ""))


def request_capability(account: Record, name: str, capability: str) -> None:
    """Request a capability of a configuration by its dotted name."""
    place = account["configuration"][name]
    place["capabilities"] = capabilities = place.get("capabilities") or {}
    put(capabilities, capability, {"status": "pending", "status_details": []})
    _with_payouts(name, capabilities)


def _leaves(capabilities: Record, prefix: str) -> Iterator[tuple[str, Record]]:
    for name, value in sorted(capabilities.items()):
        if value and "status" in value:
            yield prefix + name, value
        elif value:
            yield from _leaves(value, f"{prefix}{name}.")


def _leave_out(capabilities: Record, wanted: Mapping[str, Any]) -> None:
    """Take out what is no longer requested."""
    for name, wish in wanted.items():
        if wish is None or wish.get("requested") is False:
            capabilities.pop(name, None)
        elif "requested" not in wish and name in capabilities:
            _leave_out(capabilities[name], wish)
            if not capabilities[name]:
                del capabilities[name]


def _with_payouts(name: str, capabilities: Record) -> Record:
    others = [each for each, _ in _leaves(capabilities, "") if each != PAYOUTS]
    earns = bool(others) if name == "merchant" else TRANSFERS in others
    balance = dict(capabilities.get("stripe_balance") or {})
    if not earns:
        balance.pop("payouts", None)
    elif name != "customer":
        balance.setdefault("payouts", {"status": "pending", "status_details": []})
    if balance:
        capabilities["stripe_balance"] = balance
    else:
        capabilities.pop("stripe_balance", None)
    return capabilities


def _complete(work: UnitOfWork, name: str, configuration: Record) -> None:
    """What Stripe shows of a configuration although nobody has said it
    (https://docs.stripe.com/api/v2/core/accounts/object).
    """
    if name == "merchant":
        payments = _part(configuration, "card_payments")
        payments["decline_on"] = {"avs_failure": False, "cvc_failure": False} | (
            payments.get("decline_on") or {}
        )
    elif name == "customer":
        tax = _part(configuration, "automatic_indirect_tax")
        tax.setdefault("exempt", "none")
        tax.setdefault("location_source", "identity_address")
        invoice = _part(_part(configuration, "billing"), "invoice")
        invoice.setdefault("next_sequence", 1)
        if invoice.get("prefix") is None:
            invoice["prefix"] = work.ids.capitals(8)
        invoice.setdefault("custom_fields", [])


def _part(record: Record, name: str) -> Any:
    record[name] = part = record.get(name) or {}
    return part
