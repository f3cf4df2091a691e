"""Verifying who somebody is (https://docs.stripe.com/identity/how-sessions-work): sessions, and the reports of what was
found.

What a person shows on the page of a session is simulated: by :func:`submit`, or as the Stripe CLI does it
(https://github.com/stripe/stripe-cli, pkg/fixtures/triggers/identity.verification_session.verified.json).
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from localstack_stripe.contract.loader import Enum
from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    before_update,
    hides,
    operation,
    plain,
    require_path,
)
from localstack_stripe.engine.errors import invalid, missing_parameter
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.shapes import one_of
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.core.files import new_picture

SESSION, REPORT = "identity.verification_session", "identity.verification_report"
VERIFIED = "verified"

_REDACTING = "redacting since"
"""Noted of a session: when its redaction began."""

_HELPER = "POST /v1/test_helpers/identity/verification_sessions/{session}"

REDACTED = "[redacted]"

JENNY: Mapping[str, Any] = {
    "address": {
        "city": "San Francisco",
        "country": "US",
        "line1": "1234 Main St.",
        "line2": None,
        "postal_code": "94111",
        "state": "CA",
    },
    "dob": {"day": 1, "month": 1, "year": 1901},
    "first_name": "Jenny",
    "last_name": "Rosen",
}
"""Who everybody is in a test."""

# https://docs.stripe.com/identity/access-verification-results: only who expands it sees it
hides(SESSION, "verified_outputs", "verified_outputs.dob", "verified_outputs.id_number")
_UNREAD = ("sex", "unparsed_place_of_birth", "unparsed_sex")
"""What can be expanded of a document, and no document here says."""
hides(
    REPORT,
    *(f"document.{name}" for name in ("dob", "expiration_date", "number", *_UNREAD)),
    "id_number.dob",
    "id_number.id_number",
)
plain(
    "POST /v1/identity/verification_sessions/{session}/cancel",
    "GET /v1/identity/verification_reports",
    "GET /v1/identity/verification_reports/{report}",
)


@before_create(SESSION)
def begin(call: Call, session: Record) -> None:
    """Ask somebody to show who they are (https://docs.stripe.com/api/identity/verification_sessions/create)."""
    params = call.params
    if params.get("verification_flow"):
        session["type"] = "verification_flow"
    elif not params.get("type"):
        raise missing_parameter("type")
    if session["options"] is None:
        session["options"] = {session["type"]: {}} if session["type"] != "verification_flow" else {}


@before_update(SESSION)
def change(call: Call, session: Record, before: Record) -> None:
    """Change what has not been shown yet (https://docs.stripe.com/api/identity/verification_sessions/update)."""
    if {"options", "provided_details", "type"} & call.params.keys():
        _require_input(before, "updated")


@operation("POST /v1/identity/verification_sessions/{session}/redact")
def redact(call: Call) -> Record:
    """Forget who it was, a moment later (https://docs.stripe.com/identity/verification-sessions#redact)."""
    work = call.work
    session = work.change(require_path(call, "session", SESSION))
    if session["status"] == "processing" or session["redaction"] is not None:
        raise invalid("Only a session that is not processing can be redacted, and only once.")
    session |= {"client_secret": None, "redaction": {"status": "processing"}, "url": None}
    work.note(session, _REDACTING, work.now())
    return session


def _redacts_at(work: UnitOfWork, session: Record) -> int | None:
    redaction = session["redaction"]
    is_under_way = redaction is not None and redaction["status"] == "processing"
    return int(work.noted(session, _REDACTING)) if is_under_way else None


@due(SESSION, next=_redacts_at)
def forget(work: UnitOfWork, session: Record) -> None:
    """Nothing personal is left, of the session or its reports."""
    session = work.change(session)
    session["redaction"] = {"status": "redacted"}
    for name in ("provided_details", "verified_outputs"):
        if session.get(name) is not None:
            session[name] = _without_person(session[name])
    for report in work.where(REPORT, "verification_session", session["id"]):
        report = work.change(report)
        for name in ("document", "email", "id_number", "phone", "selfie"):
            if name in report:
                report[name] = _without_person(report[name])


def submit(work: UnitOfWork, id: str, outcome: str) -> Record:
    """Somebody has shown their papers on the session's page.

    :param outcome: ``verified``, or the code of an error (https://docs.stripe.com/identity/verification-checks)
    :raises StripeError: where there is no such session or outcome, or it takes nothing any more
    """
    session = work.change(work.require(SESSION, id, "session"))
    _require_input(session, "submitted")
    if outcome != VERIFIED and outcome not in _codes(work):
        known = ", ".join([VERIFIED, *_codes(work)])
        raise invalid(f"Invalid outcome: must be one of {known}", "outcome")
    # Neither is seen as a change: the first is over, and the other is the status that it had.
    work.happened("identity.verification_session.processing", session)
    _conclude(work, session, outcome)
    if outcome != VERIFIED:
        work.happened("identity.verification_session.requires_input", session)
    return session


@operation(f"{_HELPER}/process")
def process(call: Call) -> Record:
    """Papers are shown, and it takes a while to look at them: it ends with one of the calls below."""
    session = call.work.change(require_path(call, "session", SESSION))
    _require_input(session, "processed")
    session["status"] = "processing"
    return session


@operation(f"{_HELPER}/verify")
def verify(call: Call) -> Record:
    """Papers are found to be in order, be they shown now or before."""
    return _look(call, VERIFIED)


@operation(f"{_HELPER}/require_input")
def require_input(call: Call) -> Record:
    """Papers are found not to be in order, be they shown now or before."""
    session = require_path(call, "session", SESSION)
    paper = "id_number" if session["type"] == "id_number" else "document"
    return _look(call, f"{paper}_unverified_other")


def _look(call: Call, outcome: str) -> Record:
    session = require_path(call, "session", SESSION)
    if session["status"] != "processing":
        return submit(call.work, session["id"], outcome)
    session = call.work.change(session)
    _conclude(call.work, session, outcome)
    return session


def _conclude(work: UnitOfWork, session: Record, outcome: str) -> None:
    _report(work, session, outcome)
    if outcome == VERIFIED:
        session |= {"client_secret": None, "last_error": None, "status": VERIFIED, "url": None}
        outputs = work.shapes.structure("IdentityVerificationSessionVerifiedOutputs")
        session["verified_outputs"] = outputs | dict(JENNY)
        if "id_number" in _checks(session):
            session["verified_outputs"] |= _ID_NUMBER
    else:
        session["status"] = "requires_input"
        session["last_error"] = {"code": outcome, "reason": _reason(outcome)}


def _codes(work: UnitOfWork) -> tuple[str, ...]:
    return _codes_in(work, SESSION, "last_error")


def _codes_in(work: UnitOfWork, owner: str, error: str) -> tuple[str, ...]:
    structure = work.shapes.structure_of(owner, error)
    assert structure is not None
    codes: Enum = one_of(work.contract.structures[structure]["code"].type, Enum)
    return codes.values


def _reason(code: str) -> str:
    return f"The verification was not possible: {code.replace('_', ' ')}."


def _report(work: UnitOfWork, session: Record, outcome: str) -> None:
    """Report what was checked (https://docs.stripe.com/api/identity/verification_reports/object): all of it was in order
    but what the outcome is about. Where that is none of the checks, nothing was.
    """
    options, checks = session["options"] or {}, _checks(session)
    failed = next((each for each in checks if outcome in _codes_of(work, each)), None)
    if outcome != VERIFIED and failed is None:
        return
    report = work.create(
        REPORT,
        client_reference_id=session["client_reference_id"],
        options={name: value for name, value in options.items() if name in _CHECKS},
        type=session["type"],
        verification_session=session["id"],
    )
    for name in checks:
        shown: Record = work.shapes.part(REPORT, name)
        if name == failed:
            shown |= {
                "error": {"code": outcome, "reason": _reason(outcome)},
                "status": "unverified",
            }
        else:
            known = {**JENNY, **_SHOWN[name](work, session), "status": VERIFIED}
            fields = work.contract.structures[work.shapes.structure_of(REPORT, name) or ""]
            shown |= {field: known[field] for field in fields if field in known}
        report[name] = shown
    session["last_verification_report"] = report["id"]


def _checks(session: Record) -> list[str]:
    """What is looked at: the paper, and what its options want besides."""
    if session["type"] == "id_number":
        return ["id_number"]
    wanted = (session["options"] or {}).get("document") or {}
    besides = ("id_number", "require_id_number"), ("selfie", "require_matching_selfie")
    return ["document", *(check for check, option in besides if wanted.get(option))]


def _codes_of(work: UnitOfWork, check: str) -> tuple[str, ...]:
    of = work.shapes.structure_of(REPORT, check)
    assert of is not None
    return _codes_in(work, of, "error")


_CHECKS = ("document", "id_number", "selfie")

_ID_NUMBER: Mapping[str, Any] = {"id_number": "000000000", "id_number_type": "us_ssn"}

_LICENSE = "driving_license"


def _document(work: UnitOfWork, session: Record) -> Record:
    wanted = (session["options"] or {}).get("document") or {}
    allowed = wanted.get("allowed_types") or [_LICENSE]
    ends = datetime.fromtimestamp(work.now(), UTC).year + _VALID_YEARS
    return {
        **dict.fromkeys(_UNREAD),
        "expiration_date": {"day": 1, "month": 1, "year": ends},
        "files": [_picture(work, "front", _PAPER)],
        "issuing_country": "US",
        "number": "000000000",
        "type": _LICENSE if _LICENSE in allowed else allowed[0],
    }


_VALID_YEARS = 5
"""How long a document that is in order is valid still."""


def _selfie(work: UnitOfWork, session: Record) -> Record:
    return {
        "document": _picture(work, "document", _PAPER),
        "selfie": _picture(work, "selfie", "selfie"),
    }


_PAPER = "identity_document_downloadable"


def _picture(work: UnitOfWork, name: str, purpose: str) -> str:
    """The id of a picture that somebody took. Of files, events tell of what Stripe makes."""
    picture = new_picture(work, name, purpose)
    work.has_always_been(picture)
    return str(picture["id"])


_SHOWN: Mapping[str, Callable[[UnitOfWork, Record], Mapping[str, Any]]] = {
    "document": _document,
    "id_number": lambda work, session: _ID_NUMBER,
    "selfie": _selfie,
}
"""By check, what it finds besides who it is."""


def _require_input(session: Record, participle: str) -> None:
    if session["status"] != "requires_input" or session["redaction"] is not None:
        state = "redacted" if session["redaction"] is not None else session["status"]
        raise invalid(
            f"This VerificationSession is {state}: only one that requires input can be {participle}."
        )


def _without_person(value: Any, name: str = "") -> Any:
    """A part of a session or a report, in which text is :data:`REDACTED` and the rest empty."""
    if name in ("error", "status", "type", "id_number_type"):
        return value
    if isinstance(value, dict):
        return {key: _without_person(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return []
    return REDACTED if isinstance(value, str) and name != "dob" else None
