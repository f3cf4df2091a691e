"""Whether the links of a mail lead anywhere: each is asked for, as a browser without anybody's cookies would."""

import asyncio
import contextlib
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urljoin, urlsplit, urlunsplit

import requests

from localstack_mailhog import __version__
from localstack_shared.beside import beside

MOST_LINKS = 100
"""How many links of a mail are asked for."""

AT_ONCE = 8

CONNECT_SECONDS = 3.0
SILENCE_SECONDS = 5.0
ALL_SECONDS = 30.0
"""How long the links of one mail may take altogether."""

MOST_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class CheckedLink:
    """What became of a link."""

    url: str
    status: int | None
    """The last answer's status; none where there was no answer."""
    error: str
    """Why it leads nowhere; empty where it does."""
    target: str
    """The address that answered last: another one than the link's where it was redirected."""

    @property
    def is_ok(self) -> bool:
        """Whether it leads somewhere."""
        return not self.error


class LinkError(Exception):
    """A link leads nowhere; the text says why."""


def http_links(urls: Iterable[str]) -> list[str]:
    """Those that can be checked, each once, as they are asked for: without fragments."""
    found: dict[str, None] = {}
    for url in urls:
        try:
            if urlsplit(url).scheme.lower() in ("http", "https"):
                found[urlsplit(url)._replace(fragment="").geturl()] = None
        except ValueError:  # no address at all
            continue
    return list(found)


async def check_links(urls: list[str]) -> list[CheckedLink]:
    """Ask for each of *urls*, some at a time, until all are answered or their time is over."""
    turns = asyncio.Semaphore(AT_ONCE)
    checked: dict[str, CheckedLink] = {}

    async def check(url: str) -> None:
        async with turns:
            # A server that answers byte by byte must not keep the process from ending.
            checked[url] = await beside("mail-link-check", lambda: check_link(url))

    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(ALL_SECONDS):
            await asyncio.gather(*map(check, urls))
    late = f"no answer within {ALL_SECONDS:g} seconds"
    return [checked.get(url) or CheckedLink(url, None, late, url) for url in urls]


def check_link(url: str) -> CheckedLink:
    """Ask for *url* and for where it redirects to."""
    target, status = url, None
    try:
        with _session() as session:
            for _ in range(MOST_REDIRECTS + 1):
                status, location = _ask(session, target)
                if location is None:
                    error = f"it is answered with {status}" if status >= 400 else ""
                    return CheckedLink(url, status, error, target)
                target = _redirected(target, location)
        raise LinkError(f"it is redirected more than {MOST_REDIRECTS} times")
    except LinkError as error:
        return CheckedLink(url, status, str(error), target)


class _Session(requests.Session):
    """Follows no redirects, and does not look where they lead: that would read all of the answer, however long."""

    def resolve_redirects(
        self, *_: object, **__: object
    ) -> Generator[requests.Response, None, None]:
        yield from ()


def _session() -> requests.Session:
    session = _Session()
    # Not for ~/.netrc: nobody's password is sent.
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers["User-Agent"] = f"localstack-mailhog/{__version__} (link check)"
    return session


def _ask(session: requests.Session, url: str) -> tuple[int, str | None]:
    """The status, and where it redirects to. Some servers know no HEAD and are asked again with GET.

    :raises LinkError: where there is no answer
    """
    asked = _without_credentials(url)
    try:
        proxies = requests.utils.get_environ_proxies(asked)
        for method in ("HEAD", "GET"):
            # Streamed, the answer's content is left where it is.
            with session.request(
                method,
                asked,
                proxies=proxies,
                timeout=(CONNECT_SECONDS, SILENCE_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as response:
                status = response.status_code
                location = response.headers.get("Location") if 300 <= status < 400 else None
            if status < 400:
                break
    except (requests.RequestException, ValueError) as error:
        raise LinkError(_reason(error)) from None
    return status, location


def _without_credentials(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment=""))


def _redirected(url: str, location: str) -> str:
    """Where an answer redirects to.

    :raises LinkError: where that is not in the web
    """
    try:
        # Servers send it as UTF-8, if not as ASCII; what reads headers took it for Latin-1.
        target = urljoin(url, location.encode("latin-1").decode("utf-8", "replace"))
        scheme = urlsplit(target).scheme.lower()
    except ValueError:
        raise LinkError("it is redirected to what is no address") from None
    if scheme not in ("http", "https"):
        raise LinkError(f"it is redirected to {scheme}:, which is not followed")
    return target


def _reason(error: Exception) -> str:
    """An error in a few words, without the library's inner names."""
    match error:
        case requests.ConnectTimeout():
            return f"no connection within {CONNECT_SECONDS:g} seconds"
        case requests.Timeout():
            return f"no answer for {SILENCE_SECONDS:g} seconds"
        case requests.exceptions.SSLError():
            return "the certificate is not valid, or TLS fails otherwise"
        case requests.ConnectionError():
            text = str(error)
            if any(each in text for each in ("NameResolution", "getaddrinfo", "Name or service")):
                return "there is no such host"
            return "the connection is refused or lost"
        case requests.exceptions.InvalidURL() | ValueError():
            return "it is no address"
    return "it cannot be asked for"
