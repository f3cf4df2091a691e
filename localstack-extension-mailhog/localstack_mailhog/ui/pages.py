"""The page and its fragments, as a Flask application."""

from collections.abc import Callable
from functools import partial

from flask import Flask, Response, abort, render_template, request

from localstack_mailhog.mailbox.store import Mailbox, MailboxError
from localstack_mailhog.smtp.chaos import Jim
from localstack_mailhog.ui import display, frame
from localstack_mailhog.ui.listing import PATIENCE_SECONDS, ROWS, listing, sides
from localstack_mailhog.ui.reading import Opened

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " frame-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
"""What our own page may load: ourselves."""


def create_pages(
    mailbox: Mailbox, smtp_address: str, jim: Jim, *, link_check: bool = False
) -> Flask:
    """The UI on *mailbox*.

    :param smtp_address: where SMTP listens, for the page that says that there is no mail yet
    :param jim: the page says whether he is here
    :param link_check: whether links may be asked for
    """
    app = Flask(__name__)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for name in ("address", "honest", "name", "size"):
        app.add_template_filter(getattr(display, name), name)
    app.jinja_env.globals |= {"jim": jim, "link_check": link_check, "smtp_address": smtp_address}

    def page(base: str, opened: Opened | None, *, is_gone: bool = False) -> str:
        query = request.args.get("query", "")
        return render_template(
            "page.html",
            base=base,
            opened=opened,
            is_gone=is_gone,
            view=opened and opened.view(request.args.get("view", "")),
            listing=listing(mailbox, query),
            sides=sides(mailbox),
            query=query,
        )

    def look_for(identifier: str) -> Opened | None:
        with mailbox.look() as view:
            entry = view.find(identifier)
            if entry is None:
                return None
            [summary] = view.summaries([entry])
            raw = view.raw(entry)
        return Opened(entry, summary, raw)

    def find(identifier: str) -> Opened:
        return look_for(identifier) or abort(404)

    @app.get("/")
    def mails() -> str:
        return page("./", None)

    @app.get("/messages/<identifier>")
    def mail(identifier: str) -> tuple[str, int]:
        opened = look_for(identifier)
        return page("../", opened, is_gone=opened is None), 200 if opened else 404

    @app.get("/rows")
    def rows() -> str:
        """A stretch of the list."""
        found = listing(
            mailbox,
            request.args.get("query", ""),
            request.args.get("start", 0, type=int),
            request.args.get("limit", ROWS, type=int),
        )
        return render_template("rows.html", listing=found)

    @app.get("/sides")
    def beside() -> str:
        """What stands beside the list."""
        query = request.args.get("query", "")
        found = sides(mailbox, PATIENCE_SECONDS)
        return render_template("sides.html", sides=found, query=query)

    @app.get("/messages/<identifier>/opened")
    def opened(identifier: str) -> tuple[str, int]:
        """A mail, as it is put beside the list."""
        mail = look_for(identifier)
        if mail is None:
            return render_template("gone.html"), 404
        view = mail.view(request.args.get("view", ""))
        query = request.args.get("query", "")
        return render_template("opened.html", opened=mail, view=view, query=query), 200

    @app.get("/messages/<identifier>/html")
    def html(identifier: str) -> Response:
        """The mail's HTML, for the frame; with ``remote=1``, with images from elsewhere."""
        document = frame.document(find(identifier).mail)
        if document is None:
            abort(404)
        response = Response(
            document.encode("utf-8", "replace"), content_type="text/html; charset=utf-8"
        )
        response.headers["Content-Security-Policy"] = frame.policy(
            remote=request.args.get("remote") == "1"
        )
        return response

    @app.get("/messages/<identifier>/previews/<section>")
    def preview(identifier: str, section: str) -> str:
        """An attachment, as a dialog shows it."""
        mail = find(identifier)
        attachment = mail.attachment(section)
        if attachment is None:
            abort(404)
        return render_template("preview.html", opened=mail, attachment=attachment)

    app.after_request(_protect)
    _answer_errors(app)
    return app


def _protect(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", PAGE_POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response


def _answer_errors(app: Flask) -> None:
    def answer(status: int, text: str, _: Exception) -> Response:
        return Response(f"{text}\n", status, content_type="text/plain; charset=utf-8")

    answers: dict[type[Exception] | int, Callable[[Exception], Response]] = {
        404: partial(answer, 404, "404 page not found"),
        405: partial(answer, 404, "404 page not found"),
        500: partial(answer, 500, "500 internal server error"),
        MailboxError: partial(answer, 503, "503 the mailbox cannot be read"),
    }
    for error, respond in answers.items():
        app.register_error_handler(error, respond)
