"""Imports of a catalog (https://docs.stripe.com/agentic-commerce/for-sellers/custom#upload-product-data-to-stripe): a file is
uploaded, its rows are checked, and what is wrong with them is told.

The catalog itself is known by its products' ids: which ones there are, the feeds of stock and prices have to know.
"""

import csv
from collections.abc import Iterable
from functools import partial
from io import StringIO
from typing import Any

from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    list_filter,
    operation,
    require_path,
)
from localstack_stripe.engine.clock import moment
from localstack_stripe.engine.content import Content
from localstack_stripe.engine.errors import StripeError, invalid, no_such
from localstack_stripe.engine.lists import in_range
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.commerce.catalog_feeds import (
    FEEDS,
    Feed,
    Mistake,
    Row,
    UnreadableFile,
    is_deletion,
    mistakes,
    rows_of,
)

IMPORT = "v2.commerce.product_catalog_import"

_PATH = "/v2/commerce/product_catalog/imports"

_VALID = 300
"""How long the addresses to upload to and to download from are valid, in seconds."""

_SAMPLES = 10
"""How many mistakes are shown in the import itself."""

_BEGAN = "began"
"""Noted of an import: when it began to wait for its file, in seconds since 1970."""
_FILE, _ERRORS = "file", "errors"
"""Noted of an import: what was uploaded, and the rows of it that failed, as text."""
_CATALOG = "catalog"
"""Noted of the import that was the last one to change it: the ids of all products."""


def _is_within(bound: str, work: UnitOfWork, made: Record, value: str) -> bool:
    return in_range(made["created"], {bound: value})


for _bound in ("gt", "gte", "lt", "lte"):
    list_filter(f"GET {_PATH}", f"created_{_bound}")(partial(_is_within, _bound))


@before_create(IMPORT)
def begin(call: Call, made: Record) -> None:
    """Wait for the file (https://docs.stripe.com/api/v2/commerce/product-catalog-imports/create).

    :raises StripeError: 400 where a feed that is not one of products shall replace the catalog
    """
    if call.params["mode"] == "replace" and call.params["feed_type"] != "product":
        raise invalid("Only a feed of products can replace the catalog.", "mode")
    work, now = call.work, call.work.now()
    url = f"{call.base}/catalog_imports/{work.account}/{made['id']}"
    _turn(made, "awaiting_upload", upload_url={"expires_at": moment(now + _VALID), "url": url})
    work.note(made, _BEGAN, now)


@operation(f"GET {_PATH}/{{id}}")
def retrieve(call: Call) -> Record:
    """An import, with a new address of the file that tells its mistakes, which is valid for a while
    (https://docs.stripe.com/api/v2/commerce/product-catalog-imports/retrieve).
    """
    found = require_path(call, "id", IMPORT)
    if found["status"] != "succeeded_with_errors":
        return found
    found = call.work.change(found)
    file = found["status_details"]["succeeded_with_errors"]["error_file"]
    file["download_url"] = _download_url(call.work, found)
    return found


def upload(work: UnitOfWork, id: str, content: bytes) -> None:
    """The file has come.

    :raises StripeError: 404 where nobody waits for one, 403 where nobody does so any more
    """
    found = work.get(IMPORT, id)
    if found is None:
        raise no_such("product catalog import", id, "id", status=404)
    if found["status"] != "awaiting_upload":
        raise StripeError(f"This import is {found['status']}: no file is waited for.", status=403)
    made = work.change(found)
    work.note(made, _FILE, content.decode("latin-1"))
    _turn(made, "processing", error_count="0", success_count="0")


def errors_of(work: UnitOfWork, id: str) -> Content:
    """The rows of an import that failed, as long as the address is valid.

    :raises StripeError: 404
    """
    found = work.get(IMPORT, id)
    if found is not None and found["status"] == "succeeded_with_errors":
        file = found["status_details"]["succeeded_with_errors"]["error_file"]
        if moment(work.now()) < file["download_url"]["expires_at"]:
            return Content(work.noted(found, _ERRORS).encode(), "text/csv")
    raise no_such("error file", id, "id", status=404)


def _next(work: UnitOfWork, made: Record) -> int | None:
    began: int | None = work.noted(made, _BEGAN)
    if began is None or made["status"] not in ("awaiting_upload", "processing"):
        return None
    return began + _VALID if made["status"] == "awaiting_upload" else began


@due(IMPORT, next=_next)
def go_on(work: UnitOfWork, made: Record) -> None:
    """Check the file that has come, or give it up."""
    made = work.change(made)
    if made["status"] == "awaiting_upload":
        _fail(made, "file_not_found", "The file was not uploaded in time.")
        return
    content = work.noted(made, _FILE).encode("latin-1")
    work.note(made, _FILE, None)
    feed = FEEDS[made["feed_type"]]
    try:
        rows = list(rows_of(feed, content))
    except UnreadableFile as error:
        _fail(made, "invalid_file", str(error))
        return
    holder = next((each for each in work.all(IMPORT) if work.noted(each, _CATALOG)), None)
    catalog = set(work.noted(holder, _CATALOG)) if holder is not None else set()
    of_products = made["feed_type"] == "product"
    failed = _failed(
        feed, rows, None if of_products or made["feed_type"] == "promotion" else catalog
    )
    _conclude(work, made, feed, rows, failed)
    if of_products:
        if holder is not None:
            work.note(holder, _CATALOG, None)
        good = [row for place, row in enumerate(rows) if place not in failed]
        kept = set() if made["mode"] == "replace" else catalog
        work.note(made, _CATALOG, sorted(_changed(feed, kept, good)))


def _failed(feed: Feed, rows: Iterable[Row], known: set[str] | None) -> dict[int, list[Mistake]]:
    """The mistakes of the rows that have any, by their place.

    :param known: the products that a row can be about; none where it may be any
    """
    failed = {}
    for place, row in enumerate(rows):
        found = list(mistakes(feed, row))
        if not found and known is not None and row[feed.key] not in known:
            found = [Mistake(feed.key, f"There is no product {row[feed.key]} in the catalog.")]
        if found:
            failed[place] = found
    return failed


def _changed(feed: Feed, catalog: set[str], rows: Iterable[Row]) -> set[str]:
    """The catalog's ids, after the rows have been gone through."""
    changed = set(catalog)
    for row in rows:
        if is_deletion(feed, row):
            changed.discard(row[feed.key])
        else:
            changed.add(row[feed.key])
    return changed


def _conclude(
    work: UnitOfWork, made: Record, feed: Feed, rows: list[Row], failed: dict[int, list[Mistake]]
) -> None:
    success = str(len(rows) - len(failed))
    if not failed:
        _turn(made, "succeeded", success_count=success)
        return
    text = _written(rows, failed)
    work.note(made, _ERRORS, text)
    samples = [
        {
            "id": rows[place][feed.key],
            "error_message": found[0].message,
            "field": found[0].field,
            "row": str(place + 2),  # behind the head, which is the first
        }
        for place, found in list(failed.items())[:_SAMPLES]
    ]
    file = {
        "content_type": "text/csv",
        "download_url": _download_url(work, made),
        "size": str(len(text.encode())),
    }
    _turn(
        made,
        "succeeded_with_errors",
        error_count=str(len(failed)),
        error_file=file,
        samples=samples,
        success_count=success,
    )


def _written(rows: list[Row], failed: dict[int, list[Mistake]]) -> str:
    """The rows that failed, with what is wrong with each before it."""
    text = StringIO(newline="")
    writer = csv.DictWriter(text, ["stripe_error_message", *rows[0]], extrasaction="ignore")
    writer.writeheader()
    for place, found in failed.items():
        message = " ".join(each.message for each in found)
        writer.writerow({"stripe_error_message": message, **rows[place]})
    return text.getvalue()


def _download_url(work: UnitOfWork, made: Record) -> Record:
    url = f"{work.base}/catalog_imports/{work.account}/{made['id']}/errors"
    return {"expires_at": moment(work.now() + _VALID), "url": url}


def _fail(made: Record, code: str, message: str) -> None:
    _turn(made, "failed", code=code, failure_message=message, type="cannot_proceed")


def _turn(made: Record, status: str, **details: Any) -> None:
    made["status"], made["status_details"] = status, {status: details}
