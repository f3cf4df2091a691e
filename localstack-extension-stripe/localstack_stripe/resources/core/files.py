"""Files (https://docs.stripe.com/api/files, https://docs.stripe.com/file-upload): kept, and given back as they came."""

import base64
from typing import Any, NamedTuple

from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    before_update,
    list_filter,
    operation,
    require_path,
)
from localstack_stripe.engine.browsers import secret_key_required
from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.content import Content, Upload
from localstack_stripe.engine.errors import invalid, no_such
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork


class Terms(NamedTuple):
    """What files of a purpose may be like.

    :param types: what they may be; anything where nothing is said
    :param most: how many bytes they may have
    :param days: how long they are kept; for ever where nothing is said
    """

    types: tuple[str, ...] = ()
    most: int = 16 << 20
    days: int | None = None


_PAPER, _IMAGE = ("pdf", "jpg", "png"), ("jpg", "png", "gif")

_TERMS = {
    "account_requirement": Terms(_PAPER, 64 << 20),
    "additional_verification": Terms(_PAPER),
    "business_icon": Terms(_IMAGE, 512 << 10),
    "business_logo": Terms(_IMAGE, 512 << 10),
    "customer_signature": Terms(("jpg", "png", "svg"), 4 << 20, 7),
    "dispute_evidence": Terms(_PAPER, 5 << 20, 270),
    "identity_document": Terms(_PAPER, 32 << 20),
    "issuing_regulatory_reporting": Terms(("json",), 256 << 10, 730),
    "pci_document": Terms(("pdf",)),
    "tax_document_user_upload": Terms(("pdf", "csv", "jpg", "png", "xlsx", "docx")),
}
"""By purpose (https://docs.stripe.com/file-upload#uploading-a-file)."""

LINKED = (
    "business_icon",
    "business_logo",
    "customer_signature",
    "dispute_evidence",
    "finance_report_run",
    "financial_account_statement",
    "identity_document_downloadable",
    "issuing_regulatory_reporting",
    "pci_document",
    "selfie",
    "sigma_scheduled_query",
    "tax_document_user_upload",
    "terminal_android_apk",
    "terminal_reader_splashscreen",
)
"""The purposes of files that there may be links to (https://docs.stripe.com/api/file_links/create)."""

CONTENT, MEDIA_TYPE = "content", "media type"
"""Noted of a file: its bytes, in Base64, and what they are."""


@before_create("file")
def complete(call: Call, file: Record) -> None:
    """Keep what was sent; with ``file_link_data``, make a link to it, too."""
    upload: Upload = call.params["file"]
    if not upload.content:
        raise invalid("The file is empty.", "file")
    terms = _TERMS.get(file["purpose"], Terms())
    if len(upload.content) > terms.most:
        raise invalid(
            f"The file is too large: files with the purpose {file['purpose']} have at most {terms.most >> 10} KB.",
            "file",
        )
    ending = upload.filename.rpartition(".")[2].lower() if "." in upload.filename else None
    file["filename"] = upload.filename
    file["size"] = len(upload.content)
    file["type"] = {"jpeg": "jpg"}.get(ending or "", ending)
    # What has no ending may be anything: its content is not looked at.
    if terms.types and file["type"] is not None and file["type"] not in terms.types:
        raise invalid(
            f"A file with the purpose {file['purpose']} must be one of: {', '.join(terms.types)}.",
            "file",
        )
    if terms.days is not None:
        file["expires_at"] = file["created"] + terms.days * DAY
    _keep(call.work, file, upload.content, upload.type)
    link = call.params.get("file_link_data")
    if link and call.publishable:
        raise secret_key_required()
    if link and link["create"]:
        _linked(call, file, link)


def new_file(work: UnitOfWork, name: str, content: bytes, type: str, **values: Any) -> Record:
    """A file that Stripe makes itself.

    :param type: its media type
    """
    ending = name.rpartition(".")[2]
    made = work.create("file", filename=name, size=len(content), type=ending, **values)
    _keep(work, made, content, type)
    return made


def new_picture(work: UnitOfWork, name: str, purpose: str) -> Record:
    """A picture that somebody takes or draws, of which only is known that it is one: a single dot."""
    return new_file(work, f"{name}.png", _DOT, "image/png", purpose=purpose)


_DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
)


def _keep(work: UnitOfWork, file: Record, content: bytes, type: str) -> None:
    file["url"] = f"{work.base}/v1/files/{file['id']}/contents"
    file["links"] = {}
    work.note(file, CONTENT, base64.b64encode(content).decode("ascii"))
    work.note(file, MEDIA_TYPE, type or "application/octet-stream")


@operation("GET /v1/files/{file}/contents")
def contents(call: Call) -> Content:
    """The file itself, as it was sent."""
    return _content(call.work, require_path(call, "file", "file"))


def linked_content(work: UnitOfWork, path: str) -> Content:
    """The file that the link with this path leads to.

    :raises StripeError: 404 where there is no such link, or it has expired
    """
    for link in work.all("file_link"):
        if link["url"].endswith(path) and not _expired(work, link):
            return _content(work, work.require("file", link["file"], "file"))
    raise no_such("file link", path.rpartition("/")[2], "link", status=404)


def _content(work: UnitOfWork, file: Record) -> Content:
    return Content(base64.b64decode(work.noted(file, CONTENT)), work.noted(file, MEDIA_TYPE))


@before_create("file_link")
def complete_link(call: Call, link: Record) -> None:
    """A link is open to everyone who knows it, until it expires (https://docs.stripe.com/api/file_links)."""
    file = call.work.require("file", call.params["file"], "file")
    if file["purpose"] not in LINKED:
        raise invalid(
            f"A file with the purpose {file['purpose']} cannot be linked to. The purpose must be one of: "
            f"{', '.join(LINKED)}.",
            "file",
        )
    _open(call, link)


@before_update("file_link")
def change_link(call: Call, link: Record, before: Record) -> None:
    """A link that expires ``now`` has expired, and stays so."""
    if _expired(call.work, before):
        raise invalid("This file link has expired, and cannot be changed.")
    if call.params.get("expires_at") == "now":
        link["expires_at"], link["expired"] = call.work.now(), True


@due("file_link", next=lambda _, link: None if link["expired"] else link["expires_at"])
def expire(work: UnitOfWork, link: Record) -> None:
    """Its time is over."""
    work.change(link)["expired"] = True


@list_filter("GET /v1/file_links", "expired")
def has_expired(work: UnitOfWork, link: Record, wanted: Any) -> bool:
    """Those that have expired by now, or those that have not."""
    return _expired(work, link) is wanted


def _linked(call: Call, file: Record, data: Any) -> None:
    link = call.work.create(
        "file_link",
        file=file["id"],
        expires_at=data.get("expires_at"),
        metadata=dict(data.get("metadata") or {}),
    )
    _open(call, link)


def _open(call: Call, link: Record) -> None:
    if _expired(call.work, link):
        raise invalid("Invalid timestamp: must be in the future.", "expires_at")
    link["url"] = f"{call.base}/links/{call.work.account}/{call.work.ids.text(40)}"


def _expired(work: UnitOfWork, link: Record) -> bool:
    """Whether it has expired: by now, or because it was told to."""
    at = link["expires_at"]
    return bool(link["expired"] or (at is not None and at <= work.now()))
