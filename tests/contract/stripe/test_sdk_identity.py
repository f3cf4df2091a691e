"""Verifying who somebody is, with the SDK and Stripe's own test helpers."""

from urllib.request import Request, urlopen

import pytest

VERIFY = "/v1/test_helpers/identity/verification_sessions/{}/verify"


@pytest.fixture
def verified(client, stripe):
    """Makes sessions whose papers were in order."""

    def verified(type="document", **options):
        session = stripe.identity.VerificationSession.create(
            type=type, options={"document": options} if options else {}
        )
        client.raw_request("post", VERIFY.format(session.id))
        return session.id

    return verified


def test_a_verification_session_waits_and_can_be_canceled(stripe):
    session = stripe.identity.VerificationSession.create(
        type="document",
        metadata={"user": "7"},
        options={"document": {"require_live_capture": True}},
    )

    canceled = stripe.identity.VerificationSession.cancel(session.id)

    found = stripe.identity.VerificationSession.list(status="canceled")
    assert (session.status, canceled.status) == ("requires_input", "canceled")
    assert session.client_secret.startswith(f"{session.id}_secret")
    assert [each.id for each in found.data] == [session.id]


def test_what_is_sensitive_is_shown_to_who_expands_it_by_name(stripe, verified):
    expanded = [
        "verified_outputs.dob",
        "last_verification_report.document.number",
        "last_verification_report.document.expiration_date",
    ]
    id = verified()

    sensitive = stripe.identity.VerificationSession.retrieve(id, expand=expanded)

    usual = stripe.identity.VerificationSession.retrieve(
        id, expand=["verified_outputs", "last_verification_report"]
    )
    paper = sensitive.last_verification_report.document
    assert (sensitive.verified_outputs.dob.year, paper.number) == (1901, "000000000")
    assert paper.expiration_date.year > 2025
    assert "dob" not in usual.verified_outputs
    shown = usual.last_verification_report.document.to_dict()
    assert {"dob", "expiration_date", "number"}.isdisjoint(shown)
    assert shown["last_name"] == "Rosen"


def test_an_id_number_is_checked_where_it_is_wanted_besides(stripe, verified):
    id = verified(require_id_number=True, require_matching_selfie=True, allowed_types=["passport"])

    session = stripe.identity.VerificationSession.retrieve(
        id, expand=["verified_outputs.id_number", "last_verification_report.id_number.id_number"]
    )

    report, outputs = session.last_verification_report, session.verified_outputs
    assert (outputs.id_number, outputs.id_number_type) == ("000000000", "us_ssn")
    assert (report.id_number.status, report.id_number.id_number) == ("verified", "000000000")
    assert (report.document.type, report.selfie.status) == ("passport", "verified")


def test_what_was_shown_can_be_looked_at_through_a_link(stripe, verified):
    id = verified(require_matching_selfie=True)
    session = stripe.identity.VerificationSession.retrieve(id, expand=["last_verification_report"])
    report = session.last_verification_report

    links = [
        stripe.FileLink.create(file=file)
        for file in (report.document.files[0], report.selfie.selfie, report.selfie.document)
    ]

    for link in links:
        with urlopen(Request(link.url)) as answer:
            assert answer.read().startswith(b"\x89PNG")
