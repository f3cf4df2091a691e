"""How much a client may ask of the SMTP server."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of RFC 5321, 4.5.3, and of RFC 1870."""

    message_size: int
    """The largest message, in bytes."""
    recipients: int
    """How many recipients a message may have: at least 100 by RFC 5321, 4.5.3.1.8."""
    connections: int
    """How many clients may be connected at a time."""
    idle_seconds: float
    """How long a client may be silent: five minutes by RFC 5321, 4.5.3.2.7; 0 for ever."""
    errors: int = 20
    """How many commands in a session, since the last message, may be wrong in syntax or out of order."""
