"""What a version of the API changed, as seen from requests that were written before it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from localstack_stripe.api.decoding import Tree
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork


@dataclass(frozen=True, eq=False, slots=True)
class Change:
    """One change.

    :param day: the day of the version; those that are older are concerned
    :param fields: what objects had besides, in the notation of the contract, by the kind of object
    :param values: what such fields of an object would have
    :param parameters: an operation's parameters in the words of today, by its key
    """

    day: str
    fields: Mapping[str, Mapping[str, str]]
    values: Mapping[str, Callable[[UnitOfWork, Record], Record]]
    parameters: Mapping[str, Callable[[Tree], Tree]]
