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


@pytest.mark.parametrize(
    ("path", "terms", "where"),
    [("/v1/prices", PRICE, "product_data"), ("/v1/plans", PLAN, "product")],
)
def test_a_product_is_there_before_the_price_that_describes_it(api, path, terms, where):
    api.post(path, **terms, **{where: {"name": "Shirts"}})

    newest_first = [event["type"] for event in api.get("/v1/events")["data"]]
    assert newest_first.index("product.created") > newest_first.index("price.created")


def test_a_product_cannot_be_named_and_described(api, refused):
    product = api.post("/v1/products", name="Shirts")["id"]

    error = refused(
        api.post, "/v1/prices", **PRICE, product=product, product_data={"name": "Shirts"}
    )

    assert error.error["message"] == (
        "You may only specify one of these parameters: product, product_data."
    )
    assert len(api.get("/v1/products")["data"]) == 1
