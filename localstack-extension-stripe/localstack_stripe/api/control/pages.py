"""The pages that a person sees here in place of Stripe's: plain, and complete without scripts."""

from collections.abc import Iterable, Mapping
from html import escape

from localstack_stripe.api.control.dispatch import Asked
from localstack_stripe.api.messages import Response

_FRAME = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark }}
body {{ font: 16px/1.5 sans-serif; margin: 3em auto; max-width: 30em; padding: 0 1em }}
button, input, select {{ box-sizing: border-box; font: inherit; padding: .4em .8em }}
label, input, select {{ display: block; width: 100% }}
button {{ margin: 1em .5em 0 0 }}
.error {{ color: light-dark(#a00, #f88) }}
td + td {{ padding-left: 2em; text-align: right }}
</style>
<h1>{title}</h1>
{body}
</html>
"""


def page(title: str, body: str) -> Response:
    """A page with a title and a body, both of which are HTML."""
    html = _FRAME.format(title=title, body=body)
    return Response(200, html.encode(), {"Content-Type": "text/html; charset=utf-8"})


def table(rows: Iterable[tuple[str, str]]) -> str:
    """A table of two columns, of texts."""
    cells = (f"<tr><td>{escape(what)}</td><td>{escape(value)}</td></tr>" for what, value in rows)
    return f"<table>{''.join(cells)}</table>"


def field(label: str, name: str, value: str = "", kind: str = "text") -> str:
    """A field of a form in which one types."""
    label, value = escape(label), escape(value)
    return f'<label>{label} <input name="{escape(name)}" type="{kind}" value="{value}"></label>'


def selection(label: str, name: str, options: Mapping[str, str], chosen: str = "") -> str:
    """A field of a form in which one chooses.

    :param options: what they mean to whoever reads, by value
    """
    listed = "".join(
        f'<option value="{escape(value)}"{" selected" * (value == chosen)}>{escape(text)}</option>'
        for value, text in options.items()
    )
    return f'<label>{escape(label)} <select name="{escape(name)}">{listed}</select></label>'


def alert(message: str) -> str:
    """What went wrong, if anything did."""
    return f'<p class="error" role="alert">{escape(message)}</p>' if message else ""


def go_to(address: str) -> Response:
    """Send the browser on."""
    return Response(303, b"", {"Location": address})


def is_browser(asked: Asked) -> bool:
    """Whether a request comes from a page, and not from a program that wants JSON."""
    return "text/html" in asked.request.headers.get("accept", "")
