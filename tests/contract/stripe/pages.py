"""The emulator's pages, as a browser meets them."""

from __future__ import annotations

from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPRedirectHandler, Request, build_opener


class _StaysHere(HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


_browser = build_opener(_StaysHere)


def open_page(url: str, **form: str) -> tuple[str, str | None]:
    """The page at *url*, or what it answers to a form; and where it leads, which is not followed.

    :raises HTTPError: where it is neither a page nor a redirect
    """
    data = urlencode(form).encode() if form else None
    request = Request(url, data, {"Accept": "text/html"})
    try:
        with _browser.open(request) as answer:
            return answer.read().decode(), None
    except HTTPError as answer:
        with answer:
            if "Location" not in answer.headers:
                raise
            return "", urljoin(url, answer.headers["Location"])
