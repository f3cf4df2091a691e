"""Where an account link leads (https://docs.stripe.com/connect/hosted-onboarding): the page on which a connected account's
owner tells what has to be known of them, or leaves it for later.
"""

from collections.abc import Mapping
from html import escape
from typing import Any

from localstack_stripe.api.control.dispatch import Asked, Endpoint, OnRecords, outcome_of
from localstack_stripe.api.control.pages import go_to, is_browser, page
from localstack_stripe.api.messages import Response
from localstack_stripe.engine.errors import no_such
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.connect.kept_accounts import kept_account
from localstack_stripe.resources.connect.onboarding import end_link, found_link
from localstack_stripe.resources.connect.onboarding_answers import tell_everything

_OUTCOMES = ("complete", "later")

_FORM = """<p>What Stripe has to know of {account}: {due}</p>
<form method="post">
<button name="outcome" value="complete">Tell it all, with test data</button>
<button name="outcome" value="later">Save for later</button>
</form>"""


class Onboarding(OnRecords):
    """``/setup/e/{account}/{secret}``."""

    def endpoints(self) -> Mapping[str, Endpoint]:
        """What answers."""
        return {
            "GET /setup/e/{account}/{secret}": self.show,
            "POST /setup/e/{account}/{secret}": self.tell,
        }

    def show(self, asked: Asked) -> Response:
        """Show what is missing; a link that is over leads to where another one is made."""
        _, account, link = self._opened(asked)
        if not link["is_open"]:
            return go_to(link["refresh_url"])
        due = ", ".join(account["requirements"][link["collects"]]) or "nothing more"
        return page("Onboarding", _FORM.format(account=escape(account["id"]), due=escape(due)))

    def tell(self, asked: Asked) -> Any:
        """The owner has told everything, or will later, and goes back; a program gets the account."""
        outcome = outcome_of(asked.params, _OUTCOMES, "complete")
        keeper, account, link = self._opened(asked)
        if not link["is_open"]:
            return go_to(link["refresh_url"])
        if outcome == "complete":
            tell_everything(keeper, account, link["collects"])
        end_link(keeper, account, asked.path["secret"])
        self._commit(keeper)
        return go_to(link["return_url"]) if is_browser(asked) else keeper.change(account)

    def _opened(self, asked: Asked) -> tuple[UnitOfWork, Record, Record]:
        id = asked.path["account"]
        keeper, account = kept_account(self._begin(id))
        link = found_link(keeper, account, asked.path["secret"]) if account is not None else None
        if account is None or link is None:
            raise no_such("account_link", id, "account", status=404)
        return keeper, account, link
