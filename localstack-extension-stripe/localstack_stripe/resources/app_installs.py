"""Installs of Stripe Apps (https://docs.stripe.com/api/apps/installs): which account has which app.

Apps are known by their ids only. What their manifests ask for is not, so nothing is granted, and nothing pending.
"""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.behaviours import Call, operation, require_path
from localstack_stripe.engine.errors import invalid, missing_parameter, not_emulated
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

INSTALL = "apps.install"

_PRIVATE = "private_test"


@operation("POST /v1/apps/installs")
def install(call: Call) -> Record:
    """Install an app, unless it is installed (https://docs.stripe.com/api/apps/installs/create).

    :raises StripeError: 400 where the channel is not for the account
    """
    work, app = call.work, call.params["app"]
    channel = call.params.get("channel") or "public"
    _check_channel(work, channel)
    _check_challenge(work, call.params)
    installed = next(
        (each for each in work.where(INSTALL, "app", app) if _is_installed(each)), None
    )
    nothing: Record = {"connect_src": [], "image_src": []}
    return installed or work.create(
        INSTALL,
        account=work.account,
        app=app,
        channel=channel,
        content_security_policy_granted=nothing,
        content_security_policy_pending=nothing,
        status="installed",
    )


def _check_channel(work: UnitOfWork, channel: str) -> None:
    if channel == "private_live":
        raise invalid("With a test key, a private app is installed from `private_test`.", "channel")
    if work.platform() is None and channel != _PRIVATE:
        raise invalid(
            f"An account installs its own private app with the channel `{_PRIVATE}`. From `{channel}`, its platform "
            "can install one, by the header Stripe-Account.",
            "channel",
        )


def _check_challenge(work: UnitOfWork, params: Mapping[str, Any]) -> None:
    """Refuse what would get a code for OAuth; it is ignored where an account installs its own app."""
    if not params.get("code_challenge") or work.platform() is None:
        return
    if not params.get("code_challenge_method"):
        raise missing_parameter("code_challenge_method")
    raise not_emulated("code_challenge")


@operation("POST /v1/apps/installs/{id}")
def reauthorize(call: Call) -> Record:
    """Grant what is pending, which is nothing (https://docs.stripe.com/api/apps/installs/update)."""
    return _require_installed(call)


@operation("POST /v1/apps/installs/{id}/uninstall")
def uninstall(call: Call) -> Record:
    """Take an app away, which is done a moment later (https://docs.stripe.com/api/apps/installs/uninstall)."""
    found = call.work.change(_require_installed(call))
    found["status"] = "uninstalling"
    return found


def _taken_away_at(work: UnitOfWork, install: Record) -> int | None:
    return int(install["created"]) if install["status"] == "uninstalling" else None


@due(INSTALL, next=_taken_away_at)
def take_away(work: UnitOfWork, install: Record) -> None:
    """It is not there any more."""
    work.bury(install)


def _require_installed(call: Call) -> Record:
    found = require_path(call, "id", INSTALL)
    if not _is_installed(found):
        raise invalid(f"This app install is {found['status']}.")
    return found


def _is_installed(install: Record) -> bool:
    return bool(install["status"] == "installed")
