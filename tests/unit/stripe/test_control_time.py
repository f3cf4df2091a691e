"""The time of an account can be stopped and moved, and what falls due on the way happens in order."""

import itertools
import time

import orjson

from tests.unit.stripe.conftest import Api
from tests.unit.stripe.test_control import control

DAY = 86_400


def told(api, verb, action="", **params):
    """What the account's time is, after it was told something."""
    path = f"/_emulator/time{'/' if action else ''}{action}"
    body = orjson.dumps(params) if params else b""
    status, answer = control(api, verb, path, body, f"account={api.account}")
    return answer if status == 200 else status


def arrived(api):
    """The time, once it has arrived where it was advancing to."""
    while (now := told(api, "GET"))["status"] == "advancing":
        api.emulator.settle()
    return now


def test_it_is_the_real_time_at_first(own):
    now = told(own, "GET")

    assert now["status"] == "running"
    assert abs(now["now"] - time.time()) < 5


def test_a_frozen_time_is_moved_and_only_of_its_account(own):
    other = Api(own.emulator)
    frozen = told(own, "POST", "freeze")["now"]
    told(own, "POST", "advance", seconds=30 * DAY)

    assert arrived(own) == {"account": own.account, "now": frozen + 30 * DAY, "status": "frozen"}
    assert own.post("/v1/customers")["created"] == frozen + 30 * DAY
    assert other.post("/v1/customers")["created"] < frozen + DAY


def test_a_running_time_goes_on_after_it_was_moved(own):
    began = told(own, "GET")["now"]
    told(own, "POST", "advance", seconds=DAY)

    now = arrived(own)
    assert now["status"] == "running"
    assert began + DAY <= now["now"] < began + DAY + 10


def test_what_falls_due_happens_in_order_and_at_its_time(own):
    subscription = own.subscribe(own.customer(), own.price())
    other = Api(own.emulator)
    theirs = other.subscribe(other.customer(), other.price())
    start = subscription["start_date"]

    told(own, "POST", "advance", seconds=100 * DAY)
    arrived(own)

    invoices = own.everything("/v1/invoices")
    assert len(invoices) == 4
    for newer, older in itertools.pairwise(invoices):
        assert 27 * DAY < newer["created"] - older["created"] < 32 * DAY
    assert invoices[-1]["created"] == start
    assert {each["status"] for each in invoices} == {"paid"}
    assert len(other.everything("/v1/invoices")) == 1
    assert theirs["status"] == "active"


def test_how_far_it_is_to_advance_must_be_said(own):
    assert told(own, "POST", "advance") == 400


def test_it_does_not_run_backwards(own):
    now = told(own, "GET")["now"]

    assert told(own, "POST", "advance", to=now - DAY) == 400


def test_it_is_set_going_again_and_forgotten_by_a_reset(own):
    told(own, "POST", "freeze")
    told(own, "POST", "advance", seconds=DAY)
    arrived(own)
    assert told(own, "POST", "resume")["status"] == "running"
    assert told(own, "GET")["now"] > time.time() + DAY / 2

    control(own, "POST", "/_emulator/reset", query=f"account={own.account}")

    assert abs(told(own, "GET")["now"] - time.time()) < 5


def test_a_key_for_idempotency_lasts_a_day_of_the_accounts_time(own):
    headers = {"idempotency-key": "k"}
    first = own.post("/v1/customers", headers)["id"]

    told(own, "POST", "advance", seconds=DAY // 2)
    arrived(own)
    assert own.post("/v1/customers", headers)["id"] == first

    told(own, "POST", "advance", seconds=DAY)
    arrived(own)
    assert own.post("/v1/customers", headers)["id"] != first
