"""``previous_attributes`` say exactly what was before: put over the object, they give the object as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from localstack_stripe.events.previous import previous_attributes

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.stripe.conftest import Api

names = st.sampled_from("abcde")
scalars = st.none() | st.integers(0, 3) | st.text(max_size=2)
values = scalars | st.lists(scalars, max_size=2)
inner = st.dictionaries(names, values, max_size=3)
hashes = st.dictionaries(names, values | inner | st.fixed_dictionaries({"x": inner}), max_size=4)
metadata = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["", "1", "2"]), max_size=3)


def restored(now: dict[str, Any], previous: dict[str, Any]) -> dict[str, Any]:
    """What *now* was before, as who gets the event can find out."""
    before = dict(now)
    for name, old in previous.items():
        new = now.get(name)
        both = isinstance(old, dict) and isinstance(new, dict)
        before[name] = restored(new, old) if both else old  # type: ignore[arg-type]
    return before


def told(value: Any) -> Any:
    """A value without what is null: a key that is new was null before."""
    if isinstance(value, dict):
        return {name: told(each) for name, each in value.items() if each is not None}
    return value


@given(hashes, hashes)
def test_put_over_the_object_they_give_the_object_as_it_was(
    before: dict[str, Any], now: dict[str, Any]
) -> None:
    previous = previous_attributes(before, now)

    assert told(restored(now, previous)) == told(before)


@given(hashes, hashes)
def test_only_what_changed_is_in_them(before: dict[str, Any], now: dict[str, Any]) -> None:
    previous = previous_attributes(before, now)

    assert all(now.get(name) != before.get(name) for name in previous)
    assert previous_attributes(now, now) == {}


def test_an_array_is_whole_and_of_a_hash_only_what_changed() -> None:
    before = {"items": {"url": "/v1", "data": [1, 2]}, "address": None, "metadata": {"a": "1"}}
    now = {"items": {"url": "/v1", "data": [1, 3]}, "address": {"line1": "x"}, "metadata": {}}

    assert previous_attributes(before, now) == {
        "address": None,
        "items": {"data": [1, 2]},
        "metadata": {"a": "1"},
    }


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["Jenny", "Jo", ""]), metadata), max_size=5))
def test_a_customers_events_lead_back_to_its_beginning(
    fresh: Callable[[], Api], changes: list[tuple[str, dict[str, str]]]
) -> None:
    api = fresh()
    customer = first = api.post("/v1/customers", name="Jenny", address={"city": "Berlin"})
    for name, data in changes:
        customer = api.post(f"/v1/customers/{first['id']}", name=name, metadata=data)

    for event in api.everything("/v1/events", type="customer.updated"):
        assert told(event["data"]["object"]) == told(customer)
        customer = restored(customer, event["data"]["previous_attributes"])

    assert told(customer) == told(first)
