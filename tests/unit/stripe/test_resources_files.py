"""Files: uploaded as multipart, kept, and downloaded as they came."""

from urllib.parse import urlsplit

import orjson
import pytest

from localstack_stripe.api.messages import Request

BOUNDARY = "frontier"
PICTURE = b"\x89PNG\r\n\x1a\n\x00\xff picture"


@pytest.fixture
def upload(api):
    """Uploads a picture, as the SDKs do."""

    def upload(filename="receipt.png", content=PICTURE, **fields):
        parts = [
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        head = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n'
            "Content-Type: image/png\r\n\r\n"
        )
        body = b"".join([*parts, head.encode(), content, f"\r\n--{BOUNDARY}--\r\n".encode()])
        headers = {
            "authorization": f"Bearer {api.key}",
            "content-type": f"multipart/form-data; boundary={BOUNDARY}",
        }
        response = api.emulator.handle(Request("POST", "/v1/files", "", headers, body))
        return response.status, orjson.loads(response.body)

    return upload


def test_a_file_keeps_its_name_its_size_and_its_type(api, upload):
    status, file = upload(purpose="dispute_evidence")

    assert status == 200
    assert (file["filename"], file["size"], file["type"]) == ("receipt.png", len(PICTURE), "png")
    assert api.get(f"/v1/files/{file['id']}")["purpose"] == "dispute_evidence"


@pytest.mark.parametrize("path", ["/home/zoe/receipt.png", r"C:\\scans\\receipt.png"])
def test_a_file_is_called_without_the_folders_it_was_in(upload, path):
    _, file = upload(purpose="dispute_evidence", filename=path)

    assert file["filename"] == "receipt.png"


def test_a_file_is_given_back_as_it_came(api, upload):
    _, file = upload(purpose="dispute_evidence")

    response = api.send("GET", f"/v1/files/{file['id']}/contents")

    assert (response.status, response.body) == (200, PICTURE)
    assert response.headers["Content-Type"] == "image/png"


def test_a_file_that_does_not_exist_has_no_contents(api, refused):
    error = refused(api.get, "/v1/files/file_none/contents")

    assert (error.status, error.error["code"]) == (404, "resource_missing")


def test_an_empty_file_is_refused(upload):
    status, answer = upload(content=b"", purpose="dispute_evidence")

    assert (status, answer["error"]["param"]) == (400, "file")


def test_a_file_can_come_with_a_link(api, upload):
    _, file = upload(**{"purpose": "dispute_evidence", "file_link_data[create]": "true"})

    [link] = api.get("/v1/file_links", file=file["id"])["data"]

    assert link["url"].split("/links/")[1]
    assert not link["expired"]


def test_a_link_leads_everyone_to_the_file(api, upload):
    _, file = upload(purpose="dispute_evidence")
    link = api.post("/v1/file_links", file=file["id"])
    path = urlsplit(link["url"]).path

    opened = api.emulator.handle(Request("GET", path))
    api.post(f"/v1/file_links/{link['id']}", expires_at="now")

    assert (opened.status, opened.body) == (200, PICTURE)
    assert opened.headers["Content-Type"] == "image/png"
    assert api.emulator.handle(Request("GET", path)).status == 404


def test_a_link_that_is_ended_now_has_expired(api, refused, upload):
    _, file = upload(purpose="dispute_evidence")
    link = api.post("/v1/file_links", file=file["id"])
    other = api.post("/v1/file_links", file=file["id"])

    ended = api.post(f"/v1/file_links/{link['id']}", expires_at="now")

    assert ended["expired"]
    assert [each["id"] for each in api.get("/v1/file_links", expired=False)["data"]] == [
        other["id"]
    ]
    assert refused(api.post, f"/v1/file_links/{link['id']}", expires_at="").status == 400


def test_a_link_says_when_its_time_is_over(api, upload):
    _, file = upload(purpose="dispute_evidence")
    link = api.post("/v1/file_links", file=file["id"], expires_at=file["created"] + 3600)

    advanced = api.send("POST", "/_emulator/time/advance", {"seconds": 3601})

    assert advanced.status == 200
    assert api.get(f"/v1/file_links/{link['id']}")["expired"]


def test_a_link_needs_a_file(api, refused):
    error = refused(api.post, "/v1/file_links", file="file_none")

    assert (error.status, error.error["param"]) == (400, "file")
