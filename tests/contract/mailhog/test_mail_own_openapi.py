"""Our own API: what its OpenAPI document says is what the sink does, and the other way round."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from localstack_mailhog.api.asgi import Application
from localstack_mailhog.settings import MailSettings
from localstack_mailhog.sink import MailSink

Send = Callable[..., None]
JSON = dict[str, Any]

HERE = "urn:openapi"
ROOT = Path(__file__).parents[3]
DOCUMENT: JSON = json.loads(
    (ROOT / "localstack-extension-mailhog/localstack_mailhog/api/own/openapi.json").read_text()
)
VERBS = ("get", "patch", "post", "delete")


def resolved(node: JSON) -> JSON:
    """What a reference leads to."""
    while "$ref" in node:
        target: Any = DOCUMENT
        for key in node["$ref"].removeprefix("#/").split("/"):
            target = target[key]
        node = target
    return node


def operations() -> Iterator[tuple[str, str, JSON]]:
    """Method, path and description of each operation."""
    for path, item in DOCUMENT["paths"].items():
        for verb in VERBS:
            if verb in item:
                yield verb.upper(), path, item[verb]


def parameters(operation: JSON, place: str) -> list[str]:
    described = [resolved(each) for each in operation.get("parameters", [])]
    return [each["name"] for each in described if each["in"] == place]


def validator(schema: JSON) -> Draft202012Validator:
    """A validator for a schema of the document."""
    registry = Registry().with_resource(
        HERE, Resource(contents=DOCUMENT, specification=DRAFT202012)
    )
    absolute = json.loads(json.dumps(schema).replace('"#/components/', f'"{HERE}#/components/'))
    return Draft202012Validator(absolute, registry=registry)


@pytest.fixture
def mail_settings(mail_settings: MailSettings) -> MailSettings:
    """Everything is allowed that can be."""
    return MailSettings(
        smtp_bind_addr=mail_settings.smtp_bind_addr,
        api_bind_addr=mail_settings.api_bind_addr,
        ui_bind_addr=mail_settings.ui_bind_addr,
        link_check=True,
    )


@pytest.fixture
def message(send: Send, api: Any) -> str:
    """The id of a mail that has something of everything."""
    send(
        b"Subject: Your code is 402913\r\nReceived-SPF: pass\r\nX-Tags: nightly\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\n\r\ntext http://127.0.0.1:1/\r\n"
        b'--b\r\nContent-Type: text/html\r\n\r\n<p style="display: flex">html\r\n'
        b'--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename="a.csv"\r\n\r\na\r\n--b--\r\n'
    )
    identifier: str = api.get("/api/own/messages").json()["items"][0]["id"]
    return identifier


def test_the_document_is_valid_and_served(api: Any) -> None:
    validate(DOCUMENT)

    response = api.get("/api/own/openapi.json")

    assert response.headers["Content-Type"] == "application/json"
    assert response.json() == DOCUMENT


def test_every_route_is_described_and_nothing_else(sink: MailSink) -> None:
    assert isinstance(sink.application, Application)
    routes = {
        (route.method, route.path)
        for route in sink.application.routes
        if not re.match(r"/api/v\d/", route.path)
    }

    assert {(method, path) for method, path, _ in operations()} == routes


def test_every_reference_leads_somewhere_and_nothing_is_left_over() -> None:
    text = json.dumps(DOCUMENT)
    used = set(re.findall(r'"#/components/(\w+/\w+)"', text))
    there = {
        f"{kind}/{name}"
        for kind in ("parameters", "responses", "schemas")
        for name in DOCUMENT["components"][kind]
    }

    assert used == there


def test_every_example_fits_its_schema() -> None:
    def look(node: Any) -> Iterator[tuple[JSON, Any]]:
        if isinstance(node, dict):
            if "schema" in node:
                if "example" in node:
                    yield node["schema"], node["example"]
                for example in node.get("examples", {}).values():
                    yield node["schema"], example["value"]
            node = list(node.values())
        if isinstance(node, list):
            for each in node:
                yield from look(each)

    examples = list(look(DOCUMENT))

    assert len(examples) > 20
    for schema, example in examples:
        validator(schema).validate(example)


SENT: dict[str, JSON] = {
    "changeMessages": {"json": {"unread": False}, "params": {"query": "code"}},
    "changeMessage": {"json": {"add_tags": ["a"]}},
    "deleteMessages": {"params": {"query": "code"}},
    "waitForMessage": {"params": {"timeout": "5"}},
    "followChanges": {"stream": True},
}
"""What is sent beside what a path needs."""


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [pytest.param(*each, id=each[2]["operationId"]) for each in operations()],
)
def test_every_operation_answers_as_described(
    message: str, api: Any, method: str, path: str, operation: JSON
) -> None:
    filled = path.format(id=quote(message), section="3", name="a.csv")

    with api(method, filled, **SENT.get(operation["operationId"], {})) as response:
        check(response, operation)

    assert response.status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/own/messages?limit=x", 400),
        ("GET", "/api/own/messages?after=0", 200),
        ("PATCH", "/api/own/messages", 400),
        ("DELETE", "/api/own/messages", 400),
        ("GET", "/api/own/wait?timeout=0&query=none", 404),
        ("GET", "/api/own/wait?timeout=never", 400),
        *(
            (method, path.format(id="none", section="1", name="a"), 404)
            for method, path, _ in operations()
            if "{id}" in path and method != "PATCH"
        ),
        ("PATCH", "/api/own/messages/none", 400),
    ],
)
def test_every_refusal_is_described(
    message: str, api: Any, method: str, path: str, status: int
) -> None:
    response = api(method, path)

    assert response.status_code == status
    check(response, operation_at(method, path))


def operation_at(method: str, path: str) -> JSON:
    [operation] = [
        operation
        for each, template, operation in operations()
        if each == method
        and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path.partition("?")[0])
    ]
    return operation


def check(response: Any, operation: JSON) -> None:
    """That a response is one of those that are described."""
    described = resolved(operation["responses"][str(response.status_code)])
    for name, header in described.get("headers", {}).items():
        validator(header["schema"]).validate(response.headers[name])
    content_type = response.headers["Content-Type"]
    content = described["content"]
    media = content[content_type if content_type in content else "*/*"]
    if content_type == "application/json":
        validator(media["schema"]).validate(response.json())
    elif "schema" in media and content_type != "text/event-stream":
        validator(media["schema"]).validate(response.text)


PAGE = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}


@pytest.mark.parametrize(
    ("method", "path"), [each[:2] for each in operations() if each[0] != "GET"]
)
def test_a_page_from_elsewhere_is_answered_as_described(api: Any, method: str, path: str) -> None:
    response = api(method, path.format(id="x"), headers=PAGE)

    assert response.status_code == 403
    check(response, operation_at(method, path.format(id="x")))


QUERIED = [each for each in operations() if parameters(each[2], "query")]


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [pytest.param(*each, id=each[2]["operationId"]) for each in QUERIED],
)
def test_the_parameters_that_are_described_are_those_that_there_are(
    api: Any, method: str, path: str, operation: JSON
) -> None:
    response = api(method, f"{path}?nonsense=1", json={"unread": True})

    assert response.status_code == 400
    listed = response.json()["error"].partition("there are: ")[2].split(", ")
    assert sorted(listed) == sorted(parameters(operation, "query"))


def test_whoever_is_not_let_in_is_answered_as_described(
    mail_settings: MailSettings, tmp_path: Path
) -> None:
    import requests

    users = tmp_path / "users"
    users.write_text("zoe:$2a$04$qxRo.ftFoNep7ld/5jfKtuBTnGqff/fZVyj53mUC5sVf9dtDLAi/S\n")
    sink = MailSink(
        MailSettings(
            smtp_bind_addr=mail_settings.smtp_bind_addr,
            api_bind_addr=mail_settings.api_bind_addr,
            ui_bind_addr=mail_settings.ui_bind_addr,
            auth_file=str(users),
        )
    )
    sink.start()

    for method, path, operation in operations():
        response = requests.request(method, f"{sink.url}{path}", timeout=5)
        if operation.get("security") == []:
            assert response.status_code == 200
            continue
        described = resolved(operation["responses"]["401"])
        assert response.status_code == 401
        assert described["headers"].keys() <= response.headers.keys()
    sink.stop()
