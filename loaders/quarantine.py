"""Refused rows and unreadable fields, with file, line, field, kind of value and reason.

The value itself is in no column; the raw row is there, encrypted with the vault key, so that it can
be repaired and sent again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from doudi.graph.drafts import draft
from doudi.loaders.clean import shares
from doudi.loaders.tombstones import FORGOTTEN
from doudi.loaders.values import literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    import duckdb
    from cryptography.fernet import Fernet

    from doudi.graph.drafts import Draft
    from doudi.loaders.clean import Feed, Tally
    from doudi.loaders.read import Sheet
    from doudi.loaders.work import Work

KIND = r"""CASE WHEN v IS NULL OR trim(v) = '' THEN 'empty'
    WHEN regexp_full_match(trim(v), '\d+(\.\d+)?[Ee]\+?\d+') THEN 'number in scientific notation'
    WHEN regexp_full_match(trim(v), '[\dXx]+') THEN length(trim(v)) || ' digits'
    WHEN regexp_full_match(trim(v), '[\d.,/年月日 :-]+') THEN 'digits and marks'
    ELSE 'text of ' || length(v) || ' characters' END"""

SCHEMA = pa.schema(
    [
        ("batch", pa.string()), ("file", pa.string()), ("source", pa.string()), ("line", pa.int64()),
        ("field", pa.string()), ("kind", pa.string()), ("reason", pa.string()),
        ("effect", pa.string()), ("row", pa.string()), ("headers", pa.string()),
        ("as_known", pa.date32()), ("told", pa.string()), ("settled", pa.string()),
    ]
)  # fmt: skip
"""``headers`` of the file as JSON, the delivery's day, and how it was read; older tables lack them."""

TOLD = SCHEMA.names[:9]
"""What says that two rows are the same: all but how and when they came."""


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


@dataclass(frozen=True)
class Came:
    """The delivery from which rows are refused.

    Attributes:
        told: Digest of what its accepted rows say (``statements``).
        settled: How each part was read, as :func:`settled` says.
    """

    batch: str
    as_known: date
    told: str
    settled: tuple[str, ...]


def settled(con: duckdb.DuckDBPyConnection, work: Work) -> tuple[str, ...]:
    """What was settled on whole columns of each part, as JSON: the epoch of dates, shares in percent.

    A single row of them is read the same way when it is sent again.
    """
    epoch = max((c.epoch for c in work.feed.source.columns.values()), default=1900)
    found = []
    for number, (sheet, tally) in enumerate(zip(work.sheets.values(), work.tallies, strict=True)):
        percent = tally.percent
        if percent is None:
            percent = shares(con, work.feed, number, sheet)
        found.append(json.dumps({"epoch": epoch, "percent": percent}))
    return tuple(found)


def write(
    con: duckdb.DuckDBPyConnection, work: Work, path: Path, came: Came, vault: Fernet
) -> Draft | None:
    """Draft the quarantine table of a source's files with what it does not say yet.

    A batch may come again with other rows: those that were refused before stay. A row that is
    refused again is kept once, as of the later load.

    Args:
        con: The engine, with ``trouble`` and the raw parts of the files that have any.
        work: The feed's files, and what was found in each.
        path: The table's file.
        came: The delivery.
        vault: What encrypts the rows.

    Returns:
        The new table, not yet in its place; None where there is nothing new to say.
    """
    tables = [SCHEMA.empty_table()]
    for number, (file, sheet) in enumerate(work.sheets.items()):
        about = {
            "batch": came.batch, "file": file, "source": path.stem, "as_known": came.as_known,
            "headers": json.dumps(sheet.headers, ensure_ascii=False), "told": came.told,
            "settled": came.settled[number],
        }  # fmt: skip  # what all rows of a part have in common
        tables.append(_misshapen(work.tallies[number], about))
        if number in work.troubled:
            tables.append(_troubled(con, sheet, number, about))
    table = pa.concat_tables(tables)
    before = pq.read_table(path, schema=SCHEMA) if path.exists() else SCHEMA.empty_table()
    fresh, still = _compared(con, table, _with_rows(before, vault.decrypt))
    if not fresh.num_rows:
        return None
    return draft(path, [before.filter(still), _with_rows(fresh, vault.encrypt)])


def _with_rows(table: pa.Table, change: Callable[[bytes], bytes]) -> pa.Table:
    """The table with its raw rows encrypted or decrypted; only rows with a problem come here."""
    rows = [change(row.encode()).decode() for row in table.column("row").to_pylist()]
    return table.set_column(SCHEMA.get_field_index("row"), "row", pa.array(rows, pa.string()))


def _compared(
    con: duckdb.DuckDBPyConnection, table: pa.Table, known: pa.Table
) -> tuple[pa.Table, pa.Array]:
    """Rows of a table that are not known as they are, and which known ones they leave in place."""
    con.register("_amiss", table)
    con.register("_amiss_before", known.append_column("_at", pa.array(range(known.num_rows))))
    con.execute("""CREATE OR REPLACE TEMP TABLE _fresh AS
        FROM _amiss EXCEPT SELECT * EXCLUDE (_at) FROM _amiss_before""")
    same = " AND ".join(f'b."{name}" IS NOT DISTINCT FROM f."{name}"' for name in TOLD)
    fresh = con.execute("FROM _fresh ORDER BY file, line, field").to_arrow_table().cast(SCHEMA)
    still = con.execute(f"""SELECT NOT EXISTS (FROM _fresh f WHERE {same}) AS still
        FROM _amiss_before b ORDER BY _at""").to_arrow_table()  # fmt: skip  # one statement
    con.execute("DROP TABLE _fresh")
    con.unregister("_amiss")
    con.unregister("_amiss_before")
    return fresh, still["still"].combine_chunks()


def _troubled(
    con: duckdb.DuckDBPyConnection, sheet: Sheet, number: int, about: Mapping[str, object]
) -> pa.Table:
    cells = ", ".join(f"r.c{i}" for i in range(len(sheet.headers)))
    gone = (
        f"bool_or(reason IN {FORGOTTEN}) OVER (PARTITION BY t._line)"  # no copy of what was deleted
    )
    table = con.execute(f"""
        SELECT t._line AS line, field, kind, reason, effect,
               CASE WHEN {gone} THEN '[]' ELSE to_json([{cells}])::VARCHAR END AS row
        FROM trouble t JOIN raw{number} r ON t._part = {number} AND r.line = t._line ORDER BY t._line, field
    """).to_arrow_table()  # fmt: skip  # one statement
    for name, value in about.items():
        kind = SCHEMA.field(name).type
        table = table.append_column(name, pa.repeat(pa.scalar(value, kind), table.num_rows))
    return table.select(SCHEMA.names).cast(SCHEMA)


def _misshapen(tally: Tally, about: Mapping[str, object]) -> pa.Table:
    rows = [
        {
            **about, "line": line, "field": "", "kind": f"{len(cells)} cells", "reason": reason,
            "effect": "row refused", "row": json.dumps(cells, ensure_ascii=False),
        }
        for line, reason, cells in tally.misshapen
    ]  # fmt: skip  # rows of the wrong width, few
    return pa.Table.from_pylist(rows, schema=SCHEMA)
