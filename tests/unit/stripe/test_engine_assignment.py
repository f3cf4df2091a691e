"""Parameters into records: what is meant by them, and which record is whose."""


def test_what_begins_now_begins_at_a_time(api):
    registration = api.post(
        "/v1/tax/registrations",
        country="IE",
        country_options={"ie": {"type": "oss_union"}},
        active_from="now",
    )

    assert abs(registration["active_from"] - registration["created"]) <= 1


def test_a_child_whose_path_calls_its_parent_id_has_an_id_of_its_own(api):
    destination = api.post("/v1/accounts", type="custom", country="US")["id"]
    api.post("/v1/charges", amount=1000, currency="usd", source="tok_bypassPending")
    transfer = api.post("/v1/transfers", amount=500, currency="usd", destination=destination)["id"]

    reversal = api.post(f"/v1/transfers/{transfer}/reversals", amount=100)

    assert reversal["id"].startswith("trr_")
    assert reversal["transfer"] == transfer
    listed = api.get(f"/v1/transfers/{transfer}/reversals")["data"]
    assert [each["id"] for each in listed] == [reversal["id"]]
