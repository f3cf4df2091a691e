"""OAuth: a business consents, and the platform gets keys of its account."""

from urllib.parse import parse_qs, urlencode, urlsplit

import orjson
import pytest

from localstack_stripe.api.messages import Request


@pytest.fixture
def authorize(api):
    """Goes to where a business consents, and gives the response."""

    def authorize(**params):
        given = {
            "response_type": "code",
            "client_id": f"ca_{api.account.removeprefix('acct_')}",
            "scope": "read_write",
            "redirect_uri": "https://example.com/back",
            "state": "s",
        }
        query = urlencode({name: value for name, value in {**given, **params}.items() if value})
        return api.emulator.handle(Request("GET", "/oauth/authorize", query))

    return authorize


@pytest.fixture
def code(authorize):
    """The code of a consent."""
    return parse_qs(urlsplit(authorize().headers["Location"]).query)["code"][0]


def failed(api, path, **params):
    """The error of a request that is refused as OAuth does."""
    response = api.send("POST", path, params)
    return response.status, orjson.loads(response.body)


def test_the_browser_comes_back_with_a_code_and_its_state(authorize):
    response = authorize()

    address = urlsplit(response.headers["Location"])
    assert response.status == 302
    assert address.netloc == "example.com"
    assert parse_qs(address.query)["state"] == ["s"]


def test_a_code_becomes_a_key_of_the_connected_account(api, code):
    token = api.post("/oauth/token", grant_type="authorization_code", code=code)

    headers = {"authorization": f"Bearer {token['access_token']}"}
    assert api.call("GET", "/v1/account", headers=headers)["id"] == token["stripe_user_id"]
    assert [each["id"] for each in api.get("/v1/accounts")["data"]] == [token["stripe_user_id"]]
    assert (token["scope"], token["token_type"]) == ("read_write", "bearer")


def test_a_code_can_be_used_once(api, code):
    api.post("/oauth/token", grant_type="authorization_code", code=code)

    status, error = failed(api, "/oauth/token", grant_type="authorization_code", code=code)

    assert (status, error["error"]) == (400, "invalid_grant")
    assert code in error["error_description"]


def test_a_refresh_token_gives_another_key(api, code):
    first = api.post("/oauth/token", grant_type="authorization_code", code=code)

    second = api.post(
        "/oauth/token", grant_type="refresh_token", refresh_token=first["refresh_token"]
    )

    assert second["stripe_user_id"] == first["stripe_user_id"]
    assert second["access_token"] != first["access_token"]


def test_an_unknown_code_is_refused_as_oauth_does(api):
    status, error = failed(api, "/oauth/token", grant_type="authorization_code", code="ac_none")

    assert status == 400
    assert error == {
        "error": "invalid_grant",
        "error_description": "Authorization code does not exist: ac_none",
    }


def test_a_connection_can_be_ended(api, code):
    account = api.post("/oauth/token", grant_type="authorization_code", code=code)
    ended = {"client_id": "ca_x", "stripe_user_id": account["stripe_user_id"]}

    assert api.post("/oauth/deauthorize", **ended) == {"stripe_user_id": ended["stripe_user_id"]}
    assert api.get("/v1/accounts")["data"] == []
    status, error = failed(api, "/oauth/deauthorize", **ended)
    assert (status, error["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    ("params", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"client_id": "x"}, "invalid_client"),
        ({"scope": "everything"}, "invalid_scope"),
        ({"redirect_uri": ""}, "invalid_redirect_uri"),
    ],
)
def test_what_is_asked_of_a_business_has_to_make_sense(authorize, params, error):
    response = authorize(**params)

    assert response.status == 400
    assert orjson.loads(response.body)["error"] == error
