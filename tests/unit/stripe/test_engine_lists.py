"""Lists: every record once, whatever the page; filters."""

import sys
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 25), st.integers(1, 9))
def test_walking_forward_meets_each_record_once(fresh, number, limit):
    api = fresh()
    made = [api.post("/v1/customers")["id"] for _ in range(number)]

    walked, params = [], {"limit": limit}
    while True:
        page = api.get("/v1/customers", **params)
        walked += [each["id"] for each in page["data"]]
        if not page["has_more"]:
            break
        assert len(page["data"]) == limit
        params["starting_after"] = walked[-1]

    assert walked == made[::-1]


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 25), st.integers(1, 9))
def test_walking_backward_meets_each_record_once(fresh, number, limit):
    api = fresh()
    made = [api.post("/v1/customers")["id"] for _ in range(number)]

    walked = [made[0]]
    while True:
        page = api.get("/v1/customers", limit=limit, ending_before=walked[0])
        walked = [each["id"] for each in page["data"]] + walked
        if not page["has_more"]:
            break

    assert walked == made[::-1]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 25), st.integers(1, 9))
def test_search_results_are_walked_too(fresh, number, limit):
    api = fresh()
    made = [api.post("/v1/customers", name="Jenny")["id"] for _ in range(number)]

    walked, params = [], {"query": "name:'jenny'", "limit": limit}
    while True:
        page = api.get("/v1/customers/search", **params)
        walked += [each["id"] for each in page["data"]]
        if not page["has_more"]:
            break
        params["page"] = page["next_page"]

    assert walked == made[::-1]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 25), st.integers(1, 9))
def test_lists_of_v2_are_walked_there_and_back_by_their_links(fresh, number, limit):
    api = fresh()
    made = [destination(api) for _ in range(number)]
    path, asked_for = "/v2/core/event_destinations", "include[0]=webhook_endpoint.url"

    def walk(url, link):
        while url:
            page = api.call("GET", *asked(url))
            yield page
            url = page[link]

    there = list(walk(f"{path}?limit={limit}&{asked_for}", "next_page_url"))
    back = list(walk(there[-1]["previous_page_url"], "previous_page_url"))

    assert [each["id"] for page in there for each in page["data"]] == made[::-1]
    assert [page["data"] for page in back] == [page["data"] for page in there[-2::-1]]
    assert there[0]["previous_page_url"] is None
    assert all(asked_for in unquote(page["next_page_url"]) for page in there[:-1])


@pytest.mark.parametrize("page", ["acct_1", "b2xkZXIgYWNjdF8x", "\u00e9", "b2xkZXI", "/w"])
def test_a_page_that_no_answer_named_is_refused(api, refused, page):
    error = refused(api.get, "/v2/core/accounts", page=page)

    assert (error.status, error.error["message"]) == (400, f"Invalid page: {page}")


def destination(api):
    """The id of a new event destination of v2."""
    terms = {
        "name": "Mine",
        "type": "webhook_endpoint",
        "event_payload": "thin",
        "enabled_events": ["v2.core.account.created"],
        "webhook_endpoint": {"url": "https://example.com/hook"},
    }
    return api.post("/v2/core/event_destinations", **terms)["id"]


def asked(url):
    """A link's path and parameters."""
    parts = urlsplit(url)
    return parts.path, dict(parse_qsl(parts.query))


def test_a_walk_goes_on_behind_what_it_has_deleted(api):
    made = [api.post("/v1/customers")["id"] for _ in range(7)]

    walked, params = [], {"limit": 2}
    while True:
        page = api.get("/v1/customers", **params)
        for each in page["data"]:
            walked.append(each["id"])
            api.delete(f"/v1/customers/{each['id']}")
        if not page["has_more"]:
            break
        params["starting_after"] = walked[-1]

    assert walked == made[::-1]
    assert api.get("/v1/customers")["data"] == []


def test_records_that_come_in_between_do_not_disturb_a_walk(api):
    made = [api.post("/v1/customers")["id"] for _ in range(6)]
    first = api.get("/v1/customers", limit=3)
    api.post("/v1/customers")

    second = api.get("/v1/customers", limit=3, starting_after=first["data"][-1]["id"])

    assert [each["id"] for each in second["data"]] == made[2::-1]


@pytest.mark.parametrize("asked", ["", "starting_after", "ending_before", "email", "created"])
def test_a_page_costs_the_same_however_much_is_stored(fresh, asked):
    def calls_for_a_page(number):
        api = fresh()
        made = [api.post("/v1/customers", email=f"{each % 9}@x.test") for each in range(number)]
        middle = made[number // 2]
        params = {
            "": {},
            "starting_after": {"starting_after": middle["id"]},
            "ending_before": {"ending_before": middle["id"]},
            "email": {"email": "4@x.test"},
            "created": {"created": {"gte": made[0]["created"], "lte": made[-1]["created"]}},
        }[asked]
        api.send("GET", "/v1/customers", {"limit": 3, **params})  # makes the index
        return counted(lambda: api.send("GET", "/v1/customers", {"limit": 3, **params}))

    assert calls_for_a_page(600) <= calls_for_a_page(60) + 12  # what finds a place by halves


def counted(work):
    """How many functions a piece of work calls: what it costs, on however busy a machine."""
    calls = 0

    def count(frame, event, argument):
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls


def test_only_one_cursor_can_be_given(api, refused):
    id = api.post("/v1/customers")["id"]

    error = refused(api.get, "/v1/customers", starting_after=id, ending_before=id)

    assert error.status == 400


@pytest.mark.parametrize(
    ("bounds", "found"),
    [
        ({"gte": 0}, True),
        ({"gt": 0}, False),
        ({"lte": 0}, True),
        ({"lt": 0}, False),
        ({"gte": -1, "lt": 1}, True),
    ],
)
def test_a_range_of_creation(api, bounds, found):
    customer = api.post("/v1/customers")
    created = {name: customer["created"] + offset for name, offset in bounds.items()}

    listed = api.get("/v1/customers", created=created)["data"]

    assert bool(listed) is found


@pytest.mark.parametrize(
    "path",
    [
        "/v1/payment_methods",
        "/v1/invoices",
        "/v1/subscriptions",
        "/v1/charges",
        "/v1/payment_intents",
        "/v1/invoiceitems",
        "/v1/setup_intents",
    ],
)
def test_what_a_filter_names_must_exist(api, refused, path):
    error = refused(api.get, path, customer="cus_none")

    assert (error.status, error.error["code"], error.error["param"]) == (
        400,
        "resource_missing",
        "customer",
    )


def test_what_a_deleted_customer_left_can_be_listed(api):
    customer = api.customer()
    subscription = api.subscribe(customer, api.price())
    api.delete(f"/v1/customers/{customer}")

    invoices = api.get("/v1/invoices", customer=customer)["data"]
    subscriptions = api.get("/v1/subscriptions", customer=customer, status="all")["data"]

    assert [each["id"] for each in invoices] == [subscription["latest_invoice"]]
    assert [each["status"] for each in subscriptions] == ["canceled"]
