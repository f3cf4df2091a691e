"""Parameters into records: what is meant by them, and which record is whose."""

from tests.onboarded import ONBOARDED


def test_what_begins_now_begins_at_a_time(api):
    registration = api.post(
        "/v1/tax/registrations",
        country="IE",
        country_options={"ie": {"type": "oss_union"}},
        active_from="now",
    )

    assert abs(registration["active_from"] - registration["created"]) <= 1


def test_a_child_whose_path_calls_its_parent_id_has_an_id_of_its_own(api):
    destination = api.post("/v1/accounts", **ONBOARDED)["id"]
    api.post("/v1/charges", amount=1000, currency="usd", source="tok_bypassPending")
    transfer = api.post("/v1/transfers", amount=500, currency="usd", destination=destination)["id"]

    reversal = api.post(f"/v1/transfers/{transfer}/reversals", amount=100)

    assert reversal["id"].startswith("trr_")
    assert reversal["transfer"] == transfer
    listed = api.get(f"/v1/transfers/{transfer}/reversals")["data"]
    assert [each["id"] for each in listed] == [reversal["id"]]


def test_what_a_structure_names_by_its_id_is_kept(api):
    customer = api.post("/v1/customers")["id"]
    recurring = {"interval": "month", "usage_type": "metered", "meter": _meter(api)}
    price = api.post(
        "/v1/prices",
        currency="usd",
        unit_amount=5,
        recurring=recurring,
        product_data={"name": "Calls"},
    )["id"]

    grant = api.post(
        "/v1/billing/credit_grants",
        customer=customer,
        amount={"type": "monetary", "monetary": {"currency": "usd", "value": 100}},
        applicability_config={"scope": {"prices": [{"id": price}]}},
    )

    assert grant["applicability_config"]["scope"]["prices"] == [{"id": price}]


def _meter(api):
    aggregation = {"formula": "sum"}
    return api.post(
        "/v1/billing/meters",
        display_name="Calls",
        event_name="calls",
        default_aggregation=aggregation,
    )["id"]
