"""How invoices look: custom fields, footer, and the paper that they are rendered on
(https://docs.stripe.com/invoicing/customize).
"""

from collections.abc import Collection

from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork


def look_as_customer_says(invoice: Record, customer: Record, chosen: Collection[str] = ()) -> None:
    """Let a draft look as its customer's ``invoice_settings`` say, where nothing else does
    (https://docs.stripe.com/invoicing/customize#custom-field-inheritance).

    :param chosen: the names of what was chosen for it, if it was that there is none
    """
    settings = customer.get("invoice_settings") or {}
    options = settings.get("rendering_options")
    wanted = {
        "custom_fields": settings.get("custom_fields"),
        "footer": settings.get("footer"),
        "rendering": options and {"pdf": None, "template_version": None, **options},
    }
    for name, value in wanted.items():
        if value and not invoice[name] and name not in chosen:
            invoice[name] = value


def begin_rendering(work: UnitOfWork, invoice: Record) -> None:
    """Have a draft that is made by hand say how it is rendered, where nothing else is said, as recorded from Stripe's test
    mode; one that a subscription makes does not.
    """
    given = invoice["rendering"] or {}
    chosen = {name: value for name, value in given.items() if value is not None}
    empty = work.shapes.structure("InvoiceRendering")
    invoice["rendering"] = {**empty, "pdf": {"page_size": "auto"}, **chosen}


def choose_page_size(invoice: Record) -> None:
    """Render an invoice that is finalized on the paper of its customer's country, or else of the account's, where nothing
    else was chosen (https://docs.stripe.com/api/invoices/object#invoice_object-rendering-pdf-page_size).
    """
    rendering = invoice["rendering"] or {}
    if (rendering.get("pdf") or {}).get("page_size") == "auto":
        country = (invoice["customer_address"] or {}).get("country") or invoice["account_country"]
        size = "letter" if country in _LETTER else "a4"
        invoice["rendering"] = {**rendering, "pdf": {"page_size": size}}


_LETTER = ("CA", "MX", "US")
"""Where paper has the size `letter`."""
