"""Settings: environment variables read once into a frozen, typed object.

An extension declares a frozen dataclass whose fields are made with :func:`setting`; :func:`read` fills it. What a
field says of itself is also what the documentation's table says, and a test compares the two.
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

from localstack_shared.errors import CannotStart

T = TypeVar("T")

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


class SettingError(CannotStart, ValueError):
    """A variable has a value that cannot be used; the message names the variable, the value and what is allowed."""

    def __init__(self, variable: str, value: str, allowed: str) -> None:
        super().__init__(f"{variable}={value!r} cannot be used: {allowed}")
        self.variable = variable
        self.value = value
        self.allowed = allowed


class Address(NamedTuple):
    """A host and a TCP port to listen on. An empty host means: wherever LocalStack's gateway listens."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    def on(self, host: str) -> "Address":
        """This address, on *host* where it names none itself."""
        return self if self.host else Address(host, self.port)


def address(text: str) -> Address:
    """Parse ``host:port``, ``:port``, ``[v6]:port`` or a bare port.

    :raises ValueError: with what is allowed
    """
    host, _, port = text.strip().rpartition(":")
    if not (port.isascii() and port.isdigit() and int(port) <= 65535):
        raise ValueError("an address is host:port or :port, with a port from 0 to 65535")
    return Address(host.removeprefix("[").removesuffix("]"), int(port))


def boolean(text: str) -> bool:
    """Parse a switch as LocalStack and MailHog write them.

    :raises ValueError: with what is allowed
    """
    lowered = text.strip().lower()
    if lowered in _TRUE:
        return True
    if lowered in _FALSE:
        return False
    raise ValueError("allowed are 1, true, yes, on and 0, false, no, off")


def seconds(text: str) -> float:
    """Parse a positive number of seconds.

    :raises ValueError: with what is allowed
    """
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise ValueError("allowed is a positive number of seconds")
    return value


class Setting(NamedTuple):
    """What a variable is called, means, and how its text becomes a value."""

    variable: str
    default: str
    parse: Callable[[str], Any]
    description: str

    def value(self, environ: Mapping[str, str]) -> Any:
        """The value in *environ*; an empty variable counts as unset, as Compose files leave it.

        :raises SettingError: where the text cannot be parsed
        """
        text = environ.get(self.variable, "").strip() or self.default
        try:
            return self.parse(text)
        except ValueError as error:
            raise SettingError(self.variable, text, str(error)) from None


def setting(variable: str, default: str, parse: Callable[[str], T], description: str) -> T:
    """A dataclass field that :func:`read` fills from *variable*."""
    declared = Setting(variable, default, parse, description)
    field: T = dataclasses.field(
        default_factory=lambda: parse(default), metadata={"setting": declared}
    )
    return field


def declared_settings(kind: type) -> list[Setting]:
    """The settings that the dataclass *kind* declares, in its order."""
    return [
        field.metadata["setting"]
        for field in dataclasses.fields(kind)
        if "setting" in field.metadata
    ]


def read(kind: type[T], environ: Mapping[str, str]) -> T:
    """Fill the settings dataclass *kind* from *environ*.

    :raises SettingError: for the first variable that cannot be used
    """
    fields = dataclasses.fields(kind)  # type: ignore[arg-type]
    values = {
        field.name: field.metadata["setting"].value(environ)
        for field in fields
        if "setting" in field.metadata
    }
    return kind(**values)
