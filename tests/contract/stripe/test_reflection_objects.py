"""Every kind of object can be made, is kept, found again, changed and deleted, and no other account sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import stripe

from localstack_stripe.contract.loader import Enum, Operation, Scalar, load_contract
from localstack_stripe.engine.shapes import one_of
from tests.contract.stripe.reflection.combinations import (
    CHANGED_ONCE_SAVED,
    ENDED,
    OTHERWISE,
    SHOWN_WHEN_EXPANDED,
)
from tests.contract.stripe.reflection.gaps import cases
from tests.contract.stripe.reflection.operations import (
    creating,
    deleting,
    listing,
    retrieving,
    updating,
)
from tests.contract.stripe.reflection.sdk import Sdk
from tests.contract.stripe.reflection.smallest import Maker

CONTRACT = load_contract()

CHANGEABLE = ("metadata", "description", "name", "nickname", "display_name", "active", "email")
"""Parameters that an update is tried with, the first that it takes."""


def with_all(*does: Callable[[], dict[str, Operation]]) -> list[str]:
    """The kinds of objects that can be made, and have each of these operations."""
    return sorted(kind for kind in creating() if all(kind in each() for each in does))


@pytest.mark.parametrize("kind", cases("kept", with_all()))
def test_what_was_sent_is_kept(maker: Maker, kind: str) -> None:
    operation = creating()[kind]
    sent = maker.params(operation)
    expanded = {"expand": SHOWN_WHEN_EXPANDED[kind]} if kind in SHOWN_WHEN_EXPANDED else {}

    made = maker.call(operation, **sent, **expanded)

    assert made["object"] == kind
    fields = CONTRACT.resources[kind].fields
    for name, value in sent.items():
        if value == "now" or (kind, name) in OTHERWISE:
            continue  # the present is shown as the moment that it was
        if name in fields and isinstance(value, str | int) and plain(fields[name].type):
            assert made[name] == value, name


@pytest.mark.parametrize("kind", cases("retrieved", with_all(retrieving)))
def test_it_is_found_again_as_it_was_made(maker: Maker, kind: str) -> None:
    made = maker.another(kind)

    found = maker.call(retrieving()[kind], made["id"])

    shown_once = {"client_secret", "secret"}
    assert (found["id"], found["object"]) == (made["id"], kind)
    changed = {name for name in found if found[name] != made.get(name)}
    assert {name for name in changed if (kind, name) not in OTHERWISE} <= shown_once


@pytest.mark.parametrize("kind", cases("listed", with_all(listing)))
def test_it_is_in_the_list(maker: Maker, kind: str) -> None:
    made = maker.another(kind)

    page = maker.call(listing()[kind])

    assert made["id"] in [each["id"] for each in page["data"]]


@pytest.mark.parametrize("kind", cases("updated", with_all(updating, retrieving)))
def test_a_change_stays(maker: Maker, kind: str) -> None:
    operation = updating()[kind]
    name = next((each for each in CHANGEABLE if each in operation.parameters), None)
    if name is None or kind in CHANGED_ONCE_SAVED:
        pytest.skip("it has nothing that any object could be changed by")
    made = maker.another(kind)
    value: Any = {"metadata": {"changed": "yes"}, "active": False, "email": "new@example.com"}.get(
        name, "changed"
    )

    changed = maker.call(operation, made["id"], **{name: value})

    found = maker.call(retrieving()[kind], made["id"])
    assert (changed[name], found[name]) == (value, value)


@pytest.mark.parametrize("kind", cases("deleted", with_all(deleting)))
def test_what_was_deleted_is_gone(maker: Maker, kind: str) -> None:
    made = maker.another(kind)

    maker.call(deleting()[kind], made["id"])

    if kind in listing():
        assert made["id"] not in [each["id"] for each in maker.call(listing()[kind])["data"]]
    if kind in retrieving() and kind not in ENDED:
        assert is_gone(maker, kind, made["id"])


@pytest.mark.parametrize("kind", cases("apart", with_all(retrieving)))
def test_no_other_account_sees_it(maker: Maker, other: Sdk, kind: str) -> None:
    made = maker.another(kind)
    operation = retrieving()[kind]

    with pytest.raises(stripe.StripeError) as missing:
        other.call(operation, [*maker.parents(operation)[:-1], made["id"]], {})

    assert says_that_it_is_missing(missing.value, kind)
    if kind in listing() and "{" not in listing()[kind].path:
        apart = Maker(other).call(listing()[kind])
        assert made["id"] not in [each["id"] for each in apart["data"]]


def is_gone(maker: Maker, kind: str, id: str) -> bool:
    """Whether retrieving gives the stub of what was deleted, or nothing."""
    try:
        return maker.call(retrieving()[kind], id).get("deleted") is True
    except stripe.StripeError as error:
        return says_that_it_is_missing(error, kind)


def says_that_it_is_missing(error: stripe.StripeError, kind: str) -> bool:
    """Whether that is what an error says; of an account, that it is out of reach, and of an item without a code."""
    missing = "not_found" if kind.startswith("v2.") else "resource_missing"
    if kind == "subscription_item":
        missing = None
    expected = (403, "account_invalid") if kind == "account" else (404, missing)
    return (error.http_status, error.error.code) == expected


def plain(type: Any) -> bool:
    """Whether a value of this type is shown as it was sent."""
    return one_of(type, Scalar) is not None or one_of(type, Enum) is not None
