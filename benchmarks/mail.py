"""The mail sink beside Postfix's smtp-sink, which keeps nothing, and maildev: mail taken, seen, listed, searched, kept."""

import json
import select
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from benchmarks.clients import HttpClient, SmtpClient
from benchmarks.mail_servers import (
    FILE,
    MEMORY,
    SMTP_SINK,
    MailServer,
    all_servers,
    maildev,
    ours,
    postfix,
)
from benchmarks.rounds import report, report_times, take_turns

LOADS = {
    "2 KB, one sender, a connection each": ["-s", "1", "-l", "2048"],
    "2 KB, ten senders, a connection each": ["-s", "10", "-l", "2048"],
    "2 KB, one sender, one connection": ["-s", "1", "-d", "-l", "2048"],
    "2 KB, ten senders, ten connections": ["-s", "10", "-d", "-l", "2048"],
    "100 KB, one sender, a connection each": ["-s", "1", "-l", "102400"],
}
"""What smtp-source is told."""

TURN_SECONDS = 0.7
"""How long one contender's turn is about."""

SIGHTINGS = 150
"""How often it is measured when a mail is seen."""

MANY = 10_000
NEEDLES = 100
"""How many of the many have the word that is searched for."""

LOOKS = 100
"""How often a page or a search is asked for."""

SEARCH = "/api/v2/search?kind=containing&query=needle"


def main() -> None:
    """Measure, and print the ratios."""
    source = postfix("smtp-source")
    if source is not None:
        with all_servers() as servers:
            _compare_rates(source, servers)
    # Others, without all that mail: maildev's list has no pages.
    with all_servers() as servers:
        _compare_sightings([server for server in servers.values() if server.http])
    _compare_with_many()


# Mail taken


def _compare_rates(source: str, servers: dict[str, MailServer]) -> None:
    for title, options in LOADS.items():
        contenders = {name: _Load(source, options, each) for name, each in servers.items()}
        rates = take_turns(contenders, rest=lambda name: _settle(servers[name]))
        report(f"Mail a second: {title}", rates, reference=SMTP_SINK)


def _settle(server: MailServer) -> None:
    """Wait until one of ours has indexed what it took, as every search does."""
    if server.is_ours:
        client = HttpClient(server.http)
        client.get(SEARCH)
        client.close()


class _Load:
    """One contender's turn: as much mail as takes about :data:`TURN_SECONDS`, as the turn before tells."""

    def __init__(self, source: str, options: list[str], server: MailServer) -> None:
        addresses = ["-f", "a@x.example", "-t", "b@y.example"]
        self._command = [source, *options, *addresses]
        self._server = f"inet:127.0.0.1:{server.smtp}"
        self._count = 10

    def __call__(self) -> int:
        count = self._count
        started = time.perf_counter()
        subprocess.run([*self._command, "-m", str(count), self._server], check=True)
        rate = count / (time.perf_counter() - started)
        self._count = min(max(10, int(rate * TURN_SECONDS)), 10 * count)
        return count


# Mail seen


def _compare_sightings(servers: list[MailServer]) -> None:
    """How long after the 250 a mail is in the list, and a client that waits has it."""
    asked: dict[str, list[float]] = {}
    listed: dict[str, list[float]] = {}
    waited: dict[str, list[float]] = {}
    with _watching(servers) as watchers:
        for number in range(SIGHTINGS):
            for name, watcher in watchers.items():
                listed.setdefault(name, []).append(watcher.see(f"seen-{number}-"))
                asked.setdefault(name, []).append(watcher.ask())
                if watcher.server.is_ours:
                    waited.setdefault(name, []).append(watcher.wait(f"awaited-{number}-"))
    report_times("From the 250 to the answer of a list that has the mail", listed)
    report_times("A list that has nothing new: what of that is the request itself", asked)
    report_times("From the 250 to the answer that a client was waiting for", waited)


@contextmanager
def _watching(servers: list[MailServer]) -> Iterator[dict[str, "_Watcher"]]:
    watchers = {server.name: _Watcher(server) for server in servers}
    try:
        yield watchers
    finally:
        for watcher in watchers.values():
            watcher.close()


class _Watcher:
    """Sends a mail, and looks when it is there."""

    def __init__(self, server: MailServer) -> None:
        self.server = server
        self._smtp = SmtpClient(server.smtp)
        self._http = HttpClient(server.http)

    def ask(self) -> float:
        """How long a list takes, in seconds."""
        started = time.perf_counter()
        self._http.get(self.server.listing)
        return time.perf_counter() - started

    def see(self, word: str) -> float:
        """How long after the 250 the list that has the mail is there, in seconds, for a program that looks again and
        again."""
        self._http.get(self.server.listing)
        self._smtp.send(_message(word))
        acknowledged = time.perf_counter()
        while word.encode() not in self._http.get(self.server.listing):
            pass
        return time.perf_counter() - acknowledged

    def wait(self, word: str) -> float:
        """How long after the 250 the answer to a request that was waiting is there, in seconds.

        Below 0 where it is there first.
        """
        latest = json.loads(self._http.get("/api/own/status"))["position"]
        self._smtp.begin()
        self._http.ask(f"/api/own/wait?after={latest}&timeout=10")
        time.sleep(0.002)  # it is waiting by now
        self._smtp.hand_over(_message(word))
        acknowledged, answered = _readable(self._smtp, self._http)
        self._smtp.acknowledged()
        if word.encode() not in self._http.answer():
            raise RuntimeError("another mail was answered")
        return answered - acknowledged

    def close(self) -> None:
        self._smtp.close()
        self._http.close()


def _readable(*connections: SmtpClient | HttpClient) -> list[float]:
    """When each of the connections had something to read, which nobody has begun to."""
    seen: dict[SmtpClient | HttpClient, float] = {}
    while len(seen) < len(connections):
        ready, _, _ = select.select([each for each in connections if each not in seen], [], [], 30)
        now = time.perf_counter()
        if not ready:
            raise TimeoutError("nothing came")
        seen.update((each, now) for each in ready)
    return [seen[each] for each in connections]


# Mail kept


def _compare_with_many() -> None:
    """What many mails take of memory, and a page and a search among them of time."""
    unlimited = {"MH_MAX_MESSAGES": "0"}
    with ExitStack() as running:
        servers = [
            running.enter_context(each)
            for each in (ours(MEMORY, unlimited), ours(FILE, unlimited), maildev())
            if each is not None
        ]
        print(f"\nMemory after {MANY} mails of 2 KB")
        for server in servers:
            _fill(server)
            print(f"  {server.name:<26} {server.resident() / 1e6:9.0f} MB")
        clients = {each.name: HttpClient(each.http) for each in servers if each.is_ours}
        report_times(
            f"A page of 50 among {MANY}",
            _looks(clients, "/api/v2/messages?limit=50"),
        )
        report_times(
            f"A search for a word that {NEEDLES} of {MANY} have",
            _looks(clients, SEARCH),
        )


def _fill(server: MailServer) -> None:
    """Send many mails, and wait until they can be searched."""
    client = SmtpClient(server.smtp)
    for number in range(MANY):
        client.send(_message("needle" if number % (MANY // NEEDLES) == 0 else f"hay{number}"))
    client.close()
    if server.is_ours:
        looking = HttpClient(server.http)
        while json.loads(looking.get(SEARCH))["total"] < NEEDLES:
            time.sleep(0.1)
        looking.close()


def _looks(clients: dict[str, HttpClient], path: str) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in clients}
    for _ in range(LOOKS):
        for name, client in clients.items():
            started = time.perf_counter()
            client.get(path)
            times[name].append(time.perf_counter() - started)
    return times


def _message(word: str) -> bytes:
    """A mail of 2 KB with such a word in its subject and its text."""
    head = f"From: a@x.example\r\nTo: b@y.example\r\nSubject: {word}\r\n\r\n{word}\r\n".encode()
    return head + (b"y" * 68 + b"\r\n") * ((2048 - len(head)) // 70)
