"""Our own API: checks of a mail's HTML and of its links."""

import base64
import contextlib
import dataclasses
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote

import pytest

from localstack_mailhog.settings import MailSettings
from localstack_mailhog.sink import MailSink

Send = Callable[..., None]


@pytest.fixture
def mail_settings(mail_settings: MailSettings) -> MailSettings:
    """Links may be asked for."""
    return dataclasses.replace(mail_settings, link_check=True)


@pytest.fixture
def stored(send: Send, api: Any) -> Callable[[str], str]:
    """Put HTML into the sink; the result is the mail's path in the API."""

    def stored(html: str) -> str:
        send(b"Content-Type: text/html; charset=utf-8\r\n\r\n" + html.encode())
        identifier = api.get("/api/own/messages?limit=1").json()["items"][0]["id"]
        return f"/api/own/messages/{quote(identifier)}"

    return stored


Stored = Callable[[str], str]


class Site(ThreadingHTTPServer):
    """A web server that says what its paths say, and remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Page)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.asked: list[tuple[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.closing = threading.Event()


class Page(BaseHTTPRequestHandler):
    server: Site

    def endless(self) -> None:
        """An answer without an end."""
        with contextlib.suppress(OSError):
            while not self.server.closing.is_set():
                self.wfile.write(b"x" * 65536)

    def answer(self) -> None:
        self.server.asked.append((self.command, self.path))
        self.server.headers.append(dict(self.headers))
        status, location = self.said()
        self.send_response(status)
        self.send_header("Set-Cookie", "session=1")
        if location:
            self.send_header("Location", location)
        self.end_headers()
        if self.command == "GET":
            self.endless()

    def said(self) -> tuple[int, str]:
        kind, _, rest = self.path.lstrip("/").partition("/")
        if kind == "get-only":
            return (200 if self.command == "GET" else 405), ""
        if kind == "get-only-to-end":
            return (302 if self.command == "GET" else 405), "/end"
        if kind == "to":
            return 302, base64.urlsafe_b64decode(rest).decode()
        if kind == "round":
            return 302, "/round"
        if kind == "silent":
            self.server.closing.wait(20)
        return int(kind) if kind.isdigit() else 200, ""

    do_GET = do_HEAD = answer  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[Site]:
    """A web site that links lead to."""
    server = Site()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.closing.set()
    server.shutdown()
    thread.join()
    server.server_close()


def to(target: str) -> str:
    """A path that is redirected."""
    return "/to/" + base64.urlsafe_b64encode(target.encode()).decode()


def check(api: Any, path: str) -> dict[str, Any]:
    response = api("POST", f"{path}/link-check", timeout=40)
    assert response.status_code == 200, response.text
    result: dict[str, Any] = response.json()
    return result


def test_what_mail_programs_lack_is_found_with_its_places(stored: Stored, api: Any) -> None:
    path = stored(
        "<html><style>\n.a { color: var(--c); box-shadow: 0 0 1px red }\n</style>\n"
        '<td style="box-shadow: none">a</td>\n<p>b</p></html>'
    )

    report = api.get(f"{path}/html-check").json()

    features = {feature["name"]: feature for feature in report["features"]}
    assert features.keys() == {"style", "var()", "box-shadow"}
    assert features["box-shadow"]["kind"] == "property"
    assert features["box-shadow"]["count"] == 2
    assert features["box-shadow"]["places"] == [
        {"line": 2, "excerpt": "box-shadow: 0 0 1px red }"},
        {"line": 4, "excerpt": '<td style="box-shadow: none">'},
    ]
    assert features["box-shadow"]["support"]["Apple Mail"] == "yes"
    assert {client["name"]: client["lacks"] for client in report["clients"]}["Gmail"] == 2


def test_plain_html_has_nothing_that_is_lacked(stored: Stored, api: Any) -> None:
    report = api.get(f"{stored('<p>Hello <b>Zoë</b></p>')}/html-check").json()

    assert report["features"] == []
    assert {(client["lacks"], client["partly"]) for client in report["clients"]} == {(0, 0)}


def test_a_mail_without_html_has_none_to_check(send: Send, api: Any) -> None:
    send(b"Subject: x\r\n\r\ntext\r\n")
    [item] = api.get("/api/own/messages").json()["items"]

    response = api.get(f"/api/own/messages/{item['id']}/html-check")

    assert (response.status_code, response.json()) == (404, {"error": "the message has no HTML"})


def test_each_link_is_asked_for_once_and_reported(stored: Stored, site: Site, api: Any) -> None:
    links = ["/ok", "/404", "/500/x", "/get-only", "/ok#there", to(f"{site.url}/end"), to("/404")]
    path = stored("".join(f'<a href="{site.url}{link}">x</a>' for link in links))

    report = check(api, path)

    assert (report["count"], report["failed"], report["left_out"]) == (6, 3, 0)
    assert [(link["ok"], link["status"], link["error"]) for link in report["links"]] == [
        (True, 200, ""),
        (False, 404, "it is answered with 404"),
        (False, 500, "it is answered with 500"),
        (True, 200, ""),
        (True, 200, ""),
        (False, 404, "it is answered with 404"),
    ]
    assert report["links"][4]["target"] == f"{site.url}/end"
    assert site.asked.count(("HEAD", "/ok")) == 1
    assert ("GET", "/ok") not in site.asked
    assert ("GET", "/get-only") in site.asked


def test_only_links_into_the_web_are_asked_for(stored: Stored, api: Any) -> None:
    path = stored(
        '<a href="mailto:a@b">a</a><a href="file:///etc/passwd">b</a><a href="javascript:x">c</a>'
        '<a href="ftp://127.0.0.1/">d</a><a href="//x">e</a><a href="http://[x">f</a>'
    )

    assert check(api, path)["links"] == []


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("file:///etc/passwd", "it is redirected to file:, which is not followed"),
        ("javascript:alert(1)", "it is redirected to javascript:, which is not followed"),
        ("http://[x", "it is redirected to what is no address"),
        ("/round", "it is redirected more than 5 times"),
    ],
)
def test_redirects_out_of_the_web_or_in_a_circle_are_not_followed(
    stored: Stored, site: Site, api: Any, target: str, said: str
) -> None:
    path = stored(f'<a href="{site.url}{to(target)}">x</a>')

    [link] = check(api, path)["links"]

    assert (link["ok"], link["error"]) == (False, said)
    assert len(site.asked) <= 6


def test_nobodys_credentials_and_no_cookies_are_sent(
    stored: Stored, site: Site, api: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login zoe password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with_user = site.url.replace("http://", "http://zoe:secret@")
    path = stored(
        f'<a href="{with_user}/get-only">a</a><a href="{site.url}{to(with_user + "/end")}">b</a>'
    )

    report = check(api, path)

    assert report["failed"] == 0
    assert len(site.headers) == 4
    for headers in site.headers:
        assert not headers.keys() & {"Authorization", "Cookie", "Referer"}


def test_an_answer_without_an_end_is_not_read(stored: Stored, site: Site, api: Any) -> None:
    path = stored(f'<a href="{site.url}/get-only">x</a><a href="{site.url}/get-only-to-end">y</a>')

    assert [link["status"] for link in check(api, path)["links"]] == [200, 200]


def test_a_host_that_does_not_answer_is_an_error_in_words(stored: Stored, api: Any) -> None:
    path = stored('<a href="http://127.0.0.1:1/">a</a><a href="https://nowhere.invalid/">b</a>')

    errors = [(link["status"], link["error"]) for link in check(api, path)["links"]]

    assert errors == [
        (None, "the connection is refused or lost"),
        (None, "there is no such host"),
    ]


def test_no_more_than_100_links_are_asked_for(stored: Stored, site: Site, api: Any) -> None:
    path = stored("".join(f'<a href="{site.url}/{number + 1000}">x</a>' for number in range(120)))

    report = check(api, path)

    assert (report["count"], report["left_out"]) == (100, 20)


def test_who_checks_is_told_that_the_sink_stops(
    sink: MailSink, stored: Stored, site: Site, api: Any
) -> None:
    path = stored(f'<a href="{site.url}/silent">x</a>')
    with ThreadPoolExecutor(1) as thread:
        checking = thread.submit(api, "POST", f"{path}/link-check")
        while not site.asked:
            time.sleep(0.01)

        sink.stop()

        response = checking.result(5)
    assert (response.status_code, response.json()) == (503, {"error": "the mail sink is stopping"})


class TestUnlessItIsAllowed:
    @pytest.fixture
    def mail_settings(self, mail_settings: MailSettings) -> MailSettings:
        """As they come."""
        return dataclasses.replace(mail_settings, link_check=MailSettings().link_check)

    def test_links_are_not_asked_for(self, stored: Stored, site: Site, api: Any) -> None:
        path = stored(f'<a href="{site.url}/ok">x</a>')

        response = api("POST", f"{path}/link-check")

        assert response.status_code == 403
        assert "MH_LINK_CHECK=1" in response.json()["error"]
        assert site.asked == []
