"""Imports of a catalog: what is uploaded, and what is wrong in it."""

import csv
from datetime import datetime

import pytest

from localstack_stripe.api.messages import Request

PATH = "/v2/commerce/product_catalog/imports"
PRODUCT = {
    "id": "sku_1",
    "title": "Polo",
    "description": "A shirt.",
    "link": "https://example.com/polo",
    "mpn": "P1",
    "image_link": "https://example.com/polo.png",
    "product_category": "Apparel > Shirts",
    "availability": "in_stock",
    "price": "15.00 USD",
}
STOCK = {"id": "sku_1", "availability": "in_stock", "inventory_quantity": "3"}
SALE = {
    "promotion_id": "p1",
    "title": "Sale",
    "active_period": "2026-05-01T00:00:00Z/2026-12-15T23:59:59Z",
    "benefit_type": "percent_off",
    "percent_off": "20",
    "target_selection": "all_products",
    "application_type": "automatic",
}


def begun(api, feed_type="product", mode="upsert"):
    """An import that waits for its file."""
    return api.post(PATH, feed_type=feed_type, mode=mode, metadata={"file_name": "feed.csv"})


def at(api, address, verb="GET", body=b""):
    """What is answered at an address that an import tells."""
    headers = {"content-type": "text/csv"}
    return api.emulator.handle(Request(verb, address, "", headers, body))


def upload(api, made, content):
    """Upload a file, and give the import as it is then."""
    address = made["status_details"]["awaiting_upload"]["upload_url"]["url"]
    assert at(api, address, "PUT", content).status == 200
    return api.get(f"{PATH}/{made['id']}")


def imported(api, *rows, feed_type="product", mode="upsert", separator=","):
    """What has come of some rows."""
    lines = [separator.join(rows[0]), *(separator.join(row.values()) for row in rows)]
    return upload(api, begun(api, feed_type, mode), "\n".join(lines).encode())


def mistake(made):
    """The first field that was wrong."""
    return made["status_details"]["succeeded_with_errors"]["samples"][0]["field"]


def test_a_file_is_waited_for(own):
    made = begun(own)

    expires = made["status_details"]["awaiting_upload"]["upload_url"]["expires_at"]
    waits = datetime.fromisoformat(expires) - datetime.fromisoformat(made["created"])
    assert (made["status"], waits.total_seconds()) == ("awaiting_upload", 300)
    assert made["metadata"] == {"file_name": "feed.csv"}


@pytest.mark.parametrize("separator", [",", "\t"])
def test_a_file_is_imported(own, separator):
    made = imported(own, PRODUCT, {**PRODUCT, "id": "sku_2"}, separator=separator)

    types = [each["type"].rpartition(".")[2] for each in own.get("/v2/core/events")["data"]]
    assert (made["status"], made["status_details"]) == ("succeeded", {"succeeded": {"success_count": "2"}})  # fmt: skip
    assert types == ["succeeded", "processing"]


def test_what_is_wrong_is_told_row_by_row(own):
    made = imported(own, PRODUCT, {**PRODUCT, "id": "sku_2", "price": "15", "link": "polo"})

    details = made["status_details"]["succeeded_with_errors"]
    file = at(own, details["error_file"]["download_url"]["url"])
    [row] = csv.DictReader(file.body.decode().splitlines())
    assert (made["status"], details["success_count"], details["error_count"]) == ("succeeded_with_errors", "1", "1")  # fmt: skip
    [sample] = details["samples"]
    assert (sample["id"], sample["field"], sample["row"]) == ("sku_2", "link", "3")
    assert next(iter(row)) == "stripe_error_message"
    assert (row["id"], "price must be" in row["stripe_error_message"]) == ("sku_2", True)
    assert details["error_file"]["size"] == str(len(file.body))


def test_the_address_of_the_mistakes_is_valid_for_five_minutes(own):
    made = imported(own, {**PRODUCT, "price": ""})
    address = f"/catalog_imports/{own.account}/{made['id']}/errors"
    own.pass_time(301)
    assert at(own, address).status == 404

    own.get(f"{PATH}/{made['id']}")

    assert at(own, address).status == 200


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 151}, "title"),
        ({"mpn": ""}, "mpn"),
        ({"product_category": ""}, "product_category"),
        ({"image_link": "polo.png"}, "image_link"),
        ({"availability": "soon"}, "availability"),
        ({"availability": "preorder"}, "availability_date"),
        ({"inventory_not_tracked": "false"}, "inventory_quantity"),
        ({"inventory_quantity": "-1"}, "inventory_quantity"),
        ({"sale_price": "12.99 USD"}, "sale_price_effective_date"),
        ({"sale_price": "12.99 USD", "sale_price_effective_date": "today"}, "sale_price_effective_date"),
        ({"expiration_date": "tomorrow"}, "expiration_date"),
        ({"product_review_count": "3"}, "product_review_rating"),
        ({"return_rate": "2%"}, "return_rate"),
        ({"delete": "yes"}, "delete"),
    ],
)  # fmt: skip
def test_a_product_has_what_its_feed_asks_for(own, change, field):
    assert mistake(imported(own, {**PRODUCT, **change})) == field


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"percent_off": ""}, "percent_off"),
        ({"percent_off": "101"}, "percent_off"),
        ({"benefit_type": "amount_off"}, "amount_off"),
        ({"benefit_type": "free_shipping"}, "promotion_code"),
        ({"application_type": "promotion_code", "promotion_code": "20 OFF"}, "promotion_code"),
    ],
)
def test_a_promotion_has_what_its_feed_asks_for(own, change, field):
    assert imported(own, SALE, feed_type="promotion")["status"] == "succeeded"
    assert mistake(imported(own, {**SALE, **change}, feed_type="promotion")) == field


def test_stock_is_of_products_in_the_catalog(own):
    unknown = imported(own, STOCK, feed_type="inventory")
    imported(own, PRODUCT)
    known = imported(own, STOCK, feed_type="inventory")

    assert (mistake(unknown), known["status"]) == ("id", "succeeded")


@pytest.mark.parametrize(
    ("row", "mode"),
    [({"id": "sku_1", "delete": "true"}, "upsert"), ({**PRODUCT, "id": "sku_2"}, "replace")],
)
def test_a_product_leaves_the_catalog(own, row, mode):
    imported(own, PRODUCT)

    assert imported(own, row, mode=mode)["status"] == "succeeded"

    assert mistake(imported(own, STOCK, feed_type="inventory")) == "id"


@pytest.mark.parametrize("content", [b"", b"title\nPolo", b"\xff\xfe", b"id\n" + b"x" * 140_000])
def test_what_is_no_feed_fails(own, content):
    made = upload(own, begun(own), content)

    assert (made["status"], made["status_details"]["failed"]["code"]) == ("failed", "invalid_file")


def test_a_file_that_does_not_come_in_time_is_not_waited_for(own):
    made = begun(own)
    own.pass_time(301)

    failed = own.get(f"{PATH}/{made['id']}")

    assert failed["status_details"]["failed"]["code"] == "file_not_found"
    address = made["status_details"]["awaiting_upload"]["upload_url"]["url"]
    assert at(own, address, "PUT", b"id\n1").status == 403
    assert at(own, f"{address}x", "PUT", b"id\n1").status == 404


def test_only_products_can_be_replaced(own, refused):
    assert refused(begun, own, "inventory", "replace").error["param"] == "mode"


def test_a_list_is_of_a_time(own):
    first = begun(own)
    own.pass_time(60)
    second = begun(own, "inventory")

    def listed(**params):
        return [each["id"] for each in own.get(PATH, **params)["data"]]

    assert listed(created_gt=first["created"]) == listed(created_gte=second["created"]) == [second["id"]]  # fmt: skip
    assert listed(created_lt=second["created"]) == listed(created_lte=first["created"]) == [first["id"]]  # fmt: skip
    assert listed(feed_type="inventory") == [second["id"]]
