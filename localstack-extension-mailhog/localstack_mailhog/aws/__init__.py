"""LocalStack's SES, wired to the mailbox.

``v1`` puts the requests of SES's older API in the terms of the newer one, ``sending`` takes a request apart into its
mails, ``templates`` and ``mime`` make each the mail that SES would send: these know nothing of LocalStack. ``tap``
brings to the mailbox what LocalStack's SES accepts; ``provider`` is SES v2 where LocalStack has none.
"""
