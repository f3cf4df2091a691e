"""Card readers (https://docs.stripe.com/terminal/payments/collect-card-payment?terminal-sdk-platform=server-driven): how
one is registered, and what it is told to do. What comes of a card that is held to it is in ``terminal_payments``.

A reader does one thing at a time. What has not begun can be replaced, so it is never busy here.
"""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.contract.loader import Enum
from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    checks,
    operation,
    plain,
    require_path,
)
from localstack_stripe.engine.errors import (
    StripeError,
    invalid,
    missing_parameter,
    too_many,
    too_small,
)
from localstack_stripe.engine.shapes import one_of
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.core.files import new_picture
from localstack_stripe.resources.core.refund_eligibility import amount_to_refund, charge_to_refund
from localstack_stripe.resources.payment_methods.card_present import STRUCTURES
from localstack_stripe.resources.terminal.terminal_configurations import require_own

READER = "terminal.reader"

plain(
    "POST /v1/terminal/connection_tokens",
    "POST /v1/terminal/locations",
    "POST /v1/terminal/locations/{location}",
    "DELETE /v1/terminal/locations/{location}",
    "POST /v1/terminal/onboarding_links",
    "POST /v1/terminal/readers/{reader}",
    "DELETE /v1/terminal/readers/{reader}",
)

SIMULATED = {"wpe": "simulated_wisepos_e"}
"""The simulated readers whose registration code does not name the device as its type does."""

PROCESSED_FROM = ("requires_payment_method", "requires_confirmation")
"""The statuses of an intent that a card can be asked for."""

# Registering


@checks("terminal.location")
def locate(call: Call, location: Record) -> None:
    """A location has an address and a name (https://docs.stripe.com/api/terminal/locations/create)."""
    for name in ("address", "display_name"):
        given = [location.get(each) for each in (name, f"{name}_kana", f"{name}_kanji")]
        if not any(each.get("country") if isinstance(each, dict) else each for each in given):
            raise missing_parameter(name)
    require_own(call.work, location)


@before_create(READER)
def register(call: Call, reader: Record) -> None:
    """Register a reader by the code that it shows, or a simulated one by one of Stripe's: ``simulated-wpe``.

    https://docs.stripe.com/terminal/references/testing#simulated-reader
    """
    work, code = call.work, call.params["registration_code"]
    reader["device_type"] = _device_type(work, code)
    reader["ip_address"] = "0.0.0.0" if code.startswith("simulated-") else "192.168.2.2"
    reader["serial_number"] = work.ids.text(12).upper()
    reader["label"] = call.params.get("label") or f"{code}-{reader['serial_number']}"
    reader["status"] = "online"
    _report(work, reader)


def _device_type(work: UnitOfWork, code: str) -> str:
    type, _, device = code.partition("-")
    if type != "simulated":
        return "bbpos_wisepos_e"
    enum: Enum = one_of(work.contract.resources[READER].fields["device_type"].type, Enum)
    simulated = [each for each in enum.values if each.startswith("simulated_")]
    found = next((each for each in simulated if each.endswith(f"_{device}")), None)
    if device in SIMULATED or found is not None:
        return SIMULATED.get(device) or str(found)
    raise invalid(f"No such reader registration code: '{code}'", "registration_code")


# What it is told to do


@operation("POST /v1/terminal/readers/{reader}/process_payment_intent")
def process_payment_intent(call: Call) -> Record:
    """Ask for a card and pay with it (https://docs.stripe.com/api/terminal/readers/process_payment_intent)."""
    return _start(call, **_of_payment(call, "process_config"))


@operation("POST /v1/terminal/readers/{reader}/collect_payment_method")
def collect_payment_method(call: Call) -> Record:
    """Ask for a card (https://docs.stripe.com/api/terminal/readers/collect_payment_method)."""
    return _start(call, **_of_payment(call, "collect_config"))


@operation("POST /v1/terminal/readers/{reader}/confirm_payment_intent")
def confirm_payment_intent(call: Call) -> Record:
    """Pay with the card that was asked for (https://docs.stripe.com/api/terminal/readers/confirm_payment_intent)."""
    intent = call.work.require("payment_intent", call.params["payment_intent"], "payment_intent")
    _require_status(intent, ("requires_confirmation",))
    return _start(call, **_said(call, "payment_intent", "confirm_config"))


@operation("POST /v1/terminal/readers/{reader}/process_setup_intent")
def process_setup_intent(call: Call) -> Record:
    """Ask for a card to be saved (https://docs.stripe.com/api/terminal/readers/process_setup_intent)."""
    intent = call.work.require("setup_intent", call.params["setup_intent"], "setup_intent")
    _require_card_present(intent)
    _require_status(intent, PROCESSED_FROM)
    return _start(call, **_said(call, "setup_intent", "process_config"))


@operation("POST /v1/terminal/readers/{reader}/refund_payment")
def refund_payment(call: Call) -> Record:
    """Ask for the card that is given its money back (https://docs.stripe.com/api/terminal/readers/refund_payment)."""
    charge = charge_to_refund(call)
    amount = amount_to_refund(call, charge)
    said = _said(call, "refund_application_fee", "refund_payment_config", "reverse_transfer")
    return _start(
        call,
        amount=amount,
        charge=charge["id"],
        metadata=dict(call.params.get("metadata") or {}),
        payment_intent=charge["payment_intent"],
        **said,
    )


@operation("POST /v1/terminal/readers/{reader}/set_reader_display")
def set_reader_display(call: Call) -> Record:
    """Show what is being bought (https://docs.stripe.com/terminal/features/display)."""
    cart = call.params.get("cart")
    if cart is None:
        raise missing_parameter("cart")
    return _start(call, cart={"tax": None, **cart}, type=call.params["type"])


@operation("POST /v1/terminal/readers/{reader}/collect_inputs")
def collect_inputs(call: Call) -> Record:
    """Ask the customer for something else than a card (https://docs.stripe.com/terminal/features/collect-inputs)."""
    if len(call.params["inputs"]) > MOST_INPUTS:
        raise too_many("inputs", MOST_INPUTS)
    inputs = [_asked(each, f"inputs[{place}]") for place, each in enumerate(call.params["inputs"])]
    return _start(call, inputs=inputs, metadata=dict(call.params.get("metadata") or {}))


@operation("POST /v1/terminal/readers/{reader}/cancel_action")
def cancel_action(call: Call) -> Record:
    """Forget what was to be done (https://docs.stripe.com/api/terminal/readers/cancel_action)."""
    reader = call.work.change(require_path(call, "reader", READER))
    reader["action"] = None
    return reader


# What the customer answers


@operation("POST /v1/test_helpers/terminal/readers/{reader}/succeed_input_collection")
def succeed_input_collection(call: Call) -> Record:
    """The customer answers (https://docs.stripe.com/api/terminal/readers/succeed_input_collection)."""
    reader = waiting_reader(call, "collect_inputs")
    skips = call.params.get("skip_non_required_inputs") == "all"
    for each in reader["action"]["collect_inputs"]["inputs"]:
        each["skipped"] = skips and not each["required"]
        if not each["skipped"]:
            _answer(call, each)
    succeed(reader)
    return reader


@operation("POST /v1/test_helpers/terminal/readers/{reader}/timeout_input_collection")
def timeout_input_collection(call: Call) -> Record:
    """The customer does not answer (https://docs.stripe.com/api/terminal/readers/timeout_input_collection)."""
    reader = waiting_reader(call, "collect_inputs")
    fail(reader, "collect_inputs_timed_out", "The customer did not complete the inputs in time.")
    return reader


# What an action comes to


def waiting_reader(call: Call, *types: str) -> Record:
    """The reader of the path, to be changed, whose action of one of *types* waits for somebody.

    :raises StripeError: 400 where it has no such action
    """
    reader = call.work.change(require_path(call, "reader", READER))
    action = reader["action"]
    if action is None or action["status"] != "in_progress" or action["type"] not in types:
        raise invalid(
            f"The reader {reader['id']} has no action in progress of one of these types: {', '.join(types)}."
        )
    _report(call.work, reader)
    return reader


def succeed(reader: Record) -> None:
    """What the reader was told to do is done."""
    reader["action"] = {**reader["action"], "status": "succeeded"}


def fail(reader: Record, code: str, message: str, error: Record | None = None) -> None:
    """What the reader was told to do has failed.

    :param error: what the API said to it
    """
    reader["action"] = {
        **reader["action"],
        "api_error": error,
        "failure_code": code,
        "failure_message": message,
        "status": "failed",
    }


def _start(call: Call, **details: Any) -> Record:
    reader = call.work.change(require_path(call, "reader", READER))
    type = call.operation.path.rpartition("/")[2]
    reader["action"] = {
        "api_error": None,
        "failure_code": None,
        "failure_message": None,
        "status": "in_progress",
        "type": type,
        type: details,
    }
    _report(call.work, reader)
    return reader


def _report(work: UnitOfWork, reader: Record) -> None:
    reader["last_seen_at"] = (
        work.now() * 1000
    )  # of all times in the API, this one is in milliseconds


def _said(call: Call, *names: str) -> Record:
    said: Record = {}
    for name in names:
        value = call.params.get(name)
        if isinstance(value, dict):
            # How it may be shown again is the payment method's, and not the action's.
            said[name] = {key: each for key, each in value.items() if key != "allow_redisplay"}
        elif value is not None:
            said[name] = value
    return said


def _of_payment(call: Call, config: str) -> Record:
    intent = call.work.require("payment_intent", call.params["payment_intent"], "payment_intent")
    _require_card_present(intent)
    _require_status(intent, PROCESSED_FROM)
    _require_tipping(call.params.get(config) or {}, config)
    return _said(call, "payment_intent", config)


def _require_tipping(config: Mapping[str, Any], param: str) -> None:
    """What tips are calculated from is said only where there may be any
    (https://docs.stripe.com/terminal/features/collecting-tips/on-reader#tip-eligible).
    """
    eligible, param = (config.get("tipping") or {}).get("amount_eligible"), f"{param}[tipping]"
    if eligible is None:
        return
    if eligible < 0:
        raise too_small(f"{param}[amount_eligible]", 0)
    if eligible and config.get("skip_tipping"):
        raise invalid(
            "`amount_eligible` cannot be greater than 0 where `skip_tipping` is true.",
            f"{param}[amount_eligible]",
        )


def _require_card_present(intent: Record) -> None:
    automatic = (intent.get("automatic_payment_methods") or {}).get("enabled")
    if not automatic and STRUCTURES.keys().isdisjoint(intent["payment_method_types"]):
        raise invalid(
            "The intent does not allow the payment method type card_present, so a reader cannot process it.",
            intent["object"],
        )


def _require_status(intent: Record, allowed: tuple[str, ...]) -> None:
    if intent["status"] not in allowed:
        name = intent["object"].replace("_", " ").capitalize()
        raise StripeError(
            f"{name} must be in the {' or '.join(allowed)} state to be processed, but it actually is in the "
            f"{intent['status']} state.",
            code="intent_invalid_state",
        )


MOST_INPUTS, _MOST_TOGGLES = 5, 4
_LONGEST = {"description": 100, "skip_button": 14, "submit_button": 30, "title": 40}
"""How long the texts of an input may be; the description of a selection has five times as much room."""

_TOGGLE, _TOGGLE_OF_TWO = 50, 25
"""How long a toggle's title or description may be, and each where it has both."""


def _require_room(given: Mapping[str, Any], param: str) -> None:
    """What is asked has to fit on the screen (https://docs.stripe.com/terminal/features/collect-inputs#customization)."""
    longest = _LONGEST | ({"description": 500} if given["type"] == "selection" else {})
    _require_short(given["custom_text"], longest, f"{param}[custom_text]")
    toggles = given.get("toggles") or []
    if len(toggles) > _MOST_TOGGLES:
        raise too_many(f"{param}[toggles]", _MOST_TOGGLES)
    for place, each in enumerate(toggles):
        both = bool(each.get("title") and each.get("description"))
        room = _TOGGLE_OF_TWO if both else _TOGGLE
        _require_short(each, {"description": room, "title": room}, f"{param}[toggles][{place}]")


def _require_short(texts: Mapping[str, Any], longest: Mapping[str, int], param: str) -> None:
    for name, most in longest.items():
        if len(texts.get(name) or "") > most:
            raise invalid(
                f"Invalid string: it must be at most {most} characters.", f"{param}[{name}]"
            )


def _asked(given: Mapping[str, Any], param: str) -> Record:
    _require_room(given, param)
    text = given["custom_text"]
    asked: Record = {
        "custom_text": {
            name: text.get(name)
            for name in ("description", "skip_button", "submit_button", "title")
        },
        "required": bool(given.get("required")),
        "toggles": [
            {
                "default_value": each.get("default_value"),
                "description": each.get("description"),
                "title": each.get("title"),
                "value": None,
            }
            for each in given.get("toggles") or []
        ],
        "type": given["type"],
    }
    if given["type"] != "selection":
        asked[given["type"]] = {"value": None}
    elif not given.get("selection"):
        raise missing_parameter(f"{param}[selection]")
    else:
        choices = [{"style": None, **each} for each in given["selection"]["choices"]]
        asked["selection"] = {"choices": choices, "id": None, "text": None}
    return asked


_ANSWERS = {
    "email": "jenny.rosen@example.com",
    "numeric": "1234567890",
    "phone": "+15555550100",
    "text": "Jenny Rosen",
}


def _answer(call: Call, asked: Record) -> None:
    for each in asked["toggles"]:
        each["value"] = each["default_value"] or "disabled"
    if asked["type"] == "selection":
        first = asked["selection"]["choices"][0]
        asked["selection"] |= {"id": first["id"], "text": first["text"]}
    elif asked["type"] == "signature":
        picture = new_picture(call.work, "signature", "customer_signature")
        asked["signature"] = {"value": picture["id"]}
    else:
        asked[asked["type"]] = {"value": _ANSWERS[asked["type"]]}
