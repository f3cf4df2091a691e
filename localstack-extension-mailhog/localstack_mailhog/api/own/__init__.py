"""What MailHog's API lacks, under ``/api/own``: search, waiting for mail, what a mail says, marks and tags.

``openapi.json`` describes it, and tests compare the two. ``shapes`` has the JSON, ``asking`` what requests have in
common; the others are routes, a file for what one asks about: all ``messages``, one ``message``, ``waiting`` for one,
and the ``status`` of the sink.
"""
