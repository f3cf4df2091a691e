"""What belongs to a parent: it is listed under that one and no other, and only where the parent exists."""

import pytest


@pytest.fixture
def feature(api):
    """Makes features, and gives their ids."""

    def feature(name):
        return api.post("/v1/entitlements/features", name=name, lookup_key=name)["id"]

    return feature


def product(api):
    """A product's path."""
    return f"/v1/products/{api.post('/v1/products', name='Team')['id']}"


def test_a_list_under_a_parent_shows_its_own_only(api, feature):
    ours, theirs = product(api), product(api)
    made = api.post(f"{ours}/features", entitlement_feature=feature("a"))
    api.post(f"{theirs}/features", entitlement_feature=feature("b"))

    assert [each["id"] for each in api.get(f"{ours}/features")["data"]] == [made["id"]]
    assert made["entitlement_feature"]["lookup_key"] == "a"


def test_a_child_is_not_found_under_another_parent(api, feature, refused):
    ours, theirs = product(api), product(api)
    made = api.post(f"{ours}/features", entitlement_feature=feature("a"))["id"]

    assert api.get(f"{ours}/features/{made}")["id"] == made
    assert refused(api.get, f"{theirs}/features/{made}").status == 404


def test_a_deleted_child_is_not_listed(api, feature):
    ours = product(api)
    made = api.post(f"{ours}/features", entitlement_feature=feature("a"))["id"]

    api.delete(f"{ours}/features/{made}")

    assert api.get(f"{ours}/features")["data"] == []


@pytest.mark.parametrize(
    "path",
    [
        "/v1/checkout/sessions/cs_none/line_items",
        "/v1/credit_notes/cn_none/lines",
        "/v1/customers/cus_none/sources",
        "/v1/payment_links/plink_none/line_items",
        "/v1/products/prod_none/features",
        "/v1/quotes/qt_none/line_items",
        "/v1/tax/calculations/taxcalc_none/line_items",
        "/v1/tax/transactions/tax_none/line_items",
        "/v1/transfers/tr_none/reversals",
    ],
)
def test_a_list_under_what_does_not_exist_is_404(api, refused, path):
    error = refused(api.get, path)

    assert (error.status, error.error["code"]) == (404, "resource_missing")


def test_no_client_sees_how_a_child_knows_its_parent(api, feature):
    ours = product(api)
    made = api.post(f"{ours}/features", entitlement_feature=feature("a"))

    assert not [name for name in made if name.startswith("_")]
    assert api.send("GET", f"{ours}/features", {"expand": ["data._parent"]}).status == 400
