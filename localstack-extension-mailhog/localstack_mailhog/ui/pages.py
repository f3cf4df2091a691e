"""The pages, as a Flask application."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Flask, Response, abort, render_template, request

from localstack_mailhog.content.decoded import Decoded, decode_headers, decode_mail
from localstack_mailhog.mailbox.mail import Entry
from localstack_mailhog.mailbox.store import Mailbox, MailboxError, View
from localstack_mailhog.mailbox.view import HEAD_BYTES

PER_PAGE = 50
MOST_TEXT = 500_000
"""How many characters of a mail's text or source a page shows; the download has them all."""

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""What our own pages may load: ourselves."""

MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none';"
    " style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'self'"
)
"""What a mail's HTML may do: look like something, and open links elsewhere. No scripts, forms or remote content."""


@dataclass(frozen=True, slots=True)
class Row:
    """A mail in the list."""

    entry: Entry
    sender: str
    recipients: str
    subject: str
    arrived: datetime


def create_pages(mailbox: Mailbox, smtp_address: str) -> Flask:
    """The UI on *mailbox*.

    :param smtp_address: where SMTP listens, for the page that says that there is no mail yet
    """
    app = Flask(__name__)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.add_template_filter(_size, "size")

    @app.get("/")
    def mails() -> str:
        return render_template("list.html", root="", smtp_address=smtp_address, **_page(mailbox))

    @app.get("/rows")
    def rows() -> str:
        """The list alone, for the script to put in place of the one that is shown."""
        return render_template("rows.html", root="", smtp_address=smtp_address, **_page(mailbox))

    @app.get("/messages/<identifier>")
    def mail(identifier: str) -> str:
        entry, raw = _find(mailbox, identifier)
        decoded = decode_mail(raw)
        return render_template(
            "mail.html",
            root="../",
            row=_row(entry, decoded.headers),
            mail=decoded,
            source=raw[:MOST_TEXT].decode("utf-8", "replace"),
            most=MOST_TEXT,
        )

    @app.get("/messages/<identifier>/html")
    def html(identifier: str) -> Response:
        decoded = _decoded(mailbox, identifier)
        if decoded.html is None:
            abort(404)
        # Links open in a new tab: the frame itself must go nowhere.
        page = f'<!DOCTYPE html><base target="_blank">{decoded.html}'
        response = Response(
            page.encode("utf-8", "replace"), content_type="text/html; charset=utf-8"
        )
        response.headers["Content-Security-Policy"] = MAIL_POLICY
        return response

    @app.get("/messages/<identifier>/attachments/<int:number>")
    def attachment(identifier: str, number: int) -> Response:
        attachments = _decoded(mailbox, identifier).attachments
        if number >= len(attachments):
            abort(404)
        response = Response(attachments[number].content, content_type="application/octet-stream")
        name = "".join(
            c if c.isprintable() and c not in '/\\"' else "_"
            for c in (attachments[number].filename or f"attachment-{number}")
        )
        response.headers.set("Content-Disposition", "attachment", filename=name)
        return response

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", PAGE_POLICY)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"
        return response

    _answer_errors(app)
    return app


def _answer_errors(app: Flask) -> None:
    def answer(status: int, text: str) -> Callable[[Exception], Response]:
        return lambda _: Response(f"{text}\n", status, content_type="text/plain; charset=utf-8")

    app.register_error_handler(404, answer(404, "404 page not found"))
    app.register_error_handler(405, answer(404, "404 page not found"))
    app.register_error_handler(500, answer(500, "500 internal server error"))
    app.register_error_handler(MailboxError, answer(503, "503 the mailbox cannot be read"))


def _page(mailbox: Mailbox) -> dict[str, object]:
    start = max(0, request.args.get("start", 0, type=int))
    with mailbox.look() as view:
        total, position = view.total(), view.latest()
        start = min(start, max(0, (total - 1) // PER_PAGE * PER_PAGE))
        rows = [_row_of(view, entry) for entry in view.newest(start, PER_PAGE)]
    return {
        "rows": rows,
        "total": total,
        "position": position,
        "start": start,
        "per_page": PER_PAGE,
    }


def _find(mailbox: Mailbox, identifier: str) -> tuple[Entry, bytes]:
    with mailbox.look() as view:
        entry = view.find(identifier)
        if entry is None:
            abort(404)
        return entry, view.raw(entry)


def _decoded(mailbox: Mailbox, identifier: str) -> Decoded:
    return decode_mail(_find(mailbox, identifier)[1])


def _row_of(view: View, entry: Entry) -> Row:
    return _row(entry, decode_headers(view.head(entry, HEAD_BYTES)))


def _row(entry: Entry, headers: tuple[tuple[str, str], ...]) -> Row:
    said = {name.lower(): value for name, value in reversed(headers)}
    return Row(
        entry,
        sender=said.get("from") or entry.sender or "<>",
        recipients=", ".join(entry.recipients),
        subject=said.get("subject", ""),
        arrived=datetime.fromtimestamp(entry.created / 1e9, UTC),
    )


def _size(count: int) -> str:
    """A number of bytes for people."""
    amount = float(count)
    for unit in ("B", "kB", "MB"):
        if amount < 1000 or unit == "MB":
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 10 else f"{amount:.1f} {unit}"
        amount /= 1000
    raise AssertionError
