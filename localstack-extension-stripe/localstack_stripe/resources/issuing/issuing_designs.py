"""What physical cards look like (https://docs.stripe.com/issuing/cards/physical/choose-bundle): personalization designs,
made for one of the bundles that there are.
"""

from collections.abc import Iterator

from localstack_stripe.engine.behaviours import Call, before_create, before_update, plain
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.presets import from_the_start
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

DESIGN, BUNDLE = "issuing.personalization_design", "issuing.physical_bundle"

_HELPER = "POST /v1/test_helpers/issuing/personalization_designs/{personalization_design}"

plain(
    f"{_HELPER}/activate",
    f"{_HELPER}/deactivate",
    f"{_HELPER}/reject",
    "GET /v1/issuing/physical_bundles",
    "GET /v1/issuing/physical_bundles/{physical_bundle}",
)


@from_the_start(BUNDLE)
def bundles(work: UnitOfWork) -> Iterator[Record]:
    """Two bundles, of which one takes a logo and a text."""
    plain_card = dict.fromkeys(("card_logo", "carrier_text", "second_line"), "unsupported")
    own = {"card_logo": "optional", "carrier_text": "optional", "second_line": "optional"}
    for id, name, type, features in (
        ("ics_standard", "Standard black", "standard", own),
        ("ics_plain", "Plain black", "standard", plain_card),
    ):
        yield {"id": id, "features": features, "name": name, "status": "active", "type": type}


@before_create(DESIGN)
def create(call: Call, design: Record) -> None:
    """Make a design, which is reviewed first
    (https://docs.stripe.com/api/issuing/personalization_designs/create).
    """
    _keep_unique(call, design)


@before_update(DESIGN)
def change(call: Call, design: Record, before: Record) -> None:
    """Change a design (https://docs.stripe.com/api/issuing/personalization_designs/update)."""
    _keep_unique(call, design)


def _keep_unique(call: Call, design: Record) -> None:
    """Only one has a lookup key, and only one is the default."""
    work, key = call.work, call.params.get("lookup_key")
    others = [each for each in work.all(DESIGN) if each["id"] != design["id"]]
    for each in others:
        if key and each["lookup_key"] == key:
            if not call.params.get("transfer_lookup_key"):
                raise invalid(
                    f"Another personalization design has the lookup key '{key}'. Use `transfer_lookup_key` to take "
                    "it over.",
                    "lookup_key",
                )
            work.change(each)["lookup_key"] = None
        if design["preferences"]["is_default"] and each["preferences"]["is_default"]:
            changed = work.change(each)
            changed["preferences"] = {**changed["preferences"], "is_default": False}
