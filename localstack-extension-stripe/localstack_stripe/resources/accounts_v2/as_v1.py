"""An account of v2 and what v1 sees of it: they have the same id, and what is told of one is told of the other
(https://docs.stripe.com/connect/accounts-v2/migrate-integration).

A merchant or recipient is an account of v1, too, so that it can be acted for, be transferred to, and have external
accounts. An account that v1 makes is one of v2, too.
"""

from collections.abc import Iterator
from typing import Any

from localstack_stripe.engine.clock import moment, seconds_at
from localstack_stripe.engine.errors import no_such
from localstack_stripe.engine.paths import at, put
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.accounts_v2.configurations import (
    CONFIGURATIONS,
    TRANSFERS,
    capabilities_of,
    is_applied,
    request_capability,
)
from localstack_stripe.resources.accounts_v2.requirements import review_account
from localstack_stripe.resources.connect.account_requirements import (
    DISCONNECTED,
    ONLY_PAID,
    REVIEWED,
    review,
)
from localstack_stripe.resources.connect.accounts import empty_account
from localstack_stripe.resources.connect.capabilities import REQUESTED
from localstack_stripe.resources.connect.countries import CURRENCIES
from localstack_stripe.resources.connect.kept_accounts import ACCOUNT as ACCOUNT_OF_V1
from localstack_stripe.resources.connect.kept_accounts import PERSON as PERSON_OF_V1
from localstack_stripe.resources.connect.kept_accounts import is_own
from localstack_stripe.resources.connect.persons import complete_person

ACCOUNT = "v2.core.account"
PERSON = "v2.core.account_person"

_ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")


def _each(ours: str, theirs: str, *names: str) -> Iterator[tuple[str, str]]:
    return ((f"{ours}.{name}", f"{theirs}.{name}") for name in names)


_SAME = (
    ("contact_email", "email"),
    ("defaults.currency", "default_currency"),
    ("defaults.profile.business_url", "business_profile.url"),
    ("defaults.profile.doing_business_as", "business_profile.name"),
    ("defaults.profile.product_description", "business_profile.product_description"),
    ("display_name", "settings.dashboard.display_name"),
    ("identity.attestations.terms_of_service.account.ip", "tos_acceptance.ip"),
    ("identity.attestations.terms_of_service.account.user_agent", "tos_acceptance.user_agent"),
    ("identity.business_details.phone", "company.phone"),
    ("identity.business_details.registered_name", "company.name"),
    ("identity.entity_type", "business_type"),
    ("metadata", "metadata"),
    *_each("identity.business_details.address", "company.address", *_ADDRESS),
)
"""Where v2 and v1 have the same fact of an account."""

_SAME_OF_MERCHANTS = (
    ("configuration.merchant.mcc", "business_profile.mcc"),
    (
        "configuration.merchant.statement_descriptor.descriptor",
        "settings.payments.statement_descriptor",
    ),
    (
        "configuration.merchant.statement_descriptor.prefix",
        "settings.card_payments.statement_descriptor_prefix",
    ),
    ("configuration.merchant.support.email", "business_profile.support_email"),
    ("configuration.merchant.support.phone", "business_profile.support_phone"),
    ("configuration.merchant.support.url", "business_profile.support_url"),
    *_each(
        "configuration.merchant.card_payments.decline_on",
        "settings.card_payments.decline_on",
        "avs_failure",
        "cvc_failure",
    ),
    *_each(
        "configuration.merchant.branding",
        "settings.branding",
        "icon",
        "logo",
        "primary_color",
        "secondary_color",
    ),
)

_SAME_OF_PERSONS = (
    ("email", "email"),
    ("given_name", "first_name"),
    ("legal_gender", "gender"),
    ("phone", "phone"),
    ("political_exposure", "political_exposure"),
    ("surname", "last_name"),
    *_each("address", "address", *_ADDRESS),
    *_each("date_of_birth", "dob", "day", "month", "year"),
    *_each(
        "relationship",
        "relationship",
        "authorizer",
        "director",
        "executive",
        "legal_guardian",
        "owner",
        "representative",
        "title",
    ),
)

_FEES = {"stripe": "account"}
"""Who collects fees in v2, and what v1 calls who pays them, where that differs."""
_FEES_OF_V2 = {theirs: ours for ours, theirs in _FEES.items()}
_CAPABILITIES = {"ach_debit_payments": "us_bank_account_ach_payments"}
_CAPABILITIES_OF_V2 = {theirs: ours for ours, theirs in _CAPABILITIES.items()}
_AGREED = "identity.attestations.terms_of_service.account.date"


def require_account(work: UnitOfWork, id: str, param: str = "id", status: int = 404) -> Record:
    """An account of v2, or one of v1 as v2 sees it.

    :raises StripeError: where there is none
    """
    account = work.get(ACCOUNT, id) or _adopted(work, id)
    if account is None:
        raise no_such("account", id, param, status=status)
    return account


def adopt_all(work: UnitOfWork) -> None:
    """Let every account that v1 has connected be one of v2."""
    for each in reversed(list(work.all(ACCOUNT_OF_V1))):
        if work.get(ACCOUNT, each["id"]) is None:
            _adopted(work, each["id"])


def empty(work: UnitOfWork) -> Record:
    """What there is of an account of which nothing is known."""
    return {
        "applied_configurations": [],
        "closed": False,
        "configuration": dict.fromkeys(CONFIGURATIONS),
        "contact_email": None,
        "contact_phone": None,
        "dashboard": None,
        "defaults": work.shapes.structure("V2CoreAccountDefaults"),
        "display_name": None,
        "identity": {},
        "metadata": {},
    }


def follow_account(work: UnitOfWork, account: Record) -> None:
    """Review an account of v2 that has changed, and let what v1 sees of it follow. It may be written to."""
    of_v1 = work.get(ACCOUNT_OF_V1, account["id"])
    if of_v1 is None and not is_applied(account, "merchant", "recipient"):
        review_account(work, account)
        return
    if of_v1 is None:
        of_v1 = work.create(
            ACCOUNT_OF_V1, **empty_account(work, _country(account)), id=account["id"], type="none"
        )
        if at(account, "defaults.currency") is None:
            account["defaults"]["currency"] = of_v1["default_currency"]
        for person in work.where(PERSON, "account", account["id"]):
            tell_v1_of_person(work, person)
    of_v1 = work.change(of_v1)
    _tell_v1(work, account, of_v1)
    review(work, of_v1)


def tell_v1_of_person(work: UnitOfWork, person: Record) -> None:
    """Let v1 see a person as v2 does."""
    known = work.get(PERSON_OF_V1, person["id"])
    if known is None:
        known = work.create(PERSON_OF_V1, id=person["id"], account=person["account"])
    theirs = work.change(known)
    complete_person(work, theirs)
    _copy(person, theirs, _SAME_OF_PERSONS)
    share = at(person, "relationship.percent_ownership")
    theirs["relationship"]["percent_ownership"] = None if share is None else float(share)
    theirs["id_number_provided"] = bool(person.get("id_numbers"))
    theirs["metadata"] = dict(person.get("metadata") or {})


@REVIEWED.register
def tell_v2(work: UnitOfWork, of_v1: Record) -> None:
    """Let v2 see what has become of an account of v1; a new one is new in v2, too
    (https://docs.stripe.com/connect/accounts-v2/migrate-integration#use-v2-endpoints-for-all-your-accounts).
    """
    known = work.get(ACCOUNT, of_v1["id"])
    if known is None:
        _new_of_v1(work, of_v1)
        return
    if known["closed"]:
        return
    account = work.change(known)
    _learn(work, of_v1, account)
    review_account(work, account)


@DISCONNECTED.register
def follow_end(work: UnitOfWork, of_v1: Record) -> None:
    """An account that v1 deletes is closed in v2."""
    known = work.get(ACCOUNT, of_v1["id"])
    if known is not None and not known["closed"]:
        end(work, work.change(known))


def end(work: UnitOfWork, account: Record) -> None:
    """Close an account, which may be written to, and forget who it was: only that is left of it which identifies nobody
    (https://docs.stripe.com/changelog/clover/2025-10-29/return-closed-v2-accounts).
    """
    account["closed"] = True
    account["identity"] = {}
    for name in ("contact_email", "contact_phone", "display_name"):
        account[name] = None
    for kind in (PERSON, PERSON_OF_V1):
        for person in work.where(kind, "account", account["id"]):
            work.remove(person)


def _adopted(work: UnitOfWork, id: str) -> Record | None:
    """The account of v2 that one of v1 is which nobody has changed since it is kept, or nothing."""
    of_v1 = work.get(ACCOUNT_OF_V1, id)
    if of_v1 is None or is_own(work, of_v1):
        return None
    account = _new_of_v1(work, of_v1)
    work.happenings = [each for each in work.happenings if each.record is not account]
    for each in (account, *work.where(PERSON, "account", id)):
        work.has_always_been(each)
    return account


def _new_of_v1(work: UnitOfWork, of_v1: Record) -> Record:
    account = work.create(ACCOUNT, **empty(work), id=of_v1["id"])
    account["created"] = moment(of_v1["created"])
    controller = of_v1["controller"]
    account["dashboard"] = controller["stripe_dashboard"]["type"]
    payer = controller["fees"]["payer"]
    account["defaults"]["responsibilities"] = {
        "fees_collector": _FEES_OF_V2.get(payer, payer),
        "losses_collector": controller["losses"]["payments"],
        "requirements_collector": controller["requirement_collection"],
    }
    account["identity"]["country"] = of_v1["country"].lower()
    _learn(work, of_v1, account)
    review_account(work, account)
    return account


def _country(account: Record) -> str:
    country = str(at(account, "identity.country") or "US").upper()
    return country if country in CURRENCIES else "US"


def _tell_v1(work: UnitOfWork, account: Record, of_v1: Record) -> None:
    if at(account, "identity.country"):
        of_v1["country"] = _country(account)
    responsibilities = account["defaults"]["responsibilities"]
    fees = responsibilities["fees_collector"]
    of_v1["controller"] = {
        "fees": {"payer": _FEES.get(fees, fees)},
        "is_controller": True,
        "losses": {"payments": responsibilities["losses_collector"]},
        "requirement_collection": responsibilities["requirements_collector"],
        "stripe_dashboard": {"type": account["dashboard"] or "none"},
        "type": "application",
    }
    _copy(account, of_v1, _SAME)
    _copy(account, of_v1, _SAME_OF_MERCHANTS)
    agreed = at(account, _AGREED)
    if agreed is not None:
        of_v1["tos_acceptance"]["date"] = seconds_at(agreed)
    individual = at(account, "identity.individual")
    if individual is not None:
        tell_v1_of_person(work, individual)
        of_v1["individual"] = individual["id"]
    is_only_paid = is_applied(account, "recipient") and not is_applied(account, "merchant")
    work.note(of_v1, ONLY_PAID, is_only_paid)
    requested = dict(work.noted(of_v1, REQUESTED) or {})
    wanted = set(_requested_of_v1(work, account))
    for name in wanted:
        requested.setdefault(name, work.now())
    for name in [each for each in requested if _of_v2(work, each) and each not in wanted]:
        del requested[name]
    work.note(of_v1, REQUESTED, requested)


def _requested_of_v1(work: UnitOfWork, account: Record) -> Iterator[str]:
    """The capabilities of v1 that an account of v2 has requested."""
    known = work.contract.structures["AccountCapabilities"]
    if is_applied(account, "merchant"):
        names = (_CAPABILITIES.get(each, each) for each in capabilities_of(account, "merchant"))
        yield from (each for each in names if each in known)
    if is_applied(account, "recipient") and TRANSFERS in capabilities_of(account, "recipient"):
        yield "transfers"


def _of_v2(work: UnitOfWork, capability: str) -> tuple[str, str] | None:
    """The configuration and the capability of v2 that a capability of v1 is, or nothing."""
    if capability == "transfers":
        return "recipient", TRANSFERS
    ours = _CAPABILITIES_OF_V2.get(capability, capability)
    known = work.contract.structures["V2CoreAccountConfigurationMerchantCapabilities"]
    return ("merchant", ours) if ours in known else None


def _learn(work: UnitOfWork, of_v1: Record, account: Record) -> None:
    """Write what v1 has been told of an account into the one of v2."""
    for capability in work.noted(of_v1, REQUESTED) or {}:
        place = _of_v2(work, capability)
        if place is None:
            continue
        configuration, name = place
        if account["configuration"][configuration] is None:
            account["configuration"][configuration] = {"applied": True}
            account["applied_configurations"] = sorted(
                [*account["applied_configurations"], configuration]
            )
        if name not in capabilities_of(account, configuration):
            request_capability(account, configuration, name)
    _copy(of_v1, account, [(theirs, ours) for ours, theirs in _SAME])
    if account["configuration"]["merchant"] is not None:
        _copy(of_v1, account, [(theirs, ours) for ours, theirs in _SAME_OF_MERCHANTS])
    agreed = at(of_v1, "tos_acceptance.date")
    if agreed is not None:
        put(account, _AGREED, moment(agreed))
    persons = {each["id"]: each for each in work.where(PERSON_OF_V1, "account", of_v1["id"])}
    individual = persons.pop(of_v1.get("individual") or "", None)
    if individual is not None:
        ours = account["identity"].get("individual") or _new_individual(
            work, individual["id"], account
        )
        account["identity"]["individual"] = ours
        _learn_of_person(individual, ours)
    for each in reversed(persons.values()):
        known = work.get(PERSON, each["id"])
        if known is None:
            known = work.create(PERSON, id=each["id"], account=account["id"], metadata={})
        ours = dict(known)
        _learn_of_person(each, ours)
        if ours != known:
            work.change(known).update(ours)
    for each in work.where(PERSON, "account", account["id"]):
        if each["id"] not in persons:
            work.bury(each)


def new_individual(work: UnitOfWork, account: Record, given: Record) -> Record:
    """The person that an account is, with an id and what is told of them."""
    id = given.get("id") or work.new_id(PERSON)
    return _new_individual(work, id, account) | {
        name: value for name, value in given.items() if name not in _OWN
    }


_OWN = frozenset({"id", "object", "account", "created", "updated"})


def _new_individual(work: UnitOfWork, id: str, account: Record) -> Record:
    now = moment(work.now())
    own = {"id": id, "object": PERSON, "account": account["id"], "created": now, "updated": now}
    return own | {"metadata": {}}


def _learn_of_person(theirs: Record, ours: Record) -> None:
    _copy(theirs, ours, [(path, to) for to, path in _SAME_OF_PERSONS])
    share = at(theirs, "relationship.percent_ownership")
    if share is not None and float(at(ours, "relationship.percent_ownership") or -1) != share:
        put(ours, "relationship.percent_ownership", f"{share:g}")


def _copy(source: Record, target: Record, same: Any) -> None:
    """Write facts into *target* that *source* knows, or has known."""
    for path, to in same:
        value = at(source, path)
        if value is None and at(target, to) is None:
            continue
        if at(target, to) != value:
            put(target, to, dict(value) if isinstance(value, dict) else value)
