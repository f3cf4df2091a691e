"""Stripe's errors as exceptions, with the fields that its clients read.

Types, codes and wording follow https://docs.stripe.com/api/errors and https://docs.stripe.com/error-codes.
"""

from typing import Any


class StripeError(Exception):
    """What a request is refused with. The edge turns it into a status and a body; nothing was changed.

    :param message: for a person
    :param type: one of Stripe's error types
    :param status: the HTTP status
    :param code: one of Stripe's error codes
    :param param: the request's parameter that is at fault, as the client wrote it (``items[0][price]``)
    :param objects: what was involved, by the error's field: ids (``charge``), or records to be shown whole
        (``payment_intent``, ``payment_method``, ``setup_intent``)
    """

    commits = False
    """Whether what happened so far stays: true of a decline, which is an outcome and not a refusal."""

    hint: str | None = None
    """What the emulator can say of it that Stripe could not: the edge puts it into a header, and into the log."""

    def __init__(
        self,
        message: str,
        *,
        type: str = "invalid_request_error",
        status: int = 400,
        code: str | None = None,
        param: str | None = None,
        **objects: Any,
    ) -> None:
        super().__init__(message)
        self.objects = objects
        self.message = message
        self.type = type
        self.status = status
        self.code = code
        self.param = param

    def body(self) -> dict[str, Any]:
        """The ``error`` object, without what only the edge knows."""
        fields = {
            "code": self.code,
            "message": self.message,
            "param": self.param,
            "type": self.type,
        }
        return self.objects | {name: value for name, value in fields.items() if value is not None}


class CardError(StripeError):
    """The simulated bank said no (https://docs.stripe.com/declines).

    :param commits: whether the failed charge and the changed intent stay, as they do when a payment was tried
    """

    def __init__(
        self,
        message: str,
        *,
        code: str,
        decline_code: str | None = None,
        advice_code: str | None = None,
        network_decline_code: str | None = None,
        param: str | None = None,
        commits: bool = True,
        **objects: Any,
    ) -> None:
        super().__init__(message, type="card_error", status=402, code=code, param=param, **objects)
        self.decline_code = decline_code
        self.advice_code = advice_code
        self.network_decline_code = network_decline_code
        self.commits = commits

    def body(self) -> dict[str, Any]:
        """The ``error`` object, with the decline's own fields."""
        body = super().body()
        for name in ("decline_code", "advice_code", "network_decline_code"):
            if getattr(self, name) is not None:
                body[name] = getattr(self, name)
        return body


class LeavesIntent(StripeError):
    """A refusal to go on with an intent, which stays as it is, even where the same request has made or changed it."""

    commits = True


class NoSuchObject(StripeError):
    """An id names nothing in the account. Of two kinds Stripe says it in words of their own, where they are in the path.

    :param name: what Stripe's messages call its kind
    :param id: the id
    :param param: the parameter that it is the value of
    """

    def __init__(self, name: str, id: str, param: str, *, status: int) -> None:
        super().__init__(
            f"No such {name}: '{id}'", status=status, code="resource_missing", param=param
        )
        self.name = name
        self.id = id
        if status == 404 and name == "Invoice Item":
            self.message += "(livemode=false)"
        elif status == 404 and name == "subscription_item":
            self.message, self.code, self.param = f"Invalid {name} id: {id}", None, None


class NotInVersion(StripeError):
    """A request names what the served version of the API does not have, and another one may have had."""


class OAuthError(StripeError):
    """What OAuth's endpoints refuse with: a code and a description, as OAuth has it
    (https://docs.stripe.com/connect/oauth-reference#post-token-errors).
    """

    def __init__(self, error: str, description: str, *, status: int = 400) -> None:
        super().__init__(description, status=status, code=error)


def doc_url(code: str) -> str:
    """The address of the page that explains an error's code, as Stripe's errors tell it."""
    return "https://stripe.com/docs/error-codes/" + code.replace("_", "-")


def missing_parameter(param: str) -> StripeError:
    """A required parameter is not there."""
    return StripeError(f"Missing required param: {param}.", code="parameter_missing", param=param)


def exclusive(first: str, second: str, where: str = "") -> StripeError:
    """Both of two parameters are there, of which only one may be (https://github.com/stripe/stripe-node/issues/2248).

    :param where: the parameter that they are in
    """
    return StripeError(
        f"You may only specify one of these parameters: {first}, {second}.",
        param=f"{where}[{first}]" if where else first,
    )


def too_small(param: str, least: int = 1) -> StripeError:
    """An integer is less than it may be."""
    return StripeError(
        f"This value must be greater than or equal to {least}.",
        code="parameter_invalid_integer",
        param=param,
    )


def too_many(param: str, most: int) -> StripeError:
    """An array has more elements than it may have."""
    name = param.rpartition("[")[2].rstrip("]")
    return StripeError(f"Array {name} exceeded maximum {most} allowed elements.", param=param)


def require_positive(amount: int, param: str = "amount") -> int:
    """The amount that a parameter names, in minor units.

    :raises StripeError: 400 where it is nothing, or less
    """
    if amount < 1:
        raise too_small(param)
    return amount


def no_such(name: str, id: str, param: str, *, status: int = 400) -> StripeError:
    """What *param* names does not exist. In a path it is 404 with the param ``id``, elsewhere 400."""
    return NoSuchObject(name, id, param, status=status)


def already_exists(name: str, param: str) -> StripeError:
    """The id that *param* chooses is another one's."""
    return StripeError(
        f"{name.capitalize()} already exists.", code="resource_already_exists", param=param
    )


def of_type(
    type: str, message: str, code: str | None = None, param: str | None = None
) -> StripeError:
    """What v2 refuses with a type that SDKs have an exception of, such as ``insufficient_funds``.

    :param code: where it is another word than the type
    """
    return StripeError(message, type=type, code=code or type, param=param)


def not_emulated(param: str) -> StripeError:
    """A parameter that Stripe knows and the emulator does not follow yet."""
    return StripeError(
        f"The Stripe emulator does not emulate the parameter '{param}' here yet. It refuses the request, because "
        "ignoring the parameter would give an answer that Stripe would not give.",
        param=param,
    )


def amount_too_large() -> StripeError:
    """An amount, or what it is added to, is more than 64 bits can hold."""
    return invalid("The amount is too large.", code="amount_too_large")


def invalid(message: str, param: str | None = None, code: str | None = None) -> StripeError:
    """Any other refused request."""
    return StripeError(message, code=code, param=param)
