"""A mail: what arrives, and what the mailbox knows of it once it is kept."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail on its way into the mailbox: the envelope (RFC 5321, 2.3.1) and the bytes, unchanged."""

    sender: str
    """The reverse path; empty for the null sender of bounces."""
    recipients: tuple[str, ...]
    raw: bytes
    helo: str = ""
    """What the client called itself; empty where it came otherwise than by SMTP."""

    def __str__(self) -> str:
        """The envelope, for a log line."""
        recipients = ", ".join(self.recipients[:3])
        more = f" and {len(self.recipients) - 3} others" if len(self.recipients) > 3 else ""
        return f"mail from {self.sender or '<>'} to {recipients}{more}, {len(self.raw)} bytes"


@dataclass(frozen=True, slots=True)
class Entry:
    """A kept mail without its bytes."""

    position: int
    """Where it stands in the order of arrival: ever larger, and never used again."""
    id: str
    created: int
    """When it arrived, in nanoseconds since 1970."""
    sender: str
    recipients: tuple[str, ...]
    helo: str
    size: int
    """The number of its bytes."""
    unread: bool = True
    tags: tuple[str, ...] = ()
    """In alphabetical order."""

    @property
    def arrived(self) -> datetime:
        """When it arrived, in UTC, to the microsecond."""
        return datetime.fromtimestamp(self.created // 1000 / 1e6, UTC)
