"""Signing up: a form, a mail, a link."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer

from saas.accounts import Account, AccountStore
from saas.errors import Conflict, UserError
from saas.forms import email_address, sent_object, text
from saas.mail import Mailer
from saas.sessions import sign_in


class ActivationTokens:
    """What a link in an activation mail proves: that its bearer reads the account's mail.

    :param secret_key: what they are signed with
    :param seconds: how long one is valid
    """

    def __init__(self, secret_key: str, seconds: int) -> None:
        self._serializer = URLSafeTimedSerializer(secret_key, salt="activation")
        self._seconds = seconds

    def issue(self, account: Account) -> str:
        """A token for an account."""
        return str(self._serializer.dumps(account.id))

    def account_id(self, token: str) -> str:
        """Whose token it is.

        :raises UserError: where it is nobody's, or too old
        """
        try:
            return str(self._serializer.loads(token, max_age=self._seconds))
        except BadSignature:
            raise UserError(
                "invalid_link", "This link is not valid, or no longer. Please sign up again."
            ) from None


def signup_blueprint(
    accounts: AccountStore, mailer: Mailer, tokens: ActivationTokens, public_url: str
) -> Blueprint:
    """``POST /signup`` and ``GET /activate/…``.

    :param public_url: what a link in a mail begins with
    """
    blueprint = Blueprint("signup", __name__)

    @blueprint.post("/signup")
    def sign_up() -> ResponseReturnValue:
        """Store an account, and mail its link; who has lost the mail signs up again."""
        sent = sent_object()
        name, email = text(sent, "name"), email_address(sent)
        if not name:
            raise UserError("name_missing", "Please tell us your name.")
        account = accounts.add(name, email)
        if account.active:
            raise Conflict("email_taken", f"There is already an account for {email}.")
        link = public_url + url_for("signup.activate", token=tokens.issue(account))
        mailer.send_activation(account, link)
        return _shown(account), 201

    @blueprint.get("/activate/<token>")
    def activate(token: str) -> ResponseReturnValue:
        """Activate the account, and sign its owner in; the link does so until it is too old."""
        account_id = tokens.account_id(token)
        accounts.activate(account_id)
        account = accounts.get(account_id)
        if account is None:
            raise UserError("invalid_link", "This account is no longer there.")
        sign_in(account)
        return _shown(account)

    return blueprint


def _shown(account: Account) -> dict[str, str | bool]:
    return {
        "id": account.id,
        "name": account.name,
        "email": account.email,
        "active": account.active,
    }
