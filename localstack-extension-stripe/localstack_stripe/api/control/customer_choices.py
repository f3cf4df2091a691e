"""What the pages have in common on which Stripe lets a customer decide in test mode: one button to agree and one to refuse,
and the same without a browser.
"""

from html import escape
from urllib.parse import urlencode

from localstack_stripe.api.control.dispatch import Asked, outcome_of
from localstack_stripe.api.control.pages import page
from localstack_stripe.api.messages import Response
from localstack_stripe.engine.errors import no_such
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork, display_name

_CHOICE = """<p>{what}</p>
<form method="post" action="?{query}">
<button name="outcome" value="succeeded">Authorize test payment</button>
<button name="outcome" value="failed">Fail test payment</button>
</form>"""

_OUTCOMES = {"failed": False, "succeeded": True}


def shown_record(work: UnitOfWork, kind: str, asked: Asked, param: str) -> Record:
    """What a page is about, by its id; the client secret need not be given, and has to be right where it is.

    :raises StripeError: 404
    """
    id, secret = asked.path["id"], asked.params.get("client_secret")
    record = work.get(kind, id)
    if record is None or secret not in (None, record.get("client_secret")):
        raise no_such(display_name(kind), id, param, status=404)
    return record


def choice_page(asked: Asked, record: Record, question: str | None) -> Response:
    """The page with the two buttons.

    :param question: whether to pay, or to save, as text; nothing where nothing is asked
    """
    what = question or f"Nothing is asked of the customer: the status is {record['status']}."
    known = {"account": asked.account}
    if "client_secret" in record:
        known["client_secret"] = record["client_secret"]
    body = _CHOICE.format(what=escape(what), query=escape(urlencode(known)))
    return page("Test payment page", body)


def whether_to_pay(record: Record) -> str:
    """The question whether to pay the amount of a record."""
    return f"Pay {record['amount']} ({record['currency'].upper()}, in its smallest unit)?"


def agrees(asked: Asked) -> bool:
    """What the customer decides, by the parameter ``outcome``.

    :raises StripeError: 400 where it is none of the two
    """
    return _OUTCOMES[outcome_of(asked.params, _OUTCOMES, "succeeded")]
