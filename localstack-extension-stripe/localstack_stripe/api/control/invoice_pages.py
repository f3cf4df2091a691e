"""Where an invoice's ``hosted_invoice_url`` and ``invoice_pdf`` lead (https://docs.stripe.com/invoicing/hosted-invoice-page):
its customer sees it, pays it, and downloads it.
"""

from collections.abc import Mapping
from html import escape
from typing import Any

from localstack_stripe.api.control.chosen_methods import choice, chosen
from localstack_stripe.api.control.dispatch import Asked, Endpoint, OnRecords
from localstack_stripe.api.control.pages import alert, go_to, is_browser, page, table
from localstack_stripe.api.messages import Response
from localstack_stripe.billing.amounts import written
from localstack_stripe.engine.behaviours import Call
from localstack_stripe.engine.errors import CardError, StripeError, no_such
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_collection import default_intent
from localstack_stripe.resources.billing.invoice_pdf import pdf_of, rows
from localstack_stripe.resources.billing.invoice_transitions import NEEDS_ACTION, pay
from localstack_stripe.resources.core.next_actions import lead_to_page, page_address

_PAYABLE = ("open", "uncollectible")


class InvoicePages(OnRecords):
    """``/i/{account}/{invoice}`` and ``/invoice/{account}/{invoice}/pdf``."""

    def endpoints(self) -> Mapping[str, Endpoint]:
        """What answers."""
        return {
            "GET /i/{account}/{invoice}": self.show,
            "GET /invoice/{account}/{invoice}/pdf": self.download,
            "POST /i/{account}/{invoice}": self.pay,
        }

    def show(self, asked: Asked) -> Response:
        """Show what is to be paid."""
        return _shown(*self._opened(asked))

    def download(self, asked: Asked) -> Response:
        """The document."""
        work, invoice = self._opened(asked)
        name = f'attachment; filename="Invoice-{invoice["number"]}.pdf"'
        headers = {"Content-Type": "application/pdf", "Content-Disposition": name}
        return Response(200, pdf_of(work, invoice), headers)

    def pay(self, asked: Asked) -> Any:
        """The customer pays, and sees the invoice again, or what their bank asks; a program gets the invoice."""
        work, invoice = self._opened(asked)
        address = invoice["hosted_invoice_url"]
        if invoice["status"] == "paid" and is_browser(asked):
            return go_to(address)  # the button was clicked twice
        work.base = address.rpartition("/i/")[0]
        operation = work.contract.operations["POST /v1/invoices/{invoice}/pay"]
        try:
            method = chosen(work, asked)
            params = {"off_session": False, "payment_method": method["id"]}
            call = Call(operation, {"invoice": invoice["id"]}, params, work)
            pay(call)
        except StripeError as error:
            if isinstance(error, CardError) and error.code == NEEDS_ACTION:
                lead_to_page(call, default_intent(work, invoice), address)
                address = page_address(work, default_intent(work, invoice)) or address
                self._commit(work)
                return go_to(address) if is_browser(asked) else invoice
            if not is_browser(asked):
                if error.commits:
                    self._commit(work)
                raise
            shown = _shown(work, invoice, error.message)
            if error.commits:
                self._commit(work)
            return shown
        self._commit(work)
        return go_to(address) if is_browser(asked) else invoice

    def _opened(self, asked: Asked) -> tuple[UnitOfWork, Record]:
        work = self._begin(asked.path["account"])
        invoice = work.get("invoice", asked.path["invoice"])
        if invoice is None or invoice["hosted_invoice_url"] is None:
            raise no_such("invoice", asked.path["invoice"], "invoice", status=404)
        return work, invoice


def _shown(work: UnitOfWork, invoice: Record, refused: str = "") -> Response:
    currency = invoice["currency"]
    listed = [(what, written(amount, currency)) for what, amount in rows(work, invoice)]
    types = invoice["payment_settings"]["payment_method_types"] or ["card"]
    form = f'<form method="post">{choice(types)}<button type="submit">Pay</button></form>'
    return page(
        f"Invoice {escape(invoice['number'])}",
        f"<p>This invoice is {invoice['status']}.</p>"
        + table(listed)
        + f'<p><a href="{escape(invoice["invoice_pdf"])}">Download</a></p>'
        + alert(refused)
        + (form if invoice["status"] in _PAYABLE else ""),
    )
