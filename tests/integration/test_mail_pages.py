"""The mail page through LocalStack's gateway, on every way that leads there."""

import smtplib

import pytest

from tests.browser.chromium import Page, chromium, needs_chromium, page
from tests.browser.tour import tour
from tests.integration.host import LocalStackProcess

__all__ = ["chromium", "page"]

pytestmark = needs_chromium


@pytest.mark.parametrize(
    "address",
    [
        "{url}/_extension/mailhog",
        "{url}/mailhog/",
        "http://mailhog.localhost.localstack.cloud:{port}/",
    ],
)
def test_the_page_works_through_the_gateway(
    page: Page, localstack: LocalStackProcess, address: str
) -> None:
    def deliver(raw: bytes, to: tuple[str, ...]) -> None:
        with smtplib.SMTP("127.0.0.1", localstack.smtp_port, timeout=10) as client:
            client.sendmail("shop@x.example", to, raw)

    tour(page, address.format(url=localstack.url, port=localstack.port), deliver)

    assert page.complaints == []
