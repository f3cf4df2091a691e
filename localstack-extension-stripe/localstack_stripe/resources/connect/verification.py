"""What Stripe finds wrong with what an account has told: nothing, unless Stripe's test values say so
(https://docs.stripe.com/connect/testing).

What is right is found to be so at once, where Stripe takes a moment. A date of birth that does not match is no failure by
itself, as an identity is verified by its number too.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from localstack_stripe.engine.paths import at
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

NUMBER = "number"
"""Noted of a person, and of an account for its company: the ID number or tax ID, which is never shown."""

_DOCUMENT = "verification.document"
_FAILURE = "file_identity_document_failure"
_MATCHING = ({"day": 1, "month": 1, "year": 1901}, {"day": 1, "month": 1, "year": 1902})
_LISTED = {"day": 1, "month": 1, "year": 1900}


class Failure(NamedTuple):
    """Something that has to be told again, or otherwise.

    :param requirement: what, by the name of a parameter
    :param leaves_charges: whether only payouts are disabled until then
    """

    requirement: str
    code: str
    leaves_charges: bool = False

    def shown(self) -> Record:
        """It as one of the ``errors`` of requirements."""
        return {
            "code": self.code,
            "reason": _REASONS.get(self.code, _OTHER),
            "requirement": self.requirement,
        }


_OTHER = "The information that was provided could not be verified. Correct it, and try again."
_REASONS = {
    "invalid_street_address": "The provided street address cannot be found. Check the street name and number.",
    "verification_document_failed_test_mode": (
        "A test data helper was supplied to simulate verification failure."
    ),
    "verification_failed_keyed_identity": (
        "The identity information you entered cannot be verified. Please correct any errors or upload a document that "
        "matches the identity fields (e.g., name and date of birth) that you entered."
    ),
    "verification_failed_tax_id_match": "The tax ID does not match the company's name.",
    "verification_failed_tax_id_not_issued": "The tax ID was not issued.",
}

_URLS = {
    "disallowed": "invalid_url_denylisted",
    "geoblocked": "invalid_url_website_inaccessible_geoblocked",
    "inaccessible": "invalid_url_website_inaccessible",
    "mismatch": "invalid_url_website_business_information_mismatch",
    "missing": "invalid_url_website_incomplete",
    "passwordprotected": "invalid_url_website_inaccessible_password_protected",
    "problem": "invalid_url_website_other",
    "underconstruction": "invalid_url_website_incomplete_under_construction",
}
"""By the host's first name, before ``.stripe.com``."""

_INACTIVE = "https://inactivity.stripe.com"

_WRONG: Mapping[str, Mapping[str, str]] = {
    "business_profile.name": {
        "disallowed_dba": "invalid_business_profile_name_denylisted",
        "invalid_dba": "invalid_business_profile_name",
    },
    "business_profile.url": {f"https://{host}.stripe.com": code for host, code in _URLS.items()},
    "company.name": {
        "disallowed_name": "invalid_company_name_denylisted",
        "match_name_only": "verification_failed_name_match",
    },
    "settings.card_payments.statement_descriptor_prefix": {
        "disallowed": "invalid_statement_descriptor_prefix_denylisted",
        "mismatch": "invalid_statement_descriptor_prefix_mismatch",
    },
    "settings.payments.statement_descriptor": {
        "disallowed": "invalid_statement_descriptor_denylisted",
        "mismatch": "invalid_statement_descriptor_business_mismatch",
    },
}
"""The values of an account that fail, by where they are, and the codes with which they do."""

_TAX_IDS = {
    "111111111": "verification_failed_tax_id_match",
    "111111112": "verification_failed_tax_id_not_issued",
}


def failures_of_account(work: UnitOfWork, account: Record) -> Iterator[Failure]:
    """What is wrong with what is told of the business itself."""
    for path, codes in _WRONG.items():
        value = at(account, path)
        code = codes.get(value.lower().rstrip("/")) if isinstance(value, str) else None
        if code is not None:
            yield Failure(path, code)
    described = at(account, "business_profile.product_description")
    if described == "require_url" and not at(account, "business_profile.url"):
        yield Failure("business_profile.url", "invalid_url_web_presence_detected")
    if account.get("business_type") not in (None, "individual"):
        yield from _failures_of_company(work, account)


def _failures_of_company(work: UnitOfWork, account: Record) -> Iterator[Failure]:
    document = at(account, f"company.{_DOCUMENT}.front")
    code = _TAX_IDS.get(work.noted(account, NUMBER) or "")
    if document == _FAILURE:
        yield Failure(f"company.{_DOCUMENT}", "verification_document_failed_test_mode")
    elif code is not None and document is None:
        yield Failure(f"company.{_DOCUMENT}", code)
    line = at(account, "company.address.line1")
    if line == "address_no_match":
        yield Failure("company.address.line1", "invalid_street_address", leaves_charges=True)
    elif line == "address_line1_no_match":
        for name in ("city", "line1", "postal_code", "state"):
            yield Failure(f"company.address.{name}", "invalid_street_address")


def failures_of_person(work: UnitOfWork, person: Record) -> Iterator[Failure]:
    """What is wrong with what is told of a person; a document decides, whatever else was told."""
    document = at(person, f"{_DOCUMENT}.front")
    if document == _FAILURE:
        yield Failure(_DOCUMENT, "verification_document_failed_test_mode")
    elif document is None and work.noted(person, NUMBER) == "111111111":
        yield Failure(_DOCUMENT, "verification_failed_keyed_identity")
    additional = at(person, "verification.additional_document.front")
    if additional == _FAILURE:
        yield Failure("verification.additional_document", "verification_document_failed_test_mode")
    elif additional is None and at(person, "address.line1") in _UNMATCHED:
        yield Failure("verification.additional_document", "verification_failed_keyed_identity")


_UNMATCHED = ("address_no_match", "address_line1_no_match")


def is_verified(person: Record) -> bool:
    """Whether a person, with whom nothing is wrong, is known by a document, or by number and date of birth."""
    has_number = person.get("id_number_provided") or person.get("ssn_last_4_provided")
    return bool(at(person, f"{_DOCUMENT}.front") or (has_number and person.get("dob") in _MATCHING))


def is_listed(person: Mapping[str, Any]) -> bool:
    """Whether a person may be on a list of those with whom nobody may do business."""
    return bool(person.get("dob") == _LISTED)


def is_inactive(account: Record) -> bool:
    """Whether an account stands for one that nobody has used for long, and whose verification rests."""
    return bool(at(account, "business_profile.url") == _INACTIVE)
