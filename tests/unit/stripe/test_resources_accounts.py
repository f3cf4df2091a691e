"""Accounts: the account itself, and what is connected to it."""

import pytest

from tests.onboarded import BANK_ACCOUNT

PERSON = {
    "first_name": "Jenny",
    "last_name": "Rosen",
    "email": "jenny@example.com",
    "phone": "0000000000",
    "dob": {"day": 1, "month": 1, "year": 1901},
    "address": {"line1": "address_full_match", "city": "Berlin", "postal_code": "10115"},
    "id_number": "000000000",
}
COMPLETE = {
    "type": "custom",
    "country": "US",
    "business_type": "individual",
    "business_profile": {"mcc": "5734", "url": "https://accessible.stripe.com"},
    "capabilities": {"card_payments": {"requested": True}, "transfers": {"requested": True}},
    "individual": PERSON,
    "external_account": BANK_ACCOUNT,
    "tos_acceptance": {"date": 1_700_000_000, "ip": "127.0.0.1"},
}


@pytest.fixture
def connected(api):
    """The path of a connected account of which nothing is known."""
    return f"/v1/accounts/{api.post('/v1/accounts', type='custom')['id']}"


def test_the_account_itself_has_the_id_that_its_key_names(api):
    own = api.get("/v1/account")

    assert own["id"] == api.account
    assert (own["charges_enabled"], own["payouts_enabled"]) == (True, True)
    assert api.get(f"/v1/accounts/{own['id']}") == own


@pytest.mark.parametrize(
    "act",
    [
        lambda api, path: api.post(f"{path}/persons", first_name="Jenny"),
        lambda api, path: api.delete(
            f"{path}/external_accounts/"
            + api.post(f"{path}/external_accounts", external_account=BANK_ACCOUNT)["id"]
        ),
        lambda api, path: api.post(f"{path}/capabilities/transfers", requested=True),
        lambda api, path: api.post(path, business_profile={"name": "Rocket Rides"}),
    ],
    ids=["a person", "a bank account that goes", "a capability", "another name"],
)
def test_the_account_itself_can_do_what_it_could_whatever_is_told_of_it(api, act):
    before = api.get("/v1/account")

    act(api, f"/v1/accounts/{api.account}")

    after = api.get("/v1/account")
    abilities = ("capabilities", "charges_enabled", "payouts_enabled", "requirements")
    assert [after[name] for name in abilities] == [before[name] for name in abilities]


def test_the_account_itself_is_not_rejected(api, refused):
    refusal = refused(api.post, f"/v1/accounts/{api.account}/reject", reason="terms_of_service")

    assert refusal.error["param"] == "account"
    assert api.get("/v1/account")["charges_enabled"] is True


def test_a_list_has_the_connected_accounts_only(api):
    made = api.post("/v1/accounts", type="express", email="a@example.com")

    assert [each["id"] for each in api.get("/v1/accounts")["data"]] == [made["id"]]
    assert (made["type"], made["email"]) == ("express", "a@example.com")
    assert made["controller"]["stripe_dashboard"] == {"type": "express"}


def test_a_connected_account_that_asks_for_itself_is_the_one_its_platform_made(api):
    made = api.post("/v1/accounts", type="custom", email="a@example.com", individual=PERSON)

    itself = api.call("GET", "/v1/account", headers={"stripe-account": made["id"]})

    assert itself == api.get(f"/v1/accounts/{made['id']}")
    assert itself["individual"]["first_name"] == "Jenny"


def test_what_is_missing_is_said_until_it_is_given(api, connected):
    before = api.get(connected)
    api.post(connected, **{name: value for name, value in COMPLETE.items() if name not in ("type", "country")})  # fmt: skip
    after = api.get(connected)

    assert "external_account" in before["requirements"]["currently_due"]
    assert before["requirements"]["disabled_reason"] == "requirements.past_due"
    assert not before["charges_enabled"]
    assert after["requirements"]["currently_due"] == []
    assert after["capabilities"] == {"card_payments": "active", "transfers": "active"}
    assert (after["charges_enabled"], after["payouts_enabled"]) == (True, True)


def test_an_account_can_be_complete_at_once(api):
    made = api.post("/v1/accounts", **COMPLETE)

    assert made["details_submitted"]
    assert made["individual"]["id_number_provided"]
    assert [each["last4"] for each in made["external_accounts"]["data"]] == ["6789"]
    assert made["settings"]["payouts"]["schedule"]["interval"] == "daily"


def test_a_company_needs_a_representative(api, connected):
    api.post(
        connected,
        business_type="company",
        company={"name": "Rocket Rides", "phone": "1", "address": {"line1": "address_full_match"}},
    )
    assert "relationship.representative" in api.get(connected)["requirements"]["currently_due"]

    api.post(f"{connected}/persons", first_name="Jenny", relationship={"representative": True})

    assert "relationship.representative" not in api.get(connected)["requirements"]["currently_due"]


def test_persons_belong_to_an_account(api, connected):
    person = api.post(f"{connected}/persons", first_name="Jenny", ssn_last_4="0000")
    other = f"/v1/accounts/{api.post('/v1/accounts', type='custom')['id']}"

    assert (person["ssn_last_4_provided"], person["verification"]["status"]) == (True, "unverified")
    assert [each["id"] for each in api.get(f"{connected}/persons")["data"]] == [person["id"]]
    assert api.get(f"{other}/persons")["data"] == []
    assert api.delete(f"{connected}/persons/{person['id']}")["deleted"]
    assert api.get(f"{connected}/persons")["data"] == []


def test_capabilities_are_requested_one_by_one(api, connected, refused):
    assert api.get(f"{connected}/capabilities/transfers")["status"] == "unrequested"

    requested = api.post(f"{connected}/capabilities/transfers", requested=True)

    assert (requested["requested"], requested["status"]) == (True, "inactive")
    assert [each["id"] for each in api.get(f"{connected}/capabilities")["data"]] == ["transfers"]
    assert api.get(connected)["capabilities"] == {"transfers": "inactive"}
    assert refused(api.get, f"{connected}/capabilities/flying").status == 404


def test_a_rejected_account_cannot_do_anything(api):
    path = f"/v1/accounts/{api.post('/v1/accounts', **COMPLETE)['id']}"

    rejected = api.post(f"{path}/reject", reason="terms_of_service")
    again = api.post(f"{path}/unreject")

    assert not rejected["charges_enabled"]
    assert rejected["requirements"]["disabled_reason"] == "rejected.platform_terms_of_service"
    assert again["charges_enabled"]


def test_the_first_external_account_is_the_default(api, connected, refused):
    path = f"{connected}/external_accounts"
    first = api.post(path, external_account=BANK_ACCOUNT)
    token = api.post(
        "/v1/tokens", bank_account={k: v for k, v in BANK_ACCOUNT.items() if k != "object"}
    )
    second = api.post(path, external_account=token["id"])

    assert (first["default_for_currency"], second["default_for_currency"]) == (True, False)
    assert refused(api.delete, f"{path}/{first['id']}").status == 400
    api.post(f"{path}/{second['id']}", default_for_currency=True)
    assert api.delete(f"{path}/{first['id']}")["deleted"]
    assert [each["id"] for each in api.get(path, object="bank_account")["data"]] == [second["id"]]


def test_a_debit_card_can_be_paid_out_to(api, connected):
    card = api.post(f"{connected}/external_accounts", external_account="tok_visa_debit")

    assert (card["object"], card["default_for_currency"]) == ("card", True)


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"routing_number": "1"}, "external_account[routing_number]"),
        ({"account_number": "!"}, "external_account[account_number]"),
    ],
)
def test_a_bank_account_has_a_number(api, connected, refused, change, param):
    error = refused(
        api.post, f"{connected}/external_accounts", external_account={**BANK_ACCOUNT, **change}
    )

    assert (error.status, error.error["param"]) == (400, param)


def test_a_deleted_account_is_gone(api, connected, refused):
    deleted = api.delete(connected)

    assert deleted["deleted"]
    assert refused(api.get, connected).status == 403
    assert api.get("/v1/accounts")["data"] == []


def test_the_account_itself_cannot_be_deleted(api, refused):
    assert refused(api.delete, f"/v1/accounts/{api.account}").status == 400


def test_stripe_is_not_everywhere(api, refused):
    assert refused(api.post, "/v1/accounts", type="custom", country="AQ").status == 400


def test_what_nothing_is_wrong_with_has_empty_lists_of_it(api):
    account = api.get("/v1/account")

    for requirements in (account["requirements"], account["future_requirements"]):
        assert requirements["errors"] == []
        assert requirements["pending_verification"] == []


def test_a_capability_with_other_requirements_is_told_of(api, connected):
    api.post(connected, capabilities={"transfers": {"requested": True}})
    account = {"stripe-account": connected.rpartition("/")[2]}
    before = api.get(f"{connected}/capabilities/transfers")

    api.post(connected, business_profile=COMPLETE["business_profile"])

    [event, _] = api.call("GET", "/v1/events", {"type": "capability.updated"}, account)["data"]
    now = api.get(f"{connected}/capabilities/transfers")
    assert event["data"]["object"] == now
    names = ("currently_due", "eventually_due")
    was = {name: before["requirements"][name] for name in names}
    assert event["data"]["previous_attributes"] == {"requirements": was}
    assert "business_profile.url" in was["currently_due"]
    assert "business_profile.url" not in now["requirements"]["currently_due"]
