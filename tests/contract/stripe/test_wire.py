"""The wire itself, on the emulator's own port: what no SDK shows of an answer."""

import http.client
from urllib.parse import urlsplit

import orjson
import pytest


@pytest.fixture
def connection(stripe_emulator):
    """A connection to the emulator."""
    opened = http.client.HTTPConnection(urlsplit(stripe_emulator.api_base).netloc, timeout=20)
    yield opened
    opened.close()


@pytest.fixture
def key(stripe_emulator):
    """The header with the account's key."""
    return {"Authorization": f"Bearer {stripe_emulator.api_key}"}


def test_head_has_the_headers_of_get_and_no_body(connection, key):
    connection.request("GET", "/v1/customers", headers=key)
    whole = connection.getresponse()
    body = whole.read()

    connection.request("HEAD", "/v1/customers", headers=key)
    head = connection.getresponse()

    assert (head.status, head.read()) == (200, b"")
    assert head.headers["Content-Length"] == str(len(body))
    assert set(head.headers) == set(whole.headers)


def test_a_body_that_is_too_large_is_refused_with_every_header(connection, key):
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/v1/customers", b"name=" + b"x" * (33 << 20), key | form)

    response = connection.getresponse()

    assert response.status == 413
    error = orjson.loads(response.read())["error"]
    assert error["type"] == "invalid_request_error"
    assert response.headers["Request-Id"].startswith("req_")
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_an_errors_link_leads_to_its_request(connection, key):
    connection.request("GET", "/v1/customers/cus_none", headers=key)
    missing = orjson.loads(connection.getresponse().read())["error"]

    connection.request("GET", urlsplit(missing["request_log_url"]).path, headers=key)
    logged = connection.getresponse()

    assert logged.status == 200
    assert b"cus_none" in logged.read()


@pytest.mark.parametrize("path", ["//v1/customers", "/v1//customers"])
def test_slashes_that_are_too_many_before_the_resource_do_not_matter(connection, key, path):
    connection.request("GET", path, headers=key)
    response = connection.getresponse()

    assert (response.status, orjson.loads(response.read())["object"]) == (200, "list")
