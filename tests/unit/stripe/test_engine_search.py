"""Search: what a query finds, and what it is refused with."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localstack_stripe.engine.errors import StripeError
from localstack_stripe.engine.search import parse_query
from localstack_stripe.engine.search_fields import FIELDS


@pytest.fixture
def three(api):
    """An account with Anna and Ben, who are gold, and Hanna."""
    for name, metadata in (
        ("Anna", {"tier": "gold", 'a"b': "x"}),
        ("Hanna", {}),
        ("Ben", {"tier": "gold"}),
    ):
        api.post("/v1/customers", name=name, metadata=metadata, email=f"{name.lower()}@example.com")
    return api


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("name:'anna'", ["Anna"]),
        ('name:"ANNA"', ["Anna"]),
        ("name~'nna'", ["Hanna", "Anna"]),
        ("name:'nna'", []),
        ("email~'EXAMPLE.com'", ["Ben", "Hanna", "Anna"]),
        ("-name:'anna'", ["Ben", "Hanna"]),
        ("-name~'nna'", ["Ben"]),
        ("metadata['tier']:'gold'", ["Ben", "Anna"]),
        ("metadata['tier']:'gol'", []),
        ("metadata['a\"b']:'x'", ["Anna"]),
        ("metadata['tier']:'gold' AND name~'nna'", ["Anna"]),
        ("metadata['tier']:'gold' name:'ben'", ["Ben"]),
        ("name:'ben' or name:'hanna'", ["Ben", "Hanna"]),
        ("metadata['tier']:null", ["Hanna"]),
        ("-metadata['tier']:null", ["Ben", "Anna"]),
        ("phone:null", ["Ben", "Hanna", "Anna"]),
        ("phone:NULL", ["Ben", "Hanna", "Anna"]),
        ("created>0", ["Ben", "Hanna", "Anna"]),
        ('created>="0" AND created<=99999999999', ["Ben", "Hanna", "Anna"]),
        ("created<1000", []),
        ("-created>0", []),
        (" OR ".join(["name:'ben'"] * 10), ["Ben"]),
    ],
)
def test_customers_are_found(three, query, names):
    found = three.get("/v1/customers/search", query=query)["data"]

    assert [each["name"] for each in found] == names


FORMAT = (
    'We were unable to parse your search query. Try using the format `metadata["key"]:"value"` to query for metadata or '
    'key:"value" to query for other fields.'
)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", None),
        ("name", FORMAT),
        ("asdf", FORMAT),
        ("name:'a' AND", FORMAT),
        ("(", FORMAT),
        ("name:'a", FORMAT),
        ("name:anna", FORMAT),
        ("metadata['tier']:gold", FORMAT),
        ("metadata:'x'", FORMAT),
        ("name['x']:'y'", FORMAT),
        (
            "foo:'bar'",
            "Field `foo` is an unsupported search field for resource `customers`. See "
            "http://stripe.com/docs/search#query-fields-for-customers for a list of supported fields.",
        ),
        ("balance>5", "Field `balance` is an unsupported search field"),
        ("name:'a' OR name:'b' AND name:'c'", "You cannot combine AND and OR in the same query."),
        ("created~'123'", "Field `created` is numeric, and does not support the operator `~`."),
        ("created:abc", "Field `created` is numeric, and `abc` is not a number."),
        ("created>nan", "Field `created` is numeric, and `nan` is not a number."),
        ("name>'a'", "Field `name` is not numeric, and does not support the operator `>`."),
        ("metadata['a']~'abc'", "Field `metadata` does not support the operator `~`."),
        ("name~'nn'", "The operator `~` needs at least 3 characters to look for."),
        ("created>null", "`null` can only be compared with the operator `:`, and not with `>`."),
        (" ".join(["name:'a'"] * 11), "Your search query has more than 10 clauses."),
    ],
)
def test_a_query_that_cannot_be_answered_is_refused(api, refused, query, message):
    error = refused(api.get, "/v1/customers/search", query=query)

    assert (error.status, error.error["type"]) == (400, "invalid_request_error")
    assert error.error["param"] == "query"
    if message:
        assert error.error["message"].startswith(message)


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("one two three", True),
        ("ONE  two", True),
        ("two three", True),
        ("one three", False),
        ("three two", False),
        ("tw", False),
    ],
)
def test_an_exact_match_of_a_string_is_of_words_that_follow_each_other(api, words, is_found):
    api.post("/v1/customers", name="One two three four")

    found = api.get("/v1/customers/search", query=f"name:'{words}'")["data"]

    assert bool(found) == is_found


@pytest.mark.parametrize(
    ("refunded", "query"), [(0, "null"), (500, "'false'"), (1200, "'true'")], ids=str
)
def test_charges_are_found_by_how_much_is_refunded(api, refunded, query):
    api.subscribe(api.customer(), api.price())
    (charge,) = api.get("/v1/charges")["data"]
    if refunded:
        api.post("/v1/refunds", charge=charge["id"], amount=refunded)

    def is_found(value):
        return bool(api.get("/v1/charges/search", query=f"refunded:{value}")["data"])

    assert {value: is_found(value) for value in ("null", "'false'", "'true'")} == {
        "null": False,
        "'false'": False,
        "'true'": False,
        query: True,
    }


def test_a_resource_is_called_as_in_its_path(api, refused):
    error = refused(api.get, "/v1/payment_intents/search", query="foo:'x'")

    assert "for resource `payment_intents`" in error.error["message"]
    assert "#query-fields-for-payment-intents" in error.error["message"]


def test_what_an_object_has_elsewhere_is_found_too(api):
    customer = api.customer()
    subscription = api.subscribe(customer, api.price())

    def found(path, query):
        return [each["id"] for each in api.get(f"/v1/{path}/search", query=query)["data"]]

    invoice = subscription["latest_invoice"]
    (charge,) = (each["id"] for each in api.get("/v1/charges")["data"])

    assert found("invoices", f"subscription:'{subscription['id']}' AND total>1000") == [invoice]
    assert found("charges", "payment_method_details.card.last4:4242 AND amount:1200") == [charge]
    assert found("charges", "payment_method_details.last4:'4242' AND refunded:null") == [charge]
    assert found("charges", "payment_method_details.card.last4:1234") == []
    assert found("subscriptions", "status:'active'") == [subscription["id"]]
    assert found("subscriptions", "status:'canceled'") == []
    assert found("invoices", "status~'pai'") == [invoice]


def test_prices_are_found_by_a_part_of_their_lookup_key(api):
    product = api.get(f"/v1/prices/{api.price()}")["product"]
    terms = {"currency": "usd", "unit_amount": 500, "product": product}
    monthly = api.post("/v1/prices", lookup_key="standard_monthly", **terms)["id"]
    api.post("/v1/prices", lookup_key="premium_monthly", **terms)

    found = api.get("/v1/prices/search", query="lookup_key~'standard'")["data"]

    assert [each["id"] for each in found] == [monthly]


def test_every_field_is_one_that_objects_have(emulator):
    """As far as the contract tells, the first name of each path is a field of the resource."""
    resources = emulator.contract.resources

    for resource, fields in FIELDS.items():
        for name, field in fields.items():
            assert field.path[0] in resources[resource].fields, (resource, name)


def test_the_seven_resources_with_a_search_have_fields(emulator):
    searched = {
        operation.path.split("/")[2]
        for operation in emulator.contract.operations.values()
        if operation.path.endswith("/search")
    }

    assert {f"{resource}s" for resource in FIELDS} == searched


def test_how_many_there_are_is_said_where_it_is_asked_for(three):
    query = {"query": "name~'nna'", "limit": 1}

    assert "total_count" not in three.get("/v1/customers/search", **query)
    page = three.get("/v1/customers/search", expand=["total_count"], **query)
    assert (len(page["data"]), page["total_count"]) == (1, 2)
    following = three.get(
        "/v1/customers/search", expand=["total_count"], page=page["next_page"], **query
    )
    assert (len(following["data"]), following["total_count"]) == (1, 2)


def test_a_list_does_not_count(api, refused):
    assert refused(api.get, "/v1/customers", expand=["total_count"]).status == 400


@settings(deadline=None, max_examples=300)
@given(st.text("name:~<>=\"'\\[] ANDOR-.0123", max_size=60), st.sampled_from(sorted(FIELDS)))
def test_no_query_is_worse_than_refused(query, resource):
    with contextlib.suppress(StripeError):
        parse_query(query, resource).matches({})
