"""What a delivery says about the ones before: new, changed, known already, no longer listed.

Accepted rows are kept, typed and pseudonymised, in ``tables/_rows/<source>/``, append-only like the
facts. From the newest row of each key follow the rows that change something (contract §2). What a
delivery says is the table ``said`` (``statements``); what was known at its place, ``before``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from doudi.loaders.columns import frame_of
from doudi.loaders.values import literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    import duckdb

    from doudi.loaders.columns import Frame
    from doudi.loaders.source import Source

KEPT = {
    "row_key": "VARCHAR", "group_key": "VARCHAR", "row_hash": "VARCHAR", "known_from": "DATE",
    "_line": "BIGINT", "_batch": "VARCHAR", "main_day": "DATE", "first_seen": "DATE",
    "ended_on": "DATE", "retracted": "BOOLEAN",
}  # fmt: skip
"""What is kept of a row beside its columns."""

NEWS = """
    SELECT a.* EXCLUDE (op, lone_end), coalesce(o.was_true, false) AS was_true FROM arrived a
    LEFT JOIN outgoing o ON o.row_key = a.row_key
    ANTI JOIN before b ON b.row_key = a.row_key AND b.row_hash = a.row_hash
    WHERE a.op <> 'delete' AND NOT a.lone_end"""
"""What arrived and was not known already."""

ALL_NEW = """
    SELECT * EXCLUDE (op, lone_end), false AS was_true FROM ({arrived})
    WHERE op <> 'delete' AND NOT lone_end"""
NONE_OUTGOING = "SELECT *, false AS replaced, false AS deleted, false AS was_true FROM before"
"""What these come to where nothing was known before: most files of a first delivery."""

OF_THEIR_KEYS = "group_key IN (SELECT group_key FROM said)"
"""Rows that a delta can say anything about."""

OF_OLD_KEYS = "group_key IN (SELECT group_key FROM said UNION ALL SELECT group_key FROM own)"
"""Rows that a repair can say anything about; its lines may have had another key."""


@dataclass(frozen=True)
class Delivery:
    """What a folder says of itself, for one source.

    Attributes:
        mode: ``snapshot`` or ``delta``.
        month: First day of the month the batch is for; dates a change without a date of its own.
    """

    batch: str
    as_known: date
    mode: str
    month: date


@dataclass(frozen=True)
class Told:
    """One delivery of a source, with the columns that its files have.

    Attributes:
        columns: Names of the columns; the others say nothing about the rows of before.
        is_repair: Whether it gives single lines of an earlier delivery again (``overtaken``).
    """

    source: Source
    delivery: Delivery
    columns: frozenset[str]
    is_repair: bool = False

    def has(self, name: str) -> bool:
        """Whether any part has a column."""
        return name in self.columns

    @property
    def is_whole(self) -> bool:
        """Whether the files have every declared column, so that none is taken from rows before."""
        return all(
            self.has(c.name) or self.has(c.embedded_in) for c in self.source.columns.values()
        )


def settle(con: duckdb.DuckDBPyConnection, told: Told) -> None:
    """Make ``incoming`` (rows to write) and ``outgoing`` (rows of before that no longer hold).

    Args:
        con: The engine, with ``said``, ``before``, ``spoken`` where rows have a recorded time, and
            for a repair ``own``.
        told: The delivery that says it.
    """
    some = con.execute("SELECT 1 FROM before LIMIT 1").fetchall() != []
    arrived = _arrived_sql(told, some=some)
    if some:
        con.execute(f"CREATE OR REPLACE TABLE arrived AS {arrived}")
        con.execute(f"CREATE OR REPLACE TABLE outgoing AS {_outgoing_sql(told)}")
        con.execute(f"CREATE OR REPLACE TABLE incoming AS {NEWS}")
        con.execute(
            "DELETE FROM outgoing WHERE replaced AND row_key NOT IN (SELECT row_key FROM incoming)"
        )
    else:
        con.execute(f"CREATE OR REPLACE TABLE outgoing AS {NONE_OUTGOING}")
        con.execute(f"CREATE OR REPLACE TABLE incoming AS {ALL_NEW.format(arrived=arrived)}")


def settle_nothing(con: duckdb.DuckDBPyConnection) -> None:
    """The same for a delivery that was loaded before: nothing comes, and nothing goes."""
    con.execute(f"CREATE OR REPLACE TABLE outgoing AS {NONE_OUTGOING} WHERE false")
    con.execute(
        "CREATE OR REPLACE TABLE incoming AS SELECT *, false AS was_true FROM before WHERE false"
    )


def amounts_before(folder: Path, at: date, names: Sequence[str]) -> str:
    """SQL of the amounts of all rows known at a day, those of older records included."""
    files = sorted(folder.glob("[0-9]*.parquet"))
    there = {name for path in files for name in pq.read_schema(path).names}
    chosen = ", ".join(f'"{n}"' if n in there else f'CAST(NULL AS DOUBLE) AS "{n}"' for n in names)
    if not files:
        return f"(SELECT {chosen} WHERE false)"
    return (
        f"(SELECT {chosen} FROM {parquet_sql(files)} "
        f"WHERE known_from <= DATE '{at.isoformat()}' AND NOT retracted)"
    )


def recall(con: duckdb.DuckDBPyConnection, told: Told, records: str) -> None:
    """Make ``before``, the newest row of each key known at the delivery, and ``spoken``.

    ``spoken`` says when each key was last spoken of: a row whose sender knew it earlier cannot
    come before what was said of it in the meantime.

    Args:
        con: The engine, with ``said``.
        told: The delivery.
        records: SQL of the records of rows, as ``kept_sql`` gives them.
    """
    day = f"DATE '{told.delivery.as_known.isoformat()}'"
    only = OF_THEIR_KEYS if told.delivery.mode == "delta" else "true"
    only = OF_OLD_KEYS if told.is_repair else only
    con.execute(f"""CREATE OR REPLACE TABLE before AS
        SELECT * EXCLUDE (seq) FROM ({records}) WHERE known_from <= {day} AND {only}
        QUALIFY row_number() OVER (PARTITION BY row_key ORDER BY known_from DESC, seq DESC) = 1
            AND NOT retracted""")
    if told.has("recorded_time"):
        con.execute(f"""CREATE OR REPLACE TABLE spoken AS
            SELECT row_key, max(known_from) AS last FROM ({records}) WHERE known_from <= {day}
            GROUP BY row_key""")


KEPT_ROWS = """
    SELECT * EXCLUDE (replaced, was_true, deleted) REPLACE (true AS retracted), {seq} AS seq
    FROM outgoing WHERE NOT replaced
    UNION ALL BY NAME SELECT * EXCLUDE (was_true), {seq} AS seq FROM incoming"""
"""The records of rows that a settled delivery adds: what was accepted and what ended."""


def kept_sql(con: duckdb.DuckDBPyConnection, source: Source, folder: Path) -> str:
    """The records of rows of a source that count, in today's columns.

    Records that were told anew later (``retold/``) no longer do.
    """
    every, retold = (
        every_sql(con, source, folder),
        sorted((folder / "retold").glob("[0-9]*.parquet")),
    )
    if not retold:
        return every
    return f"""
    SELECT k.* FROM ({every}) k LEFT JOIN (
        SELECT row_key, max(seq) AS since FROM {parquet_sql(retold)} GROUP BY ALL
    ) r ON r.row_key = k.row_key WHERE r.since IS NULL OR k.seq >= r.since"""


def every_sql(con: duckdb.DuckDBPyConnection, source: Source, folder: Path) -> str:
    """All records of rows of a source, those included that no longer count."""
    wanted = {**frame_of(source).types, **KEPT, "seq": "BIGINT"}
    paths = sorted(folder.glob("[0-9]*.parquet"))
    if not paths:
        empty = ", ".join(f'CAST(NULL AS {kind}) AS "{name}"' for name, kind in wanted.items())
        return f"SELECT {empty} WHERE false"
    files = parquet_sql(paths)
    there = {row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {files}").fetchall()}
    chosen = ", ".join(
        f'CAST("{name}" AS {kind}) AS "{name}"'
        if name in there
        else f'CAST(NULL AS {kind}) AS "{name}"'
        for name, kind in wanted.items()
    )
    return f"SELECT {chosen} FROM {files}"


def parquet_sql(paths: list[Path]) -> str:
    """Files as a table, columns by name."""
    return f"read_parquet([{', '.join(literal(str(p)) for p in paths)}], union_by_name = true)"


def hash_sql(frame: Frame, ended: str) -> str:
    """The hash of a row's values and of the day on which it was ended."""
    values = ", ".join(f'CAST("{name}" AS VARCHAR)' for name in frame.names)
    return f"substr(sha256(to_json([{values}, CAST({ended} AS VARCHAR)])::VARCHAR), 1, 16)"


def _arrived_sql(told: Told, *, some: bool) -> str:
    """Kept rows with their key, the hash of their values, and when they were known.

    Rows of a group key are a bag: each row is a fact of its own, named by its values. A column that
    the files lack says nothing about the row of before, and neither does an empty cell of a row
    that only ends.
    """
    source, delivery = told.source, told.delivery
    single = source.key_kind == "id"
    day, month = f"DATE '{delivery.as_known.isoformat()}'", f"DATE '{delivery.month.isoformat()}'"
    frame = frame_of(source)
    ends = " AND ".join(f'a."{name}" IS NULL' for name in source.ends) or "true"
    known, seen, before = "false", "NULL::DATE", ""
    if single and some:
        known, seen = "b.row_key IS NOT NULL", "b.first_seen"
        before = "LEFT JOIN before b ON b.row_key = a.group_key"
    timed = told.has("recorded_time")
    since = "b.known_from" if single and some and not timed else "NULL::DATE"
    spoken = "LEFT JOIN spoken s USING (row_key)" if timed else ""
    mains = [f'"{c.name}" IS NULL' for c in frame.columns if c.role == "main"]
    return f"""
    WITH merged AS (
        SELECT {", ".join(_merged(told, merge=single and some))}, a.group_key, a.op, a.line AS _line,
               a.recorded, a.own_hash, {known} AS was_known, coalesce({seen}, {month}) AS first_seen,
               CASE WHEN a.op = 'end' AND {ends} THEN {month} END AS ended_on,
               {since} AS since
        FROM said a {before}
    ), hashed AS (
        SELECT *, {_row_hash(told)} AS row_hash, {row_key(source, "row_hash")} AS row_key FROM merged
    )
    SELECT {", ".join(f'"{n}"' for n in frame.names)}, row_key, group_key, row_hash,
           greatest(least(coalesce(recorded, {day}), {day}), {"s.last" if timed else "since"}) AS known_from,
           _line, {literal(delivery.batch)} AS _batch, {main_day(source)} AS main_day, first_seen,
           ended_on, false AS retracted, op,
           op = 'end' AND NOT was_known AND ({" OR ".join(mains) or "false"}) AS lone_end
    FROM hashed {spoken}"""


def row_key(source: Source, row_hash: str) -> str:
    """The key of a row: its own, or one row's place in the bag of its group key."""
    single = source.key_kind == "id"
    return "group_key" if single else f"substr(sha256(group_key || {row_hash}), 1, 16)"


def _row_hash(told: Told) -> str:
    """The hash of a merged row: its own, unless values of the row before or an end came to it."""
    merged = hash_sql(frame_of(told.source), "ended_on")
    if not told.is_whole:
        return merged
    return (
        f"CASE WHEN op = 'end' THEN {merged} ELSE own_hash END" if told.has("_op") else "own_hash"
    )


def main_day(source: Source) -> str:
    """The day that dates a row; of a year its first."""
    name = source.main_date
    if not name:
        return "NULL::DATE"
    year = source.columns[name].type == "int"
    return f'make_date("{name}", 1, 1)' if year else f'CAST("{name}" AS DATE)'


def _merged(told: Told, *, merge: bool) -> list[str]:
    found = []
    for column in told.source.columns.values():
        there = told.has(column.name) or told.has(column.embedded_in)
        for name, kind in frame_of(told.source).types.items():
            if name != column.name and not name.startswith(f"{column.name}__"):
                continue
            empty = f'len(a."{name}") = 0' if kind.endswith("[]") else f'a."{name}" IS NULL'
            kept = f'CASE WHEN a.op = \'end\' AND {empty} THEN b."{name}" ELSE a."{name}" END'
            if not merge:
                kept = f'a."{name}"'
            elif not there:
                kept = f'b."{name}"'
            found.append(f'{kept} AS "{name}"')
    return found


def _outgoing_sql(told: Told) -> str:
    """Rows of before that were replaced, deleted, or are no longer listed.

    ``was_true`` rows held until a change, because a column of ``changes`` differs; the others are
    knowledge that ends. A repair puts a line in the place of what was loaded of the same line, which
    never was true, and leaves the other rows of its bag alone.
    """
    source, delivery = told.source, told.delivery
    day = f"DATE '{delivery.as_known.isoformat()}'"
    listed = "b.row_key IN (SELECT row_key FROM arrived WHERE op <> 'delete')"
    span = "true"
    if source.nature != "register":
        span = (
            "b.main_day BETWEEN (SELECT min(main_day) FROM arrived WHERE op <> 'delete') "
            "AND (SELECT max(main_day) FROM arrived WHERE op <> 'delete')"
        )
    gone = f"(NOT {listed} AND {span})" if delivery.mode == "snapshot" else "false"
    own = "b.row_key IN (SELECT row_key FROM own)"
    if told.is_repair:
        gone = f"(NOT {listed} AND {own})"
    elif source.key_kind == "group":
        same_bag = "b.group_key IN (SELECT group_key FROM arrived)"
        gone = f"({gone} OR (NOT {listed} AND {same_bag}))"
    differs = " OR ".join(f'b."{name}" IS DISTINCT FROM n."{name}"' for name in source.changes)
    if told.is_repair and differs:
        differs = f"NOT {own} AND ({differs})"
    deleted = "false"
    if told.has("_op"):
        deleted = "b.group_key IN (SELECT group_key FROM arrived WHERE op = 'delete')"
    return f"""
    SELECT b.* REPLACE (coalesce(n.known_from, greatest({day}, b.known_from)) AS known_from),
           n.row_key IS NOT NULL AS replaced, n.row_key IS NULL AND {deleted} AS deleted,
           n.row_key IS NOT NULL AND ({differs or "false"}) AS was_true
    FROM before b LEFT JOIN arrived n
        ON n.row_key = b.row_key AND n.row_hash <> b.row_hash AND n.op <> 'delete'
    WHERE n.row_key IS NOT NULL OR {gone} OR ({deleted} AND NOT {listed})"""
