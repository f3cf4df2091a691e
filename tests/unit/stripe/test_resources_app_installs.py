"""Stripe Apps that accounts have installed."""

import pytest

INSTALLS = "/v1/apps/installs"


@pytest.fixture
def installed(own):
    """The id of a private app's install."""
    return own.post(INSTALLS, app="app_1", channel="private_test")["id"]


def events(api):
    """The types of what has happened to installs, the first one first."""
    listed = api.get("/v1/events", types=["apps.install.created", "apps.install.updated", "apps.install.deleted"])  # fmt: skip
    return [each["type"] for each in reversed(listed["data"])]


def test_an_account_installs_its_own_private_app(own, installed):
    found = own.get(f"{INSTALLS}/{installed}")

    assert found["id"].startswith("appinst_test_")
    assert (found["status"], found["account"], found["channel"]) == ("installed", own.account, "private_test")  # fmt: skip
    assert (found["auth_code"], found["created_by"], found["permissions_granted"]) == (None, None, [])  # fmt: skip


def test_an_app_is_installed_once(own, installed):
    again = own.post(INSTALLS, app="app_1", channel="private_test")
    another = own.post(INSTALLS, app="app_2", channel="private_test")

    assert again["id"] == installed != another["id"]
    assert events(own) == ["apps.install.created"] * 2


@pytest.mark.parametrize("channel", [None, "public", "testing", "private_live"])
def test_other_apps_are_installed_by_a_platform(own, refused, channel):
    refusal = refused(own.post, INSTALLS, app="app_1", **({"channel": channel} if channel else {}))

    assert (refusal.status, refusal.error["param"]) == (400, "channel")


def test_a_platform_installs_an_app_in_a_connected_account(own):
    connected = own.post("/v1/accounts", type="standard")["id"]

    made = own.post(INSTALLS, {"stripe-account": connected}, app="app_1")

    assert (made["account"], made["channel"], made["status"]) == (connected, "public", "installed")
    assert own.get(INSTALLS)["data"] == []


def test_no_code_is_given_that_could_not_be_used(own, refused):
    connected = {"stripe-account": own.post("/v1/accounts", type="standard")["id"]}
    challenge = {"app": "app_1", "code_challenge": "x" * 43}

    errors = [
        refused(own.post, INSTALLS, connected, **challenge, **method).error["param"]
        for method in ({}, {"code_challenge_method": "S256"})
    ]

    assert errors == ["code_challenge_method", "code_challenge"]
    assert own.post(INSTALLS, channel="private_test", **challenge)["auth_code"] is None


def test_an_uninstalled_app_is_gone_a_moment_later(own, installed, refused):
    path = f"{INSTALLS}/{installed}"
    own.post(path)

    leaving = own.post(f"{path}/uninstall")

    assert leaving["status"] == "uninstalling"
    assert own.get(INSTALLS)["data"] == []
    assert refused(own.get, path).status == refused(own.post, f"{path}/uninstall").status == 404
    assert events(own) == ["apps.install.created", "apps.install.updated", "apps.install.deleted"]
    assert own.post(INSTALLS, app="app_1", channel="private_test")["id"] != installed


@pytest.mark.parametrize(
    ("selected", "number"),
    [({"app": "app_1"}, 1), ({"app": "app_2"}, 0), ({"status": "installing"}, 0), ({"channel": "private_test"}, 1)],
)  # fmt: skip
def test_a_list_can_be_of_one_app(own, installed, selected, number):
    assert len(own.get(INSTALLS, **selected)["data"]) == number
