"""Refused rows and unreadable fields, with file, line, field, kind of value and reason.

The value itself is in no column; the raw row is there, encrypted with the vault key, so that it can
be repaired and sent again.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from doudi.loaders.identity import write_whole
from doudi.loaders.values import literal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import duckdb
    from cryptography.fernet import Fernet

    from doudi.loaders.clean import Feed
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


def collect(con: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """Make ``trouble``: part, line, field, kind, reason and effect of refused rows and fields."""
    parts = [
        "SELECT NULL::INTEGER AS _part, NULL::BIGINT AS _line, '' AS field, '' AS kind, '' AS reason, '' AS effect WHERE false"
    ]
    some = con.execute(_amiss(feed)).fetchall()[0]
    for place, column in enumerate(feed.columns):
        if not some[place]:
            continue
        name, why = literal(column.name), f'j."{column.name}__why"'
        refused = f"j._fate = 'refused' AND j._field = {name}"
        for number, headers in enumerate(feed.headers):
            where = {m.column.name: f"r.c{m.place}" for m in headers.matched}
            cell = where.get(column.name, "NULL::VARCHAR")
            parts.append(
                f"SELECT j._part, j._line, {name}, (SELECT {KIND} FROM (SELECT {cell} AS v)), "
                f"CASE WHEN {refused} THEN j._reason ELSE {why} END, "
                f"CASE WHEN {refused} THEN 'row refused' ELSE 'field unknown' END "
                f"FROM judged j JOIN raw{number} r ON j._part = {number} AND r.line = j._line "
                f"WHERE ({refused}) OR (j._fate = 'kept' AND {why} IS NOT NULL)"
            )
    con.execute(f"CREATE OR REPLACE TABLE trouble AS {' UNION ALL '.join(parts)}")


def _amiss(feed: Feed) -> str:
    """Which columns have anything to say, in one look."""
    looks = [
        f'count(*) FILTER ("{c.name}__why" IS NOT NULL OR _field = {literal(c.name)})'
        for c in feed.columns
    ]
    return f"SELECT {', '.join(looks)} FROM judged"


def write(
    con: duckdb.DuckDBPyConnection, sheets: dict[str, Sheet], path: Path, batch: str, vault: Fernet
) -> None:
    """Add to the quarantine table of a source's files what it does not say yet.

    A batch may come again with other rows: those that were refused before stay.

    Args:
        con: The engine, with ``trouble`` and the raw parts.
        sheets: Content of the files by name, in the order of the parts.
        path: The table's file.
        batch: Name of the delivery.
        vault: What encrypts the rows.
    """
    tables = [
        table
        for number, (file, sheet) in enumerate(sheets.items())
        for table in (
            _misshapen(sheet, batch, file, path.stem),
            _troubled(con, sheet, number, batch, file, path.stem),
        )
    ]
    table = pa.concat_tables(tables)
    if not table.num_rows:
        return
    before = pq.read_table(path, schema=SCHEMA) if path.exists() else SCHEMA.empty_table()
    fresh = _not_in(con, table, _with_rows(before, vault.decrypt))
    if fresh.num_rows:
        write_whole(pa.concat_tables([before, _with_rows(fresh, vault.encrypt)]), path)


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


def _misshapen(sheet: Sheet, batch: str, file: str, source: str) -> pa.Table:
    rows = [
        {
            "batch": batch, "file": file, "source": source, "line": line, "field": "",
            "kind": f"{len(cells)} cells", "reason": reason, "effect": "row refused",
            "row": json.dumps(cells, ensure_ascii=False),
        }
        for line, reason, cells in sheet.misshapen
    ]  # fmt: skip  # rows of the wrong width, few
    return pa.Table.from_pylist(rows, schema=SCHEMA)
