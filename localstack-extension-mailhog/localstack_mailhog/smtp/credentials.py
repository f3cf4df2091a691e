"""Who may log in by SMTP: a file of users and passwords."""

import hmac
from collections.abc import Mapping
from pathlib import Path


class Credentials:
    """Users and their passwords, which CRAM-MD5 needs in clear."""

    def __init__(self, passwords: Mapping[str, str]) -> None:
        self._passwords = {user.encode(): word.encode() for user, word in passwords.items()}

    def password(self, user: bytes) -> bytes | None:
        """The password of *user*; none where nobody is called so."""
        return self._passwords.get(user)

    def allow(self, user: bytes, password: bytes) -> bool:
        """Whether *password* is the one of *user*."""
        right = self._passwords.get(user)
        return right is not None and hmac.compare_digest(right, password)


def read_credentials(text: str) -> Credentials | None:
    """The credentials in the file that *text* names; none where it names none.

    A line is ``user:password``; the first colon separates them. Empty lines are skipped, as in MailHog's own file.

    :raises ValueError: where it cannot be read or has another line
    """
    if not text:
        return None
    try:
        lines = Path(text).read_text("utf-8").splitlines()
    except OSError as error:
        raise ValueError(f"the file cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError("the file is not UTF-8") from None
    passwords = {}
    for number, line in enumerate(lines, 1):
        user, colon, password = line.partition(":")
        if colon and user:
            passwords[user] = password
        elif line.strip():
            raise ValueError(f"line {number} of the file is not user:password")
    return Credentials(passwords)
