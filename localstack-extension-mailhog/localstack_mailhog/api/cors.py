"""What MailHog tells browsers whose page comes from elsewhere (the Fetch standard's CORS protocol)."""

Headers = tuple[tuple[str, str], ...]

_METHODS = {"v1": "OPTIONS,GET,POST,DELETE"}
_ALL_METHODS = "OPTIONS,GET,PUT,POST,DELETE"


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
        ("Access-Control-Allow-Methods", _METHODS.get(version, _ALL_METHODS)),
        ("Access-Control-Allow-Headers", "Content-Type"),
    )
