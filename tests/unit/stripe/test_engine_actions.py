"""Actions: what is done to a record shows in it, and what cannot be done is refused."""

import pytest

from localstack_stripe.contract.loader import Enum, Inline, load_contract
from localstack_stripe.emulator import StripeEmulator
from localstack_stripe.engine.actions import OUTCOMES, outcome_of
from localstack_stripe.engine.behaviours import BEHAVIOURS
from localstack_stripe.engine.children import Paths
from localstack_stripe.engine.shapes import one_of
from localstack_stripe.settings import StripeSettings
from tests.unit.stripe.conftest import Api

CONTRACT = load_contract()
KNOWN = sorted(key for key, outcome in OUTCOMES.items() if outcome is not None)


@pytest.mark.parametrize("key", OUTCOMES)
def test_the_table_names_actions_of_the_contract(key):
    assert Paths(CONTRACT).acts(CONTRACT.operations[key])


@pytest.mark.parametrize("key", KNOWN)
def test_an_outcome_is_allowed(key):
    operation = CONTRACT.operations[key]
    fields = CONTRACT.resources[one_of(operation.returns, Inline).resource].fields
    outcome = outcome_of(CONTRACT, operation)

    for name, value in {**outcome.sets, **outcome.fills}.items():
        allowed = one_of(fields[name].type, Enum)
        assert allowed is None or value in allowed.values, (key, name)
    allowed = one_of(fields["status"].type, Enum) if "status" in fields else None
    assert allowed is None or set(outcome.within) <= set(allowed.values)


def made(api, path, **params):
    """The path of a new record."""
    return f"{path}/{api.post(path, **params)['id']}"


def test_a_verb_moves_the_status_where_the_allowed_values_make_it_plain(api):
    meter = made(
        api,
        "/v1/billing/meters",
        display_name="Calls",
        event_name="calls",
        default_aggregation={"formula": "sum"},
    )

    stopped = api.post(f"{meter}/deactivate")
    again = api.post(f"{meter}/reactivate")

    assert stopped["status"] == "inactive"
    assert stopped["status_transitions"]["deactivated_at"] >= stopped["created"]
    assert again["status"] == "active"
    assert again["status_transitions"]["deactivated_at"] is None
    assert api.get(meter) == again


def test_what_has_ended_cannot_end_again(api, refused):
    session = made(api, "/v1/identity/verification_sessions", type="document")

    canceled = api.post(f"{session}/cancel")
    error = refused(api.post, f"{session}/cancel")

    assert canceled["status"] == "canceled"
    assert error.status == 400
    assert error.error["message"].startswith(
        "You cannot cancel this verification_session because it has a status of canceled."
    )


def test_a_verification_can_be_canceled_and_redacted(api):
    session = made(api, "/v1/identity/verification_sessions", type="document")

    canceled = api.post(f"{session}/cancel")
    redacted = api.post(f"{session}/redact")

    assert (canceled["status"], canceled["url"]) == ("canceled", None)
    assert redacted["redaction"] == {"status": "processing"}


@pytest.fixture
def transfer(api):
    """The id of an inbound transfer that is under way."""
    features = {"inbound_transfers": {"ach": {"requested": True}}}
    account = api.post(
        "/v1/treasury/financial_accounts", supported_currencies=["usd"], features=features
    )["id"]
    return api.post(
        "/v1/treasury/inbound_transfers",
        amount=100,
        currency="usd",
        financial_account=account,
        origin_payment_method="pm_usBankAccount_success",
    )["id"]


def test_a_treasury_transfer_can_succeed_and_be_returned(api, refused, transfer):
    helper = f"/v1/test_helpers/treasury/inbound_transfers/{transfer}"

    succeeded = api.post(f"{helper}/succeed")
    returned = api.post(f"{helper}/return")

    assert (succeeded["status"], succeeded["cancelable"]) == ("succeeded", False)
    assert succeeded["status_transitions"]["succeeded_at"] >= succeeded["created"]
    assert returned["returned"]
    assert refused(api.post, f"/v1/treasury/inbound_transfers/{transfer}/cancel").status == 400


def test_an_action_takes_what_it_is_sent(api, transfer):
    failed = api.post(
        f"/v1/test_helpers/treasury/inbound_transfers/{transfer}/fail",
        failure_details={"code": "insufficient_funds"},
    )

    assert failed["failure_details"]["code"] == "insufficient_funds"


def test_an_action_whose_outcome_is_not_known_changes_nothing(monkeypatch):
    monkeypatch.delitem(BEHAVIOURS.operations, "POST /v1/sources/{source}/verify")
    api = Api(StripeEmulator(StripeSettings()))
    source = made(api, "/v1/sources", type="ach_debit", currency="usd")
    before = api.get(source)
    told = {"values": ["32", "45"]}

    assert api.post(f"{source}/verify", **told) == before
    assert api.send("POST", f"{source}/verify", told).headers["Stripe-Emulator-Level"] == "shape"


def test_an_action_is_no_update(api, refused):
    path = made(
        api,
        "/v2/core/vault/us_bank_accounts",
        account_number="000123456789",
        routing_number="110000000",
        currency="usd",
    )

    assert api.post(f"{path}/archive")["archived"] is True
    assert refused(api.post, path).error["code"] == "archived_us_bank_account"
    assert api.post(f"{path}/unarchive")["archived"] is False


def test_an_action_on_what_does_not_exist_is_404(api, refused):
    error = refused(api.post, "/v1/identity/verification_sessions/vs_none/cancel")

    assert (error.status, error.error["code"]) == (404, "resource_missing")


def test_what_only_looks_like_an_action_creates(api):
    account = api.call("POST", "/v1/accounts", {"type": "custom"})["id"]

    people = [api.post(f"/v1/accounts/{account}/persons")["id"] for _ in range(2)]

    assert people[0] != people[1]


def test_a_transfer_that_fails_without_a_reason_has_one_that_stripe_has(api, transfer):
    failed = api.post(f"/v1/test_helpers/treasury/inbound_transfers/{transfer}/fail")

    assert failed["failure_details"] == {"code": "other"}
