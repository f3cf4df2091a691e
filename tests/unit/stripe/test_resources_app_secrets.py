"""The secret store of Stripe Apps: secrets by name and scope."""

import pytest

ACCOUNT = {"type": "account"}
USER = {"type": "user", "user": "usr_1"}


def test_a_secret_is_found_by_its_name_and_scope(api):
    kept = api.post("/v1/apps/secrets", name="key", payload="s3cret", scope=ACCOUNT)
    api.post("/v1/apps/secrets", name="key", payload="another", scope=USER)

    found = api.get("/v1/apps/secrets/find", name="key", scope=ACCOUNT, expand=["payload"])

    assert (found["id"], found["payload"]) == (kept["id"], "s3cret")
    assert "payload" not in kept


def test_a_secret_of_the_same_name_replaces_it(api):
    first = api.post("/v1/apps/secrets", name="key", payload="old", scope=ACCOUNT)
    second = api.post("/v1/apps/secrets", name="key", payload="new", scope=ACCOUNT)

    assert first["id"] == second["id"]
    assert len(api.get("/v1/apps/secrets", scope=ACCOUNT)["data"]) == 1


def test_a_list_has_one_scope(api):
    api.post("/v1/apps/secrets", name="key", payload="x", scope=ACCOUNT)
    theirs = api.post("/v1/apps/secrets", name="key", payload="x", scope=USER)

    assert [each["id"] for each in api.get("/v1/apps/secrets", scope=USER)["data"]] == [
        theirs["id"]
    ]


def test_a_deleted_secret_is_gone(api, refused):
    kept = api.post("/v1/apps/secrets", name="key", payload="x", scope=ACCOUNT)

    deleted = api.post("/v1/apps/secrets/delete", name="key", scope=ACCOUNT)

    assert deleted == {"id": kept["id"], "object": "apps.secret", "deleted": True}
    assert api.get("/v1/apps/secrets", scope=ACCOUNT)["data"] == []
    assert refused(api.get, "/v1/apps/secrets/find", name="key", scope=ACCOUNT).status == 404


@pytest.mark.parametrize("what", ["delete", "find"])
def test_what_is_not_kept_is_404_and_makes_nothing(api, refused, what):
    verb = api.get if what == "find" else api.post

    error = refused(verb, f"/v1/apps/secrets/{what}", name="none", scope=ACCOUNT)

    assert (error.status, error.error["code"]) == (404, "resource_missing")
    assert api.get("/v1/apps/secrets", scope=ACCOUNT)["data"] == []


def test_a_users_secret_needs_the_user(api, refused):
    error = refused(api.post, "/v1/apps/secrets", name="a", payload="b", scope={"type": "user"})

    assert error.error["param"] == "scope[user]"
