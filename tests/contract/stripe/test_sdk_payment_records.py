"""Payments that were made elsewhere, as they are reported. With the SDK."""

import pytest

NOW = 1_730_253_453
CUSTOM = {"type": "custom", "custom": {"payment_reference": "npp2358872734k"}}


@pytest.fixture
def report(stripe):
    """Reports a payment of ten dollars."""

    def report(**params):
        return stripe.PaymentRecord.report_payment(
            amount_requested={"currency": "usd", "value": 1000},
            initiated_at=NOW,
            payment_method_details={"type": "custom", "custom": {"display_name": "newpay"}},
            processor_details=CUSTOM,
            **params,
        )

    return report


def amounts(record):
    names = ("requested", "authorized", "guaranteed", "failed", "canceled", "refunded")
    return {name: value for name in names if (value := record[f"amount_{name}"]["value"])}


def refund(record, reference, **params):
    details = {"type": "custom", "custom": {"refund_reference": reference}}
    return record.report_refund(
        outcome="refunded", processor_details=details, refunded={"refunded_at": NOW}, **params
    )


def test_a_payment_is_reported_with_its_attempt(stripe, report):
    record = report(metadata={"order": "1"})

    attempt = stripe.PaymentAttemptRecord.retrieve(record.latest_payment_attempt_record)
    assert amounts(record) == amounts(attempt) == {"requested": 1000}
    assert (record.reported_by, record.processor_details.type) == ("self", "custom")
    assert attempt.payment_record == record.id
    assert attempt.metadata.order == "1"


@pytest.mark.parametrize("outcome", ["canceled", "failed", "guaranteed"])
def test_what_becomes_of_it_can_be_reported_at_once_or_later(report, outcome):
    at = {f"{outcome}_at": NOW}
    at_once = report(outcome=outcome, **{outcome: at})
    later = getattr(report(), f"report_payment_attempt_{outcome}")(**at)

    assert amounts(at_once) == amounts(later)
    assert amounts(later)[outcome] == 1000


def test_what_is_certain_is_not_reported_otherwise(stripe, report):
    record = report(outcome="guaranteed", guaranteed={"guaranteed_at": NOW})

    with pytest.raises(stripe.InvalidRequestError, match="already guaranteed"):
        record.report_payment_attempt_failed(failed_at=NOW)
    with pytest.raises(stripe.InvalidRequestError, match="canceled or failed"):
        record.report_payment_attempt(initiated_at=NOW)

    assert amounts(stripe.PaymentRecord.retrieve(record.id))["guaranteed"] == 1000


def test_an_outcome_comes_with_its_time(stripe, report):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        report(outcome="failed")

    assert refused.value.param == "failed"


def test_after_a_failure_it_is_tried_again(stripe, report):
    record = report(outcome="failed", failed={"failed_at": NOW})

    again = record.report_payment_attempt(
        initiated_at=NOW, outcome="guaranteed", guaranteed={"guaranteed_at": NOW}
    )

    attempts = stripe.PaymentAttemptRecord.list(payment_record=record.id).data
    assert [amounts(each) for each in attempts] == [
        {"requested": 1000, "authorized": 1000, "guaranteed": 1000},
        {"requested": 1000, "failed": 1000},
    ]
    assert again.latest_payment_attempt_record == attempts[0].id


def test_it_is_given_back_in_parts_and_no_more_than_it_was(stripe, report):
    record = report(outcome="guaranteed", guaranteed={"guaranteed_at": NOW})

    part = refund(record, "r1", amount={"currency": "usd", "value": 400}).amount_refunded.value
    with pytest.raises(stripe.InvalidRequestError, match="600"):
        refund(record, "r2", amount={"currency": "usd", "value": 601})
    with pytest.raises(stripe.InvalidRequestError, match="reported already"):
        refund(record, "r1")
    rest = refund(record, "r2").amount_refunded.value

    assert (part, rest) == (400, 1000)


def test_more_can_be_told_of_it(stripe, report):
    record = report()

    told = record.report_payment_attempt_informational(
        description="computer software", customer_details={"email": "jenny@example.com"}
    )

    attempt = stripe.PaymentAttemptRecord.retrieve(record.latest_payment_attempt_record)
    assert (told.description, attempt.description) == ("computer software", "computer software")
    assert told.customer_details.email == "jenny@example.com"


def test_a_report_shows_the_payment_method_that_it_names(stripe):
    method = stripe.PaymentMethod.create(type="card", card={"token": "tok_visa"})

    record = stripe.PaymentRecord.report_payment(
        amount_requested={"currency": "usd", "value": 1000},
        initiated_at=NOW,
        payment_method_details={"payment_method": method.id},
        processor_details=CUSTOM,
    )

    attempt = stripe.PaymentAttemptRecord.retrieve(record.latest_payment_attempt_record)
    for details in (record.payment_method_details, attempt.payment_method_details):
        assert (details.type, details.payment_method) == ("card", method.id)
        assert (details.card.brand, details.card.last4) == ("visa", "4242")
