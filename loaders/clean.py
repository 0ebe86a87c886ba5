"""Rows cleaned: typed, pseudonymised, every identifier in clear gone.

Rows come piece by piece, so that a long file is never in memory as a whole. The engine gets them
only when no clear identifier is left, and may put them on the disk.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from doudi.loaders.columns import LATER, extras
from doudi.loaders.judge import judged_sql
from doudi.loaders.rules import rule
from doudi.loaders.source import NUMBERS, Column
from doudi.loaders.tombstones import spared, without_forgotten
from doudi.loaders.typed import in_percent, staged, type_cells
from doudi.loaders.values import SQL_TYPES, Cell, literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    import duckdb
    import pyarrow as pa

    from doudi.loaders.headers import Headers
    from doudi.loaders.identity import Veil
    from doudi.loaders.read import Sheet
    from doudi.loaders.source import Source

PERSON = Column("number", (), "id18", "key")
"""Stands for one part of a list of people."""


@dataclass(frozen=True)
class Feed:
    """All parts of one source in a delivery.

    Attributes:
        headers: Matched headers of each part; part ``n`` is the engine's table ``raw<n>``.
        summed: Columns whose values as sent a control total counts.
        percent: Columns of shares, by part, that were looked through, and whether in percent.
    """

    source: Source
    headers: tuple[Headers, ...]
    as_known: date
    summed: tuple[str, ...] = ()
    percent: dict[tuple[int, str], bool] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[Column, ...]:
        """Declared columns first, then common ones and companions of numbers."""
        found = {c.name: c for c in self.source.columns.values()}
        for headers in self.headers:
            found |= {m.column.name: m.column for m in headers.matched}
        return tuple(found.values())

    def has(self, name: str) -> bool:
        """Whether any part has a column."""
        return any(name in headers.names for headers in self.headers)


@dataclass(frozen=True)
class Tally:
    """What was in a file: rows, and line, reason and cells of misshapen ones beside them.

    Attributes:
        percent: Columns of shares of a long file, and whether they are in percent.
    """

    rows: int
    misshapen: tuple[tuple[int, str, tuple[str, ...]], ...]
    percent: dict[str, bool] | None = None

    @property
    def sent(self) -> int:
        """All rows, of whatever shape."""
        return self.rows + len(self.misshapen)


def clean(
    con: duckdb.DuckDBPyConnection,
    feed: Feed,
    sheets: Sequence[Sheet],
    *,
    people: Sequence[Path],
    veil: Veil,
) -> list[Tally]:
    """Make ``judged`` from the parts of a feed: cleaned rows, each with its fate on its own.

    Args:
        con: The engine, with the macros.
        feed: The declaration and the files' columns.
        sheets: The parts.
        people: Files of the people known so far, for the repair of check digits.
        veil: What puts pseudonyms in the place of identifiers.

    Returns:
        What was in each part.

    Raises:
        FeedStopped: if a file proves damaged on the way.
    """
    tallies = []
    make = "CREATE OR REPLACE TABLE judged AS"
    for number, sheet in enumerate(sheets):  # parts, mostly one
        looked, percent = feed, None
        if sheet.rest is not None:
            percent = shares(con, feed, number, sheet)
            looked = replace(feed, percent={(number, name): p for name, p in percent.items()})
        rows, misshapen = 0, list[tuple[int, str, tuple[str, ...]]]()
        for piece in sheet.pieces():
            rows += piece.rows.num_rows
            misshapen += piece.misshapen
            typed = type_cells(con, looked, number, piece.rows, veil)
            con.execute(f"{make} {_piece_sql(con, feed, number, typed, people, veil)}")
            make = "INSERT INTO judged"
        tallies.append(Tally(rows, tuple(misshapen), percent))
    con.unregister("typed")
    return tallies


def shares(
    con: duckdb.DuckDBPyConnection, feed: Feed, number: int, sheet: Sheet
) -> dict[str, bool]:
    """Whether the shares of a part are in percent, by column; the whole column decides."""
    found = in_percent(con, feed, number, (piece.rows for piece in sheet.pieces()))
    return {name: is_percent for (_, name), is_percent in found.items()}


def _piece_sql(
    con: duckdb.DuckDBPyConnection,
    feed: Feed,
    number: int,
    typed: pa.Table,
    people: Sequence[Path],
    veil: Veil,
) -> str:
    """The rows of a piece, judged one by one."""
    con.register("typed", typed)
    there = set(typed.column_names)
    table = _restored(con, feed, there, people) if people else "typed"
    table = without_forgotten(con, feed, table, there)
    lists = [c for c in feed.columns if c.type == "list[id18]" and c.name in there]
    for column in lists:
        con.register(f"listed {column.name}", _listed(con, column, feed.as_known, veil))
    return judged_sql(feed, *_cleaned_sql(feed, number, table, there))


def _restored(
    con: duckdb.DuckDBPyConnection, feed: Feed, there: set[str], people: Sequence[Path]
) -> str:
    """Restore wrong check digits where the row's name, or without one its birth date, agrees.

    The number that the first 17 digits call for must be a known person's.

    Returns:
        Name of the table with the rows.
    """
    numbers = [c.name for c in feed.columns if c.type in NUMBERS and f"{c.name}__fix" in there]
    if not numbers:
        return "typed"
    con.execute("CREATE OR REPLACE TEMP TABLE restored AS FROM typed")
    names = ", ".join(literal(str(path)) for path in people)
    known = f"read_parquet([{names}], union_by_name = true)"
    for number in numbers:
        name, born = (
            feed.source.companion(number, "name"),
            feed.source.companion(number, "birth_date"),
        )
        told = f't."{name}"' if name in there else "NULL::VARCHAR"
        birth = f't."{born}"' if born in there else "NULL::DATE"
        why = f', "{number}__why" = NULL' if f"{number}__why" in there else ""
        con.execute(f"""
        UPDATE restored SET "{number}" = "{number}__fix", "{number}__grade" = 'repaired',
            "{number}__sex" = f.sex, "{number}__birth" = f.birth{why} FROM (
            SELECT DISTINCT t.line, own.sex, own.birth_date AS birth
            FROM restored t JOIN {known} k ON k.id = t."{number}__fix"
            JOIN {known} own ON own.fact_id = 'person:' || k.id
            WHERE {told} = k.name_token OR ({told} IS NULL AND {birth} = k.birth_date)) f
        WHERE restored.line = f.line""")
    return "restored"


def _listed(con: duckdb.DuckDBPyConnection, column: Column, as_known: date, veil: Veil) -> pa.Table:
    """The people in a list, one a row, each cleaned like any number: line, pid, reason, grade."""
    one = rule(Cell(PERSON, "cell", "", as_known))
    parts = f'(SELECT line, unnest("{column.name}") AS cell FROM typed)'
    table = con.execute(
        f"SELECT line, {one.value} AS pid, CAST({one.why} AS VARCHAR) AS why, "
        f"{one.extras['grade']} AS grade FROM {staged(parts, [one])}"
    ).to_arrow_table()
    table = table.set_column(1, "pid", veil.over("person", table["pid"].combine_chunks()))
    return spared(con, table)


def _cleaned_sql(feed: Feed, number: int, table: str, there: set[str]) -> tuple[str, list[str]]:
    """Every column of a piece; SQL of the rows, and the columns that may have a reason."""
    chosen, joins, reasons = [f"{number} AS _part", "t.line AS _line"], [], []
    for place, column in enumerate(feed.columns):
        name = column.name
        value, why = _own(column, there), _reason(name, there)
        chosen += [
            _extra(name, x, kind, there) for x, kind in extras(column).items() if x not in LATER
        ]
        if column.type == "list[id18]":
            none = "CAST([] AS VARCHAR[])"
            value, grades = none, none
            if name in there:
                joins.append(_list_join(column, place))
                value, grades = (
                    f"coalesce(j{place}.pids, {none})",
                    f"coalesce(j{place}.grades, {none})",
                )
                why = f"j{place}.why"
            chosen.append(f'{grades} AS "{name}__grades"')
        elif name in feed.source.ends and {name, feed.source.ends[name]} <= there:
            late = f't."{feed.source.ends[name]}" > t."{name}"'
            value = f"CASE WHEN {late} THEN NULL ELSE {value} END"
            why = f"coalesce({why}, CASE WHEN {late} THEN 'date.order' END)"
        if column.type == "id18":
            chosen += _named(feed, column, there)
        if why != NO_REASON:
            reasons.append(name)
        chosen += [f'{value} AS "{name}"', f'{why} AS "{name}__why"']
        if name in feed.summed:
            chosen.append(_extra(name, "sent", "DECIMAL(24, 6)", there))
    return f"SELECT {', '.join(chosen)} FROM {table} t {' '.join(joins)}", reasons


NO_REASON = "CAST(NULL AS VARCHAR)"


def _own(column: Column, there: set[str]) -> str:
    """A column's value; unknown throughout where the part lacks it."""
    kind = SQL_TYPES.get(column.type, "VARCHAR")
    return f't."{column.name}"' if column.name in there else f"CAST(NULL AS {kind})"


def _reason(name: str, there: set[str]) -> str:
    return f't."{name}__why"' if f"{name}__why" in there else NO_REASON


def _extra(name: str, extra: str, kind: str, there: set[str]) -> str:
    own = f"{name}__{extra}"
    return f't."{own}"' if own in there else f'CAST(NULL AS {kind}) AS "{own}"'


def _named(feed: Feed, column: Column, there: set[str]) -> list[str]:
    """Whom the row names where the number cannot be used, and the birth date beside the name."""
    number = _own(column, there)
    name = feed.source.companion(column.name, "name")
    born = feed.source.companion(column.name, "birth_date")
    token = f't."{name}"' if name in there else "NULL::VARCHAR"
    day = f't."{born}"' if born in there else "NULL::DATE"
    return [
        f'CASE WHEN {number} IS NULL THEN {token} END AS "{column.name}__named"',
        f'CASE WHEN {number} IS NULL AND {token} IS NOT NULL THEN {day} END AS "{column.name}__born"',
    ]


def _list_join(column: Column, number: int) -> str:
    """The pseudonyms of a list, each person once, with their grades and a reason for the unreadable."""
    return (
        "LEFT JOIN (SELECT line, list(pid ORDER BY pid) FILTER (pid IS NOT NULL) AS pids, "
        "list(grade ORDER BY pid) FILTER (pid IS NOT NULL) AS grades, max(why) AS why FROM ("
        "SELECT line, pid, min(grade) AS grade, max(why) AS why "
        f'FROM "listed {column.name}" GROUP BY ALL) GROUP BY ALL) j{number} ON j{number}.line = t.line'
    )
