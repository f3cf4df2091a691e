"""Financial reports, with the SDK: run, and downloaded."""

import csv
from io import StringIO
from urllib.request import Request, urlopen

import pytest

from tests.onboarded import ONBOARDED


@pytest.fixture
def report(stripe, stripe_emulator):
    """Runs a report of all time, and gives its rows."""

    def report(type, **parameters):
        period = {"interval_start": 1_600_000_000, "interval_end": 4_000_000_000}
        made = stripe.reporting.ReportRun.create(
            report_type=type, parameters={**period, **parameters}
        )
        run = stripe.reporting.ReportRun.retrieve(made.id)
        key = {"Authorization": f"Bearer {stripe_emulator.api_key}"}
        with urlopen(Request(run.result.url, headers=key)) as answer:
            return list(csv.DictReader(StringIO(answer.read().decode())))

    return report


def test_a_report_tells_of_the_charge_behind_a_transaction(stripe, report):
    charge = stripe.Charge.create(
        amount=2000, currency="usd", source="tok_visa", metadata={"order": "7"}
    )
    stripe.Refund.create(charge=charge.id, amount=500)

    sold, refunded = report(
        "balance_change_from_activity.itemized.3",
        columns=["charge_id", "gross", "payment_method_type", "payment_metadata[order]"],
    )

    told = {"charge_id": charge.id, "payment_method_type": "card", "payment_metadata[order]": "7"}
    assert sold == {**told, "gross": "20.00"}
    assert refunded == {**told, "gross": "-5.00"}


def test_a_report_tells_of_the_payout_that_a_transaction_is_of(stripe, report):
    stripe.Charge.create(amount=2000, currency="usd", source="tok_bypassPending")
    payout = stripe.Payout.create(amount=500, currency="usd")

    [row] = report("payouts.itemized.3")

    assert (row["payout_id"], row["gross"], row["payout_reversed_at"]) == (payout.id, "-5.00", "")
    assert (row["payout_type"], row["payout_destination_id"]) == (
        "bank_account",
        payout.destination,
    )


def test_a_report_is_downloaded(stripe, stripe_emulator):
    stripe.Charge.create(amount=2000, currency="usd", source="tok_visa")
    made = stripe.reporting.ReportRun.create(
        report_type="balance_change_from_activity.itemized.6",
        parameters={"interval_start": 1_600_000_000, "interval_end": 4_000_000_000},
    )

    run = stripe.reporting.ReportRun.retrieve(made.id)

    key = {"Authorization": f"Bearer {stripe_emulator.api_key}"}
    with urlopen(Request(run.result.url, headers=key)) as answer:
        header, row = answer.read().decode().splitlines()
    assert (made.status, run.status) == ("pending", "succeeded")
    assert header.startswith("balance_transaction_id,created_utc")
    assert ",20.00," in row


@pytest.fixture
def sellers(stripe):
    """The ids of two connected accounts, of which the second is paid out."""
    first, second = (stripe.Account.create(**ONBOARDED).id for _ in range(2))
    for id, amount in ((first, 1000), (second, 2000)):
        stripe.Charge.create(
            amount=amount, currency="usd", source="tok_bypassPending", stripe_account=id
        )
    stripe.Payout.create(amount=500, currency="usd", stripe_account=second)
    return first, second


def test_a_report_tells_of_all_connected_accounts_or_of_one(stripe, report, sellers):
    stripe.Charge.create(amount=700, currency="usd", source="tok_visa")
    type = "connected_account_balance_change_from_activity.itemized.3"

    every = report(type, columns=["connected_account", "gross"])
    one = report(type, connected_account=sellers[0])

    shown = {(each["connected_account"], each["gross"]) for each in every}
    assert shown == {(sellers[0], "10.00"), (sellers[1], "20.00")}
    assert [(each["connected_account"], each["gross"]) for each in one] == [(sellers[0], "10.00")]
    [payout] = report("connected_account_payouts.itemized.3")
    assert (payout["connected_account"], payout["gross"]) == (sellers[1], "-5.00")
    assert [each["gross"] for each in report("balance_change_from_activity.itemized.3")] == ["7.00"]


def test_a_summary_adds_up_connected_accounts(report, sellers):
    [activity] = report("connected_account_balance_change_from_activity.summary.1")
    balance = report("connected_account_balance.summary.1", connected_account=sellers[1])

    ending = next(each for each in balance if each["category"] == "ending_balance")
    gross = next(each for each in balance if each["category"] == "activity_gross")
    assert (activity["count"], activity["gross"]) == ("2", "30.00")
    assert (gross["net_amount"], ending["net_amount"]) == ("20.00", "14.12")  # after fees


@pytest.mark.parametrize("type", ["connected_account_payouts.summary.1", "payouts.summary.1"])
def test_a_report_of_a_connected_account_names_one_of_the_platforms(stripe, report, type):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        report(type, connected_account="acct_1nobody")

    assert caught.value.param == "parameters[connected_account]"
