"""Stripe's search query language (https://docs.stripe.com/search#search-query-language)."""

import operator
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from localstack_stripe.engine.errors import StripeError, invalid
from localstack_stripe.engine.search_fields import FieldType, SearchField, search_field
from localstack_stripe.engine.store import Record

MAX_CLAUSES = 10
SHORTEST_PART = 3
"""Characters that a part of a text needs to be searched for."""

_CLAUSE = re.compile(
    r"""\s*(?P<negated>-)?(?P<field>[a-z0-9_]+(?:\.[a-z0-9_]+)*)"""
    r"""(?:\[(?P<quote>["'])(?P<key>.*?)(?P=quote)\])?"""
    r"""\s*(?P<comparison>:|~|>=|<=|>|<)\s*"""
    r"""(?P<value>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[\w.+-]+)\s*"""
)
_JOIN = re.compile(r"\s*(?P<join>AND|OR)\b", re.IGNORECASE)
_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    ":": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}


class Clause(NamedTuple):
    """One comparison: ``-metadata["tier"]:"gold"``, ``created>1700000000``, ``email~"example"``.

    :param key: of metadata, where the field is that
    :param value: nothing for ``null``, a number for a numeric field, else a text in lower case
    """

    field: SearchField
    key: str | None
    comparison: str
    value: float | str | None
    negated: bool

    def matches(self, record: Record) -> bool:
        """Whether a record is as the clause says."""
        if self.field.made is not None:
            return self._compares(self.field.made(record)) != self.negated
        actual: Any = record
        for name in self.field.path if self.key is None else (*self.field.path, self.key):
            actual = actual.get(name) if isinstance(actual, dict) else None
        return self._compares(actual) != self.negated

    def _compares(self, actual: Any) -> bool:
        if self.value is None or actual is None:
            return actual is self.value
        if isinstance(self.value, float):
            return isinstance(actual, int | float) and bool(
                _COMPARISONS[self.comparison](actual, self.value)
            )
        text = str(actual).lower()
        if self.comparison == "~":
            return self.value in text
        if self.field.type is FieldType.STRING:
            # All of the words, in the same order: `one two` finds `one two three`.
            return f" {' '.join(self.value.split())} " in f" {' '.join(text.split())} "
        return self.value == text


class Query(NamedTuple):
    """Clauses that must all match, or of which one must: Stripe does not mix the two."""

    clauses: tuple[Clause, ...]
    every: bool

    def matches(self, record: Record) -> bool:
        """Whether a record is found."""
        results = (clause.matches(record) for clause in self.clauses)
        return all(results) if self.every else any(results)


def parse_query(text: str, resource: str) -> Query:
    """Parse a search query.

    :param resource: what is searched
    :raises StripeError: 400 where it does not follow the language, or names what the resource cannot be searched by
    """
    clauses, joins, position = [], set(), 0
    while True:
        match = _CLAUSE.match(text, position)
        if match is None:
            raise _unparsable()
        clauses.append(_clause(match, resource))
        if len(clauses) > MAX_CLAUSES:
            raise _refused(f"Your search query has more than {MAX_CLAUSES} clauses.")
        position = match.end()
        if position == len(text):
            break
        # A space alone joins as AND does.
        join = _JOIN.match(text, position)
        joins.add(join["join"].upper() if join else "AND")
        position = join.end() if join else position
    if len(joins) > 1:
        raise _refused("You cannot combine AND and OR in the same query.")
    return Query(tuple(clauses), joins != {"OR"})


def _clause(match: re.Match[str], resource: str) -> Clause:
    name, key, comparison, value = match["field"], match["key"], match["comparison"], match["value"]
    field = search_field(resource, name)
    if field is None:
        plural = f"{resource}s"
        raise _refused(
            f"Field `{name}` is an unsupported search field for resource `{plural}`. See "
            f"http://stripe.com/docs/search#query-fields-for-{plural.replace('_', '-')} for a list of supported fields."
        )
    if (name == "metadata") != (key is not None):
        raise _unparsable()
    quoted = value[0] in "\"'"
    if quoted:
        value = re.sub(r"\\(.)", r"\1", value[1:-1])
    is_null = value.lower() == "null" and not quoted
    if not (quoted or is_null or field.type is FieldType.NUMERIC or _NUMBER.fullmatch(value)):
        raise _unparsable()  # only numbers may go without quotation marks
    typed = None if is_null else _typed(name, field, comparison, value)
    if typed is None and comparison != ":":
        raise _refused(
            f"`null` can only be compared with the operator `:`, and not with `{comparison}`."
        )
    return Clause(field, key, comparison, typed, bool(match["negated"]))


def _typed(name: str, field: SearchField, comparison: str, value: str) -> float | str:
    """The value to compare with.

    :raises StripeError: 400 where a field of that type is not compared so
    """
    if field.type is FieldType.NUMERIC:
        if comparison == "~":
            raise _refused(f"Field `{name}` is numeric, and does not support the operator `~`.")
        if not _NUMBER.fullmatch(value):
            raise _refused(f"Field `{name}` is numeric, and `{value[:100]}` is not a number.")
        return float(value)
    if comparison == "~":
        if field.type is not FieldType.STRING:
            raise _refused(f"Field `{name}` does not support the operator `~`.")
        if len(value) < SHORTEST_PART:
            raise _refused(
                f"The operator `~` needs at least {SHORTEST_PART} characters to look for."
            )
    elif comparison != ":":
        raise _refused(
            f"Field `{name}` is not numeric, and does not support the operator `{comparison}`."
        )
    return value.lower()


def _unparsable() -> StripeError:
    return _refused(
        'We were unable to parse your search query. Try using the format `metadata["key"]:"value"` to query for metadata '
        'or key:"value" to query for other fields.'
    )


def _refused(message: str) -> StripeError:
    return invalid(message, "query")
