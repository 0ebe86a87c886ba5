"""Cells typed: the rules of ``values`` over all cells of a feed.

In a long file each distinct text of a column is typed once, and the rows look their answers up: a
hundred thousand payments have a few dozen months, programmes and amounts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from doudi.loaders.columns import LATER, extras
from doudi.loaders.source import NUMBERS
from doudi.loaders.values import SQL_TYPES, Cell, rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import duckdb

    from doudi.loaders.clean import Feed
    from doudi.loaders.source import Column
    from doudi.loaders.values import Rule

LONG = 2_000
"""Rows from which finding the distinct texts costs less than it saves."""

SLICE = 500_000
"""Rows that look their answers up at once; bounds memory."""

PLACE = "#"
"""The place of a text among those of its column; no column of a source is called so."""


@dataclass(frozen=True)
class Group:
    """Cells that are typed in one statement.

    Attributes:
        texts: The texts to type, under the names of the raw columns, how many rows hold each (``#``
            after the name), and their place.
        places: For each cell's raw column, the place of each row's text.
    """

    cells: tuple[Cell, ...]
    texts: pa.Table
    places: dict[str, pa.Array]


def type_cells(con: duckdb.DuckDBPyConnection, feed: Feed, parts: Sequence[pa.Table]) -> None:
    """Make ``typed``: values, reasons and extras of all parts of a feed.

    Args:
        con: The engine, with the parts as ``raw0``, ``raw1``, ….
        feed: The declaration and the files' columns.
        parts: The same parts: text columns ``c0, c1, …`` and ``line``.
    """
    make = "CREATE OR REPLACE TABLE typed AS"
    for number, rows in enumerate(parts):  # parts, mostly one
        cells = _cells(feed, number)
        names = {cell.column.name for cell in cells}
        absent = [sql for c in feed.columns if c.name not in names for sql in _absent(c)]
        lacking = "".join(f", {sql}" for sql in absent)
        short = rows.num_rows < LONG
        found = [_row_by_row(cells, number)] if short else _looked_up(con, cells, rows)
        for typed in found:
            con.execute(
                f"{make} SELECT {number} AS _part, line AS _line, * EXCLUDE (line){lacking} FROM {typed}"
            )
            make = "INSERT INTO typed BY NAME"


def _cells(feed: Feed, number: int) -> list[Cell]:
    """The cells of one part: its own columns, and numbers that stand inside the text of another."""
    there = {m.column.name: m for m in feed.headers[number].matched}
    found = []
    for column in feed.columns:  # one declared column after the other
        matched = there.get(column.name)
        embedding = there.get(column.embedded_in)
        if matched or embedding:
            raw = f"c{matched.place}" if matched else "CAST(NULL AS VARCHAR)"
            unit = (matched.unit if matched else "") or column.unit
            inside = f"c{embedding.place}" if embedding else ""
            found.append(Cell(column, raw, unit, feed.as_known, inside))
    return found


def _row_by_row(cells: list[Cell], number: int) -> str:
    """Every cell of a part typed where it stands."""
    return f"(SELECT line, {_typed_sql(cells, f'raw{number}')})"


def _looked_up(con: duckdb.DuckDBPyConnection, cells: list[Cell], rows: pa.Table) -> Iterator[str]:
    """The rows of a part with the answers for their texts, slice by slice."""
    answers = [answer for group in _groups(cells, rows) for answer in _answers(con, group)]
    for start in range(0, rows.num_rows, SLICE):
        columns = {"line": rows["line"].slice(start, SLICE)}
        for table, places in answers:
            own = table.take(places.slice(start, SLICE))
            columns |= dict(zip(own.column_names, own.columns, strict=True))
        con.register("_slice", pa.table(columns))
        yield "_slice"
    con.unregister("_slice")


def _groups(cells: list[Cell], rows: pa.Table) -> list[Group]:
    """Cells with few distinct texts, cells with many, and those that read two columns of a row."""
    coded = {
        cell.raw: rows[cell.raw].dictionary_encode("encode").combine_chunks()
        for cell in cells
        if not cell.embedding
    }
    pairs = [cell for cell in cells if cell.embedding]
    few = [c for c in cells if c.raw in coded and len(coded[c.raw].dictionary) < LONG]
    many = [c for c in cells if c.raw in coded and len(coded[c.raw].dictionary) >= LONG]
    groups = [_group(some, {c.raw: coded[c.raw] for c in some}) for some in (few, many) if some]
    if pairs:
        there = {
            name: rows[name]
            for c in pairs
            for name in (c.raw, c.embedding)
            if name in rows.column_names
        }
        every = pa.array(np.arange(rows.num_rows))
        groups.append(
            Group(
                tuple(pairs),
                pa.table(there).append_column(PLACE, every),
                {c.raw: every for c in pairs},
            )
        )
    return groups


def _group(cells: list[Cell], coded: dict[str, pa.DictionaryArray]) -> Group:
    """Cells side by side; the shorter lists of texts are filled up with nulls."""
    most = max(len(one.dictionary) for one in coded.values())
    texts = {
        name: pa.concat_arrays([one.dictionary, pa.nulls(most - len(one.dictionary), pa.string())])
        for name, one in coded.items()
    }
    rows = {f"{name}#": _rows_of(one, most) for name, one in coded.items()}
    table = pa.table({**texts, **rows, PLACE: pa.array(np.arange(most))})
    weighed = tuple(replace(cell, weight=f'"{cell.raw}#"') for cell in cells)
    return Group(weighed, table, {name: one.indices for name, one in coded.items()})


def _rows_of(one: pa.DictionaryArray, most: int) -> pa.Array:
    """The number of rows that hold each text."""
    return pa.array(np.bincount(one.indices.to_numpy(), minlength=most))


def _answers(con: duckdb.DuckDBPyConnection, group: Group) -> list[tuple[pa.Table, pa.Array]]:
    """What the rules say of each text, and the place of each row's text, cell by cell."""
    con.register("_texts", group.texts)
    sql = f'SELECT {_typed_sql(list(group.cells), "_texts")} ORDER BY "{PLACE}"'
    table = con.execute(sql).to_arrow_table().combine_chunks()
    con.unregister("_texts")
    return [
        (table.select(list(_chosen(cell, rule(cell)))), group.places[cell.raw])
        for cell in group.cells
    ]


def _typed_sql(cells: list[Cell], table: str) -> str:
    """What to select of a table of texts, with the steps to it."""
    rules = [rule(cell) for cell in cells]
    chosen = [
        f'{sql} AS "{name}"'
        for cell, one in zip(cells, rules, strict=True)
        for name, sql in _chosen(cell, one).items()
    ]
    return f"{', '.join(chosen)} FROM {staged(table, rules)}"


def _chosen(cell: Cell, one: Rule) -> dict[str, str]:
    """The value, the reason and the extras of a cell, by name."""
    name = cell.column.name
    found = {name: one.value, f"{name}__why": f"CAST({one.why} AS VARCHAR)"}
    return found | {f"{name}__{extra}": sql for extra, sql in one.extras.items()}


def staged(table: str, rules: list[Rule]) -> str:
    """A sub-query that computes the steps of all rules side by side."""
    sql = table
    for step in range(max((len(r.steps) for r in rules), default=0)):
        new = [
            f"{x} AS {n}" for r in rules if step < len(r.steps) for n, x in r.steps[step].items()
        ]
        sql = f"(SELECT *, {', '.join(new)} FROM {sql})"
    return sql


def _absent(column: Column) -> list[str]:
    """A column that the file lacks: unknown throughout, without a reason."""
    kinds = {"": SQL_TYPES.get(column.type, "VARCHAR"), "__why": "VARCHAR"}
    kinds |= {f"__{name}": kind for name, kind in extras(column).items() if name not in LATER}
    if column.type in NUMBERS:
        kinds["__fix"] = "VARCHAR"
    if column.type == "hash":
        kinds["__clear"] = "BOOLEAN"
    if column.type in ("decimal", "ratio", "int"):
        kinds["__sent"] = "DECIMAL(24, 6)"
    return [f'CAST(NULL AS {kind}) AS "{column.name}{suffix}"' for suffix, kind in kinds.items()]
