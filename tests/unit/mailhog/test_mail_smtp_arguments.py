"""The arguments of MAIL and RCPT."""

import pytest

from localstack_mailhog.smtp.paths import parse_path


@pytest.mark.parametrize(
    ("argument", "address", "parameters"),
    [
        ("FROM:<a@x.example>", "a@x.example", {}),
        ("from: <a@x.example>", "a@x.example", {}),
        ("FROM :<a@x.example>  ", "a@x.example", {}),
        ("FROM:<>", "", {}),
        ("FROM:<> BODY=8BITMIME", "", {"BODY": "8BITMIME"}),
        ("FROM:<a@x> size=12 SMTPUTF8", "a@x", {"SIZE": "12", "SMTPUTF8": ""}),
        (
            "FROM:<a@x> RET=HDRS ENVID=q+3Dq AUTH=<>",
            "a@x",
            {"RET": "HDRS", "ENVID": "q+3Dq", "AUTH": "<>"},
        ),
        ('FROM:<"quoted > \\" local"@x.example>', '"quoted > \\" local"@x.example', {}),
        ("FROM:<@r1,@r2:a@x.example>", "@r1,@r2:a@x.example", {}),
        ("FROM:a@x.example SIZE=1", "a@x.example", {"SIZE": "1"}),
        ("FROM:<zoë@пример.example>", "zoë@пример.example", {}),
    ],
)
def test_paths(argument: str, address: str, parameters: dict[str, str]) -> None:
    path = parse_path(argument, "FROM")

    assert path is not None
    assert (path.address, path.parameters) == (address, parameters)


@pytest.mark.parametrize(
    "argument",
    [
        None,
        "",
        "FROM",
        "FROM:",
        "TO:<a@x>",
        "FROM:<a@x",
        "FROM:<a b@x>",
        "FROM:<a\x00@x>",
        "FROM:<a\ufffd@x>",
        "FROM:<a@x>\rSIZE=1",
        "FROM:<a@x> SIZE=1 size=2",
    ],
)
def test_what_is_no_path(argument: str | None) -> None:
    assert parse_path(argument, "FROM") is None
