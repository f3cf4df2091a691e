"""Payment method configurations (https://docs.stripe.com/api/payment_method_configurations): which ways to pay are
offered.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from localstack_stripe.engine.behaviours import Call, before_create, before_update
from localstack_stripe.engine.presets import from_the_start
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

CONFIGURATION = "payment_method_configuration"

ON = frozenset({"apple_pay", "card", "google_pay", "link"})
"""What is offered unless something else is said."""


@from_the_start(CONFIGURATION)
def default_configuration(work: UnitOfWork) -> Iterator[Record]:
    """The one that is used where a request names none."""
    yield {"active": True, "is_default": True, "name": "Default", **_methods(work, {}, {})}


@before_create(CONFIGURATION)
def complete(call: Call, configuration: Record) -> None:
    """Every way to pay is on or off; a configuration with a parent asks it for what it does not say."""
    configuration["name"] = call.params.get("name") or "Custom"
    parent = call.params.get("parent")
    above = call.work.require(CONFIGURATION, parent, "parent") if parent is not None else {}
    configuration.update(_methods(call.work, call.params, above))


@before_update(CONFIGURATION)
def change(call: Call, configuration: Record, before: Record) -> None:
    """What is not said stays as it was."""
    configuration.update(_methods(call.work, call.params, before))


def _methods(work: UnitOfWork, given: Mapping[str, Any], before: Record) -> Record:
    methods = {}
    for name, field in work.contract.resources[CONFIGURATION].fields.items():
        if not field.optional or work.shapes.structure_of(CONFIGURATION, name) is None:
            continue
        known = before.get(name, {}).get("display_preference", {}).get("value")
        value = known or ("on" if name in ON else "off")
        wanted = ((given.get(name) or {}).get("display_preference") or {}).get("preference")
        preference = wanted or value
        if preference in ("on", "off"):
            value = preference
        methods[name] = {
            "available": value == "on",
            "display_preference": {"overridable": None, "preference": preference, "value": value},
        }
    return methods
