"""LocalStack's SES, wired to the mailbox.

``ses`` is the wire; ``mime`` and ``templates`` turn what SES is asked to send into the mail that it would send, and
know nothing of LocalStack.
"""
