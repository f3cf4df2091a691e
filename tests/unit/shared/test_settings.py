"""Settings: what the environment says, and the clear error where it cannot be used."""

from dataclasses import dataclass

import pytest

from localstack_shared.settings import (
    Address,
    SettingError,
    address,
    boolean,
    declared_settings,
    read,
    seconds,
    setting,
)


@dataclass(frozen=True)
class Example:
    bind: Address = setting("EXAMPLE_BIND", ":8420", address, "Where it listens.")
    verbose: bool = setting("EXAMPLE_VERBOSE", "0", boolean, "Whether it says more.")


def test_defaults_hold_where_nothing_is_set() -> None:
    settings = read(Example, {})

    assert settings == Example(Address("", 8420), verbose=False)


def test_the_environment_replaces_defaults() -> None:
    settings = read(Example, {"EXAMPLE_BIND": "0.0.0.0:25", "EXAMPLE_VERBOSE": "yes"})

    assert settings == Example(Address("0.0.0.0", 25), verbose=True)


def test_an_empty_variable_counts_as_unset() -> None:
    assert read(Example, {"EXAMPLE_BIND": ""}).bind.port == 8420


def test_a_wrong_value_names_the_variable_the_value_and_what_is_allowed() -> None:
    with pytest.raises(SettingError) as refused:
        read(Example, {"EXAMPLE_BIND": "localhost:http"})

    assert "EXAMPLE_BIND" in str(refused.value)
    assert "localhost:http" in str(refused.value)
    assert "host:port" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (":25", Address("", 25)),
        ("25", Address("", 25)),
        ("127.0.0.1:25", Address("127.0.0.1", 25)),
        ("[::1]:25", Address("::1", 25)),
    ],
)
def test_addresses_are_read_as_servers_write_them(text: str, expected: Address) -> None:
    assert address(text) == expected


@pytest.mark.parametrize("text", ["", "localhost", "localhost:", "host:70000", "host:-1", "host:²"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="host:port"):
        address(text)


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "soon"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="seconds"):
        seconds(text)


def test_an_address_without_host_goes_where_it_is_told() -> None:
    assert Address("", 25).on("0.0.0.0") == Address("0.0.0.0", 25)
    assert Address("127.0.0.1", 25).on("0.0.0.0") == Address("127.0.0.1", 25)
    assert str(Address("::1", 25)) == "[::1]:25"


def test_a_settings_class_tells_what_it_declares() -> None:
    assert [each.variable for each in declared_settings(Example)] == [
        "EXAMPLE_BIND",
        "EXAMPLE_VERBOSE",
    ]
