"""Every operation of the contract: it answers, whatever it is sent, and never with an error of the emulator's own."""

import random

import orjson
import pytest

from localstack_stripe.api.routing import Router
from localstack_stripe.contract.loader import (
    Array,
    Enum,
    ListOf,
    Map,
    Scalar,
    Structure,
    Union,
    load_contract,
)

OPERATIONS = load_contract().operations
GROUPS = sorted({"/".join(operation.path.split("/")[:3]) for operation in OPERATIONS.values()})
GARBAGE = ["", "0", "-1", "99999999999999999999", "true", "\x00", "é", "[]", "pm_card_visa", "now"]


def in_group(group):
    """The operations whose paths begin with a version and a resource."""
    return [each for each in OPERATIONS.values() if "/".join(each.path.split("/")[:3]) == group]


@pytest.mark.parametrize("group", GROUPS)
def test_each_operation_is_found_by_its_path(group):
    router = Router(OPERATIONS.values())

    for operation in in_group(group):
        names = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
        path = operation.path.format(**{name: f"{name}-1" for name in names})
        found, values = router.match(operation.verb, path)

        assert found.key == operation.key
        assert values == {name: f"{name}-1" for name in names}


class Maker:
    """Makes parameters: of the right types with random values, or of none.

    :param ids: what there is to be named
    """

    def __init__(self, chance, ids):
        self._chance = chance
        self._ids = ids

    def parameters(self, fields, share, depth=0):
        """Values for the required and for a share of the other fields; often what a field is called after."""
        return {
            name: self._ids[name]
            if name in self._ids and self._chance.random() < 0.8
            else self.value(field.type, depth)
            for name, field in fields.items()
            if name != "expand" and (field.required or self._chance.random() < share)
        }

    def value(self, type, depth):
        """A value of a type."""
        match self._chance.choice(type.members) if isinstance(type, Union) else type:
            case Enum(values):
                return self._chance.choice(values)
            case Scalar("integer" | "int64"):
                return str(self._chance.choice([0, 1, 2, 50, 1000, 10**9, -5]))
            case Scalar("timestamp"):
                return str(self._chance.choice([0, 1_700_000_000, 1_900_000_000, 9_000_000_000]))
            case Scalar("moment"):
                return self._chance.choice(["2022-09-18T13:22:00Z", "2040-02-29T12:00:00.5+02:00"])
            case Scalar("number" | "decimal"):
                return self._chance.choice(["0", "12.5", "100", "-1"])
            case Scalar("boolean"):
                return self._chance.choice(["true", "false"])
            case Array(item):
                if depth > 3:
                    return []
                return [self.value(item, depth + 1) for _ in range(self._chance.randint(1, 2))]
            case Map(item):
                return {"key": self.value(item, depth + 1)}
            case Structure(name):
                return {} if depth > 3 else self.parameters(STRUCTURES[name], 0.4, depth + 1)
            case ListOf():
                return []
            case _:
                return self._chance.choice([*self._ids.values(), "x", "usd", "usd"])


STRUCTURES = load_contract().structures


@pytest.fixture
def ids(api):
    """Ids of an account that has something of what is most used, by what they are called in paths."""
    clock = api.clock()
    customer = api.customer()
    price = api.price()
    subscription = api.subscribe(customer, price)
    on_clock = api.customer(test_clock=clock)
    draft = api.post("/v1/invoices", customer=customer)["id"]
    intent = api.post("/v1/payment_intents", amount=1000, currency="usd")["id"]
    setup = api.post("/v1/setup_intents")["id"]
    coupon = api.post("/v1/coupons", percent_off=10)["id"]
    charge = api.get("/v1/charges")["data"][0]["id"]
    item = subscription["items"]["data"][0]["id"]
    return {
        "payment_method": "pm_card_visa",
        "token": "tok_visa",
        "test_clock": clock,
        "customer": customer,
        "price": price,
        "plan": price,
        "subscription": subscription["id"],
        "invoice": draft,
        "paid": subscription["latest_invoice"],
        "on_clock": on_clock,
        "intent": intent,
        "setup": setup,
        "coupon": coupon,
        "charge": charge,
        "item": item,
        "product": api.get(f"/v1/prices/{price}")["product"],
    }


def called(api, operation, chance, ids, params):
    """An answer of an operation, with ids that are mostly, and not always, of the right kind."""
    names = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    some = chance.choice(list(ids.values()))
    path = operation.path.format(
        **{name: ids.get(name, some) if chance.random() < 0.8 else some for name in names}
    )
    return api.send(operation.verb, path, params)


@pytest.mark.parametrize("group", GROUPS)
def test_garbage_is_refused_and_not_fatal(api, ids, group):
    chance = random.Random(group)

    for operation in in_group(group):
        for garbage in GARBAGE:
            params = {name: garbage for name in operation.parameters if chance.random() < 0.5}
            params[chance.choice(["x", "items", "expand", "metadata"])] = garbage
            response = called(api, operation, chance, ids, params)

            assert response.status < 500, (operation.key, params, response.body)
            orjson.loads(response.body)


@pytest.mark.parametrize("group", GROUPS)
def test_whatever_has_the_right_types_is_answered(api, ids, group):
    chance = random.Random(group)
    make = Maker(chance, ids)

    for operation in in_group(group):
        for share in (0, 0, 0.1, 0.3, 0.6):
            params = make.parameters(operation.parameters, share)
            response = called(api, operation, chance, ids, params)

            assert response.status < 500, (operation.key, params, response.body)


EVERYDAY = [
    "/v1/charges",
    "/v1/coupons",
    "/v1/customers",
    "/v1/invoiceitems",
    "/v1/invoices",
    "/v1/payment_intents",
    "/v1/payment_methods",
    "/v1/plans",
    "/v1/prices",
    "/v1/products",
    "/v1/promotion_codes",
    "/v1/refunds",
    "/v1/setup_intents",
    "/v1/subscription_items",
    "/v1/subscriptions",
    "/v1/tokens",
]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("group", EVERYDAY)
def test_what_everyday_code_calls_stands_a_lot(api, ids, group, seed):
    chance = random.Random(f"{group} {seed}")
    make = Maker(chance, ids)

    for _ in range(40):
        operation = chance.choice(in_group(group))
        params = make.parameters(operation.parameters, chance.choice([0.02, 0.06, 0.15]))
        for name in ("customer", "items"):
            if name in operation.parameters and chance.random() < 0.7:
                params[name] = (
                    ids[name] if name in ids else [{"price": ids["price"], "quantity": "2"}]
                )
        response = called(api, operation, chance, ids, params)

        assert response.status < 500, (operation.key, params, response.body)


@pytest.mark.parametrize("path", ["/v1/", "/", "/v1/nothing", "/v1/customers/a/b/c/d", "/v1//x"])
def test_other_paths_are_404(api, refused, path):
    error = refused(api.get, path)

    assert error.status == 404
    assert error.error["message"].startswith(f"Unrecognized request URL (GET: {path})")


def test_a_doubled_slash_does_not_matter(api):
    response = api.send("GET", "//v1/customers")

    assert response.status == 200
