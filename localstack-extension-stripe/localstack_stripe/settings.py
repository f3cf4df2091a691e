"""The emulator's settings."""

from dataclasses import dataclass
from pathlib import Path

from localstack_shared.settings import Address, address, boolean, setting


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise ValueError("allowed is a whole number, 0 for none")
    return int(text)


def _seed(text: str) -> str | None:
    return text or None


def _version(text: str) -> str | None:
    if not text:
        return None
    # Imported where it is needed: LocalStack reads these settings when it starts.
    from localstack_stripe.contract.loader import load_contract

    if text not in load_contract().api_versions:
        raise ValueError("allowed is a version of Stripe's API, such as 2024-06-20")
    return text


def _unknown_ids(text: str) -> str:
    if text not in ("refuse", "create"):
        raise ValueError("allowed are refuse and create")
    return text


def _file(text: str) -> Path | None:
    return Path(text).expanduser() if text else None


@dataclass(frozen=True)
class StripeSettings:
    """What the environment says about the Stripe emulator."""

    bind: Address = setting(
        "STRIPE_BIND_ADDR",
        ":8420",
        address,
        "Where the Stripe API listens: `host:port` or `:port`, by default on the gateway's host.",
    )
    seed: str | None = setting(
        "STRIPE_SEED",
        "",
        _seed,
        "Any text: the emulator then makes the same ids in the same order each time it starts.",
    )
    strict: bool = setting(
        "STRIPE_STRICT",
        "0",
        boolean,
        "Refuse every action of which the emulator does not know what it does at Stripe, instead of "
        "answering well-formed.",
    )
    request_log: int = setting(
        "STRIPE_REQUEST_LOG",
        "200",
        _count,
        "How many of the last requests `/_emulator/requests` can show; 0 for none.",
    )
    seed_file: Path | None = setting(
        "STRIPE_SEED_FILE",
        "",
        _file,
        "A file of fixtures of the Stripe CLI, whose objects the account of made-up keys has from the start.",
    )
    unknown_ids: str = setting(
        "STRIPE_UNKNOWN_IDS",
        "refuse",
        _unknown_ids,
        "What becomes of an id that nothing has: `refuse` answers as Stripe does, `create` makes an object with that id, "
        "as tests expect that were written for stripe-mock.",
    )
    card_numbers: bool = setting(
        "STRIPE_CARD_NUMBERS",
        "0",
        boolean,
        "Take card numbers that come with a secret key, as Stripe does of accounts with access to its raw card data APIs; "
        "else only a publishable key may send them.",
    )
    api_version: str | None = setting(
        "STRIPE_API_VERSION",
        "",
        _version,
        "The version of Stripe's API that requests were written for that name none, and that events have the form of, as an "
        "account's default version is at Stripe; by default the one that is emulated.",
    )
