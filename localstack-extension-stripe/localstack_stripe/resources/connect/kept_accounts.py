"""Where a connected account is kept, with its bank accounts and cards: not by itself, but by its platform."""

from localstack_stripe.engine.presets import settle
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

ACCOUNT, PERSON = "account", "person"
EXTERNAL_KINDS = ("bank_account", "card")
EXTERNAL_ACCOUNT = "external_account"
"""The parameter, and the requirement, that one of those is."""


def is_own(work: UnitOfWork, account: Record) -> bool:
    """Whether it is the account itself, and none that is connected to it."""
    return bool(account["id"] == work.account)


def keeper_of(work: UnitOfWork) -> UnitOfWork:
    """The part of a unit of work in which the account itself is, with its bank accounts and cards: its platform keeps
    them.
    """
    platform = work.platform()
    return work.of(platform) if platform is not None else work


def kept_account(work: UnitOfWork) -> tuple[UnitOfWork, Record | None]:
    """The account itself, or nothing where it is not known, and the part of a unit of work that keeps it."""
    keeper = keeper_of(work)
    settle(keeper, ACCOUNT)
    return keeper, keeper.get(ACCOUNT, work.account)


def external_accounts_of(work: UnitOfWork, account: str) -> list[Record]:
    """The bank accounts and cards that an account, known by its id, is paid out to."""
    return [each for kind in EXTERNAL_KINDS for each in work.where(kind, ACCOUNT, account)]
