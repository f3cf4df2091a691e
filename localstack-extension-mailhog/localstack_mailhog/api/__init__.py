"""HTTP for programs: MailHog's API, and what it lacks.

``asgi`` answers every request, or hands it to the UI; ``v1`` and ``v2`` are MailHog's, ``own`` is ours. A handler
gets a request and returns a response; only ``asgi`` and ``http`` know ASGI.
"""
