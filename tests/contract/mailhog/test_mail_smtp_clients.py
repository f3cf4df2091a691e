"""Programs that send mail, unchanged but for the host and the port."""

import dataclasses
import shutil
import smtplib
import ssl
import subprocess
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from localstack_mailhog.settings import MailSettings
from localstack_mailhog.sink import MailSink
from tests.contract.mailhog.conftest import FREE


@pytest.fixture
def mail_settings(mail_settings: MailSettings) -> MailSettings:
    """Settings with a port for TLS from the first byte, too."""
    return dataclasses.replace(mail_settings, smtps_bind_addr=FREE)


def test_code_for_sess_smtp_interface(sink: MailSink, api: Any, trusting: ssl.SSLContext) -> None:
    # https://docs.aws.amazon.com/ses/latest/dg/send-using-smtp-programmatically.html
    host, port = sink.smtp_address.host, sink.smtp_address.port
    message = EmailMessage()
    message["Subject"] = "Amazon SES test"
    message["From"], message["To"] = "Shop <shop@x.example>", "zoe@y.example, b@y.example"
    message.set_content("Hello\n")
    message.add_alternative("<p>Hello</p>\n", subtype="html")

    with smtplib.SMTP(host, port) as server:
        server.ehlo()
        server.starttls(context=trusting)
        server.ehlo()
        server.login("AKIAIOSFODNN7EXAMPLE", "BEExampleSmtpPassword")
        server.send_message(message)

    [stored] = api.messages()
    assert stored["Raw"]["To"] == ["zoe@y.example", "b@y.example"]
    assert stored["Content"]["Headers"]["Subject"] == ["Amazon SES test"]


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize(
    ("scheme", "options"),
    [
        ("smtp", []),
        ("smtp", ["--ssl-reqd", "--insecure"]),
        ("smtp", ["--user", "shop:any"]),
        ("smtp", ["--user", "shop:any", "--login-options", "AUTH=LOGIN"]),
        ("smtp", ["--user", "shop:any", "--login-options", "AUTH=CRAM-MD5"]),
        ("smtps", ["--insecure", "--user", "shop:any"]),
    ],
)
def test_curl(sink: MailSink, api: Any, tmp_path: Path, scheme: str, options: list[str]) -> None:
    raw = b"Subject: curl\r\n\r\n.\r\n..\r\nbody\r\n"
    (tmp_path / "mail.eml").write_bytes(raw)
    address = sink.smtps_address if scheme == "smtps" else sink.smtp_address

    envelope = ["--mail-from", "a@x.example", "--mail-rcpt", "b@y.example"]
    upload = ["--upload-file", str(tmp_path / "mail.eml")]
    subprocess.run(
        ["curl", "--silent", "--show-error", f"{scheme}://{address}", *options, *envelope, *upload],
        check=True,
        timeout=30,
    )

    assert api.stored() == [raw]
