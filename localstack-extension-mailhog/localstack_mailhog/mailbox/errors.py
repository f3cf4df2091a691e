"""What goes wrong with a mailbox."""

from localstack_shared.errors import CannotStart


class MailboxError(Exception):
    """Mail could not be kept, or not be read."""


class MailboxUnavailable(MailboxError, CannotStart):
    """No mailbox can be made where it should be."""
