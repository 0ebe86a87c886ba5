"""What a delivery says about the ones before: new, changed, known already, no longer listed.

Accepted rows are kept, typed and pseudonymised, in ``tables/_rows/<source>/``, append-only like the
facts. From the newest row of each key follow the rows that change something (contract §2).
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

    from doudi.loaders.clean import Feed

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
    SELECT * EXCLUDE (op, lone_end), false AS was_true FROM arrived
    WHERE op <> 'delete' AND NOT lone_end"""
NONE_OUTGOING = "SELECT *, false AS replaced, false AS deleted, false AS was_true FROM before"
"""What these come to where nothing was known before: most files of a first delivery."""


OF_THEIR_KEYS = """group_key IN (
    SELECT substr(sha256(key_text), 1, 16) FROM judged WHERE _fate = 'kept')"""
"""Rows that a delta can say anything about."""


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


def settle(con: duckdb.DuckDBPyConnection, feed: Feed, delivery: Delivery, folder: Path) -> None:
    """Make ``incoming`` (rows to write) and ``outgoing`` (rows of before that no longer hold).

    Args:
        con: The engine, with ``judged``.
        feed: The declaration and the files' columns.
        delivery: The delivery.
        folder: ``tables/_rows/<source>``.
    """
    delta = delivery.mode == "delta"
    con.execute(
        "CREATE OR REPLACE TABLE before AS "
        f"{_known_sql(con, feed, folder, delivery.as_known, OF_THEIR_KEYS if delta else 'true')}"
    )
    some = con.execute("SELECT 1 FROM before LIMIT 1").fetchall() != []
    arrived = _arrived_sql(feed, delivery, some=some)
    if some:
        con.execute(f"CREATE OR REPLACE TABLE arrived AS {arrived}")
        con.execute(f"CREATE OR REPLACE TABLE outgoing AS {_outgoing_sql(feed, delivery)}")
        con.execute(f"CREATE OR REPLACE TABLE incoming AS {NEWS}")
        con.execute(
            "DELETE FROM outgoing WHERE replaced AND row_key NOT IN (SELECT row_key FROM incoming)"
        )
    else:
        con.execute(f"CREATE OR REPLACE TABLE outgoing AS {NONE_OUTGOING}")
        con.execute(f"CREATE OR REPLACE TABLE incoming AS WITH arrived AS ({arrived}) {ALL_NEW}")
    later = [day for day in snapshots(folder) if day > delivery.as_known]
    if later and feed.source.nature == "register":
        con.execute(_overtaken_sql(con, feed, folder, min(later)))


def amounts_before(folder: Path, at: date, names: Sequence[str]) -> str:
    """SQL of the amounts of all rows known at a day, those of older records included."""
    files = sorted(folder.glob("[0-9]*.parquet"))
    there = {name for path in files for name in pq.read_schema(path).names}
    chosen = ", ".join(f'"{n}"' if n in there else f'CAST(NULL AS DOUBLE) AS "{n}"' for n in names)
    if not files:
        return f"(SELECT {chosen} WHERE false)"
    paths = ", ".join(literal(str(path)) for path in files)
    return (
        f"(SELECT {chosen} FROM read_parquet([{paths}], union_by_name = true) "
        f"WHERE known_from <= DATE '{at.isoformat()}' AND NOT retracted)"
    )


def snapshots(folder: Path) -> list[date]:
    """Days of the snapshots of a source that were loaded."""
    from datetime import date as day

    found = (pq.read_schema(path).metadata or {} for path in folder.glob("[0-9]*.parquet"))
    return [
        day.fromisoformat(m[b"as_known"].decode()) for m in found if m.get(b"mode") == b"snapshot"
    ]


def _known_sql(
    con: duckdb.DuckDBPyConnection, feed: Feed, folder: Path, at: date, only: str = "true"
) -> str:
    """The newest row of each key known at a day, in today's columns."""
    wanted = {**frame_of(feed.source).types, **KEPT}
    paths = sorted(folder.glob("[0-9]*.parquet"))
    if not paths:
        empty = ", ".join(f'CAST(NULL AS {kind}) AS "{name}"' for name, kind in wanted.items())
        return f"SELECT {empty} WHERE false"
    files = f"read_parquet([{', '.join(literal(str(p)) for p in paths)}], union_by_name = true)"
    there = {row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {files}").fetchall()}
    chosen = ", ".join(
        f'CAST("{name}" AS {kind}) AS "{name}"'
        if name in there
        else f'CAST(NULL AS {kind}) AS "{name}"'
        for name, kind in wanted.items()
    )
    return f"""
    SELECT {chosen} FROM {files} WHERE known_from <= DATE '{at.isoformat()}' AND {only}
    QUALIFY row_number() OVER (PARTITION BY row_key ORDER BY known_from DESC, seq DESC) = 1
        AND NOT retracted"""


def _arrived_sql(feed: Feed, delivery: Delivery, *, some: bool) -> str:
    """Kept rows with their key, the hash of their values, and when they were known.

    Rows of a group key are a bag: each row is a fact of its own, named by its values. A column that
    the files lack says nothing about the row of before, and neither does an empty cell of a row
    that only ends.
    """
    single = feed.source.key_kind == "id"
    day, month = f"DATE '{delivery.as_known.isoformat()}'", f"DATE '{delivery.month.isoformat()}'"
    frame = frame_of(feed.source)
    values = ", ".join(f'CAST("{name}" AS VARCHAR)' for name in frame.names)
    ends = " AND ".join(f'a."{name}" IS NULL' for name in feed.source.ends) or "true"
    recorded = "a.recorded_time" if feed.has("recorded_time") else "NULL::DATE"
    known, seen, since, before = "false", "NULL::DATE", "NULL::DATE", ""
    if single and some:
        known, seen, since = "b.row_key IS NOT NULL", "b.first_seen", "b.known_from"
        before = "LEFT JOIN before b ON b.row_key = a.group_key"
    main = _main_day(feed)
    mains = [f'"{c.name}" IS NULL' for c in frame.columns if c.role == "main"]
    op = "coalesce(a._op, 'upsert')" if feed.has("_op") else "'upsert'"
    return f"""
    WITH keyed AS (
        SELECT *, substr(sha256(key_text), 1, 16) AS group_key FROM judged WHERE _fate = 'kept'
    ), merged AS (
        SELECT {", ".join(_merged(feed, op, single and some))}, a.group_key, {op} AS op, a._line,
               {known} AS was_known, coalesce({seen}, {month}) AS first_seen,
               CASE WHEN {op} = 'end' AND {ends} THEN {month} END AS ended_on,
               greatest(least(coalesce({recorded}, {day}), {day}), {since}) AS known_from
        FROM keyed a {before}
    ), hashed AS (
        SELECT *, substr(sha256(to_json([{values}, CAST(ended_on AS VARCHAR)])::VARCHAR), 1, 16) AS row_hash
        FROM merged
    )
    SELECT {", ".join(f'"{n}"' for n in frame.names)},
           {"group_key" if single else "substr(sha256(group_key || row_hash), 1, 16)"} AS row_key,
           group_key, row_hash, known_from, _line, {literal(delivery.batch)} AS _batch,
           {main} AS main_day, first_seen, ended_on, false AS retracted, op,
           op = 'end' AND NOT was_known AND ({" OR ".join(mains) or "false"}) AS lone_end
    FROM hashed"""


def _main_day(feed: Feed) -> str:
    """The day that dates a row; of a year its first."""
    name = feed.source.main_date
    if not name:
        return "NULL::DATE"
    year = feed.source.columns[name].type == "int"
    return f'make_date("{name}", 1, 1)' if year else f'CAST("{name}" AS DATE)'


def _merged(feed: Feed, op: str, single: bool) -> list[str]:  # noqa: FBT001 - one caller
    found = []
    for column in feed.source.columns.values():
        there = feed.has(column.name) or feed.has(column.embedded_in)
        for name, kind in frame_of(feed.source).types.items():
            if name != column.name and not name.startswith(f"{column.name}__"):
                continue
            empty = f'len(a."{name}") = 0' if kind.endswith("[]") else f'a."{name}" IS NULL'
            kept = f'CASE WHEN {op} = \'end\' AND {empty} THEN b."{name}" ELSE a."{name}" END'
            if not single:
                kept = f'a."{name}"'
            elif not there:
                kept = f'b."{name}"'
            found.append(f'{kept} AS "{name}"')
    return found


def _outgoing_sql(feed: Feed, delivery: Delivery) -> str:
    """Rows of before that were replaced, deleted, or are no longer listed.

    ``was_true`` rows held until a change, because a column of ``changes`` differs; the others are
    knowledge that ends.
    """
    source, day = feed.source, f"DATE '{delivery.as_known.isoformat()}'"
    listed = "b.row_key IN (SELECT row_key FROM arrived WHERE op <> 'delete')"
    span = "true"
    if source.nature != "register":
        span = (
            "b.main_day BETWEEN (SELECT min(main_day) FROM arrived WHERE op <> 'delete') "
            "AND (SELECT max(main_day) FROM arrived WHERE op <> 'delete')"
        )
    gone = f"(NOT {listed} AND {span})" if delivery.mode == "snapshot" else "false"
    if source.key_kind == "group":
        same_bag = "b.group_key IN (SELECT group_key FROM arrived)"
        gone = f"({gone} OR (NOT {listed} AND {same_bag}))"
    differs = " OR ".join(f'b."{name}" IS DISTINCT FROM n."{name}"' for name in source.changes)
    deleted = "false"
    if feed.has("_op"):
        deleted = "b.group_key IN (SELECT group_key FROM arrived WHERE op = 'delete')"
    return f"""
    SELECT b.* REPLACE (coalesce(n.known_from, greatest({day}, b.known_from)) AS known_from),
           n.row_key IS NOT NULL AS replaced, n.row_key IS NULL AND {deleted} AS deleted,
           n.row_key IS NOT NULL AND ({differs or "false"}) AS was_true
    FROM before b LEFT JOIN arrived n
        ON n.row_key = b.row_key AND n.row_hash <> b.row_hash AND n.op <> 'delete'
    WHERE n.row_key IS NOT NULL OR {gone} OR ({deleted} AND NOT {listed})"""


def _overtaken_sql(con: duckdb.DuckDBPyConnection, feed: Feed, folder: Path, later: date) -> str:
    """Rows of a late delivery that a snapshot loaded before, but made later, did not list."""
    day = f"DATE '{later.isoformat()}'"
    return f"""
    INSERT INTO outgoing BY NAME
    SELECT * REPLACE ({day} AS known_from, false AS was_true), false AS replaced, false AS deleted
    FROM incoming WHERE row_key NOT IN (
        SELECT row_key FROM ({_known_sql(con, feed, folder, later)}))"""
