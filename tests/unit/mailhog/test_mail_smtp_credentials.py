"""The file of those who may log in by SMTP."""

from pathlib import Path

import pytest

from localstack_mailhog.settings import from_environment
from localstack_mailhog.smtp.credentials import Credentials, read_credentials
from localstack_shared.settings import SettingError


def test_a_line_is_a_user_and_a_password(tmp_path: Path) -> None:
    file = tmp_path / "users"
    file.write_text("shop:a:b c\n\n  \nzoë:\n", "utf-8")

    credentials = read_credentials(str(file))

    assert credentials is not None
    assert credentials.allow(b"shop", b"a:b c")
    assert credentials.allow("zoë".encode(), b"")
    assert not credentials.allow(b"shop", b"a")
    assert not credentials.allow(b"", b"")


def test_no_file_is_for_everybody() -> None:
    assert read_credentials("") is None


def test_passwords_are_not_shown() -> None:
    assert "s3cret" not in repr(Credentials({"shop": "s3cret"}))


@pytest.mark.parametrize("content", [b"shop", b"shop:x\nno colon\n", b":x", b"shop:\xff"], ids=repr)
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "users"
    file.write_bytes(content)

    with pytest.raises(SettingError, match="MH_SMTP_AUTH_FILE"):
        from_environment({"MH_SMTP_AUTH_FILE": str(file)})


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="No such file"):
        from_environment({"MH_SMTP_AUTH_FILE": str(tmp_path / "nowhere")})
