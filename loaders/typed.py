"""Cells typed: the rules of ``values`` over all cells of a feed.

In a long file each distinct text of a column is typed once, and the rows look their answers up: a
hundred thousand payments have a few dozen months, programmes and amounts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doudi.loaders.numbers import Checked, check_numbers
from doudi.loaders.rules import rule
from doudi.loaders.source import NUMBERS
from doudi.loaders.value_numbers import SHARE, side_steps
from doudi.loaders.values import Cell, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import duckdb

    from doudi.loaders.clean import Feed
    from doudi.loaders.identity import Veil

LONG = 2_000
"""Rows from which finding the distinct texts costs less than it saves."""

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


def type_cells(
    con: duckdb.DuckDBPyConnection,
    feed: Feed,
    number: int,
    rows: pa.Table,
    veil: Veil | None = None,
) -> pa.Table:
    """Values, reasons and extras of rows of a part, as a table with their ``line``.

    Columns that the part lacks are left out, and so are reasons and repairs that no row has.

    Args:
        con: The engine, with the macros.
        feed: The declaration and the files' columns.
        number: The part.
        rows: Text columns ``c0, c1, …`` and ``line``.
        veil: What puts pseudonyms in the place of identifiers; without it they stay in clear.
    """
    cells = _cells(feed, number)
    if rows.num_rows < LONG:
        answers = [(_row_by_row(con, cells, rows), None)]
    else:
        answers = [answer for group in _groups(cells, rows) for answer in _answers(con, group)]
    columns = {"line": rows["line"]}
    for told, places in answers:
        table = _needed(told, feed)
        if veil is not None:
            table = veiled(table, cells, veil)
        own = table if places is None else table.take(places)
        columns |= dict(zip(own.column_names, own.columns, strict=True))
    return pa.table(columns)


def _needed(table: pa.Table, feed: Feed) -> pa.Table:
    """An answer without reasons and repairs that nobody has, and sums that nobody asked for."""
    idle = [
        name
        for name in table.column_names
        if (name.endswith(("__why", "__fix")) and table[name].null_count == table.num_rows)
        or (name.endswith("__sent") and name.removesuffix("__sent") not in feed.summed)
    ]
    return table.drop_columns(idle)


def veiled(table: pa.Table, cells: Sequence[Cell], veil: Veil) -> pa.Table:
    """A table of typed cells with pseudonyms in the place of every identifier but those in lists."""
    for cell in cells:  # a few columns
        column = cell.column
        if column.name not in table.column_names:
            continue
        clear, name = table[column.name].combine_chunks(), column.name
        if column.type in NUMBERS:
            where = (
                pc.equal(table[f"{name}__kind"], "person")
                if f"{name}__kind" in table.column_names
                else None
            )
            table = _put(table, name, _some(clear, where, veil, "person"))
            if f"{name}__fix" in table.column_names:
                fix = table[f"{name}__fix"].combine_chunks()
                table = _put(table, f"{name}__fix", veil.over("person", fix))
        elif column.type == "hash":
            table = _put(table, name, _some(clear, table[f"{name}__clear"], veil, column.personal))
            table = table.drop_columns([f"{name}__clear"])
        elif column.personal:
            table = _put(table, name, veil.over(column.personal, clear))
    return table


def _some(clear: pa.Array, where: pa.ChunkedArray | None, veil: Veil, space: str) -> pa.Array:
    """Pseudonyms where a condition holds; what stands elsewhere stays."""
    if where is None:
        return veil.over(space, clear)
    here = pc.fill_null(where.combine_chunks(), fill_value=False)
    return pc.if_else(here, veil.over(space, pc.if_else(here, clear, None)), clear)


def _put(table: pa.Table, name: str, values: pa.Array) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, values)


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
            if (number, column.name) in feed.percent:
                unit = "%" if feed.percent[number, column.name] else SHARE
            inside = f"c{embedding.place}" if embedding else ""
            found.append(Cell(column, raw, unit, feed.as_known, inside))
    return found


def _row_by_row(con: duckdb.DuckDBPyConnection, cells: list[Cell], rows: pa.Table) -> pa.Table:
    """Every cell typed where it stands."""
    con.register("_rows", rows)
    sql = f"SELECT {_typed_sql(cells, '_rows')}{_order(cells, 'line')}"
    table = con.execute(sql).to_arrow_table()
    con.unregister("_rows")
    return table


def _groups(cells: list[Cell], rows: pa.Table) -> list[Group]:
    """Cells with few distinct texts together, each with many alone, and those that read two columns."""
    coded = {
        cell.raw: rows[cell.raw].dictionary_encode("encode").combine_chunks()
        for cell in cells
        if not cell.embedding
    }
    pairs = [cell for cell in cells if cell.embedding]
    kinds: dict[str, list[Cell]] = {}
    for cell in cells:
        if cell.raw in coded:
            long = len(coded[cell.raw].dictionary) >= LONG
            kinds.setdefault(cell.column.name if long else "", []).append(cell)
    groups = [_group(some, {c.raw: coded[c.raw] for c in some}) for some in kinds.values()]
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
    first = group.cells[0]
    if len(group.cells) == 1 and first.column.type in NUMBERS and not first.embedding:
        return [
            (
                told_numbers(con, first, group.texts[first.raw].combine_chunks()),
                group.places[first.raw],
            )
        ]
    table = _told(con, group.cells, group.texts)
    return [
        (table.select(list(_chosen(cell, rule(cell)))), group.places[cell.raw])
        for cell in group.cells
    ]


def _order(cells: Sequence[Cell], by: str) -> str:
    """The engine keeps the order of rows, except where a rule looks at all of them."""
    return f' ORDER BY "{by}"' if any(cell.column.type == "ratio" for cell in cells) else ""


def _told(con: duckdb.DuckDBPyConnection, cells: Sequence[Cell], texts: pa.Table) -> pa.Table:
    """What the rules say of texts, in their order."""
    con.register("_texts", texts)
    sql = f"SELECT {_typed_sql(list(cells), '_texts')}{_order(cells, PLACE)}"
    table = con.execute(sql).to_arrow_table().combine_chunks()
    con.unregister("_texts")
    return table


def ruled_numbers(
    con: duckdb.DuckDBPyConnection, cell: Cell, texts: pa.Array
) -> tuple[Checked, pa.Table]:
    """The check of person numbers, and what the rule says of those that are not valid as they stand."""
    found = check_numbers(texts, cell.as_known)
    others = np.flatnonzero(~found.valid)
    rest = pa.table({cell.raw: texts.take(pa.array(others)), PLACE: np.arange(len(others))})
    return found, _told(con, [cell], rest)


def told_numbers(con: duckdb.DuckDBPyConnection, cell: Cell, texts: pa.Array) -> pa.Table:
    """What is said of the texts of a person's number: valid ones at once, the others by the rule."""
    found, ruled = ruled_numbers(con, cell, texts)
    name, base = cell.column.name, {"": texts, "__birth": pa.array(found.born).cast(pa.date32())}
    base["__sex"] = pa.DictionaryArray.from_arrays(found.male.astype(np.int8), ["女", "男"]).cast(
        pa.string()
    )
    base |= {
        "__grade": pa.repeat("exact", len(texts)), "__kind": pa.repeat("person", len(texts)),
    }  # fmt: skip  # two columns
    none = pa.array(~found.valid)
    columns = {}
    for column in ruled.column_names:
        said = ruled[column].combine_chunks()
        own = base.get(column.removeprefix(name), pa.nulls(len(texts), said.type))
        columns[column] = pc.replace_with_mask(own, none, said)
    return pa.table(columns)


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


def in_percent(
    con: duckdb.DuckDBPyConnection, feed: Feed, number: int, pieces: Iterable[pa.Table]
) -> dict[tuple[int, str], bool]:
    """Whether the shares of a part that comes in pieces are in percent; the whole column decides."""
    cells = [c for c in _cells(feed, number) if c.column.type == "ratio"]
    if not cells:
        return {}
    rules = [Rule(side_steps(cell), "", "") for cell in cells]
    looks = [f"count(*) FILTER ({c.at('n')} = {side})" for c in cells for side in (1, 0, -1)]
    sums = np.zeros(3 * len(cells), np.int64)
    for rows in pieces:  # pieces of a long file
        con.register("_rows", rows)
        sql = f"SELECT {', '.join(looks)} FROM {staged('_rows', rules)}"
        sums += np.array(con.execute(sql).fetchall()[0])
    con.unregister("_rows")
    sides = sums.reshape(-1, 3)
    return {
        (number, cell.column.name): bool(over > under and over >= one)
        for cell, (over, one, under) in zip(cells, sides, strict=True)
        if cell.unit not in ("%", "percent")
    }
