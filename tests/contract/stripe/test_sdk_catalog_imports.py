"""A catalog is imported as Stripe's guide does it: create, upload, read what has come of it."""

import urllib.request

FEED = b"""id,availability,inventory_quantity
sku_1,in_stock,3
"""


def sent(method, address, content=None):
    """What is answered to a program that is no SDK."""
    request = urllib.request.Request(address, content, {"Content-Type": "text/csv"}, method=method)
    with urllib.request.urlopen(request) as answer:
        return answer.status, answer.read().decode()


def test_a_file_is_uploaded_and_its_mistakes_are_downloaded(client):
    imports = client.v2.commerce.product_catalog.imports
    made = imports.create(
        {"feed_type": "inventory", "mode": "upsert", "metadata": {"file_name": "stock.csv"}}
    )

    uploaded = sent("PUT", made.status_details.awaiting_upload.upload_url.url, FEED)

    details = imports.retrieve(made.id).status_details.succeeded_with_errors
    mistakes = sent("GET", details.error_file.download_url.url)
    assert uploaded == (200, "")
    assert (details.success_count, details.error_count, details.samples[0].row) == (0, 1, 2)
    assert mistakes[1].splitlines() == [
        "stripe_error_message,id,availability,inventory_quantity",
        "There is no product sku_1 in the catalog.,sku_1,in_stock,3",
    ]
    events = [each.type for each in client.v2.core.events.list().data]
    assert events == [
        "v2.commerce.product_catalog.imports.succeeded_with_errors",
        "v2.commerce.product_catalog.imports.processing",
    ]
