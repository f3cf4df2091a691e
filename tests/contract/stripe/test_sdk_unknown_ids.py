"""What is said of ids that nothing has, as recorded from Stripe's test mode. With the SDK."""

import pytest


def refusal(stripe, ask):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        ask()
    return refused.value


@pytest.mark.parametrize(
    ("method", "param"),
    [
        ("retrieve", "invoice"),
        ("delete", "invoice"),
        ("send_invoice", "invoice"),
        ("modify", "id"),
        ("pay", "id"),
        ("finalize_invoice", "id"),
        ("void_invoice", "id"),
        ("mark_uncollectible", "id"),
    ],
)
def test_an_unknown_invoice_is_called_as_each_operation_calls_it(stripe, method, param):
    refused = refusal(stripe, lambda: getattr(stripe.Invoice, method)("in_none"))

    assert (refused.http_status, refused.code, refused.param) == (404, "resource_missing", param)
    assert refused.user_message == "No such invoice: 'in_none'"


def test_an_unknown_invoice_item_has_words_of_its_own(stripe):
    refused = refusal(stripe, lambda: stripe.InvoiceItem.retrieve("ii_none"))

    assert (refused.http_status, refused.code, refused.param) == (404, "resource_missing", "id")
    assert refused.user_message == "No such Invoice Item: 'ii_none'(livemode=false)"


@pytest.mark.parametrize("method", ["retrieve", "modify", "delete"])
def test_an_unknown_subscription_item_has_no_code(stripe, method):
    refused = refusal(stripe, lambda: getattr(stripe.SubscriptionItem, method)("si_none"))

    assert (refused.http_status, refused.code, refused.param) == (404, None, None)
    assert refused.user_message == "Invalid subscription_item id: si_none"


def test_an_unknown_charge_to_refund_is_refused_as_one_that_is_read(stripe):
    read = refusal(stripe, lambda: stripe.Charge.retrieve("ch_none"))
    refunded = refusal(stripe, lambda: stripe.Refund.create(charge="ch_none"))

    assert (refunded.http_status, refunded.code, refunded.param) == (404, "resource_missing", "id")
    assert refunded.user_message == read.user_message == "No such charge: 'ch_none'"
