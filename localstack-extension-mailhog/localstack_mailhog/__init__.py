"""A mail sink with MailHog's API and a web UI, inside LocalStack or alone.

``sink`` is the whole; ``extension`` and ``cli`` start it; nothing below those two knows LocalStack.

This module imports nothing: pytest and LocalStack read the package whether or not a sink is wanted.
"""

__version__ = "1.0.0"
