"""Products that are described by who needs them."""

import pytest

PRICE = {"currency": "usd", "unit_amount": 500}
PLAN = {"currency": "usd", "amount": 500, "interval": "month"}


@pytest.mark.parametrize(
    ("path", "terms", "where"),
    [("/v1/prices", PRICE, "product_data"), ("/v1/plans", PLAN, "product")],
)
def test_a_product_that_is_described_has_the_id_that_is_chosen_for_it(
    api, refused, path, terms, where
):
    described = {where: {"id": "shirts", "name": "Shirts"}}

    made = api.post(path, **terms, **described)

    assert made["product"] == "shirts"
    assert api.get("/v1/products/shirts")["name"] == "Shirts"
    assert [each["id"] for each in api.get("/v1/products")["data"]] == ["shirts"]
    error = refused(api.post, path, **terms, **described)
    assert (error.status, error.error["code"]) == (400, "resource_already_exists")
    assert error.error["param"] == f"{where}[id]"
