"""Whatever is sent in the words of an older version, its translation leaves what it does not understand for who refuses it."""

import re
from pathlib import Path

import pytest

import localstack_stripe.api.versions as versions
from localstack_stripe.api.versions.older import CHANGES, Older
from localstack_stripe.contract.loader import load_contract
from localstack_stripe.engine.errors import StripeError

OPERATIONS = sorted({key for change in CHANGES for key in change.parameters})

NAMES = sorted(
    {
        name
        for file in Path(versions.__file__).parent.glob("*.py")
        for name in re.findall(r'"([a-z_]+)"', file.read_text())
    }
)
"""Every word that the translations know, and some more."""

VALUES = [
    "",
    "x",
    "true",
    ["x"],
    [["x"]],
    [{"x": "y"}],
    {"x": "y"},
    {"0": {"x": {"y": "z"}}},
]


@pytest.fixture(scope="module")
def older():
    """What translates the words of the oldest version."""
    return Older(load_contract(), CHANGES)


def translated(older, operation, tree):
    try:
        return older.parameters(operation, tree, lambda object, id: {}.get((object, id)))
    except StripeError as refused:
        return {"refused": refused}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_no_value_of_any_parameter_is_too_strange(older, operation):
    for value in VALUES:
        assert isinstance(translated(older, operation, dict.fromkeys(NAMES, value)), dict)
        for name in NAMES:
            inside = ({name: value}, {name: dict.fromkeys(NAMES, value)})
            for tree in (*inside, {name: [dict.fromkeys(NAMES, value)]}):
                assert isinstance(translated(older, operation, tree), dict)


def test_what_is_given_is_not_changed(older):
    for operation in OPERATIONS:
        tree = {name: {each: {"x": "y"} for each in NAMES} for name in NAMES}

        translated(older, operation, tree)

        assert tree == {name: {each: {"x": "y"} for each in NAMES} for name in NAMES}
