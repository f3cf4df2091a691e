"""A query as SQL: on the mail's own table, and on the full-text index where text is searched.

The index finds every three characters in a row (FTS5's trigram tokenizer), so that any part of a word is found, as
MailHog does; shorter text is looked for in the index's own copy of the text.
https://www.sqlite.org/fts5.html#the_trigram_tokenizer
"""

from localstack_mailhog.mailbox.identifiers import condition
from localstack_mailhog.mailbox.query import (
    AnyOf,
    Arrived,
    HasAttachment,
    Header,
    Identified,
    In,
    Larger,
    Not,
    Query,
    Tagged,
    Term,
    Text,
    Unread,
)

TEXT_COLUMNS = {
    "from": "author",
    "to": "addressees",
    "cc": "cc",
    "bcc": "bcc",
    "subject": "subject",
    "attachment": "attachments",
    "header": "headers",
    "body": "body",
}
"""The index's column for each field of a query that has text."""

SHORTEST_INDEXED = 3
"""How many characters a text has to have to be looked up."""

Statement = tuple[str, list[object]]


class Search:
    """The statements of one query."""

    def __init__(self, query: Query) -> None:
        # What is asked of the text is one expression, in which the index can skip what cannot fit.
        wanted = [term for term in query.terms if _is_indexed(term)]
        unwanted = [
            term
            for term in query.terms
            if wanted and isinstance(term, Not) and _is_indexed(term.term)
        ]
        others = [term for term in query.terms if term not in wanted and term not in unwanted]
        self._match = " AND ".join(f"({_expression(term)})" for term in wanted)
        for term in unwanted:
            self._match = f"({self._match}) NOT ({_expression(term.term)})"
        self._conditions = [_condition(term) for term in others]

    def counting(self) -> Statement:
        """How many mails there are."""
        source, values = self._source()
        return f"SELECT count(*) FROM {source}", values

    def selecting(self, columns: str, start: int, limit: int) -> Statement:
        """A page of them, newest first; *limit* -1 for all."""
        source, values = self._source()
        order = "words.rowid" if self._match else "position"
        return (
            f"SELECT {columns} FROM {source} ORDER BY {order} DESC LIMIT ? OFFSET ?",
            [*values, limit, start],
        )

    def _source(self) -> Statement:
        conditions = [sql for sql, _ in self._conditions]
        values = [value for _, values in self._conditions for value in values]
        source = "message"
        if self._match:
            # CROSS JOIN keeps SQLite from turning the order round: the index has its hits in order.
            source = "found.words CROSS JOIN message ON message.position = words.rowid"
            conditions.insert(0, "words MATCH ?")
            values.insert(0, self._match)
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        return source + where, values


def _is_indexed(term: Term) -> bool:
    if isinstance(term, AnyOf):
        return all(_is_indexed(each) for each in term.terms)
    return isinstance(term, Text) and len(term.text) >= SHORTEST_INDEXED


def _expression(term: Term) -> str:
    """A term in the index's own language."""
    if isinstance(term, AnyOf):
        return " OR ".join(_expression(each) for each in term.terms)
    assert isinstance(term, Text)
    text = '"' + term.text.replace('"', '""') + '"'
    return f"{TEXT_COLUMNS[term.field]} : {text}" if term.field else text


def _condition(term: Term) -> Statement:
    """A term as a condition on a row of ``message``."""
    match term:
        case Text() | AnyOf() if _is_indexed(term):
            return (
                "position IN (SELECT rowid FROM found.words WHERE words MATCH ?)",
                [_expression(term)],
            )
        case Text(field, text):
            columns = [TEXT_COLUMNS[field]] if field else list(TEXT_COLUMNS.values())
            tests = " OR ".join(f"instr({column}, ?)" for column in columns)
            return (
                f"position IN (SELECT rowid FROM found.words WHERE {tests})",
                [text] * len(columns),
            )
        case Header(name, value):
            return _header(name, value)
        case In(mailbox):
            return "position IN (SELECT position FROM found.recipient WHERE address = ?)", [mailbox]
        case Tagged(tag):
            if not tag:
                return "position IN (SELECT position FROM tag)", []
            return "position IN (SELECT position FROM tag WHERE name = ?)", [tag]
        case Identified(identifier):
            return condition(identifier)
        case Unread():
            return "unread", []
        case HasAttachment():
            return "position IN (SELECT position FROM found.summary WHERE attachments > 0)", []
        case Arrived(since):
            return "created >= ?", [since]
        case Larger(size):
            return "size > ?", [size]
        case Not(inner):
            sql, values = _condition(inner)
            return f"NOT ({sql})", values
        case AnyOf(terms):
            conditions = [_condition(each) for each in terms]
            return (
                "(" + " OR ".join(sql for sql, _ in conditions) + ")",
                [value for _, values in conditions for value in values],
            )


def has_header(headers: str, name: str, value: str) -> bool:
    """SQL's ``has_header``: whether a field of that name has *value* in it."""
    return Header(name, value).is_in(headers)


def _header(name: str, value: str) -> Statement:
    """The index finds mails whose head has the value somewhere; the function, whether in the right field."""
    test = "has_header(fields, ?, ?)"
    values: list[object] = [name, value]
    if len(value) >= SHORTEST_INDEXED:
        sql, wanted = _condition(Text("header", value))
        test, values = f"{sql} AND {test}", [*wanted, *values]
    return f"position IN (SELECT position FROM found.head WHERE {test})", values
