"""Through the gateway: every way leads to the same application, browsers are let through, S3 keeps its buckets."""

from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config

from tests.integration.host import LocalStackProcess

KEY = {"Authorization": "Bearer sk_test_gateway"}


@pytest.mark.parametrize(
    ("path", "host"),
    [
        ("/_extension/stripe/v1/customers", None),
        ("/stripe/v1/customers", None),
        ("/v1/customers", "stripe.localhost.localstack.cloud:4566"),
        ("/v1/customers", "stripe.localhost.localstack.cloud"),
    ],
)
def test_stripe_answers_on_every_path_and_host(
    localstack: LocalStackProcess, path: str, host: str | None
) -> None:
    headers = KEY | ({"Host": host} if host else {})

    created = requests.post(
        localstack.url + path, headers=headers, data={"name": path}, timeout=10
    ).json()

    own = f"{localstack.stripe_url}/v1/customers/{created['id']}"
    assert requests.get(own, headers=KEY, timeout=10).json() == created


@pytest.mark.parametrize(
    ("path", "host"),
    [
        ("/_extension/mailhog/", None),
        ("/mailhog/", None),
        ("/", "mailhog.localhost.localstack.cloud:4566"),
    ],
)
def test_the_mail_pages_answer_on_every_path_and_host(
    localstack: LocalStackProcess, path: str, host: str | None
) -> None:
    headers = {"Host": host} if host else {}

    page = requests.get(localstack.url + path, headers=headers, timeout=10)

    assert page.status_code == 200
    assert "text/html" in page.headers["Content-Type"]


@pytest.mark.parametrize("bucket", ["stripe", "mailhog"])
def test_a_bucket_of_an_extensions_name_stays_s3s(
    localstack: LocalStackProcess, bucket: str
) -> None:
    s3: Any = boto3.client(
        "s3",
        endpoint_url=localstack.url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(s3={"addressing_style": "path"}),
    )
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="v1/customers", Body=b"mine")

    stored = s3.get_object(Bucket=bucket, Key="v1/customers")["Body"].read()
    presigned = s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "v1/customers"})

    assert stored == b"mine"
    assert requests.get(presigned, timeout=10).content == b"mine"


@pytest.mark.parametrize("service", ["stripe", "mailhog"])
def test_browsers_on_an_extensions_origin_are_let_through(
    localstack: LocalStackProcess, service: str
) -> None:
    origins = [
        f"http://{service}.localhost.localstack.cloud:{localstack.port}",
        f"https://{service}.localhost.localstack.cloud:{localstack.port}",
        f"http://localhost:{localstack.http_port}",
        f"http://127.0.0.1:{localstack.stripe_port}",
    ]

    answers = {
        origin: requests.get(
            f"{localstack.url}/_localstack/health", headers={"Origin": origin}, timeout=10
        )
        for origin in [*origins, "http://evil.example"]
    }

    for origin in origins:
        assert answers[origin].status_code == 200, origin
    assert answers["http://evil.example"].status_code == 403


def test_large_bodies_and_encoded_paths_cross_the_gateway(localstack: LocalStackProcess) -> None:
    base = f"{localstack.url}/_extension/stripe/v1"
    metadata = {f"metadata[key{number}]": "ü" * 400 for number in range(50)}

    created = requests.post(f"{base}/customers", headers=KEY, data=metadata, timeout=10).json()
    odd = requests.get(f"{base}/customers/cus%2F%C3%BC", headers=KEY, timeout=10)

    assert created["metadata"]["key49"] == "ü" * 400
    assert odd.status_code == 404
    assert odd.json()["error"]["message"] == "No such customer: 'cus/ü'"


def test_unknown_stripe_paths_are_stripes_error_not_s3s(localstack: LocalStackProcess) -> None:
    answer = requests.get(f"{localstack.url}/_extension/stripe/v1/nothing", headers=KEY, timeout=10)

    assert answer.status_code == 404
    assert "Unrecognized request URL" in answer.json()["error"]["message"]


def test_a_connection_is_cut_through_the_gateway_too(localstack: LocalStackProcess) -> None:
    stripe = f"{localstack.url}/_extension/stripe"
    path = "/v1/customers"
    fault = {"match": {"path": path}, "then": {"cut": True}}
    requests.post(f"{stripe}/_emulator/faults", json=fault, timeout=10).raise_for_status()

    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        requests.post(stripe + path, headers=KEY, data={"name": "cut"}, timeout=10)

    newest = requests.get(stripe + path, headers=KEY, params={"limit": 1}, timeout=10).json()
    assert newest["data"][0]["name"] == "cut"
