"""Stripe's search query language (https://docs.stripe.com/search#search-query-language)."""

import re
from dataclasses import dataclass
from typing import Any

from localstack_stripe.engine.errors import StripeError, invalid
from localstack_stripe.engine.store import Record

_CLAUSE = re.compile(
    r"""\s*(?P<negated>-)?(?P<field>[a-z_.]+)(?:\[(?P<quote>["'])(?P<key>.*?)(?P=quote)\])?"""
    r"""\s*(?P<comparison>:|~|>=|<=|>|<)\s*"""
    r"""(?P<value>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[\w.+-]+)\s*"""
)
_JOIN = re.compile(r"\s*(?P<join>AND|OR)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Clause:
    """One comparison: ``-metadata["tier"]:"gold"``, ``created>1700000000``, ``email~"example"``."""

    field: str
    key: str | None
    comparison: str
    value: str
    negated: bool


@dataclass(frozen=True, slots=True)
class Query:
    """Clauses that must all match, or of which one must: Stripe does not mix the two."""

    clauses: tuple[Clause, ...]
    every: bool


def parse_query(text: str) -> Query:
    """Parse a search query.

    :raises StripeError: 400 where it does not follow the language
    """
    clauses, joins, position = [], set(), 0
    while True:
        match = _CLAUSE.match(text, position)
        if match is None:
            raise _unparsable(text)
        value = match["value"]
        if value[0] in "\"'":
            value = re.sub(r"\\(.)", r"\1", value[1:-1])
        clauses.append(
            Clause(match["field"], match["key"], match["comparison"], value, bool(match["negated"]))
        )
        position = match.end()
        if position == len(text):
            break
        # A space alone joins as AND does.
        join = _JOIN.match(text, position)
        joins.add(join["join"].upper() if join else "AND")
        position = join.end() if join else position
    if len(joins) > 1:
        raise invalid("You cannot combine AND and OR in the same query.", "query")
    return Query(tuple(clauses), joins != {"OR"})


def matches(record: Record, query: Query) -> bool:
    """Whether a record is found by a query."""
    results = (_matches(record, clause) for clause in query.clauses)
    return all(results) if query.every else any(results)


def _matches(record: Record, clause: Clause) -> bool:
    actual: Any = record
    for name in clause.field.split("."):
        actual = actual.get(name) if isinstance(actual, dict) else None
    if clause.key is not None:
        actual = actual.get(clause.key) if isinstance(actual, dict) else None
    return _compares(actual, clause) != clause.negated


def _compares(actual: Any, clause: Clause) -> bool:
    if clause.value == "null":
        return actual is None
    if actual is None:
        return False
    if clause.comparison in (">", "<", ">=", "<="):
        try:
            left, right = float(actual), float(clause.value)
        except (TypeError, ValueError):
            return False
        return {">": left > right, "<": left < right, ">=": left >= right, "<=": left <= right}[
            clause.comparison
        ]
    text = str(actual).lower()
    value = clause.value.lower()
    return value in text if clause.comparison == "~" else value == text


def _unparsable(text: str) -> StripeError:
    return invalid(
        f"We were unable to parse your search query: {text}. See the search query language for what is supported: "
        "https://stripe.com/docs/search#search-query-language",
        "query",
    )
