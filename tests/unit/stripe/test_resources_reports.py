"""Financial reports: the file that a run has a moment later."""

import csv
from decimal import Decimal
from io import StringIO

import pytest

RUNS = "/v1/reporting/report_runs"
EVER = {"interval_start": 1_600_000_000, "interval_end": 4_000_000_000}
BEFORE = {"interval_start": 1_600_000_000, "interval_end": 1_600_086_400}


def run(api, type, **parameters):
    """A report that has been run."""
    made = api.post(RUNS, report_type=type, parameters={**EVER, **parameters})
    assert (made["status"], made["result"]) == ("pending", None)
    api.emulator.settle()
    return api.get(f"{RUNS}/{made['id']}")


def rows(api, report):
    """What is in its file, by the names of the columns."""
    path = f"/v1/files/{report['result']['id']}/contents"
    return list(csv.DictReader(StringIO(api.send("GET", path).body.decode())))


@pytest.fixture
def sold(api):
    """The id of a charge of twenty dollars, of which five were given back."""
    charge = api.post("/v1/charges", amount=2000, currency="usd", source="tok_bypassPending")["id"]
    api.post("/v1/refunds", charge=charge, amount=500)
    return charge


def test_a_run_has_a_file(api, sold):
    report = run(api, "balance_change_from_activity.itemized.6")

    found = rows(api, report)
    assert (report["status"], report["succeeded_at"] >= report["created"]) == ("succeeded", True)
    assert (report["result"]["type"], report["result"]["purpose"]) == ("csv", "finance_report_run")
    assert [(each["reporting_category"], each["gross"]) for each in found] == [("charge", "20.00"), ("refund", "-5.00")]  # fmt: skip
    assert found[0]["source_id"] == sold
    assert Decimal(found[0]["net"]) == Decimal(found[0]["gross"]) - Decimal(found[0]["fee"])
    assert len(api.get("/v1/events", type="reporting.report_run.succeeded")["data"]) == 1


def test_columns_can_be_chosen(api, sold, refused):
    type = "balance_change_from_activity.itemized.6"
    report = run(api, type, columns=["net", "currency"])

    assert list(rows(api, report)[0]) == ["net", "currency"]
    parameters = {**EVER, "columns": ["colour"]}
    error = refused(api.post, RUNS, report_type=type, parameters=parameters)
    assert error.error["param"] == "parameters[columns]"


def test_a_summary_adds_up_by_category(api, sold):
    api.post("/v1/charges", amount=1000, currency="usd", source="tok_visa")

    found = rows(api, run(api, "balance_change_from_activity.summary.1"))

    shown = {each["reporting_category"]: (each["count"], each["gross"]) for each in found}
    assert shown == {"charge": ("2", "30.00"), "refund": ("1", "-5.00")}


def test_the_balance_goes_from_its_start_to_its_end(api, sold):
    found = {each["category"]: each["net_amount"] for each in rows(api, run(api, "balance.summary.1"))}  # fmt: skip

    amounts = {name: Decimal(amount) for name, amount in found.items()}
    assert (amounts["starting_balance"], amounts["activity_gross"]) == (0, 15)
    assert amounts["activity"] == amounts["activity_gross"] + amounts["activity_fee"]
    assert amounts["ending_balance"] == amounts["starting_balance"] + amounts["activity"] + amounts["payouts"]  # fmt: skip


def test_payouts_are_reported_apart(api, sold):
    api.post("/v1/payouts", amount=300, currency="usd")

    found = rows(api, run(api, "payouts.itemized.3"))

    assert [(each["reporting_category"], each["gross"]) for each in found] == [("payout", "-3.00")]
    assert "payout" not in {each["reporting_category"] for each in rows(api, run(api, "balance_change_from_activity.itemized.6"))}  # fmt: skip


def test_only_what_was_asked_for_is_reported(api, sold):
    report = run(api, "balance_change_from_activity.itemized.6", reporting_category="refund")

    assert [each["gross"] for each in rows(api, report)] == ["-5.00"]
    assert rows(api, run(api, "balance_change_from_activity.itemized.6", **BEFORE)) == []


def test_moments_are_written_in_the_zone_that_was_asked_for(api, sold):
    report = run(api, "balance_change_from_activity.itemized.6", timezone="UTC")

    [first, _] = rows(api, report)
    assert first["created"] == first["created_utc"]


def test_what_is_not_known_is_not_made_up(api, sold):
    unknown = run(api, "payout_reconciliation.itemized.5")
    nothing = run(api, "payout_reconciliation.itemized.5", **BEFORE)

    assert (unknown["status"], unknown["result"]) == ("failed", None)
    assert "payout_reconciliation.itemized.5" in unknown["error"]
    assert (nothing["status"], rows(api, nothing)) == ("succeeded", [])
    assert len(api.get("/v1/events", type="reporting.report_run.failed")["data"]) == 1


@pytest.mark.parametrize(
    ("type", "parameters", "param"),
    [
        ("balance.summary.1", {}, "parameters[interval_start]"),
        ("balance.summary.1", {"interval_start": 5}, "parameters[interval_end]"),
        (
            "balance.summary.1",
            {"interval_start": 5, "interval_end": 5},
            "parameters[interval_end]",
        ),
        ("payout_reconciliation.by_id.summary.1", EVER, "parameters[payout]"),
        (
            "balance.summary.1",
            {**EVER, "connected_account": "acct_1"},
            "parameters[connected_account]",
        ),
    ],
)
def test_a_run_needs_its_parameters(api, refused, type, parameters, param):
    error = refused(api.post, RUNS, report_type=type, parameters=parameters)

    assert error.error["param"] == param
