"""The mail page's documentation and its help know every field of the search and every key."""

import re
from pathlib import Path

import pytest

import localstack_mailhog.ui
from localstack_mailhog.mailbox.query import fields

UI = Path(localstack_mailhog.ui.__file__).parent
DOCUMENT = Path(__file__).parents[3] / "docs" / "mail-page.md"
HELP = UI / "templates" / "dialogs" / "help.html"

SYNONYMS = {"id", "since"}
"""What is there for programs, or has another name."""

ELSEWHERE = {"ArrowDown", "ArrowUp", "End", "Home"}
"""What these keys do in every list."""


def keys() -> set[str]:
    """The keys that the page listens to."""
    script = (UI / "static" / "main.js").read_text()
    table = script[script.index("\nlisten({") :]
    found = {
        quoted or bare for quoted, bare in re.findall(r'^  (?:"(.+?)"|(\w+)):', table, re.MULTILINE)
    }
    return {"Esc" if key == "Escape" else key for key in found}


@pytest.mark.parametrize("path", [DOCUMENT, HELP], ids=["document", "help"])
def test_every_field_of_the_search_is_explained(path: Path) -> None:
    text = path.read_text()

    missing = [
        field
        for field in fields()
        if field not in SYNONYMS and not re.search(rf"\b{field}[:, \"]", text)
    ]

    assert missing == []


@pytest.mark.parametrize("path", [DOCUMENT, HELP], ids=["document", "help"])
def test_every_key_is_explained(path: Path) -> None:
    text = path.read_text()

    missing = [
        key for key in keys() - ELSEWHERE if f"`{key}`" not in text and f'"{key}"' not in text
    ]

    assert "j" in keys()
    assert missing == []
