"""What an account of v2 has to tell, and what becomes of its capabilities until then
(https://docs.stripe.com/connect/handle-verification-updates).

Merchants and recipients are asked what their accounts of v1 are asked, in v2's words.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from localstack_stripe.engine.paths import at
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.accounts_v2.configurations import (
    CONFIGURATIONS,
    PAYOUTS,
    capabilities_of,
)
from localstack_stripe.resources.connect.account_requirements import REJECTED
from localstack_stripe.resources.connect.kept_accounts import ACCOUNT as ACCOUNT_OF_V1
from localstack_stripe.resources.connect.kept_accounts import EXTERNAL_ACCOUNT

_WORDS = {
    "business_profile.mcc": "configuration.merchant.mcc",
    "business_profile.url": "defaults.profile.business_url",
    "business_type": "identity.entity_type",
    "company.name": "identity.business_details.registered_name",
    "company.verification.document": "identity.business_details.documents.primary_verification",
    "individual.first_name": "identity.individual.given_name",
    "individual.last_name": "identity.individual.surname",
    "individual.verification.additional_document": (
        "identity.individual.documents.secondary_verification"
    ),
    "individual.verification.document": "identity.individual.documents.primary_verification",
    "tos_acceptance.date": "identity.attestations.terms_of_service.account.date",
    "tos_acceptance.ip": "identity.attestations.terms_of_service.account.ip",
}
"""What is asked for, by its name in v1, where that does not follow from :data:`_HEADS`."""

_HEADS = {
    "company.": "identity.business_details.",
    "individual.dob.": "identity.individual.date_of_birth.",
    "individual.": "identity.individual.",
}

_OF_MERCHANTS = ("configuration.merchant.", "defaults.profile.")
_PAST_DUE = {"status": "past_due"}
_REJECTIONS = {
    "rejected.platform_fraud": "rejected_platform_fraud",
    "rejected.platform_terms_of_service": "rejected_platform_terms_of_service",
}


class _Capability(NamedTuple):
    configuration: str
    name: str

    def needs(self, asked: str) -> bool:
        """Whether it is restricted until what is asked is told."""
        if asked == EXTERNAL_ACCOUNT:
            return self.name == PAYOUTS
        if self.configuration == "merchant":
            return not asked.startswith("configuration.customer.")
        if self.configuration == "recipient":
            return not asked.startswith((*_OF_MERCHANTS, "configuration.customer."))
        return asked in _LOCATION


_LOCATION = frozenset(
    f"identity.{part}.address.{name}"
    for part in ("business_details", "individual")
    for name in ("country", "postal_code")
)
"""What taxes depend on: where a customer is (https://docs.stripe.com/tax/customer-locations)."""


def review_account(work: UnitOfWork, account: Record) -> None:
    """Bring requirements and the statuses of capabilities up to date. The account may be written to."""
    of_v1 = work.get(ACCOUNT_OF_V1, account["id"])
    asked = [_in_words_of_v2(each) for each in at(of_v1 or {}, "requirements.currently_due") or ()]
    rejected = work.noted(of_v1, REJECTED) if of_v1 is not None else None
    customer = account["configuration"].get("customer") or {}
    if customer.get("applied") and capabilities_of(account, "customer"):
        asked += [each for each in _unknown_location(account, customer) if each not in asked]
    _locate(account, customer)
    restricted: dict[str, list[_Capability]] = {}
    for configuration in CONFIGURATIONS:
        for name, capability in capabilities_of(account, configuration).items():
            key = _Capability(configuration, name)
            missing = [each for each in asked if key.needs(each)]
            for each in missing:
                restricted.setdefault(each, []).append(key)
            is_applied = account["configuration"][configuration]["applied"]
            status = _status(missing, rejected, is_applied=is_applied)
            if capability["status"] != status["status"]:
                work.happened(
                    f"v2.core.account[configuration.{configuration}].capability_status_updated",
                    account,
                    data={"updated_capability": name},
                )
            capability |= status
    account["requirements"] = _requirements(restricted, _errors(of_v1))
    account["future_requirements"] = _requirements({}, {}) | {"minimum_transition_date": None}


def _in_words_of_v2(asked: str) -> str:
    head = next((each for each in _HEADS if asked.startswith(each)), None)
    if asked in _WORDS:
        return _WORDS[asked]
    return asked if head is None else _HEADS[head] + asked.removeprefix(head)


def _status(missing: Iterable[str], rejected: str | None, *, is_applied: bool) -> Record:
    """The status of a capability, and its details."""
    if not is_applied:
        details = [{"code": "restricted_other", "resolution": "no_resolution"}]
    elif rejected is not None:
        code = _REJECTIONS.get(rejected, "rejected_platform_other")
        return {
            "status": "rejected",
            "status_details": [{"code": code, "resolution": "contact_stripe"}],
        }
    elif missing:
        details = [{"code": "requirements_past_due", "resolution": "provide_info"}]
    else:
        return {"status": "active", "status_details": []}
    return {"status": "restricted", "status_details": details}


def _errors(of_v1: Record | None) -> Mapping[str, list[Record]]:
    """What was wrong with what was told and is asked for again, by what that is."""
    found: dict[str, list[Record]] = {}
    for each in at(of_v1 or {}, "requirements.errors") or ():
        error = {"code": each["code"], "description": each["reason"]}
        found.setdefault(_in_words_of_v2(each["requirement"]), []).append(error)
    return found


def _requirements(
    restricted: Mapping[str, list[_Capability]], errors: Mapping[str, list[Record]]
) -> Record:
    entries = [
        _entry(asked, capabilities, errors.get(asked, []))
        for asked, capabilities in sorted(restricted.items())
    ]
    deadline = {**_PAST_DUE, "time": None} if entries else None
    return {"alternatives": [], "entries": entries, "summary": {"minimum_deadline": deadline}}


def _entry(asked: str, capabilities: list[_Capability], errors: list[Record]) -> Record:
    return {
        "awaiting_action_from": "user",
        "description": asked,
        "errors": errors,
        "impact": {
            "restricts_capabilities": [
                {
                    "capability": each.name,
                    "configuration": each.configuration,
                    "deadline": dict(_PAST_DUE),
                }
                for each in capabilities
            ]
        },
        "minimum_deadline": dict(_PAST_DUE),
        "reference": None,
        "requested_reasons": [{"code": "routine_onboarding"}],
    }


def _addresses(account: Record, customer: Record) -> Mapping[str, tuple[str, Any]]:
    """What says where a customer is, by its name and as what it is the source of a location."""
    is_individual = at(account, "identity.entity_type") == "individual"
    path = f"identity.{'individual' if is_individual else 'business_details'}.address"
    return {
        path: ("identity_address", at(account, path)),
        "configuration.customer.shipping.address": (
            "shipping_address",
            at(customer, "shipping.address"),
        ),
    }


def _unknown_location(account: Record, customer: Record) -> list[str]:
    """What has to be told about where a customer is: its country, and in the United States its ZIP code."""
    addresses = _addresses(account, customer)
    unknown = [
        [
            f"{path}.{name}"
            for name in ("country", *(["postal_code"] if _is_american(address) else []))
            if not (address or {}).get(name)
        ]
        for path, (_, address) in addresses.items()
    ]
    return unknown[0] if all(unknown) else []


def _locate(account: Record, customer: Record) -> None:
    """Write down where a customer is, when its taxes are calculated by that."""
    tax = customer.get("automatic_indirect_tax")
    if tax is None:
        return
    tax.pop("location", None)
    if not capabilities_of(account, "customer") or _unknown_location(account, customer):
        return
    for source, address in _addresses(account, customer).values():
        if (address or {}).get("country"):
            tax["location_source"] = source
            tax["location"] = {"country": address["country"], "state": address.get("state")}
            return


def _is_american(address: Any) -> bool:
    return str((address or {}).get("country") or "").upper() == "US"
