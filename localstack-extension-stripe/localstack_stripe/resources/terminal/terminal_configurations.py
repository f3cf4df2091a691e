"""How readers are set up (https://docs.stripe.com/terminal/fleet/configurations-overview): the account's default, and
configurations for single locations.
"""

from collections.abc import Iterator

from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    before_delete,
    before_update,
)
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.presets import from_the_start
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

CONFIGURATION, LOCATION = "terminal.configuration", "terminal.location"


@from_the_start(CONFIGURATION)
def default_configuration(work: UnitOfWork) -> Iterator[Record]:
    """The account's own, which all readers follow where their location says nothing else."""
    yield {"is_account_default": True}


@before_create(CONFIGURATION)
def create(call: Call, configuration: Record) -> None:
    """Set up the readers of a location (https://docs.stripe.com/api/terminal/configuration/create)."""
    configuration["is_account_default"] = False
    _require_alike(configuration)


@before_update(CONFIGURATION)
def change(call: Call, configuration: Record, before: Record) -> None:
    """Set them up anew (https://docs.stripe.com/api/terminal/configuration/update)."""
    _require_alike(configuration)


@before_delete(CONFIGURATION)
def delete(call: Call, gone: Record) -> None:
    """The readers of its locations follow the account's default from then on
    (https://docs.stripe.com/api/terminal/configuration/delete).
    """
    if gone["is_account_default"]:
        raise invalid("The account's default configuration cannot be deleted.", "configuration")
    for location in call.work.where(LOCATION, "configuration_overrides", gone["id"]):
        call.work.change(location).pop("configuration_overrides")


def require_own(work: UnitOfWork, location: Record) -> None:
    """The account's default is not for a single location.

    :raises StripeError: 400 where a location is given it
    """
    id = location.get("configuration_overrides")
    configuration = work.get(CONFIGURATION, id) if id else None
    if configuration is not None and configuration["is_account_default"]:
        raise invalid(
            "The account's default configuration cannot be applied to a location.",
            "configuration_overrides",
        )


def _require_alike(configuration: Record) -> None:
    """What is said of the tips in one currency is said in all
    (https://docs.stripe.com/terminal/features/collecting-tips/on-reader).
    """
    said = configuration.get("tipping") or {}
    kinds = [{name for name, value in each.items() if value} for each in said.values() if each]
    if any(each != kinds[0] for each in kinds):
        raise invalid(
            "The same of `fixed_amounts`, `percentages` and `smart_tip_threshold` must be given for every currency.",
            "tipping",
        )
