"""What MailHog tells browsers whose page comes from elsewhere (the Fetch standard's CORS protocol)."""

Headers = tuple[tuple[str, str], ...]

_METHODS = {
    "v1": "OPTIONS,GET,POST,DELETE",
    "v2": "OPTIONS,GET,PUT,POST,DELETE",
    "own": "OPTIONS,GET,POST,PATCH,DELETE",
}


def is_foreign(site: bytes, page: bytes, origin: str) -> bool:
    """Whether a request was made by a page that it is not meant for: a browser sends some without asking first.

    :param site: the request's ``Sec-Fetch-Site``, which only browsers send (the Fetch Metadata specification)
    :param page: its ``Origin``
    :param origin: whom to let in, or ``*``; empty for nobody
    """
    return site == b"cross-site" and origin not in ("*", page.decode("latin-1"))


def cors_headers(origin: str, path: str) -> Headers:
    """The headers of a response.

    :param origin: whom to let in, or ``*``; empty for nobody
    :param path: beginning with ``/``; pages of the UI are not for others
    """
    if not origin or not path.startswith("/api/"):
        return ()
    version = path.split("/")[2]
    return (
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Allow-Methods", _METHODS.get(version, _METHODS["v2"])),
        ("Access-Control-Allow-Headers", "Content-Type"),
    )
