"""Basic authentication (RFC 7617) by MailHog's auth file.

Hashing is slow on purpose: it happens in threads, and who was let in once is known again by a digest.
"""

import asyncio
import base64
import binascii
import hashlib
import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import bcrypt

from localstack_mailhog.api.http import Response
from localstack_shared.settings import SettingError

FILE_SETTING = "MH_AUTH_FILE"

THREADS = 2

MOST_PASSWORD_BYTES = 72
"""What bcrypt looks at; MailHog's ignores the rest, too."""

UNAUTHORIZED = Response(
    status=401, headers=(("WWW-Authenticate", 'Basic realm="MailHog", charset="UTF-8"'),)
)

_HASH = re.compile(rb"\$2[abxy]?\$(0[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{53}")


class Users:
    """Who may use HTTP.

    :param hashes: the users and the bcrypt hashes of their passwords
    """

    def __init__(self, hashes: dict[bytes, bytes]) -> None:
        self._hashes = hashes
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="mail-authentication")
        self._digest_key = os.urandom(32)
        self._checks: dict[bytes, asyncio.Future[bool]] = {}
        """By the digest of a user and a password: checks that run, and those that let somebody in."""

    @classmethod
    def from_file(cls, path: str) -> "Users":
        """Those of MailHog's file: ``user:bcrypt-hash`` a line, blank lines allowed.

        :raises SettingError: where it cannot be read, or a line is something else
        """
        hashes = {}
        try:
            lines = Path(path).read_bytes().splitlines()
        except OSError as error:
            raise SettingError(FILE_SETTING, path, str(error.strerror)) from None
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            user, colon, hashed = line.strip().partition(b":")
            if not (colon and _HASH.fullmatch(hashed)):
                # Not the line itself: it may be a password that somebody forgot to hash.
                allowed = f"line {number} must be user:hash, as `localstack-mailhog bcrypt` hashes"
                raise SettingError(FILE_SETTING, path, allowed)
            hashes[user] = hashed
        return cls(hashes)

    async def know(self, authorization: bytes) -> bool:
        """Whether the value of an ``Authorization`` header is a user's name and password."""
        credentials = _credentials(authorization)
        if credentials is None:
            return False
        user, password = credentials
        digest = hashlib.blake2b(user + b":" + password, key=self._digest_key).digest()
        check = self._checks.get(digest)
        if check is None:
            check = asyncio.get_running_loop().run_in_executor(
                self._threads, self._verify, user, password
            )
            self._checks[digest] = check
        known = False
        try:
            # Whoever asks first may leave before the others have their answer.
            known = await asyncio.shield(check)
        finally:
            if check.done() and not known:
                self._checks.pop(digest, None)
        return known

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _verify(self, user: bytes, password: bytes) -> bool:
        hashed = self._hashes.get(user)
        try:
            return hashed is not None and bcrypt.checkpw(password, hashed)
        except ValueError:  # no hash or no password after all
            return False


def _credentials(authorization: bytes) -> tuple[bytes, bytes] | None:
    scheme, _, encoded = authorization.strip().partition(b" ")
    if scheme.lower() != b"basic":
        return None
    try:
        user, colon, password = base64.b64decode(encoded.strip(), validate=True).partition(b":")
    except binascii.Error:
        return None
    return (user, password[:MOST_PASSWORD_BYTES]) if colon else None
