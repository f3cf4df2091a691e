"""What users send, as JSON."""

import re
from typing import Any

from flask import request

from saas.errors import UserError


def sent_object() -> dict[str, Any]:
    """The object in the request.

    :raises UserError: where it is something else
    """
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict):
        raise UserError("no_object", "Please send a JSON object.")
    return sent


def text(sent: dict[str, Any], name: str) -> str:
    """A text in it, without the space around it; empty where there is none."""
    value = sent.get(name)
    return value.strip() if isinstance(value, str) else ""


def email_address(sent: dict[str, Any], name: str = "email") -> str:
    """A mail address in it.

    :raises UserError: where it is none
    """
    address = text(sent, name)
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        raise UserError("email_invalid", "Please tell us your e-mail address.")
    return address
