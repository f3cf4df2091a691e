"""Products (https://docs.stripe.com/api/products)."""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    before_delete,
    before_update,
    checks,
    defaults,
    plain,
    prepares,
)
from localstack_stripe.engine.errors import already_exists, exclusive, invalid, too_many
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.products.prices import new_price, require_active, tell_archived

plain("POST /v1/products/{id}")


@defaults("product")
def new_product(work: UnitOfWork) -> Record:
    """A product is active and a service unless something else is said."""
    return {
        "active": True,
        "attributes": [],
        "default_price": None,
        "statement_descriptor": None,
        "tax_code": None,
        "type": "service",
        "unit_label": None,
    }


def described_product(work: UnitOfWork, data: Mapping[str, Any], param: str) -> Record:
    """A product that another request describes, such as a price's ``product_data``.

    :param param: the parameter that describes it
    :raises StripeError: 400 where the id that is chosen for it is taken
    """
    if work.get("product", data.get("id") or "") is not None:
        raise already_exists("product", f"{param}[id]")
    given = {name: value for name, value in data.items() if value is not None}
    return work.create("product", **{**new_product(work), **given})


@prepares("price")
def come_with_price(call: Call) -> Record:
    """Make the product that a price comes with (https://docs.stripe.com/api/prices/create, ``product_data``)."""
    data = call.params.get("product_data")
    if not data:
        return {}
    if call.params.get("product"):
        raise exclusive("product", "product_data")
    return {"product": described_product(call.work, data, "product_data")["id"]}


_MOST_IMAGES = 8
"""https://docs.stripe.com/api/products/create#create_product-images"""


@checks("product")
def check_images(call: Call, product: Record) -> None:
    """A product has only so many images."""
    if len(call.params.get("images") or ()) > _MOST_IMAGES:
        raise too_many("images", _MOST_IMAGES)


@before_create("product")
def complete(call: Call, product: Record) -> None:
    """Make the default price that a product comes with."""
    data = call.params.get("default_price_data")
    if data:
        price = new_price(call.work, product["id"], data, "default_price_data")
        product["default_price"] = price["id"]


@before_update("product")
def change(call: Call, product: Record, before: Record) -> None:
    """Its default price is an active one of its own; what is archived is sold no more
    (https://docs.stripe.com/products-prices/manage-prices).
    """
    work, id = call.work, call.params.get("default_price")
    if id:
        price = work.require("price", id, "default_price")
        if price["product"] != product["id"]:
            raise invalid(
                f"The price `{id}` is not one of the product `{product['id']}`.", "default_price"
            )
        require_active(price, "default_price")
    if before["active"] and not product["active"]:
        for price in work.where("price", "product", product["id"]):
            tell_archived(work, price)


@before_delete("product")
def refuse_with_prices(call: Call, product: Record) -> None:
    """A product that has prices stays (https://docs.stripe.com/api/products/delete)."""
    if call.work.where("price", "product", product["id"]):
        raise invalid(
            "This product cannot be deleted because it has one or more user-created prices."
        )
