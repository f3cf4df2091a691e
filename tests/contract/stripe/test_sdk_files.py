"""Files and the links to them, with the SDK (https://docs.stripe.com/file-upload)."""

from io import BytesIO

import pytest
import stripe as stripe_sdk

from tests.onboarded import ONBOARDED


@pytest.fixture
def upload(client):
    """Uploads a file."""

    def upload(purpose, account=None, name="evidence.png", size=8, **params):
        file = BytesIO(b"\x89PNG\r\n\x1a\n".ljust(size))
        file.name = name
        return client.v1.files.create(
            {"purpose": purpose, "file": file, **params},
            {"stripe_account": account} if account else {},
        )

    return upload


def test_a_file_has_its_links(client, upload):
    linked = upload("dispute_evidence", file_link_data={"create": True})
    plain = upload("dispute_evidence")

    link = client.v1.file_links.create({"file": plain.id})

    assert linked.links.data[0].file == linked.id
    assert plain.links.data == []
    assert [each.id for each in client.v1.files.retrieve(plain.id).links.data] == [link.id]


def test_what_proves_who_somebody_is_cannot_be_linked_to(client, upload):
    document = upload("identity_document")

    with pytest.raises(stripe_sdk.InvalidRequestError, match="cannot be linked to") as refused:
        client.v1.file_links.create({"file": document.id})

    assert refused.value.param == "file"


def test_what_is_uploaded_in_a_connected_accounts_name_verifies_it(client, upload):
    # https://docs.stripe.com/connect/handling-api-verification#upload-a-file
    account = client.v1.accounts.create(ONBOARDED)
    document = upload("identity_document", account.id)

    person = client.v1.accounts.persons.update(
        account.id, account.individual.id, {"verification": {"document": {"front": document.id}}}
    )

    assert person.verification.document.front == document.id
    assert person.verification.status == "verified"
    with pytest.raises(stripe_sdk.InvalidRequestError, match="No such file"):
        client.v1.accounts.update(account.id, {"settings": {"branding": {"icon": "file_1none"}}})


@pytest.mark.parametrize(
    ("purpose", "name", "size"),
    [
        ("dispute_evidence", "evidence.txt", 8),
        ("dispute_evidence", "evidence.png", (5 << 20) + 1),
        ("business_logo", "logo.pdf", 8),
        ("business_logo", "logo.png", (512 << 10) + 1),
    ],
)
def test_a_purpose_has_its_types_and_its_size(upload, purpose, name, size):
    with pytest.raises(stripe_sdk.InvalidRequestError) as refused:
        upload(purpose, name=name, size=size)

    assert refused.value.param == "file"


def test_evidence_is_kept_for_nine_months(upload):
    evidence, logo = upload("dispute_evidence"), upload("business_logo", name="logo.jpeg")

    assert evidence.expires_at == evidence.created + 270 * 86_400
    assert (logo.type, logo.expires_at) == ("jpg", None)
