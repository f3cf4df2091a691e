"""Metadata's limits (https://docs.stripe.com/api/metadata)."""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.assignment import check_keys
from localstack_stripe.engine.errors import invalid

MAX_KEY_LENGTH = 40
MAX_VALUE_LENGTH = 500


def check_metadata(metadata: Mapping[str, Any], path: str) -> None:
    """Refuse metadata that is more than Stripe keeps.

    :raises StripeError: 400 in Stripe's words
    """
    check_keys(metadata, path)
    for key, value in metadata.items():
        if len(key) > MAX_KEY_LENGTH:
            raise invalid(
                f"Metadata keys can have up to {MAX_KEY_LENGTH} characters, but you passed in a key that is "
                f"{len(key)} characters. Invalid key: {key}",
                path,
            )
        if isinstance(value, dict | list):
            raise invalid(
                f"Metadata values must be strings, but for key {key} you passed in a value of type hash",
                path,
            )
        if isinstance(value, str) and len(value) > MAX_VALUE_LENGTH:
            raise invalid(
                f"Metadata values can have up to {MAX_VALUE_LENGTH} characters, but you passed in a value that "
                f"is {len(value)} characters. Invalid value: {value}",
                f"{path}[{key}]",
            )
