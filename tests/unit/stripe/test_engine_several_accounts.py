"""A unit of work that reaches other accounts is one: all of it is committed, or nothing."""

from __future__ import annotations

import pytest

from localstack_stripe.api.authentication import key_for
from tests.unit.stripe.conftest import Api


@pytest.fixture
def accounts(own):
    """A platform, and the id of an account that is connected to it."""
    return own, own.post("/v1/accounts")["id"]


def test_what_is_done_in_another_account_is_committed_with_the_rest(accounts):
    platform, connected = accounts
    work = platform.emulator.begin(platform.account)
    work.create("customer", id="cus_here")
    work.of(connected).create("customer", id="cus_there")

    assert platform.get("/v1/customers")["data"] == []
    platform.emulator.commit(work)

    there = platform.call("GET", "/v1/customers", headers={"stripe-account": connected})
    assert [each["id"] for each in platform.get("/v1/customers")["data"]] == ["cus_here"]
    assert [each["id"] for each in there["data"]] == ["cus_there"]
    events = platform.call("GET", "/v1/events", headers={"stripe-account": connected})["data"]
    assert (events[0]["type"], events[0]["account"]) == ("customer.created", connected)


def test_the_part_of_an_account_is_always_the_same_and_leads_back(accounts):
    platform, connected = accounts
    work = platform.emulator.begin(platform.account)

    part = work.of(connected)

    assert work.of(connected) is part
    assert part.of(platform.account) is work.of(platform.account) is work
    assert (part.platform(), work.platform()) == (platform.account, None)


def test_a_preview_changes_nothing_in_any_account(accounts):
    platform, connected = accounts
    work = platform.emulator.begin(platform.account)
    before = work.of(connected)
    work.preview()
    before.create("customer")

    platform.emulator.commit(work)

    assert not list(platform.emulator.begin(connected).all("customer"))


def test_what_happens_to_an_account_that_is_no_longer_connected_is_its_own(accounts):
    platform, connected = accounts
    themselves = {"stripe-account": connected}
    platform.call("POST", "/v1/customers", {"name": "Jenny"}, themselves)
    platform.delete(f"/v1/accounts/{connected}")
    own = Api(platform.emulator, key_for(connected)["authorization"].removeprefix("Bearer "))

    own.post("/v1/customers", name="Jo")

    later, earlier = own.get("/v1/events", type="customer.created")["data"]
    assert (earlier["account"], "account" in later) == (connected, False)
