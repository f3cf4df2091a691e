"""Writing parameters into a record: those that are fields of it and have its types."""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.contract.loader import (
    Array,
    Field,
    Fields,
    ListOf,
    Map,
    Reference,
    Structure,
)
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.references import existing
from localstack_stripe.engine.shapes import alternatives, is_number, is_timestamp, nullable, one_of
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

_COMPOSED = (Structure, Array, Map, ListOf)


def assign(
    work: UnitOfWork,
    record: Record,
    params: Mapping[str, Any],
    fields: Fields,
    prefix: str = "",
) -> None:
    """Write those parameters into a record that are fields of it and have its types.

    :raises StripeError: where a reference names what does not exist
    """
    texts = fields.texts
    for name, value in params.items():
        # What a structure names has an id in the record, too; the record itself has its own.
        if not prefix and name in ("id", "object"):
            continue
        if type(value) is str and name in texts:  # as most parameters are
            record[name] = value
            continue
        field = fields.get(name)
        if field is None:
            continue
        path = f"{prefix}[{name}]" if prefix else name
        if value is None:
            _unset(record, field)
        elif name == "metadata":
            record[name] = merged_metadata(record.get(name) or {}, value)
        else:
            _assign_value(work, record, field, value, path)


def _assign_value(work: UnitOfWork, record: Record, field: Field, value: Any, path: str) -> None:
    if isinstance(value, dict):
        _assign_object(work, record, field, value, path)
    elif isinstance(value, list):
        _assign_list(work, record, field, value, path)
    elif (reference := one_of(field.type, Reference)) is not None:
        record[field.name] = existing(work, reference, value, path)
    elif value == "now" and is_timestamp(field.type):
        record[field.name] = work.now(record)
    elif not all(isinstance(kind, _COMPOSED) for kind in alternatives(field.type)):
        record[field.name] = _number(value) if is_number(field.type) else value


def _assign_object(
    work: UnitOfWork, record: Record, field: Field, value: Record, path: str
) -> None:
    structure = one_of(field.type, Structure)
    if structure is not None:
        record[field.name] = _filled(work, record.get(field.name), structure, value, path)
    elif one_of(field.type, Map) is not None:
        record[field.name] = value


def _assign_list(
    work: UnitOfWork, record: Record, field: Field, value: list[Any], path: str
) -> None:
    array = one_of(field.type, Array)
    if array is None:
        return
    item = one_of(array.item, Structure)
    if all(isinstance(entry, dict) for entry in value) and value:
        if item is not None:
            record[field.name] = [
                _filled(work, None, item, entry, f"{path}[{position}]")
                for position, entry in enumerate(value)
            ]
    elif item is None:
        record[field.name] = value


def _filled(work: UnitOfWork, existing: Any, structure: Structure, value: Any, path: str) -> Record:
    filled: Record = dict(existing) if existing else work.shapes.structure(structure.name)
    assign(work, filled, value, work.contract.structures[structure.name], path)
    return filled


def _number(value: Any) -> Any:
    """What is given as a decimal, a text, and shown as a number."""
    if not isinstance(value, str):
        return value
    number = float(value)
    return int(number) if abs(number) < _EXACT and number.is_integer() else number


_EXACT = 1 << 53
"""Up to where a number with a fraction is exact."""


def _unset(record: Record, field: Field) -> None:
    if nullable(field.type):
        record[field.name] = None
    elif one_of(field.type, Map) is not None:
        record[field.name] = {}
    elif one_of(field.type, Array) is not None:
        record[field.name] = []
    elif field.optional:
        record.pop(field.name, None)


def merged_metadata(metadata: Record, changes: Record) -> Record:
    """Metadata after a request: given keys replace, an empty value, and v2's null, removes
    (https://docs.stripe.com/metadata).

    :raises StripeError: 400 where there would be more than can be
    """
    merged = metadata | {key: "" if value is None else str(value) for key, value in changes.items()}
    kept = {key: value for key, value in merged.items() if value != ""}
    check_keys(kept)
    return kept


_MOST_KEYS = 50


def check_keys(metadata: Mapping[str, Any], path: str = "metadata") -> None:
    """Refuse metadata with more keys than there can be (https://docs.stripe.com/metadata#data).

    :raises StripeError: 400
    """
    if len(metadata) > _MOST_KEYS:
        raise invalid(
            f"Metadata can have up to {_MOST_KEYS} keys, but you've set {len(metadata)}.", path
        )
