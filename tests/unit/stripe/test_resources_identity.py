"""Verifying who somebody is, from the session to its redaction."""

import pytest

SESSIONS = "/v1/identity/verification_sessions"


@pytest.fixture
def session(api):
    """A session that waits for a document and a selfie."""
    options = {"document": {"require_matching_selfie": True}}
    return api.post(SESSIONS, type="document", options=options, client_reference_id="user-7")


def submit(api, session, status=200, **params):
    """A person shows their papers, and what comes of it."""
    path = f"/_emulator/identity/verification_sessions/{session['id']}/submit"
    assert api.send("POST", path, params).status == status
    api.emulator.settle()


def events(api):
    """What happened to the sessions, the oldest first."""
    found = api.everything("/v1/events")
    prefix = "identity.verification_session."
    return [each["type"].removeprefix(prefix) for each in reversed(found)]


def test_a_verified_session_says_who_it_is(api, session):
    submit(api, session)

    path = f"{SESSIONS}/{session['id']}"
    later = api.get(path, expand=["verified_outputs", "last_verification_report"])
    report = later["last_verification_report"]
    assert (later["status"], later["url"], later["client_secret"]) == ("verified", None, None)
    assert later["verified_outputs"]["first_name"] == "Jenny"
    assert (report["document"]["status"], report["selfie"]["status"]) == ("verified", "verified")
    assert report["verification_session"] == session["id"]
    assert "verified_outputs" not in api.get(path)
    assert events(api) == ["created", "processing", "verified"]


@pytest.mark.parametrize(
    ("outcome", "document", "selfie"),
    [
        ("document_expired", "unverified", "verified"),
        ("selfie_face_mismatch", "verified", "unverified"),
    ],
)
def test_what_is_not_verified_can_be_shown_again(api, session, outcome, document, selfie):
    submit(api, session, outcome=outcome)
    failed = api.get(f"{SESSIONS}/{session['id']}", expand=["last_verification_report"])

    submit(api, session)

    report = failed["last_verification_report"]
    assert (failed["status"], failed["last_error"]["code"]) == ("requires_input", outcome)
    assert failed["url"]
    assert (report["document"]["status"], report["selfie"]["status"]) == (document, selfie)
    assert api.get(f"{SESSIONS}/{session['id']}")["last_error"] is None
    assert len(api.get("/v1/identity/verification_reports", verification_session=session["id"])["data"]) == 2  # fmt: skip
    assert events(api) == ["created", "processing", "requires_input", "processing", "verified"]


def test_where_nothing_was_shown_there_is_no_report(api, session):
    submit(api, session, outcome="consent_declined")

    later = api.get(f"{SESSIONS}/{session['id']}")
    assert (later["status"], later["last_error"]["code"]) == ("requires_input", "consent_declined")
    assert later["last_verification_report"] is None
    assert api.get("/v1/identity/verification_reports")["data"] == []


def test_an_id_number_has_a_report_of_its_own(api):
    session = api.post(SESSIONS, type="id_number")

    submit(api, session)

    [report] = api.get("/v1/identity/verification_reports", type="id_number")["data"]
    assert (report["id_number"]["status"], "document" in report) == ("verified", False)


def test_a_session_needs_a_type_or_a_flow(api, refused):
    assert refused(api.post, SESSIONS).error["param"] == "type"
    assert api.post(SESSIONS, verification_flow="vf_123")["type"] == "verification_flow"


def test_a_canceled_session_takes_nothing_any_more(api, session, refused):
    path = f"{SESSIONS}/{session['id']}"
    canceled = api.post(f"{path}/cancel")

    assert (canceled["status"], canceled["url"]) == ("canceled", None)
    assert refused(api.post, f"{path}/cancel").status == 400
    assert refused(api.post, path, type="id_number").status == 400
    assert api.post(path, metadata={"a": "b"})["metadata"] == {"a": "b"}
    submit(api, session, status=400)


def test_what_is_redacted_tells_nothing_of_the_person(api, session, refused):
    submit(api, session)
    path = f"{SESSIONS}/{session['id']}"

    asked = api.post(f"{path}/redact")
    api.emulator.settle()

    later = api.get(path, expand=["verified_outputs.dob", "last_verification_report"])
    document = later["last_verification_report"]["document"]
    assert (asked["redaction"]["status"], later["redaction"]["status"]) == ("processing", "redacted")  # fmt: skip
    assert (later["verified_outputs"]["first_name"], later["verified_outputs"]["dob"]["day"]) == ("[redacted]", None)  # fmt: skip
    assert (document["last_name"], document["status"]) == ("[redacted]", "verified")
    assert events(api)[-1] == "redacted"
    assert refused(api.post, f"{path}/redact").status == 400


@pytest.mark.parametrize("before", [[], ["process"]])
@pytest.mark.parametrize(
    ("how", "status", "code"),
    [
        ("verify", "verified", None),
        ("require_input", "requires_input", "document_unverified_other"),
    ],
)
def test_the_calls_of_the_stripe_cli_do_what_a_page_would(api, session, before, how, status, code):
    path = f"/v1/test_helpers/{SESSIONS.removeprefix('/v1/')}/{session['id']}"
    for each in before:
        assert api.post(f"{path}/{each}")["status"] == "processing"

    looked = api.post(f"{path}/{how}")

    assert (looked["status"], (looked["last_error"] or {}).get("code")) == (status, code)
    assert looked["last_verification_report"]
    assert events(api) == ["created", "processing", status]


def test_the_stripe_cli_shows_papers_only_where_they_are_asked_for(api, session, refused):
    path = f"/v1/test_helpers/{SESSIONS.removeprefix('/v1/')}/{session['id']}"
    number = api.post(SESSIONS, type="id_number")["id"]
    api.post(f"{path}/verify")

    assert refused(api.post, f"{path}/process").status == 400
    assert refused(api.post, f"{path}/verify").status == 400
    assert refused(api.post, f"{path}/require_input").status == 400
    failed = api.post(path.replace(session["id"], number) + "/require_input")
    assert failed["last_error"]["code"] == "id_number_unverified_other"


def test_an_outcome_has_to_be_one_that_there_is(api, session):
    submit(api, session, status=400, outcome="tired")
    submit(api, {"id": "vs_none"}, status=400)

    assert api.get(f"{SESSIONS}/{session['id']}")["status"] == "requires_input"
