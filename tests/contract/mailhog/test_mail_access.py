"""Who may use HTTP, from which pages, and under which path."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bcrypt
import pytest
import requests
import websocket

from localstack_mailhog.settings import MailSettings
from localstack_mailhog.sink import MailSink
from localstack_shared.errors import CannotStart

PATHS = ["/", "/api/v1/messages", "/api/v2/messages", "/api/v1/events", "/nothing", "/static/x"]


def hashed(password: str, prefix: bytes = b"2a") -> str:
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(4, prefix)).decode()


class TestUsers:
    @pytest.fixture
    def mail_settings(self, mail_settings: MailSettings, tmp_path: Path) -> MailSettings:
        file = tmp_path / "users"
        users = [f"zoe:{hashed('se:cret')}", "", f"bob:{hashed('hunter2', b'2b')}", "  "]
        file.write_text("\r\n".join(users))
        return dataclasses.replace(mail_settings, auth_file=str(file))

    @pytest.mark.parametrize("path", PATHS)
    @pytest.mark.parametrize("method", ["GET", "OPTIONS", "DELETE"])
    def test_nobody_else_is_let_in_anywhere(self, api: Any, method: str, path: str) -> None:
        answer = api(method, path)

        assert (answer.status_code, answer.content) == (401, b"")
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")

    @pytest.mark.parametrize("user", [("zoe", "se:cret"), ("bob", "hunter2")])
    def test_a_user_is_let_in_again_and_again(self, api: Any, user: tuple[str, str]) -> None:
        answers = [api.get(path, auth=user) for path in ("/", *["/api/v2/messages"] * 3)]

        assert [answer.status_code for answer in answers] == [200] * 4

    @pytest.mark.parametrize(
        "authorization",
        [
            "Basic",
            "Basic =",
            "Basic em9l",  # zoe
            "Basic em9lOndyb25n",  # zoe:wrong
            "Basic em9lOgA=",  # zoe:NUL
            "Basic bm9ib2R5OnNlOmNyZXQ=",  # nobody:se:cret
            "Bearer em9lOnNlOmNyZXQ=",
            "Basic " + "A" * 4096,
        ],
    )
    def test_other_credentials_are_refused(self, api: Any, authorization: str) -> None:
        right = api.get("/api/v2/messages", auth=("zoe", "se:cret"))
        wrong = api.get("/api/v2/messages", headers={"Authorization": authorization})

        assert (right.status_code, wrong.status_code) == (200, 401)

    def test_the_websocket_is_theirs_too(self, sink: MailSink) -> None:
        url = sink.url.replace("http", "ws") + "/api/v2/websocket"

        with pytest.raises(websocket.WebSocketBadStatusException) as refused:
            websocket.create_connection(url, timeout=5)
        opened = websocket.create_connection(
            url, timeout=5, header={"Authorization": "Basic em9lOnNlOmNyZXQ="}
        )

        assert refused.value.status_code == 401
        opened.close()

    def test_whoever_watches_over_it_needs_no_login(self, api: Any) -> None:
        answers = {path: api.get(path).status_code for path in ("/livez", "/readyz", "/metrics")}

        assert answers == {"/livez": 200, "/readyz": 200, "/metrics": 401}

    def test_smtp_is_for_everybody(self, send: Callable[..., None], api: Any) -> None:
        send(b"Subject: x\r\n\r\n")

        listed = api.get("/api/v2/messages", auth=("zoe", "se:cret")).json()

        assert listed["total"] == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"zoe\n", "line 1"),
        (b"\nzoe:secret\n", "line 2"),
        (b"zoe:$2a$04$short\n", "line 1"),
        (b"\xff\xfe\x00", "line 1"),
        (None, "No such file"),
    ],
)
def test_a_file_that_makes_no_sense_stops_the_start_and_tells_no_password(
    mail_settings: MailSettings, tmp_path: Path, content: bytes | None, said: str
) -> None:
    file = tmp_path / "users"
    if content is not None:
        file.write_bytes(content)
    sink = MailSink(dataclasses.replace(mail_settings, auth_file=str(file)))

    with pytest.raises(CannotStart) as refused:
        sink.start()

    assert "MH_AUTH_FILE" in str(refused.value)
    assert said in str(refused.value)
    assert "secret" not in str(refused.value)


class TestOrigin:
    @pytest.fixture
    def mail_settings(self, mail_settings: MailSettings) -> MailSettings:
        return dataclasses.replace(mail_settings, cors_origin="https://app.example")

    @pytest.mark.parametrize(
        ("path", "methods"),
        [
            ("/api/v1/messages", "OPTIONS,GET,POST,DELETE"),
            ("/api/v2/messages", "OPTIONS,GET,PUT,POST,DELETE"),
            ("/api/v1/messages/none@x", "OPTIONS,GET,POST,DELETE"),
        ],
    )
    @pytest.mark.parametrize("method", ["OPTIONS", "GET"])
    def test_its_pages_may_use_the_api(
        self, api: Any, method: str, path: str, methods: str
    ) -> None:
        answer = api(method, path, headers={"Origin": "https://other.example"})

        assert answer.headers["Access-Control-Allow-Origin"] == "https://app.example"
        assert answer.headers["Access-Control-Allow-Methods"] == methods
        assert answer.headers["Access-Control-Allow-Headers"] == "Content-Type"

    def test_its_pages_may_follow_the_events(self, api: Any) -> None:
        with api.get("/api/v1/events", stream=True) as answer:
            assert answer.headers["Access-Control-Allow-Origin"] == "https://app.example"

    def test_the_ui_is_not_for_other_pages(self, api: Any) -> None:
        assert "Access-Control-Allow-Origin" not in api.get("/").headers


def test_without_an_origin_nothing_is_said_about_it(api: Any) -> None:
    answer = api("OPTIONS", "/api/v2/messages", headers={"Origin": "https://other.example"})

    assert not [name for name in answer.headers if name.startswith("Access-Control")]


CHANGES = [
    ("POST", "/api/v1/messages/x/release"),
    ("DELETE", "/api/v1/messages"),
    ("PATCH", "/api/own/messages"),
    ("POST", "/api/v2/jim"),
]


@pytest.mark.parametrize(("method", "path"), CHANGES)
def test_a_page_from_elsewhere_changes_nothing(api: Any, method: str, path: str) -> None:
    # What a browser adds, and sends without asking first where a form could send the same.
    browser = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}

    assert api(method, path, headers=browser, data="{}").status_code == 403
    assert api.get("/api/v2/jim").status_code == 404
    same = browser | {"Sec-Fetch-Site": "same-origin"}
    assert api(method, path, headers=same, data="{}").status_code != 403


class TestWebPath:
    @pytest.fixture
    def mail_settings(self, mail_settings: MailSettings) -> MailSettings:
        return dataclasses.replace(mail_settings, ui_web_path="/tools/mail")

    @pytest.fixture
    def top(self, sink: MailSink) -> str:
        """The URL of the port, without the path."""
        return sink.url.removesuffix("/tools/mail")

    def test_everything_is_under_it(self, api: Any, send: Callable[..., None]) -> None:
        send(b"Subject: Under a path\r\n\r\n")

        assert api.url.endswith("/tools/mail")
        assert len(api.messages()) == 1
        page = api.get("/")
        assert "Under a path" in page.text
        assert api.get("/static/base.css").status_code == 200

    def test_nothing_is_elsewhere(self, api: Any, top: str) -> None:
        paths = ["/", "/api/v2/messages", "/tools", "/tools/", "/tools/mailbox/", "/tools/mail2"]

        answers = {path: requests.get(top + path, timeout=5).status_code for path in paths}

        assert answers == dict.fromkeys(paths, 404)

    def test_the_path_without_its_slash_leads_to_the_pages(self, api: Any) -> None:
        answer = api.get("", allow_redirects=False)

        assert answer.status_code == 302
        assert api.get("").url == f"{api.url}/"

    def test_the_websocket_is_under_it(self, sink: MailSink) -> None:
        url = sink.url.replace("http", "ws") + "/api/v2/websocket"

        websocket.create_connection(url, timeout=5).close()

    def test_the_endpoints_say_so(self, sink: MailSink, top: str) -> None:
        urls = [endpoint.url for endpoint in sink.endpoints()]

        assert urls[1:] == [f"{top}/tools/mail", f"{top}/tools/mail/api/v2/messages"]
