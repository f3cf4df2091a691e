"""Tax ids: whose they are, and what their verification comes to."""

import pytest


@pytest.fixture
def customer(api):
    """A customer's id."""
    return api.post("/v1/customers")["id"]


@pytest.mark.parametrize(
    ("type", "value", "country", "status"),
    [
        ("eu_vat", "DE123456789", "DE", "pending"),
        ("eu_vat", "ATU000000000", "AT", "verified"),
        ("gb_vat", "GB111111111", "GB", "unverified"),
        ("us_ein", "12-3456789", "US", "unavailable"),
    ],
)
def test_a_tax_id_is_of_a_country(api, customer, type, value, country, status):
    made = api.post(f"/v1/customers/{customer}/tax_ids", type=type, value=value)

    assert (made["country"], made["verification"]["status"]) == (country, status)
    assert made["owner"]["customer"] == made["customer"] == customer


def test_the_accounts_own_are_not_the_customers(api, customer):
    theirs = api.post(f"/v1/customers/{customer}/tax_ids", type="eu_vat", value="DE123456789")
    ours = api.post("/v1/tax_ids", type="eu_vat", value="DE987654321")

    def found(path, **params):
        return [each["id"] for each in api.get(path, **params)["data"]]

    assert found("/v1/tax_ids") == [ours["id"]]
    assert found("/v1/tax_ids", owner={"type": "customer", "customer": customer}) == [theirs["id"]]
    assert found(f"/v1/customers/{customer}/tax_ids") == [theirs["id"]]


def test_a_tax_id_of_another_customer_is_not_found(api, customer, refused):
    made = api.post(f"/v1/customers/{customer}/tax_ids", type="eu_vat", value="DE123456789")["id"]
    other = api.post("/v1/customers")["id"]

    assert refused(api.get, f"/v1/customers/{other}/tax_ids/{made}").status == 404
    assert api.delete(f"/v1/customers/{customer}/tax_ids/{made}")["deleted"]
