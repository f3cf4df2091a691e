"""Why a service cannot start, when it is not the program's fault."""


class CannotStart(Exception):
    """A setting, a port or a folder cannot be used. Its text is one clear line; the shells show it without a traceback."""
