"""AUTH (RFC 4954): its mechanisms, and whose credentials are taken."""

import hmac
import secrets
import time
from typing import Any

from aiosmtpd.smtp import MISSING, SMTP, AuthResult, LoginPassword

from localstack_mailhog.smtp.credentials import Credentials

# MailHog's words.
_SUCCESS = "235 2.7.0 Authentication successful"
_FAILURE = "535 5.7.8 Authentication credentials invalid"


class Authentication:
    """What aiosmtpd asks when a client logs in: its handler interface, with a method for each mechanism.

    :param hostname: the name in CRAM-MD5's challenge
    :param credentials: who may log in; none for everybody, with any password
    """

    mechanisms = "PLAIN LOGIN CRAM-MD5"

    def __init__(self, hostname: str, credentials: Credentials | None) -> None:
        self._hostname = hostname
        self._credentials = credentials

    @property
    def is_required(self) -> bool:
        """Whether mail is taken only after a login."""
        return self._credentials is not None

    def __call__(
        self, server: SMTP, session: Any, envelope: Any, mechanism: str, login: LoginPassword
    ) -> AuthResult:
        """Judge a name and a password: aiosmtpd's *authenticator*."""
        return _result(
            self._credentials is None or self._credentials.allow(login.login, login.password)
        )

    async def auth_PLAIN(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802
        # aiosmtpd's own is bound to the session that it was looked up on.
        return await SMTP.auth_PLAIN(server, server, args)

    async def auth_LOGIN(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802
        return await SMTP.auth_LOGIN(server, server, args)

    async def auth_CRAM__MD5(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802
        """RFC 2195: the client proves that it knows the password by a digest of it and of our challenge."""
        if len(args) > 1:
            await server.push("501 5.5.4 CRAM-MD5 has no initial response")
            return AuthResult(success=False)
        challenge = f"<{secrets.randbits(64)}.{int(time.time())}@{self._hostname}>".encode()
        response = await server.challenge_auth(challenge)
        if response is MISSING:
            return AuthResult(success=False)
        user, _, digest = response.rpartition(b" ")
        return _result(self._credentials is None or self._is_right(user, digest, challenge))

    def _is_right(self, user: bytes, digest: bytes, challenge: bytes) -> bool:
        assert self._credentials is not None
        password = self._credentials.password(user)
        if password is None:
            return False
        right = hmac.new(password, challenge, "md5").hexdigest().encode()
        return hmac.compare_digest(right, digest.lower())


def _result(success: bool) -> AuthResult:
    if success:
        return AuthResult(success=True, message=_SUCCESS)
    return AuthResult(success=False, handled=False, message=_FAILURE)
