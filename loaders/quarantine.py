"""Refused rows and unreadable fields, with file, line, field, kind of value and reason.

The value itself is in no column; the raw row is there, encrypted with the vault key, so that it can
be repaired and sent again.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from doudi.graph.drafts import draft
from doudi.loaders.values import literal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    import duckdb
    from cryptography.fernet import Fernet

    from doudi.graph.drafts import Draft
    from doudi.loaders.clean import Feed, Tally
    from doudi.loaders.read import Sheet

KIND = r"""CASE WHEN v IS NULL OR trim(v) = '' THEN 'empty'
    WHEN regexp_full_match(trim(v), '\d+(\.\d+)?[Ee]\+?\d+') THEN 'number in scientific notation'
    WHEN regexp_full_match(trim(v), '[\dXx]+') THEN length(trim(v)) || ' digits'
    WHEN regexp_full_match(trim(v), '[\d.,/年月日 :-]+') THEN 'digits and marks'
    ELSE 'text of ' || length(v) || ' characters' END"""

SCHEMA = pa.schema(
    [
        ("batch", pa.string()), ("file", pa.string()), ("source", pa.string()), ("line", pa.int64()),
        ("field", pa.string()), ("kind", pa.string()), ("reason", pa.string()),
        ("effect", pa.string()), ("row", pa.string()),
    ]
)  # fmt: skip


def collect(con: duckdb.DuckDBPyConnection, feed: Feed, sheets: Sequence[Sheet]) -> list[int]:
    """Make ``trouble``: part, line, field, kind, reason and effect of refused rows and fields.

    Returns:
        The parts that have any; their raw rows are the engine's ``raw0``, ``raw1``, … then.
    """
    con.execute("""
    CREATE OR REPLACE TEMP TABLE amiss AS
    SELECT _part, _line, _field AS field, _reason AS reason, 'row refused' AS effect
    FROM judged WHERE _fate = 'refused' UNION ALL
    SELECT _part, _line, w.field, w.why, 'field unknown'
    FROM (SELECT _part, _line, unnest(_whys) AS w FROM judged WHERE _fate = 'kept' AND _whys IS NOT NULL)""")
    fields = con.execute("SELECT DISTINCT _part, field FROM amiss ORDER BY ALL").fetchall()
    if not fields:
        return []
    troubled = sorted({part for part, _ in fields})
    for number in troubled:
        con.register(f"raw{number}", _raw_rows(con, sheets[number], number))
    parts = []
    for number, name in fields:
        where = {m.column.name: f"r.c{m.place}" for m in feed.headers[number].matched}
        parts.append(
            f"SELECT a._part, a._line, a.field, (SELECT {KIND} FROM (SELECT "
            f"{where.get(name, 'NULL::VARCHAR')} AS v)) AS kind, a.reason, a.effect FROM amiss a "
            f"JOIN raw{number} r ON r.line = a._line WHERE a._part = {number} AND a.field = {literal(name)}"
        )
    con.execute(f"CREATE OR REPLACE TABLE trouble AS {' UNION ALL '.join(parts)}")
    return troubled


def _raw_rows(con: duckdb.DuckDBPyConnection, sheet: Sheet, number: int) -> pa.Table:
    """The rows of a part that something is said of; a long file is read again for them."""
    sql = f"SELECT DISTINCT _line FROM amiss WHERE _part = {number}"
    lines = con.execute(sql).to_arrow_table()["_line"].combine_chunks()
    found = [piece.rows.filter(pc.is_in(piece.rows["line"], lines)) for piece in sheet.pieces()]
    return pa.concat_tables(found)


def write(
    con: duckdb.DuckDBPyConnection,
    sheets: dict[str, Sheet],
    tallies: Sequence[Tally],
    parts: Collection[int],
    path: Path,
    batch: str,
    vault: Callable[[], Fernet],
) -> Draft | None:
    """Draft the quarantine table of a source's files with what it does not say yet.

    A batch may come again with other rows: those that were refused before stay.

    Args:
        con: The engine, with ``trouble`` and the raw parts of the files that have any.
        sheets: The files by name, in the order of the parts.
        tallies: What was in each.
        parts: Parts of which ``trouble`` has rows.
        path: The table's file.
        batch: Name of the delivery.
        vault: Gives what encrypts the rows.

    Returns:
        The new table, not yet in its place; None where there is nothing new to say.
    """
    tables = [SCHEMA.empty_table()]
    for number, (file, sheet) in enumerate(sheets.items()):
        tables.append(_misshapen(tallies[number], batch, file, path.stem))
        if number in parts:
            tables.append(_troubled(con, sheet, number, batch, file, path.stem))
    table = pa.concat_tables(tables)
    if not table.num_rows:
        return None
    before = pq.read_table(path, schema=SCHEMA) if path.exists() else SCHEMA.empty_table()
    fresh = _not_in(con, table, _with_rows(before, vault().decrypt))
    if not fresh.num_rows:
        return None
    return draft(path, [pa.concat_tables([before, _with_rows(fresh, vault().encrypt)])])


def _with_rows(table: pa.Table, change: Callable[[bytes], bytes]) -> pa.Table:
    """The table with its raw rows encrypted or decrypted; only rows with a problem come here."""
    rows = [change(row.encode()).decode() for row in table.column("row").to_pylist()]
    return table.set_column(SCHEMA.get_field_index("row"), "row", pa.array(rows, pa.string()))


def _not_in(con: duckdb.DuckDBPyConnection, table: pa.Table, known: pa.Table) -> pa.Table:
    """Rows of a table that are not among the known ones, in the order of the file."""
    con.register("_amiss", table)
    con.register("_amiss_before", known)
    fresh = con.execute("""
        SELECT * FROM _amiss EXCEPT SELECT * FROM _amiss_before ORDER BY file, line, field
    """).to_arrow_table().cast(SCHEMA)  # fmt: skip  # one statement
    con.unregister("_amiss")
    con.unregister("_amiss_before")
    return fresh


def _troubled(
    con: duckdb.DuckDBPyConnection, sheet: Sheet, number: int, batch: str, file: str, source: str
) -> pa.Table:
    cells = ", ".join(f"r.c{i}" for i in range(len(sheet.headers)))
    return con.execute(f"""
        SELECT {literal(batch)} AS batch, {literal(file)} AS file, {literal(source)} AS source, t._line AS line,
               field, kind, reason, effect, to_json([{cells}])::VARCHAR AS row
        FROM trouble t JOIN raw{number} r ON t._part = {number} AND r.line = t._line ORDER BY t._line, field
    """).to_arrow_table().cast(SCHEMA)  # fmt: skip  # one statement


def _misshapen(tally: Tally, batch: str, file: str, source: str) -> pa.Table:
    rows = [
        {
            "batch": batch, "file": file, "source": source, "line": line, "field": "",
            "kind": f"{len(cells)} cells", "reason": reason, "effect": "row refused",
            "row": json.dumps(cells, ensure_ascii=False),
        }
        for line, reason, cells in tally.misshapen
    ]  # fmt: skip  # rows of the wrong width, few
    return pa.Table.from_pylist(rows, schema=SCHEMA)
