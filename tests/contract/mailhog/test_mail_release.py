"""Releasing a mail to a real server: another sink, and aiosmtpd where it has to refuse or to ask for a login."""

import dataclasses
import json
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from localstack_mailhog.settings import MailSettings
from localstack_mailhog.sink import MailSink
from localstack_mailhog.smtp import relay
from localstack_shared.errors import CannotStart

Release = Callable[..., Any]

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

RAW = (
    b"Received: one\r\nReceived: two\r\nSubject: folded\r\n \t line\r\nX:1\r\n\r\n"
    b".dot\r\n..\r\n\r\n.\r\nlast"
)


@pytest.fixture
def far(mail_settings: MailSettings) -> Iterator[MailSink]:
    """A server to release to, which takes everything and offers STARTTLS."""
    other = MailSink(dataclasses.replace(mail_settings, outgoing_smtp=""))
    other.start()
    yield other
    other.stop()


@pytest.fixture
def release(api: Any, send: Callable[..., None]) -> Release:
    """Release a mail: ``release(Host=…)``; an ``id`` of another one, or a ``body`` as it is."""
    send(RAW)
    stored = api.messages()[0]["ID"]

    def release(id: str = stored, body: bytes | None = None, **said: Any) -> Any:
        data = json.dumps(said).encode() if body is None else body
        return api("POST", f"/api/v1/messages/{quote(id)}/release", data=data)

    return release


def received(far: MailSink) -> list[tuple[str, list[str], bytes]]:
    """What has come to a sink."""
    assert far._parts is not None
    with far._parts.mailbox.look() as view:
        return [
            (entry.sender, list(entry.recipients), view.raw(entry)) for entry in view.newest(0, 9)
        ]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def address_of(far: MailSink) -> dict[str, str]:
    return {"Host": far.smtp_address.host, "Port": str(far.smtp_address.port)}


def test_a_mail_goes_out_as_it_came(release: Release, far: MailSink) -> None:
    answer = release(Email="zoe@real.example", **address_of(far))

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Type"] == "text/json"
    assert received(far) == [("nobody@mailhog.example", ["zoe@real.example"], RAW + b"\r\n")]


def test_keys_may_be_in_any_letter_case_and_the_port_a_number(
    release: Release, far: MailSink
) -> None:
    host, port = far.smtp_address.host, far.smtp_address.port

    answer = release(email="zoe@real.example", HOST=host, port=port, unknown=[1])

    assert answer.status_code == 200
    assert len(received(far)) == 1


def test_letters_beyond_ascii_go_out_as_they_came(
    release: Release, far: MailSink, send: Callable[..., None], api: Any
) -> None:
    raw = "Subject: Grüße\r\n\r\nZürich\r\n".encode() + b"\xff\xfe\r\n"
    send(raw)

    answer = release(id=api.messages()[0]["ID"], Email="zoë@real.example", **address_of(far))

    assert answer.status_code == 200
    assert received(far) == [("nobody@mailhog.example", ["zoë@real.example"], raw)]


def test_an_unknown_mail_is_not_found(release: Release) -> None:
    assert release(id="none@x", Email="a@b.example", Host="127.0.0.1").status_code == 404


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"Port": []}', b'{"Email": 1}'])
def test_a_body_that_cannot_be_read_is_mailhogs_500(release: Release, body: bytes) -> None:
    answer = release(body=body)

    assert answer.status_code == 500
    assert answer.text.startswith("Error decoding request body")


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({"Email": ""}, "Email"),
        ({"Host": ""}, "Host"),
        ({"Port": "smtp"}, "Port"),
        ({"Port": "0"}, "Port"),
        ({"Port": "65536"}, "Port"),
        ({"Name": "nobody"}, "'nobody'"),
        ({"Save": True}, "Name"),
        ({"Username": "zoe", "Mechanism": "GSSAPI"}, "Mechanism"),
        ({"Username": "zoe"}, "Mechanism"),
    ],
)
def test_what_cannot_be_done_is_a_400_that_says_what(
    release: Release, said: dict[str, Any], named: str
) -> None:
    answer = release(**({"Email": "a@b.example", "Host": "127.0.0.1", "Port": "1"} | said))

    assert answer.status_code == 400
    assert named in answer.text


def test_a_server_that_is_not_there_is_a_500_that_says_so(release: Release) -> None:
    port = free_port()

    answer = release(Email="a@b.example", Host="127.0.0.1", Port=str(port))

    assert answer.status_code == 500
    assert f"127.0.0.1:{port}" in answer.text
    assert "refused" in answer.text


@pytest.mark.parametrize("email", ["a@b.example>\r\nRCPT TO:<c@d.example", "a\nb"])
def test_an_address_cannot_smuggle_a_command(release: Release, far: MailSink, email: str) -> None:
    answer = release(Email=email, **address_of(far))

    assert answer.status_code == 400
    assert received(far) == []


@pytest.fixture
def silent() -> Iterator[dict[str, str]]:
    """Where a server takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield {"Host": "127.0.0.1", "Port": str(listener.getsockname()[1])}


def test_a_server_that_says_nothing_is_given_up(
    release: Release, silent: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "SECONDS", 0.2)

    answer = release(Email="a@b.example", **silent)

    assert answer.status_code == 500
    assert "no answer within 0.2 seconds" in answer.text


def test_stopping_does_not_wait_for_a_server(
    release: Release, silent: dict[str, str], sink: MailSink
) -> None:
    with ThreadPoolExecutor() as threads:
        answer = threads.submit(release, Email="a@b.example", **silent)
        with pytest.raises(TimeoutError):
            answer.result(0.3)

        started = time.monotonic()
        sink.stop()

        assert answer.result(5).status_code == 503
        assert time.monotonic() - started < 1


# Saved servers


def test_a_saved_server_is_known_by_its_name(release: Release, far: MailSink, api: Any) -> None:
    saved = release(Email="zoe@real.example", Name="far", Save=True, **address_of(far))
    again = release(Name="far", Email="bob@real.example")
    by_default = release(Name="far")

    assert [a.status_code for a in (saved, again, by_default)] == [200, 200, 200]
    recipients = [recipients for _, recipients, _ in received(far)]
    assert recipients == [["zoe@real.example"], ["bob@real.example"], ["zoe@real.example"]]
    listed = api.get("/api/v2/outgoing-smtp")
    assert listed.headers["Content-Type"] == "application/json"
    assert list(listed.json()["far"]) == [
        "Name",
        "Save",
        "Email",
        "Host",
        "Port",
        "Username",
        "Password",
        "Mechanism",
    ]


def test_a_name_in_use_is_refused_and_nothing_is_sent(release: Release, far: MailSink) -> None:
    said = {"Email": "zoe@real.example", "Name": "far", "Save": True, **address_of(far)}
    release(**said)

    answer = release(**said)

    assert answer.status_code == 400
    assert len(received(far)) == 1


def test_a_server_that_did_not_take_it_is_not_saved(release: Release, api: Any) -> None:
    port = free_port()

    release(Email="a@b.example", Host="127.0.0.1", Port=str(port), Name="far", Save=True)

    assert api.get("/api/v2/outgoing-smtp").json() == {}


class TestServersOfAFile:
    @pytest.fixture
    def mail_settings(
        self, mail_settings: MailSettings, tmp_path: Path, login: "Login"
    ) -> MailSettings:
        file = tmp_path / "outgoing.json"
        servers = {
            "asks": {
                "host": "127.0.0.1",
                "port": str(login.port),
                "username": "zoe",
                "password": "secret",
                "mechanism": "CRAM-MD5",
                "email": "default@real.example",
            }
        }
        file.write_text(json.dumps(servers))
        return dataclasses.replace(mail_settings, outgoing_smtp=str(file))

    def test_they_are_listed_and_can_be_named(
        self, release: Release, login: "Login", api: Any
    ) -> None:
        answer = release(Name="asks")

        assert answer.status_code == 200, answer.text
        assert login.taken == [["default@real.example"]]
        assert api.get("/api/v2/outgoing-smtp").json()["asks"]["Mechanism"] == "CRAM-MD5"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", ""),
        ("[]", "object"),
        ('{"far": 1}', "far"),
        ('{"far": {"name": "far"}}', "far: Host"),
        ('{"far": {"host": "h", "username": "u", "mechanism": "X"}}', "far: Mechanism"),
        (None, "No such file"),
    ],
)
def test_a_file_that_makes_no_sense_stops_the_start(
    mail_settings: MailSettings, tmp_path: Path, content: str | None, said: str
) -> None:
    file = tmp_path / "outgoing.json"
    if content is not None:
        file.write_text(content)
    sink = MailSink(dataclasses.replace(mail_settings, outgoing_smtp=str(file)))

    with pytest.raises(CannotStart, match="MH_OUTGOING_SMTP") as refused:
        sink.start()

    assert said in str(refused.value)


# Servers that ask for a login, or refuse


class Login:
    """A server that takes mail from ``zoe``, whose password is ``secret``, for all but ``full@…``."""

    def __init__(self) -> None:
        self.taken: list[list[str]] = []
        self.mechanisms: list[str] = []
        self.port = free_port()
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            authenticator=self._check,
            auth_required=True,
            auth_require_tls=False,
            enable_SMTPUTF8=False,
        )

    def __enter__(self) -> "Login":
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    def _check(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> Any:
        self.mechanisms.append(mechanism)
        right = (data.login, data.password) == (b"zoe", b"secret")
        return AuthResult(success=right, handled=False)

    async def auth_CRAM__MD5(self, server: Any, args: list[str]) -> Any:  # noqa: N802
        import hmac

        challenge = b"<1.2@far.example>"
        answer = await server.challenge_auth(challenge)
        self.mechanisms.append("CRAM-MD5")
        expected = hmac.new(b"secret", challenge, "md5").hexdigest()
        return AuthResult(success=answer == f"zoe {expected}".encode(), handled=False)

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address.startswith("full@"):
            return "452 4.2.2 The mailbox is full"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken.append(envelope.rcpt_tos)
        return "250 OK"


@pytest.fixture
def login() -> Iterator[Login]:
    """A server that wants a login."""
    with Login() as server:
        yield server


@pytest.mark.parametrize(
    ("mechanism", "used"),
    [
        ("PLAIN", "PLAIN"),
        ("LOGIN", "LOGIN"),
        ("CRAM-MD5", "CRAM-MD5"),
        ("CRAMMD5", "CRAM-MD5"),
        ("plain", "PLAIN"),
    ],
)
def test_it_logs_in_by_the_mechanism_that_is_named(
    release: Release, login: Login, mechanism: str, used: str
) -> None:
    answer = release(
        Email="zoe@real.example",
        Host="127.0.0.1",
        Port=str(login.port),
        Username="zoe",
        Password="secret",
        Mechanism=mechanism,
    )

    assert answer.status_code == 200, answer.text
    assert login.mechanisms == [used]
    assert login.taken == [["zoe@real.example"]]


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN", "CRAM-MD5"])
def test_a_wrong_password_is_a_500_with_the_servers_words(
    release: Release, login: Login, mechanism: str
) -> None:
    answer = release(
        Email="zoe@real.example",
        Host="127.0.0.1",
        Port=str(login.port),
        Username="zoe",
        Password="wrong",
        Mechanism=mechanism,
    )

    assert answer.status_code == 500
    assert "535" in answer.text
    assert "wrong" not in answer.text


def test_a_refused_recipient_is_a_500_with_the_servers_words(
    release: Release, login: Login
) -> None:
    answer = release(
        Email="full@real.example",
        Host="127.0.0.1",
        Port=str(login.port),
        Username="zoe",
        Password="secret",
        Mechanism="PLAIN",
    )

    assert answer.status_code == 500
    assert "full@real.example was refused: 452 4.2.2 The mailbox is full" in answer.text


def test_a_login_where_none_is_offered_is_said(release: Release) -> None:
    port = free_port()
    controller = Controller(
        object(), hostname="127.0.0.1", port=port, auth_exclude_mechanism=["LOGIN", "PLAIN"]
    )
    controller.start()

    answer = release(
        Email="a@b.example",
        Host="127.0.0.1",
        Port=str(port),
        Username="zoe",
        Password="secret",
        Mechanism="PLAIN",
    )

    controller.stop()
    assert answer.status_code == 500
    assert "no authentication" in answer.text


def test_an_address_that_the_server_cannot_take_is_said(release: Release, login: Login) -> None:
    answer = release(
        Email="zoë@real.example",
        Host="127.0.0.1",
        Port=str(login.port),
        Username="zoe",
        Password="secret",
        Mechanism="PLAIN",
    )

    assert answer.status_code == 500
    assert "SMTPUTF8" in answer.text
