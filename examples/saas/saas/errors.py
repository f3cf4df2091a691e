"""What can go wrong in words that a user can read, and its form on the wire."""

from typing import ClassVar

from flask import Flask
from flask.typing import ResponseReturnValue


class UserError(Exception):
    """Something that the user should know; a subclass says with which status."""

    status: ClassVar[int] = 400

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Conflict(UserError):
    """What is asked for does not fit the state of the account."""

    status = 409


class NotSignedIn(UserError):
    """There is no session."""

    status = 401


class PaymentRefused(UserError):
    """The bank does not pay."""

    status = 402


class ServiceUnavailable(UserError):
    """A service that the application needs did not do its part."""

    status = 502


def register_error_handler(app: Flask) -> None:
    """Answer with the code and the words of a :class:`UserError`."""

    @app.errorhandler(UserError)
    def answer(error: UserError) -> ResponseReturnValue:
        if error.status >= 500:
            app.logger.error("%s", error.message, exc_info=error)
        return {"error": {"code": error.code, "message": error.message}}, error.status
