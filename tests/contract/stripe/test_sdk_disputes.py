"""Disputes and refunds that Stripe's test cards make, and what decides them. With the SDK."""

from io import BytesIO

import pytest
import stripe as stripe_sdk


@pytest.fixture
def disputed(stripe, pay):
    """The dispute of a payment of ten dollars with a test card."""

    def disputed(method="pm_card_createDispute"):
        intent = pay(method)
        assert intent.status == "succeeded"
        return stripe.Dispute.list(payment_intent=intent.id).data[0]

    return disputed


def holds(stripe):
    balance = stripe.Balance.retrieve()
    return balance.available[0].amount + balance.pending[0].amount


def types(stripe):
    return [each.type for each in stripe.Event.list(limit=100).data][::-1]


def test_a_dispute_takes_the_money_and_a_fee(stripe, disputed):
    dispute = disputed()

    charge = stripe.Charge.retrieve(dispute.charge)
    withdrawn = dispute.balance_transactions[0]
    assert (charge.paid, charge.disputed, charge.status) == (True, True, "succeeded")
    assert (dispute.status, dispute.reason, dispute.amount) == (
        "needs_response",
        "fraudulent",
        1000,
    )
    assert dispute.payment_method_details.card.case_type == "chargeback"
    assert dispute.evidence_details.due_by > dispute.created
    assert (withdrawn.amount, withdrawn.fee, withdrawn.net) == (-1000, 1500, -2500)
    assert (withdrawn.type, withdrawn.reporting_category) == ("adjustment", "dispute")
    assert holds(stripe) == 941 - 2500
    assert (withdrawn.status, charge.dispute) == ("available", dispute.id)
    assert types(stripe)[-5:] == [
        "charge.succeeded",
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "payment_intent.succeeded",
        "charge.updated",
    ]


def test_a_charge_says_which_dispute_it_has(stripe, pay, disputed):
    dispute = disputed()
    stripe.Dispute.close(dispute.id)
    undisputed = pay(expand=["latest_charge"]).latest_charge

    charge = stripe.Charge.retrieve(dispute.charge, expand=["dispute"])

    assert (charge.disputed, charge.dispute.status) == (True, "lost")
    assert (undisputed.disputed, undisputed.dispute) == (False, None)


@pytest.mark.parametrize(
    ("method", "reason", "eligible"),
    [
        ("pm_card_createDisputeProductNotReceived", "product_not_received", []),
        ("pm_card_createCe3EligibleDispute", "fraudulent", ["visa_compelling_evidence_3"]),
        ("pm_card_createComplianceDispute", "noncompliant", ["visa_compliance"]),
    ],
)
def test_a_test_card_says_what_is_complained_about(disputed, method, reason, eligible):
    dispute = disputed(method)

    assert (dispute.reason, dispute.enhanced_eligibility_types) == (reason, eligible)


def test_winning_evidence_brings_everything_back(stripe, disputed):
    dispute = disputed()

    sent = stripe.Dispute.modify(dispute.id, evidence={"uncategorized_text": "winning_evidence"})

    won = stripe.Dispute.retrieve(dispute.id)
    assert (sent.status, sent.evidence_details.submission_count) == ("under_review", 1)
    assert (won.status, won.is_charge_refundable) == ("won", True)
    assert [each.net for each in won.balance_transactions] == [-2500, 2500]
    assert holds(stripe) == 941
    assert [each for each in types(stripe) if "dispute" in each] == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.updated",
        "charge.dispute.funds_reinstated",
        "charge.dispute.closed",
    ]


def test_losing_evidence_brings_nothing_back(stripe, disputed):
    dispute = disputed()

    stripe.Dispute.modify(dispute.id, evidence={"uncategorized_text": "losing_evidence"})

    assert stripe.Dispute.retrieve(dispute.id).status == "lost"
    assert holds(stripe) == 941 - 2500
    with pytest.raises(stripe.InvalidRequestError):
        stripe.Dispute.modify(dispute.id, evidence={"uncategorized_text": "winning_evidence"})
    with pytest.raises(stripe.InvalidRequestError):
        stripe.Dispute.close(dispute.id)


def test_evidence_can_be_kept_until_it_is_complete(stripe, disputed):
    dispute = disputed()

    kept = stripe.Dispute.modify(
        dispute.id, evidence={"uncategorized_text": "winning_evidence"}, submit=False
    )
    meanwhile = stripe.Dispute.retrieve(dispute.id)
    stripe.Dispute.modify(dispute.id, submit=True)

    assert kept.evidence_details.has_evidence
    assert (kept.evidence_details.submission_count, meanwhile.status) == (0, "needs_response")
    assert stripe.Dispute.retrieve(dispute.id).status == "won"


def test_what_is_no_evidence_submits_nothing(stripe, disputed):
    dispute = disputed()

    changed = stripe.Dispute.modify(dispute.id, metadata={"case": "7"})

    assert (changed.status, changed.metadata.to_dict()) == ("needs_response", {"case": "7"})


def test_a_dispute_can_be_accepted(stripe, disputed):
    dispute = disputed()

    closed = stripe.Dispute.close(dispute.id)

    assert closed.status == "lost"
    assert types(stripe)[-2:] == ["charge.updated", "charge.dispute.closed"]


def test_an_inquiry_takes_nothing_until_it_escalates(stripe, disputed):
    inquiry = disputed("pm_card_createDisputeInquiry")
    before = holds(stripe)

    stripe.Dispute.modify(inquiry.id, evidence={"uncategorized_text": "escalate_inquiry_evidence"})

    escalated = stripe.Dispute.retrieve(inquiry.id)
    assert (inquiry.status, inquiry.balance_transactions) == ("warning_needs_response", [])
    assert inquiry.is_charge_refundable
    assert escalated.status == "needs_response"
    assert (before, holds(stripe)) == (941, 941 - 2500)


def test_an_inquiry_that_is_answered_is_closed(stripe, disputed):
    inquiry = disputed("pm_card_createDisputeInquiry")

    stripe.Dispute.modify(inquiry.id, evidence={"uncategorized_text": "winning_evidence"})

    assert stripe.Dispute.retrieve(inquiry.id).status == "warning_closed"
    assert holds(stripe) == 941


@pytest.mark.parametrize(
    ("card", "kind"),
    [
        ("createComplianceDispute", "visa_compliance"),
        ("createMastercardComplianceDispute", "mastercard_compliance"),
    ],
)
def test_a_compliance_dispute_is_contested_by_who_acknowledges_its_fee(
    stripe, disputed, card, kind
):
    dispute = disputed(f"pm_card_{card}")
    won = {"uncategorized_text": "winning_evidence"}

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Dispute.modify(dispute.id, evidence=won)
    sent = stripe.Dispute.modify(
        dispute.id, evidence={**won, "enhanced_evidence": {kind: {"fee_acknowledged": True}}}
    )

    before, after = (
        each.evidence_details.enhanced_eligibility[kind].status for each in (dispute, sent)
    )
    assert refused.value.param == f"evidence[enhanced_evidence][{kind}][fee_acknowledged]"
    assert (before, after) == ("requires_fee_acknowledgement", "fee_acknowledged")
    assert stripe.Dispute.retrieve(dispute.id).status == "won"


def test_what_compelling_evidence_lacks_is_told(stripe, disputed):
    dispute = disputed("pm_card_createCe3EligibleDispute")
    earlier = [
        stripe.Charge.create(amount=1000, currency="usd", source="tok_visa").id for _ in range(2)
    ]
    customer = {"customer_purchase_ip": "127.0.0.1", "customer_email_address": "j@example.com"}

    def stage(**told):
        staged = stripe.Dispute.modify(
            dispute.id,
            evidence={"enhanced_evidence": {"visa_compelling_evidence_3": told}},
            submit=False,
        )
        found = staged.evidence_details.enhanced_eligibility.visa_compelling_evidence_3
        return found.status, list(found.required_actions)

    some = stage(
        disputed_transaction={**customer, "merchandise_or_services": "merchandise"},
        prior_undisputed_transactions=[{"charge": earlier[0], **customer}],
    )
    everything = stage(
        disputed_transaction={
            **customer,
            "merchandise_or_services": "merchandise",
            "product_description": "Widgets",
        },
        prior_undisputed_transactions=[
            {"charge": id, "product_description": "Widgets", **customer} for id in earlier
        ],
    )

    first = dispute.evidence_details.enhanced_eligibility.visa_compelling_evidence_3
    assert (first.status, len(first.required_actions)) == ("requires_action", 5)
    assert some == (
        "requires_action",
        [
            "missing_disputed_transaction_description",
            "missing_prior_undisputed_transaction_description",
            "missing_prior_undisputed_transactions",
        ],
    )
    assert everything == ("qualified", [])


@pytest.mark.parametrize("evidence", [None, {"product_description": "Widgets"}])
def test_an_inquiry_is_open_for_120_days_unless_it_escalates(
    stripe, disputed, days_later, evidence
):
    inquiry = disputed("pm_card_createDisputeInquiry")
    if evidence is not None:
        stripe.Dispute.modify(inquiry.id, evidence=evidence)

    days_later(119)
    before = stripe.Dispute.retrieve(inquiry.id)
    days_later(1)

    assert before.status == ("warning_under_review" if evidence else "warning_needs_response")
    assert before.evidence_details.past_due == (evidence is None)
    assert stripe.Dispute.retrieve(inquiry.id).status == "warning_closed"


def test_evidence_comes_in_time_and_is_not_too_long(stripe, disputed, days_later):
    inquiry, other = disputed("pm_card_createDisputeInquiry"), disputed()
    long = dict.fromkeys(_TEXTS, "x" * 20000)

    with pytest.raises(stripe.InvalidRequestError, match="160000 characters"):
        stripe.Dispute.modify(other.id, evidence=long)
    days_later(22)
    with pytest.raises(stripe.InvalidRequestError, match="time to give evidence is over"):
        stripe.Dispute.modify(inquiry.id, evidence={"product_description": "Widgets"})

    assert stripe.Dispute.retrieve(inquiry.id).status == "warning_needs_response"


_TEXTS = (
    "access_activity_log",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "duplicate_charge_explanation",
    "product_description",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "uncategorized_text",
)


def test_what_was_charged_back_cannot_be_refunded(stripe, disputed):
    dispute = disputed()

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Refund.create(charge=dispute.charge)

    assert refused.value.code == "charge_disputed"
    assert refused.value.user_message == (
        f"Charge {dispute.charge} has been charged back; cannot issue a refund."
    )
    inquiry = disputed("pm_card_createDisputeInquiry")
    assert stripe.Refund.create(charge=inquiry.charge).status == "succeeded"


def test_what_was_won_back_can_be_refunded(stripe, disputed):
    dispute = disputed()
    stripe.Dispute.modify(dispute.id, evidence={"uncategorized_text": "winning_evidence"})

    assert stripe.Refund.create(charge=dispute.charge).status == "succeeded"


@pytest.mark.parametrize(("amount", "parts"), [(1001, [501, 500]), (50, [25, 25])])
def test_a_payment_may_be_disputed_in_parts(stripe, pay, amount, parts):
    intent = pay("pm_card_createMultipleDisputes", amount=amount)

    found = stripe.Dispute.list(payment_intent=intent.id).data
    charge = stripe.Charge.retrieve(intent.latest_charge)
    assert [each.amount for each in found] == parts
    assert (charge.disputed, charge.dispute) == (True, found[0].id)
    stripe.Dispute.close(found[1].id)
    assert [stripe.Dispute.retrieve(each.id).status for each in found] == [
        "needs_response",
        "lost",
    ]


@pytest.mark.parametrize(
    ("name", "purpose", "is_taken"),
    [
        ("receipt", "dispute_evidence", True),
        ("receipt", "business_logo", False),
        ("customer_signature", "customer_signature", True),
    ],
)
def test_evidence_is_a_file_that_was_uploaded_as_such(client, disputed, name, purpose, is_taken):
    picture = BytesIO(b"\x89PNG\r\n\x1a\n")
    picture.name = "evidence.png"
    file = client.v1.files.create({"purpose": purpose, "file": picture})
    told = {"evidence": {name: file.id}, "submit": False}

    if is_taken:
        changed = client.v1.disputes.update(disputed().id, told)
        assert changed.evidence[name] == file.id
        return
    with pytest.raises(stripe_sdk.InvalidRequestError) as refused:
        client.v1.disputes.update(disputed().id, told)
    assert refused.value.param == f"evidence[{name}]"


@pytest.fixture
def older(client):
    """Asks for the dispute of a charge as the first SDKs did."""

    def older(verb, charge, action="", **params):
        path = f"/v1/charges/{charge}/dispute{action}"
        return client.deserialize(client.raw_request(verb, path, **params), api_mode="V1")

    return older


def test_a_dispute_is_found_and_answered_by_its_charge(stripe, older, disputed):
    dispute = disputed()

    found = older("get", dispute.charge)
    given = older("post", dispute.charge, evidence={"uncategorized_text": "winning_evidence"})

    assert (found.object, found.id, found.status) == ("dispute", dispute.id, "needs_response")
    assert (given.id, given.status) == (dispute.id, "under_review")
    assert stripe.Dispute.retrieve(dispute.id).status == "won"


def test_a_dispute_is_closed_by_its_charge(stripe, older, pay, disputed):
    dispute = disputed()

    assert older("post", dispute.charge, "/close").status == "lost"
    with pytest.raises(stripe.InvalidRequestError, match="already closed"):
        older("post", dispute.charge, "/close")
    with pytest.raises(stripe.InvalidRequestError) as none:
        older("get", pay().latest_charge)
    assert (none.value.code, none.value.http_status) == ("resource_missing", 404)


# Refunds


@pytest.fixture
def charge(stripe):
    """A charge of ten dollars on a test card."""
    return lambda source: stripe.Charge.create(amount=1000, currency="usd", source=source)


def test_a_refund_may_be_pending_at_first(stripe, charge):
    refund = stripe.Refund.create(charge=charge("tok_pendingRefund").id)

    after = stripe.Refund.retrieve(refund.id)
    assert (refund.status, refund.pending_reason) == ("pending", "processing")
    assert refund.destination_details.card.type == "pending"
    assert (after.status, after.destination_details.card.type) == ("succeeded", "refund")
    assert "pending_reason" not in after
    assert "refund.updated" in types(stripe)


def test_a_refund_gets_a_reference_to_trace_it(stripe, charge):
    refund = stripe.Refund.create(charge=charge("tok_visa").id)

    after = stripe.Refund.retrieve(refund.id).destination_details.card
    assert refund.status == "succeeded"
    assert refund.destination_details.card.to_dict() == {
        "reference_status": "pending",
        "reference_type": "acquirer_reference_number",
        "type": "refund",
    }
    assert (after.reference_status, after.reference.isdigit()) == ("available", True)
    assert {"refund.updated", "charge.refund.updated"} <= set(types(stripe))


def test_what_was_only_held_is_given_back_as_a_reversal(stripe):
    held = stripe.Charge.create(amount=1000, currency="usd", source="tok_visa", capture=False)

    refund = stripe.Refund.create(charge=held.id)

    assert refund.destination_details.card.to_dict() == {"type": "reversal"}


def test_a_refund_may_fail_later(stripe, charge):
    paid = charge("tok_refundFail")

    refund = stripe.Refund.create(charge=paid.id, amount=300)

    failed = stripe.Refund.retrieve(refund.id, expand=["failure_balance_transaction"])
    assert (refund.status, failed.status) == ("succeeded", "failed")
    assert failed.failure_balance_transaction.type == "refund_failure"
    assert holds(stripe) == 941
    assert stripe.Charge.retrieve(paid.id).amount_refunded == 0
    assert "refund.failed" in types(stripe)


def test_an_inquiry_is_resolved_by_giving_all_of_the_money_back(stripe, disputed):
    inquiry = disputed("pm_card_createDisputeInquiry")

    stripe.Refund.create(charge=inquiry.charge, amount=400)
    still = stripe.Dispute.retrieve(inquiry.id)
    stripe.Refund.create(charge=inquiry.charge)

    resolved = stripe.Dispute.retrieve(inquiry.id)
    assert (still.status, resolved.status) == ("warning_needs_response", "warning_closed")
    assert resolved.balance_transactions == []
    assert types(stripe).count("charge.dispute.closed") == 1
