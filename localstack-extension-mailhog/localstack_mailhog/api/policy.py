"""What a mail's content may do in a browser: it comes from a stranger, and has our origin."""


def mail_policy(images: str = "data:") -> str:
    """Look like something, and open links in a new tab. No scripts, forms, frames or remote content.

    :param images: the sources that images may be loaded from
    """
    return (
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none';"
        f" style-src 'unsafe-inline'; img-src {images}; font-src data:;"
        " base-uri 'none'; form-action 'none'"
    )
