"""What DATA takes, byte for byte, where it ends, and when it is acknowledged."""

import smtplib
import socket
import sqlite3
import threading
from collections.abc import Callable
from typing import Any

import pytest

from localstack_mailhog.sink import MailSink
from tests.contract.mailhog.talk import Talk

pytestmark = pytest.mark.usefixtures("sink")

ONE = b"MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\nSubject: x\r\n\r\n.\r\n"


def test_bytes_are_kept_as_they_were_sent(smtp: smtplib.SMTP, api: Any) -> None:
    raws = [
        b"Subject: dots\r\n\r\n.\r\n..\r\n.a\r\n...b\r\n\r\n",
        b"Subject: 8 bit\r\n\r\n" + bytes(range(128, 256)) + b"\r\n",
        b"Subject: long\r\n\r\n" + b"x" * 200_000 + b"\r\n",
        b"Subject: bare\r\n\r\nline\r\n \t \r\n\r\n\r\n",
        b"Subject: nothing\r\n\r\n\x00\x00\r\n",
        b"no header at all\r\n",
        b".begins with a dot\r\n",
    ]

    for raw in raws:
        smtp.sendmail("a@x.example", ["b@y.example"], raw)

    assert api.stored() == raws


@pytest.mark.parametrize(
    "almost",
    [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\r\n.\0\r\n", b"\r\n. \r\n"],
    ids=repr,
)
def test_no_other_ending_splits_a_message(data: Talk, api: Any, almost: bytes) -> None:
    data.socket.sendall(b"Subject: x\r\n\r\na" + almost + b"MAIL FROM:<evil@x>\r\n" + ONE)

    assert data.reply()[0].startswith("250 2.0.0 Ok: queued as ")

    [stored] = api.stored()
    assert stored.endswith(b"Subject: x\r\n\r\n")
    assert stored.count(b"evil") == 1


def test_an_empty_message_ends(data: Talk, api: Any) -> None:
    assert data.say(".").startswith("250 2.0.0 Ok: queued as ")

    assert api.stored() == [b""]


def test_commands_may_come_all_at_once(talk: Talk, api: Any) -> None:
    talk.socket.sendall(b"EHLO me\r\n" + ONE * 3 + b"QUIT\r\n")

    replies = [reply[:4] for reply in talk.rest() if reply[3] == " "]

    assert replies == ["250 "] + ["250 ", "250 ", "354 ", "250 "] * 3 + ["221 "]
    assert len(api.messages()) == 3


def test_commands_may_come_a_byte_at_a_time(talk: Talk, api: Any) -> None:
    for byte in b"EHLO me\r\n" + ONE + b"QUIT\r\n":
        talk.socket.sendall(bytes([byte]))

    assert talk.rest()[-1] == "221 2.0.0 Bye"

    assert api.stored() == [b"Subject: x\r\n\r\n"]


def test_replies_to_commands_that_came_together_leave_together(talk: Talk) -> None:
    talk.say("EHLO me")

    talk.socket.sendall(b"MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nRCPT TO:<c@y>\r\nDATA\r\n")

    assert talk.socket.recv(4096).decode().splitlines() == [
        "250 2.1.0 Sender a@x ok",
        "250 2.1.5 Recipient b@y ok",
        "250 2.1.5 Recipient c@y ok",
        "354 End data with <CR><LF>.<CR><LF>",
    ]


def test_a_client_that_sends_far_ahead_loses_nothing(talk: Talk, api: Any) -> None:
    count = 2000
    received: list[str] = []
    reader = threading.Thread(target=lambda: received.extend(talk.rest()))
    reader.start()

    talk.socket.sendall(b"HELO me\r\n" + ONE * count + b"QUIT\r\n")
    reader.join()

    assert sum("queued as" in reply for reply in received) == count
    assert api.get("/api/v2/messages").json()["total"] == count


def test_a_client_that_sends_everything_and_shuts_its_side_is_answered(
    talk: Talk, api: Any
) -> None:
    talk.socket.sendall(b"HELO me\r\n" + ONE + b"QUIT\r\n")
    talk.socket.shutdown(socket.SHUT_WR)

    assert talk.rest()[-1] == "221 2.0.0 Bye"

    assert api.stored() == [b"Subject: x\r\n\r\n"]


def test_lines_may_end_with_a_line_feed_alone_where_somebody_types_them(talk: Talk) -> None:
    talk.socket.sendall(b"HELO me\nNOOP\nQUIT\n")

    assert talk.rest() == ["250 Hello me", "250 2.0.0 Ok", "221 2.0.0 Bye"]


def test_a_client_that_leaves_in_the_middle_has_sent_nothing(
    data: Talk, api: Any, send: Callable[..., None]
) -> None:
    data.socket.sendall(b"Subject: half\r\n\r\nof it\r\n")
    data.close()

    send(b"Subject: whole\r\n\r\n")

    assert api.stored() == [b"Subject: whole\r\n\r\n"]


def test_a_message_over_the_limit_is_refused_and_the_session_goes_on(talk: Talk, api: Any) -> None:
    talk.say("EHLO me")
    assert talk.say("MAIL FROM:<a@x> SIZE=33554432").startswith("250 ")
    talk.say("RCPT TO:<b@y>")
    talk.say("DATA")

    for _ in range(33):
        talk.socket.sendall(b"x" * (1 << 20))
    assert talk.say("\r\n.").startswith("552 5.3.4 ")

    assert talk.say("MAIL FROM:<a@x>").startswith("250 ")
    assert api.messages() == []


def test_mail_that_cannot_be_stored_is_refused_for_now(
    sink: MailSink, data: Talk, api: Any, caplog: pytest.LogCaptureFixture
) -> None:
    assert sink._parts is not None
    connection = sqlite3.connect(sink._parts.mailbox.path, timeout=5)
    connection.execute(
        "CREATE TRIGGER full BEFORE INSERT ON content BEGIN SELECT RAISE(ABORT, 'disk full'); END"
    )
    connection.commit()

    assert data.say("Subject: secret\r\n\r\n.") == "452 4.3.1 Unable to store message"

    assert api.get("/api/v2/messages").json()["total"] == 0
    assert "disk full" in caplog.text
    assert "secret" not in caplog.text
    connection.execute("DROP TRIGGER full")
    connection.commit()
    connection.close()
    data.socket.sendall(ONE)
    assert [data.reply()[-1][:4] for _ in range(4)] == ["250 ", "250 ", "354 ", "250 "]


def test_fifty_senders_at_once_lose_nothing(send: Callable[..., None], api: Any) -> None:
    def sender(number: int) -> None:
        for count in range(4):
            send(f"Subject: {number}/{count}\r\n\r\n".encode())

    threads = [threading.Thread(target=sender, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    subjects = [message["Content"]["Headers"]["Subject"][0] for message in api.messages()]
    assert sorted(subjects) == sorted(f"{n}/{c}" for n in range(50) for c in range(4))
