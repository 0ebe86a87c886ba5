"""What a delivery says about the ones before: new, changed, known already, no longer listed.

Accepted rows are kept, typed and pseudonymised, in ``tables/_rows/<source>/``, append-only like the
facts. From the newest row of each key follow the rows that change something (contract §2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doudi.loaders.values import literal

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    import duckdb

    from doudi.loaders.clean import Frame
    from doudi.loaders.source import Source


@dataclass(frozen=True)
class Delivery:
    """What a folder says of itself, for one file.

    Attributes:
        mode: ``snapshot`` or ``delta``.
        month: First day of the month the batch is for; dates a change without a date of its own.
    """

    batch: str
    as_known: date
    mode: str
    month: date


OPS = {"delete": ("delete", "删除"), "end": ("end", "终止")}


def settle(
    con: duckdb.DuckDBPyConnection, source: Source, frame: Frame, delivery: Delivery, folder: Path
) -> None:
    """Make ``incoming`` (rows to write) and ``outgoing`` (rows of before that no longer hold).

    Args:
        con: The engine, with ``judged``.
        source: The declaration.
        frame: Columns of the cleaned rows.
        delivery: The delivery.
        folder: ``tables/_rows/<source>``.
    """
    con.execute(_arrived_sql(source, frame, delivery))
    con.execute(_before_sql(con, frame, delivery, folder))
    con.execute("""
    CREATE OR REPLACE TABLE incoming AS
    SELECT a.* FROM arrived a
    WHERE _kind <> 'delete' AND NOT EXISTS (
        SELECT 1 FROM before b WHERE b._row_key = a._row_key AND b._row_hash = a._row_hash)
    """)
    con.execute(_outgoing_sql(source, delivery))


def _arrived_sql(source: Source, frame: Frame, delivery: Delivery) -> str:
    """Kept rows with their key, the hash of their values, and when they were known.

    Rows of a group key are a bag: each row is a fact of its own, named by its values.
    """
    names = [name for name in frame.names if name not in ("_op", "recorded_time")]
    values = (
        "sha256(to_json([" + ", ".join(f'CAST("{n}" AS VARCHAR)' for n in names) + "])::VARCHAR)"
    )
    keys = "to_json([" + ", ".join(f'CAST("{k}" AS VARCHAR)' for k in source.key) + "])::VARCHAR"
    nameless = " || _row_hash" if source.key_kind == "group" else ""
    op = "'upsert'"
    if any(c.name == "_op" for c in frame.columns):
        cases = " ".join(
            f"WHEN \"_op\" IN ({', '.join(literal(w) for w in words)}) THEN '{op}'"
            for op, words in OPS.items()
        )
        op = f"CASE {cases} ELSE 'upsert' END"
    recorded = "NULL"
    if any(c.name == "recorded_time" for c in frame.columns):
        recorded = '"recorded_time"'
    day = f"DATE '{delivery.as_known.isoformat()}'"
    main = f'day_of(CAST("{source.main_date}" AS VARCHAR))' if source.main_date else "NULL::DATE"
    columns = ", ".join(f'"{n}"' for n in names)
    return f"""
    CREATE OR REPLACE TABLE arrived AS
    WITH hashed AS (
        SELECT *, substr({values}, 1, 16) AS _row_hash, {keys} AS key_text FROM judged
        WHERE _fate = 'kept'
    )
    SELECT {columns}, _row_hash, substr(sha256(key_text), 1, 16) AS _group_key,
           substr(sha256(key_text{nameless}), 1, 16) AS _row_key, {op} AS _kind,
           least(coalesce({recorded}, {day}), {day}) AS _known_from, line AS _line,
           {literal(delivery.batch)} AS _batch, {main} AS _main_day, false AS _retracted
    FROM hashed"""


def _before_sql(
    con: duckdb.DuckDBPyConnection, frame: Frame, delivery: Delivery, folder: Path
) -> str:
    """The newest row of each key known before or on the delivery's day, in today's columns."""
    paths = sorted(folder.glob("*.parquet"))
    if not paths:
        return "CREATE OR REPLACE TABLE before AS SELECT * FROM arrived WHERE false"
    files = "[" + ", ".join(literal(str(path)) for path in paths) + "]"
    source = f"read_parquet({files}, union_by_name = true)"
    there = {row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
    wanted = con.execute("DESCRIBE arrived").fetchall()
    chosen = ", ".join(
        f'CAST("{name}" AS {kind}) AS "{name}"'
        if name in there
        else f'CAST(NULL AS {kind}) AS "{name}"'
        for name, kind, *_ in wanted
    )
    del frame
    return f"""
    CREATE OR REPLACE TABLE before AS
    SELECT * EXCLUDE (seq) FROM (
        SELECT {chosen}, seq FROM {source}
        WHERE _known_from <= DATE '{delivery.as_known.isoformat()}'
        QUALIFY row_number() OVER (
            PARTITION BY _row_key ORDER BY _known_from DESC, seq DESC, _line DESC) = 1
    ) WHERE NOT _retracted"""


def _outgoing_sql(source: Source, delivery: Delivery) -> str:
    """Rows of before that were replaced, deleted, or are no longer listed.

    ``replaced`` rows were true until the change where a column of ``changes`` differs; all others
    are knowledge that ends.
    """
    span = "true"
    if source.nature != "register":
        span = "b._main_day BETWEEN (SELECT min(_main_day) FROM arrived) AND (SELECT max(_main_day) FROM arrived)"
    listed = "EXISTS (SELECT 1 FROM arrived a WHERE a._row_key = b._row_key)"
    same_bag = "EXISTS (SELECT 1 FROM arrived a WHERE a._group_key = b._group_key)"
    gone = f"(NOT {listed} AND {span})" if delivery.mode == "snapshot" else "false"
    if source.key_kind == "group":
        gone = f"({gone} OR (NOT {listed} AND {same_bag}))"
    differs = " OR ".join(f'b."{name}" IS DISTINCT FROM n."{name}"' for name in source.changes)
    return f"""
    CREATE OR REPLACE TABLE outgoing AS
    SELECT b.* REPLACE (coalesce(n._known_from, DATE '{delivery.as_known.isoformat()}') AS _known_from),
           n._row_key IS NOT NULL AS replaced,
           n._row_key IS NOT NULL AND ({differs or "false"}) AS was_true
    FROM before b LEFT JOIN incoming n ON n._row_key = b._row_key
    WHERE n._row_key IS NOT NULL OR {gone}
       OR EXISTS (SELECT 1 FROM arrived a WHERE a._row_key = b._row_key AND a._kind = 'delete')"""
