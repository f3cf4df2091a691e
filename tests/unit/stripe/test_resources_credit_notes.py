"""Credit notes: an invoice is made smaller after it was finalized."""

import pytest

NOTES = "/v1/credit_notes"
PREVIEW = "/v1/credit_notes/preview"


@pytest.fixture
def invoice(api):
    """Makes finalized invoices of 30 dollars, of two lines, open or paid."""

    def invoice(*, paid, **terms):
        customer = api.customer()
        draft = api.post("/v1/invoices", customer=customer, auto_advance=False, **terms)["id"]
        for amount in (1000, 2000):
            api.post(
                "/v1/invoiceitems", customer=customer, invoice=draft, amount=amount, currency="usd"
            )
        path = f"/v1/invoices/{draft}"
        api.post(f"{path}/finalize")
        return api.post(f"{path}/pay") if paid else api.get(path)

    return invoice


def test_less_of_an_open_invoice_has_to_be_paid(api, invoice):
    owed = invoice(paid=False)

    note = api.post(NOTES, invoice=owed["id"], amount=1000, reason="duplicate")

    assert (note["type"], note["total"], note["pre_payment_amount"]) == ("pre_payment", 1000, 1000)
    assert note["number"] == f"{owed['number']}-CN-01"
    after = api.get(f"/v1/invoices/{owed['id']}")
    assert (after["amount_due"], after["amount_remaining"]) == (2000, 2000)
    assert after["pre_payment_credit_notes_amount"] == 1000
    assert api.post(f"/v1/invoices/{owed['id']}/pay")["amount_paid"] == 2000


def test_the_address_of_the_lines_leads_to_them(api, invoice):
    note = api.post(NOTES, invoice=invoice(paid=False)["id"], amount=1000)

    assert note["lines"]["url"] == f"{NOTES}/{note['id']}/lines"
    assert api.get(note["lines"]["url"])["data"] == note["lines"]["data"]


def test_an_invoice_that_is_credited_wholly_is_paid(api, invoice):
    owed = invoice(paid=False)

    api.post(NOTES, invoice=owed["id"], amount=3000)

    assert api.get(f"/v1/invoices/{owed['id']}")["status"] == "paid"


def test_a_paid_invoice_can_be_refunded(api, invoice):
    paid = invoice(paid=True)

    note = api.post(NOTES, invoice=paid["id"], amount=500, refund_amount=500)

    [refund] = api.get("/v1/refunds")["data"]
    assert note["refunds"][0]["refund"] == refund["id"]
    assert (refund["amount"], note["type"]) == (500, "post_payment")
    after = api.get(f"/v1/invoices/{paid['id']}")
    assert after["post_payment_credit_notes_amount"] == 500


def test_what_was_paid_can_become_the_customers_credit(api, invoice):
    paid = invoice(paid=True)

    note = api.post(NOTES, invoice=paid["id"], credit_amount=700)

    path = f"/v1/customers/{paid['customer']}"
    [transaction] = api.get(f"{path}/balance_transactions")["data"]
    assert api.get(path)["balance"] == -700
    assert (transaction["type"], transaction["credit_note"]) == ("credit_note", note["id"])
    assert note["customer_balance_transaction"] == transaction["id"]


def test_lines_can_be_credited(api, invoice):
    owed = invoice(paid=False)
    line = next(each for each in owed["lines"]["data"] if each["amount"] == 2000)
    custom = {
        "type": "custom_line_item",
        "description": "Sorry",
        "quantity": 2,
        "unit_amount": 50,
    }

    note = api.post(
        NOTES,
        invoice=owed["id"],
        lines=[{"type": "invoice_line_item", "invoice_line_item": line["id"]}, custom],
    )

    assert note["total"] == 2100
    assert [each["amount"] for each in note["lines"]["data"]] == [2000, 100]
    assert len(api.get(f"{NOTES}/{note['id']}/lines")["data"]) == 2


def test_a_credit_note_can_be_voided_while_the_invoice_is_open(api, invoice, refused):
    owed = invoice(paid=False)
    path = f"{NOTES}/{api.post(NOTES, invoice=owed['id'], amount=1000)['id']}"

    voided = api.post(f"{path}/void")

    assert voided["status"] == "void"
    assert api.get(f"/v1/invoices/{owed['id']}")["amount_due"] == 3000
    assert refused(api.post, f"{path}/void").status == 400


@pytest.mark.parametrize(
    ("paid", "params"),
    [
        (False, {"amount": 1000, "memo": "Sorry", "metadata": {"ticket": "7"}}),
        (False, {"amount": 3000}),
        (True, {"amount": 1500, "refund_amount": 1000, "credit_amount": 500}),
    ],
)
def test_a_preview_is_what_would_be_issued_and_nothing_comes_of_it(api, invoice, paid, params):
    finalized = invoice(paid=paid)
    before = api.records()

    previewed = api.get(PREVIEW, invoice=finalized["id"], **params)

    assert api.records() == before
    issued = api.post(NOTES, invoice=finalized["id"], **params)
    told = {"amount", "total", "type", "status", "number", "memo", "metadata", "currency"}
    told |= {"customer", "invoice", "pre_payment_amount", "post_payment_amount"}
    assert {name: previewed[name] for name in told} == {name: issued[name] for name in told}
    amounts = [[line["amount"] for line in note["lines"]["data"]] for note in (previewed, issued)]
    assert amounts[0] == amounts[1]


def test_the_lines_of_a_preview_come_in_pages(api, invoice):
    owed = invoice(paid=False)
    before = api.records()
    credited = [
        {"type": "invoice_line_item", "invoice_line_item": line["id"]}
        for line in owed["lines"]["data"]
    ]

    asked = {"invoice": owed["id"], "lines": credited}
    whole = api.get(f"{PREVIEW}/lines", **asked)
    first = api.get(f"{PREVIEW}/lines", **asked, limit=1)

    amounts = [each["amount"] for each in whole["data"]]
    assert sorted(amounts) == [1000, 2000]
    assert (whole["has_more"], whole["url"]) == (False, f"{PREVIEW}/lines")
    assert ([each["amount"] for each in first["data"]], first["has_more"]) == (amounts[:1], True)
    assert api.records() == before
    issued = api.get(f"{NOTES}/{api.post(NOTES, **asked)['id']}/lines")["data"]
    assert [each["amount"] for each in issued] == amounts


@pytest.mark.parametrize(
    ("paid", "params"),
    [
        (False, {}),
        (False, {"amount": 3001}),
        (False, {"amount": 100, "refund_amount": 100}),
        (True, {"amount": 100}),
        (True, {"amount": 100, "refund_amount": 50}),
        (True, {"refund_amount": 3001}),
        (True, {"refund_amount": 100, "shipping_cost": {"shipping_rate": "shr_1"}}),
    ],
)
def test_what_cannot_be_credited_is_refused(api, invoice, refused, paid, params):
    finalized = invoice(paid=paid)

    error = refused(api.post, NOTES, invoice=finalized["id"], **params)

    assert error.status == 400
    for path in (PREVIEW, f"{PREVIEW}/lines"):
        foreseen = refused(api.get, path, invoice=finalized["id"], **params)
        assert (foreseen.status, foreseen.error["message"]) == (400, error.error["message"])
        assert foreseen.error.get("param") == error.error.get("param")
    assert api.get(NOTES, invoice=finalized["id"])["data"] == []
    assert api.get(f"/v1/invoices/{finalized['id']}") == finalized


def test_a_draft_cannot_be_credited(api, refused):
    draft = api.post("/v1/invoices", customer=api.customer())["id"]

    error = refused(api.post, NOTES, invoice=draft, amount=100)

    assert (error.status, error.error["param"]) == (400, "invoice")
