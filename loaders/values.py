"""What a cleaning rule is made of: the cell it looks at, and the steps to a value or a reason.

The rules themselves (contract.md §3) are in ``value_*.py``, by type in ``rules.py``. A rule is a few
steps of DuckDB expressions, each using the columns of the step before. Steps, because a macro is
pasted where it stands: one expression that parses a date in five spellings would be pasted a hundred
times over. SQL text rather than Ibis, because the rules are text rules (regular expressions, check
digits) that are put together from declarations.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from doudi.loaders.source import Column

SQL_TYPES = {
    "date": "DATE", "yyyymm": "DATE", "datetime": "TIMESTAMP", "decimal": "DOUBLE",
    "ratio": "DOUBLE", "int": "BIGINT", "bool": "BOOLEAN", "list": "VARCHAR[]",
    "list[id18]": "VARCHAR[]",
}  # fmt: skip
"""DuckDB types of cleaned columns; text for the others."""

UNITS = {"万元": 10_000, "万": 10_000, "千元": 1_000, "百万元": 1_000_000, "亿元": 100_000_000}
"""Units of money that are converted to yuan; 分 is a hundredth of one."""

LARGEST = 10**12
"""No amount of a county has thirteen digits: beyond it a number is out of range."""


@dataclass(frozen=True)
class Cell:
    """A column of one file, and what its rule needs to know.

    Attributes:
        column: The declared column.
        raw: Expression of the text as sent; ``NULL`` where the file lacks the column.
        unit: Unit in force: the header's, else the declared one.
        as_known: Day of the delivery.
        embedding: Expression of the text of the column that holds this number too.
        weight: Expression of the number of rows that hold the text.
    """

    column: Column
    raw: str
    unit: str
    as_known: date
    embedding: str = ""
    weight: str = "1"

    def at(self, step: str) -> str:
        """The name of an intermediate column."""
        return f'"{self.column.name}~{step}"'


@dataclass(frozen=True)
class Rule:
    """How a cell is cleaned.

    Attributes:
        steps: For each step, names and expressions of its columns.
        value: The typed value; NULL when unknown.
        why: The reason; NULL when there is nothing to say.
        extras: Further columns by suffix, such as ``__grade``.
    """

    steps: tuple[dict[str, str], ...]
    value: str
    why: str
    extras: dict[str, str] = field(default_factory=dict)


def literal(text: str) -> str:
    """A text as an SQL literal.

    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def day_sql(day: date) -> str:
    """A day as an SQL literal."""
    return f"DATE '{day.isoformat()}'"
