"""What is done outside before a request is answered: without a server, a test does it itself."""

import orjson
import pytest

from localstack_stripe.api.messages import Request, Response
from localstack_stripe.engine.behaviours import BEHAVIOURS
from localstack_stripe.engine.errands import Brought, brought_by
from localstack_stripe.engine.errors import invalid

PATH = "/v1/customers"


@pytest.fixture
def asking(monkeypatch):
    """An operation that needs an errand, and what its runs have seen."""
    runs = []

    def create(call):
        made = call.work.create("customer", name="Jenny")
        runs.append(made["id"])
        made["description"] = call.outside(lambda: "brought")
        return made

    monkeypatch.setitem(BEHAVIOURS.operations, f"POST {PATH}", create)
    return runs


def send(api, key=None) -> Response:
    """Ask for it."""
    headers = {"authorization": f"Bearer {api.key}", "content-type": "application/x-www-form-urlencoded"}  # fmt: skip
    return api.emulator.handle(Request("POST", PATH, "", headers | ({"idempotency-key": key} if key else {})))  # fmt: skip


def test_a_request_goes_on_with_what_was_brought(own, asking):
    begun = send(own)
    between = own.get(PATH)["data"]

    answer = begun.errand.go_on(brought_by(begun.errand.run))

    made = orjson.loads(answer.body)
    assert (begun.status, between, len(asking)) == (503, [], 2)
    assert (answer.status, made["description"]) == (200, "brought")
    assert [each["id"] for each in own.get(PATH)["data"]] == [made["id"]] == asking[1:]
    assert answer.own["Request-Id"] == begun.own["Request-Id"]


def test_what_an_errand_raises_is_the_answer(own, asking):
    begun = send(own)

    refused = begun.errand.go_on(Brought(error=invalid("Nobody was there.")))
    failed = send(own).errand.go_on(Brought(error=LookupError("broken")))

    assert (refused.status, b"Nobody was there." in refused.body) == (400, True)
    assert failed.status == 500
    assert own.get(PATH)["data"] == []


def test_a_key_is_in_use_until_the_answer_is_there(own, asking):
    begun = send(own, "key")
    between = send(own, "key")

    answer = begun.errand.go_on(brought_by(begun.errand.run))

    again = send(own, "key")
    assert (between.status, between.errand) == (409, None)
    assert (again.body, again.own["Idempotent-Replayed"], again.errand) == (answer.body, "true", None)  # fmt: skip
    assert len(asking) == 2


def test_a_fault_meets_the_answer(own, asking):
    own.send("POST", "/_emulator/faults", {"then": {"delay": "0.5"}, "match": {"account": own.account}})  # fmt: skip

    begun = send(own)

    assert begun.errand.go_on(brought_by(begun.errand.run)).delay == 0.5


def test_the_log_has_the_answer_and_nothing_else(own, asking):
    begun = send(own)
    begun.errand.go_on(brought_by(begun.errand.run))

    log = orjson.loads(own.send("GET", "/_emulator/requests").body)["requests"]
    assert [each["status"] for each in log] == [200]


def test_it_is_counted_as_one_request(own, asking):
    begun = send(own)
    begun.errand.go_on(brought_by(begun.errand.run))

    assert orjson.loads(own.send("GET", "/_emulator/fidelity").body)["requests"] == 1


def test_a_key_is_free_again_where_no_answer_could_be_written(own, monkeypatch):
    monkeypatch.setitem(BEHAVIOURS.operations, f"POST {PATH}", lambda call: call.outside(object))
    begun = send(own, "key")

    answer = begun.errand.go_on(brought_by(begun.errand.run))

    again = send(own, "key")
    assert (answer.status, again.status) == (500, 503)
    assert again.errand is not None


def test_who_was_forgotten_meanwhile_leaves_nothing_and_takes_the_key_from_nobody(own, asking):
    before = send(own, "key")
    own.send("POST", "/_emulator/reset")
    after = send(own, "key")

    late = before.errand.go_on(brought_by(before.errand.run))
    made = own.get(PATH)["data"]

    answer = after.errand.go_on(brought_by(after.errand.run))
    assert (late.status, made) == (400, [])
    assert "was reset while" in orjson.loads(late.body)["error"]["message"]
    assert (answer.status, len(own.get(PATH)["data"])) == (200, 1)
