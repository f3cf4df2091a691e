"""The emulator's own endpoints: which there are, and how they answer."""

import orjson
import pytest

from localstack_stripe.api.messages import Request
from tests.documents import ROOT


def control(api, verb, path, body=b"", query=""):
    """What an endpoint answers, and its status."""
    headers = {"content-type": "application/json"} if body else {}
    response = api.emulator.handle(Request(verb, path, query, headers, body))
    return response.status, orjson.loads(response.body)


def test_health_says_what_runs(own):
    status, health = control(own, "GET", "/_emulator/health")

    assert (status, health["status"]) == (200, "running")
    assert health["api_version"] == own.emulator.contract.versions["api"]


@pytest.mark.parametrize("path", ["//_emulator/health", "/_emulator//health", "/_emulator/health/"])
def test_doubled_slashes_collapse(own, path):
    assert control(own, "GET", path)[0] == 200


@pytest.mark.parametrize("path", ["/c/paid", "//c/paid", "/c//paid"])
def test_doubled_slashes_collapse_in_the_addresses_of_pages(own, path):
    page = own.emulator.handle(Request("GET", path))

    assert (page.status, b"Thanks for your payment" in page.body) == (200, True)


def test_what_is_not_there_is_404_and_another_verb_405(own):
    assert control(own, "GET", "/_emulator/nothing")[0] == 404

    status, answer = control(own, "GET", "/_emulator/reset")
    assert status == 405
    assert "it takes POST" in answer["error"]["message"]


def test_fidelity_lists_what_was_used_of_what_is_not_fully_followed(generic, own):
    for _ in range(2):
        own.get(generic)
    own.get("/v1/customers")

    _, report = control(own, "GET", "/_emulator/fidelity")

    assert report["requests"] == 3
    assert report["below_behaviour"] == [
        {"operation": f"GET {generic}", "level": "generic", "requests": 2}
    ]
    assert sum(report["operations"].values()) == len(own.emulator.contract.operations)


def test_every_endpoint_is_documented(own):
    document = (ROOT / "docs" / "stripe-controls.md").read_text()

    assert [key for key in own.emulator.control.keys if f"`{key}`" not in document] == []


@pytest.mark.parametrize("path", ["seed", "state", "faults", "reset", "time/advance"])
@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe",
        b'{"fixtures": [{"name": "x", "path": "/v1/customers", "headers": [1]}]}',
        b'{"fixtures": [], "env": [1]}',
        b'{"format": 1, "accounts": {"a": {"customer": {"c": {}}}}}',
        b'{"match": [], "then": 3}',
        b'{"to": -1, "seconds": "soon"}',
    ],
)
def test_nonsense_is_answered(own, path, body):
    status, answer = control(own, "POST", f"/_emulator/{path}", body)

    assert status < 500
    assert isinstance(answer, dict)


def test_the_stripe_cli_is_told_that_it_gets_no_events(own):
    status, answer = control(own, "POST", "/v1/stripecli/sessions", query="device_name=laptop")

    assert status == 400
    assert "`stripe listen`" in answer["error"]["message"]
