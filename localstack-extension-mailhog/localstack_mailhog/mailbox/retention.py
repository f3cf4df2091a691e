"""How much mail is kept, and for how long."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Retention:
    """The limits; what is older gives way."""

    messages: int = 0
    """How many mails are kept; 0 for as many as come."""
    age: float = 0
    """For how many seconds a mail is kept; 0 for ever."""


UNLIMITED = Retention()
