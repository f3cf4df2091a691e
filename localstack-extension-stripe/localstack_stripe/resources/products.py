"""Products (https://docs.stripe.com/api/products)."""

from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    before_delete,
    before_update,
    defaults,
)
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.prices import new_price


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


@before_create("product")
def complete(call: Call, product: Record) -> None:
    """Make the default price that a product comes with."""
    product["updated"] = product["created"]
    data = call.params.get("default_price_data")
    if data:
        price = new_price(call.work, product["id"], data, "default_price_data")
        product["default_price"] = price["id"]


@before_update("product")
def touch(call: Call, product: Record, before: Record) -> None:
    """Note when it was changed."""
    product["updated"] = call.work.now()


@before_delete("product")
def refuse_with_prices(call: Call, product: Record) -> None:
    """A product that has prices stays (https://docs.stripe.com/api/products/delete)."""
    if call.work.where("price", "product", product["id"]):
        raise invalid(
            "This product cannot be deleted because it has one or more user-created prices."
        )
