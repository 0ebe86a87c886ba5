"""Cypher cut into tokens, so that comments and strings are never taken for the query."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["name", "quoted", "parameter", "string", "number", "sign"]

_TOKEN = re.compile(
    r"""
    (?P<skip>\s+|//[^\n]*|/\*.*?\*/)
  | (?P<string>'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")
  | (?P<quoted>`(?:``|[^`])*`)
  | (?P<parameter>\$\w+)
  | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
  | (?P<name>[^\W\d]\w*)
  | (?P<sign>\.\.|<>|<=|>=|=~|\|\||.)
    """,
    re.VERBOSE | re.DOTALL,
)

_OPEN = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Token:
    """One token and the line of the file it begins in, counted from 1."""

    kind: Kind
    text: str
    line: int

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these keywords, in any case."""
        return self.kind == "name" and self.text.upper() in words

    def is_sign(self, *signs: str) -> bool:
        """Whether it is one of these signs."""
        return self.kind == "sign" and self.text in signs


END = Token("sign", "", 0)
"""What stands before the first and after the last token."""


@dataclass(frozen=True, slots=True)
class Query:
    """The tokens of a query, with the bracket around each.

    Attributes:
        tokens: All tokens in order.
        around: For each token the index of the innermost bracket that is open there, or -1.
        closes: For each opening bracket the index of the one that closes it.
    """

    tokens: tuple[Token, ...]
    around: tuple[int, ...]
    closes: dict[int, int]

    def at(self, index: int) -> Token:
        """The token at an index, or the empty one outside the query."""
        return self.tokens[index] if 0 <= index < len(self.tokens) else END

    def is_top(self, index: int) -> bool:
        """Whether a token stands in no bracket."""
        return self.around[index] == -1


def read_query(text: str, *, first_line: int = 1) -> Query:
    """The tokens of a query.

    Args:
        text: Cypher text; ``//`` and ``/* */`` comments are dropped.
        first_line: Line of the file in which the text begins.

    >>> [token.text for token in read_query("MATCH (p) // all").tokens]
    ['MATCH', '(', 'p', ')']
    """
    tokens: list[Token] = []
    line = first_line
    for found in _TOKEN.finditer(text):
        kind, value = found.lastgroup, found.group()
        if kind != "skip":
            tokens.append(Token(kind, value, line))  # type: ignore[arg-type]  # groups are kinds
        line += value.count("\n")
    around, closes = _brackets(tokens)
    return Query(tuple(tokens), around, closes)


def _brackets(tokens: list[Token]) -> tuple[tuple[int, ...], dict[int, int]]:
    around: list[int] = []
    closes: dict[int, int] = {}
    open_at: list[int] = []
    for index, token in enumerate(tokens):
        if open_at and token.is_sign(_OPEN[tokens[open_at[-1]].text]):
            closes[open_at.pop()] = index
        around.append(open_at[-1] if open_at else -1)
        if token.is_sign(*_OPEN):
            open_at.append(index)
    return tuple(around), closes


def parameters(query: Query) -> dict[str, int]:
    """Names of the parameters used, each with its first line.

    >>> parameters(read_query("RETURN $as_of AS day"))
    {'as_of': 1}
    """
    found: dict[str, int] = {}
    for token in query.tokens:
        if token.kind == "parameter":
            found.setdefault(token.text[1:], token.line)
    return found


@dataclass(frozen=True, slots=True)
class Column:
    """One returned column.

    Attributes:
        name: Its alias, empty where it has none.
        line: The line it stands in.
        is_bare: Whether the whole expression is a single variable.
        variable: That variable, else empty.
    """

    name: str
    line: int
    is_bare: bool
    variable: str


def returned(query: Query) -> list[Column]:
    """The columns of the last top-level RETURN, in order.

    >>> [c.name for c in returned(read_query("MATCH (p:Person) RETURN p.id AS person_id, 1 AS n"))]
    ['person_id', 'n']
    """
    starts = [
        i for i, token in enumerate(query.tokens) if token.is_word("RETURN") and query.is_top(i)
    ]
    if not starts:
        return []
    items: list[list[Token]] = [[]]
    for index in range(starts[-1] + 1, len(query.tokens)):
        token = query.tokens[index]
        if query.is_top(index) and token.is_word("ORDER", "SKIP", "LIMIT", "OFFSET", "UNION"):
            break
        if query.is_top(index) and token.is_sign(","):
            items.append([])
        elif not (token.is_word("DISTINCT") and not items[-1]) and not token.is_sign(";"):
            items[-1].append(token)
    return [_column(item) for item in items if item]


def _column(item: list[Token]) -> Column:
    aliased = len(item) >= 3 and item[-2].is_word("AS")  # noqa: PLR2004 - expression, AS, alias
    expression = item[:-2] if aliased else item
    is_bare = len(expression) == 1 and expression[0].kind in {"name", "quoted"}
    name = item[-1].text if aliased or is_bare else ""
    return Column(
        name.strip("`"), item[0].line, is_bare, expression[0].text.strip("`") if is_bare else ""
    )
