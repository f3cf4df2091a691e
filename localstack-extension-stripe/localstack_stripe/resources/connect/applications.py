"""Applications (https://docs.stripe.com/connect): by which one a platform acts for its connected accounts, as is seen where
it is expanded, and in the events of who is connected to it.
"""

from localstack_stripe.engine.applications import application_of
from localstack_stripe.engine.behaviours import hides, view
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

OF_ACCOUNT = "_account"
"""Which account has authorized an application: what an event of it does not show."""
hides("application", OF_ACCOUNT)


@view("application")
def application(work: UnitOfWork, id: str) -> Record | None:
    """The account's own, or its platform's."""
    own = application_of(work.platform() or work.account)
    return {"id": own, "name": None, "object": "application"} if id == own else None


def tell(work: UnitOfWork, account: Record, what: str) -> None:
    """Tell of a connected account that its owner has ``authorized`` the platform, whose work it is, or ``deauthorized``
    it (https://docs.stripe.com/api/events/types#event_types-account.application.authorized).
    """
    seen = application(work, application_of(work.account))
    assert seen is not None
    work.happened(f"account.application.{what}", {**seen, OF_ACCOUNT: account["id"]})
