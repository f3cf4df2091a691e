"""Checks of one mail: what mail programs make of its HTML, and whether its links lead anywhere."""

import asyncio

from localstack_mailhog.api.http import Request, Response, Route, route
from localstack_mailhog.api.own.asking import Refused, entry_of, refusing
from localstack_mailhog.api.own.shapes import JSON, answer
from localstack_mailhog.api.reading import Reader
from localstack_mailhog.content.decoded import Decoded, decode_mail
from localstack_mailhog.content.links import links_of
from localstack_shared.serving import first_of

LINK_CHECK_SETTING = "MH_LINK_CHECK"

LINK_CHECKS_AT_ONCE = 2


class Checks:
    """The handlers.

    :param link_check: whether links may be asked for
    :param stopping: set when the sink stops
    """

    def __init__(self, reader: Reader, stopping: asyncio.Event, *, link_check: bool) -> None:
        self._reader = reader
        self._stopping = stopping
        self._link_check = link_check
        self._turns = asyncio.Semaphore(LINK_CHECKS_AT_ONCE)

    def routes(self) -> list[Route]:
        """What is answered here."""
        one = "/api/own/messages/{id}"
        return [
            route("GET", f"{one}/html-check", refusing(self.html)),
            # Not GET: it does something, and browsers and crawlers ask for addresses by themselves.
            route("POST", f"{one}/link-check", refusing(self.links)),
        ]

    async def html(self, request: Request) -> Response:
        """What the HTML uses that some mail program lacks."""
        mail = await self._mail(request)
        if mail.html is None:
            raise Refused(404, "the message has no HTML")
        return answer(await self._reader.work(lambda: _html_check_json(mail.html or "")))

    async def links(self, request: Request) -> Response:
        """Ask for each link of the mail, and tell what came of it."""
        if not self._link_check:
            raise Refused(
                403,
                f"links are asked for only where {LINK_CHECK_SETTING}=1 is set: it tells the world that"
                " somebody reads the mail, and a link may do something",
            )
        mail = await self._mail(request)
        urls = await self._reader.work(lambda: [link.url for link in links_of(mail)])
        checking = asyncio.ensure_future(self._link_check_json(urls))
        await first_of(checking, self._stopping.wait())
        if checking.cancelled():
            raise Refused(503, "the mail sink is stopping")
        return answer(checking.result())

    async def _mail(self, request: Request) -> Decoded:
        return await self._reader.read(lambda view: decode_mail(view.raw(entry_of(request, view))))

    async def _link_check_json(self, urls: list[str]) -> JSON:
        from localstack_mailhog.api.own.link_check import MOST_LINKS, check_links, http_links

        wanted = http_links(urls)
        async with self._turns:
            checked = await check_links(wanted[:MOST_LINKS])
        return {
            "count": len(checked),
            "failed": sum(not link.is_ok for link in checked),
            "left_out": len(wanted) - len(checked),
            "links": [
                {
                    "url": link.url,
                    "ok": link.is_ok,
                    "status": link.status,
                    "error": link.error,
                    "target": link.target,
                }
                for link in checked
            ],
        }


def _html_check_json(source: str) -> JSON:
    from localstack_mailhog.content.html_check import check_html, clients

    findings = check_html(source)
    return {
        "clients": [
            {
                "name": client,
                "lacks": sum(finding.support[client] == "no" for finding in findings),
                "partly": sum(finding.support[client] == "partly" for finding in findings),
            }
            for client in clients()
        ],
        "features": [
            {
                "kind": finding.kind,
                "name": finding.name,
                "count": finding.count,
                "support": finding.support,
                "places": [
                    {"line": place.line, "excerpt": place.excerpt} for place in finding.places
                ],
            }
            for finding in findings
        ],
    }
