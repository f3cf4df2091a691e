"""The sink's settings."""

import re
from pathlib import Path

import pytest

from localstack_mailhog.settings import MailSettings, from_environment
from localstack_mailhog.sink import http_addresses
from localstack_shared.settings import Address, SettingError, declared_settings

README = Path(__file__).parents[3] / "localstack-extension-mailhog" / "README.md"


def test_without_variables_the_usual_ports_are_used_and_1025_instead_of_25() -> None:
    settings = from_environment({})

    assert settings.smtp_bind_addr == Address("", 25)
    assert settings.smtp_fallback == Address("", 1025)
    assert http_addresses(settings, "127.0.0.1") == [
        (Address("127.0.0.1", 8025), "MH_API_BIND_ADDR")
    ]


def test_a_chosen_smtp_address_has_no_substitute() -> None:
    assert from_environment({"MH_SMTP_BIND_ADDR": ":25"}).smtp_fallback is None


@pytest.mark.parametrize(
    ("api", "ui", "listening"),
    [
        (":8025", ":8025", ["127.0.0.1:8025"]),
        (":8026", ":8025", ["127.0.0.1:8026", "127.0.0.1:8025"]),
        ("0.0.0.0:8025", ":8025", ["0.0.0.0:8025"]),
        (":8025", "0.0.0.0:8025", ["0.0.0.0:8025"]),
        (":0", ":0", ["127.0.0.1:0"]),
    ],
)
def test_api_and_ui_share_a_listener_where_they_can(
    api: str, ui: str, listening: list[str]
) -> None:
    settings = from_environment({"MH_API_BIND_ADDR": api, "MH_UI_BIND_ADDR": ui})

    addresses = http_addresses(settings, "127.0.0.1")

    assert [str(address) for address, _ in addresses] == listening


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("MH_SMTP_BIND_ADDR", "localhost"),
        ("MH_HOSTNAME", "two words"),
        ("MH_HOSTNAME", "evil\r\n250 hi"),
        ("MH_MAX_MESSAGE_SIZE", "32MB"),
        ("MH_MAX_MESSAGE_SIZE", "0"),
        ("MH_UI_WEB_PATH", "a/../b"),
        ("MH_UI_WEB_PATH", "a b"),
        ("MH_CORS_ORIGIN", "https://a\r\nX: y"),
        ("MH_INVITE_JIM", "perhaps"),
        ("MH_JIM_ACCEPT", "1.1"),
        ("MH_JIM_DISCONNECT", "-1"),
        ("MH_JIM_REJECT_AUTH", "nan"),
        ("MH_JIM_LINKSPEED_MIN", "0"),
        ("MH_JIM_LINKSPEED_MIN", "20000"),
        ("MH_JIM_SEED", "x"),
    ],
)
def test_a_wrong_value_is_named(variable: str, value: str) -> None:
    with pytest.raises(SettingError, match=variable):
        from_environment({variable: value})


@pytest.mark.parametrize(
    ("text", "path"), [("mail", "/mail"), ("/a/b.c/", "/a/b.c"), ("/", ""), ("", "")]
)
def test_a_web_path_may_be_written_with_slashes_or_without(text: str, path: str) -> None:
    assert from_environment({"MH_UI_WEB_PATH": text}).ui_web_path == path


def test_the_readme_has_every_setting_with_its_default_and_meaning() -> None:
    row = r"^\| `(MH_\w+)` \| (?:`(.*?)` )?\| (.*?) \|$"
    rows = re.findall(row, README.read_text(), re.MULTILINE)

    declared = [
        (setting.variable, setting.default, setting.description)
        for setting in declared_settings(MailSettings)
    ]

    assert rows == declared
