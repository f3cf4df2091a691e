"""Webhook endpoints: who is to be told of which events."""

import pytest

PATH = "/v1/webhook_endpoints"
TERMS = {"url": "https://example.com/hook", "enabled_events": ["charge.succeeded"]}


def test_only_the_answer_that_creates_it_shows_the_secret(api):
    made = api.post(PATH, **TERMS)

    secret = made.pop("secret")
    assert secret.startswith("whsec_")
    assert api.get(f"{PATH}/{made['id']}") == made
    assert api.get(PATH)["data"] == [made]


def test_an_endpoint_can_be_turned_off_and_on(api):
    path = f"{PATH}/{api.post(PATH, **TERMS)['id']}"

    assert api.get(path)["status"] == "enabled"
    assert api.post(path, disabled=True)["status"] == "disabled"
    assert api.post(path, disabled=False)["status"] == "enabled"


@pytest.mark.parametrize("events", [[], ["*", "charge.succeeded"]])
def test_an_endpoint_needs_events(api, refused, events):
    error = refused(api.post, PATH, **{**TERMS, "enabled_events": events or ""})

    assert (error.status, error.error["param"]) == (400, "enabled_events")


def test_an_ephemeral_key_is_a_key_of_the_account(api):
    customer = api.post("/v1/customers")["id"]
    key = api.post("/v1/ephemeral_keys", customer=customer)

    headers = {"authorization": f"Bearer {key['secret']}"}
    assert api.call("GET", f"/v1/customers/{customer}", headers=headers)["id"] == customer
    assert key["expires"] - key["created"] == 3600
    assert "secret" not in api.delete(f"/v1/ephemeral_keys/{key['id']}")


def test_an_ephemeral_key_is_for_somebody(api, refused):
    assert refused(api.post, "/v1/ephemeral_keys").error["param"] == "customer"
    assert refused(api.post, "/v1/ephemeral_keys", customer="cus_none").status == 400


def test_the_log_says_that_nothing_is_delivered_yet(api, caplog):
    made = api.post(PATH, **TERMS)

    assert f"{made['id']} is kept, and nothing is delivered to it yet" in caplog.text
