"""What each delivery of a source said, kept so that it can be said again in another order.

``tables/_said/<source>/`` holds one file a delivery: key, hash of the values, operation, recorded
time and line of every accepted row. The values stand in ``tables/_rows/<source>/`` under the same
hash; the few that do not (rows that only end, columns that were left out) in ``_said/<source>/rows/``.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from doudi.loaders.columns import frame_of
from doudi.loaders.modes import Delivery, Told, main_day, parquet_sql

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import duckdb
    import pyarrow as pa

    from doudi.loaders.clean import Feed
    from doudi.loaders.source import Source

ABOUT = b"doudi"
"""Where a file of statements says which delivery it is."""


@dataclass(frozen=True)
class Origin:
    """The delivery whose lines a repair gives.

    Attributes:
        digest: Of what it said: the same batch of the same day may have come twice.
    """

    as_known: date
    batch: str
    digest: str


@dataclass(frozen=True)
class Statement:
    """One delivery of a source as it is kept.

    Attributes:
        digest: Of all that it says.
        seq: Running number of its load; 0 while it is not kept.
        files: Names of its parts; empty where an older release kept it.
        span: Earliest and latest main day of its rows; None where rows have none.
        origin: Of a repair, the delivery that it repairs.
    """

    told: Told
    digest: str
    seq: int = 0
    path: Path | None = None
    files: tuple[str, ...] = ()
    span: tuple[date, date] | None = None
    origin: Origin | None = None

    @property
    def place(self) -> tuple[date, bool, str]:
        """Its place in the history: the day, repairs last, and then the batch's name."""
        delivery = self.told.delivery
        return delivery.as_known, self.origin is not None, delivery.batch

    def repeats(self, other: Statement) -> bool:
        """Whether it says what another delivery of the same place said."""
        same = self.place == other.place and self.told == other.told
        return same and self.digest == other.digest and self.origin == other.origin


def state(
    con: duckdb.DuckDBPyConnection, feed: Feed, delivery: Delivery, files: Iterable[str] = ()
) -> Statement:
    """Make ``said`` of the accepted rows: their values, ``group_key, own_hash, op, recorded, line``.

    Args:
        con: The engine, with ``judged``.
        feed: The declaration and the files' columns.
        delivery: The delivery.
        files: Names of the parts.
    """
    frame = frame_of(feed.source)
    op = "coalesce(_op, 'upsert')" if feed.has("_op") else "'upsert'"
    recorded = "CAST(recorded_time AS DATE)" if feed.has("recorded_time") else "NULL::DATE"
    con.execute(f"""CREATE OR REPLACE VIEW said AS
        SELECT {", ".join(f'"{n}"' for n in frame.names)}, {op} AS op, {recorded} AS recorded,
               _part, _line AS line, group_key, own_hash
        FROM judged WHERE _fate = 'kept'""")
    columns = frozenset(name for headers in feed.headers for name in headers.names)
    return summed(con, Statement(Told(feed.source, delivery, columns), "", files=tuple(files)))


def summed(con: duckdb.DuckDBPyConnection, statement: Statement) -> Statement:
    """The statement with the digest and the span of what stands in ``said``."""
    day = "NULL::DATE"
    if statement.told.source.nature != "register":
        day = f"CASE WHEN op <> 'delete' THEN {main_day(statement.told.source)} END"
    rows, digest, first, last = con.execute(f"""
        SELECT count(*), bit_xor(md5_number_lower(
            concat_ws('|', group_key, own_hash, op, coalesce(recorded::VARCHAR, ''), line))),
               min({day}), max({day}) FROM said
        """).fetchall()[0]
    span = (first, last) if first is not None else None
    return replace(statement, digest=f"{rows}/{digest}", span=span)


def statements(source: Source, folder: Path) -> list[Statement]:
    """The deliveries of a source kept so far, in the order in which they count.

    Args:
        source: The declaration.
        folder: ``tables/_said/<source>``.
    """
    found = [_read(source, path) for path in folder.glob("[0-9]*.parquet")]
    return sorted(found, key=lambda s: (*s.place, s.seq))


def _read(source: Source, path: Path) -> Statement:
    about = json.loads((pq.read_schema(path).metadata or {})[ABOUT])
    delivery = Delivery(
        about["batch"],
        date.fromisoformat(about["as_known"]),
        about["mode"],
        date.fromisoformat(about["month"]),
    )
    origin = _origin(about.get("origin"))
    told = Told(source, delivery, frozenset(about["columns"]), is_repair=origin is not None)
    files, span = tuple(about.get("files", ())), about.get("span")
    days = (date.fromisoformat(span[0]), date.fromisoformat(span[1])) if span else None
    number = int(path.name.split("-")[0])
    return Statement(told, about["digest"], number, path, files, days, origin)


def _origin(about: dict[str, str] | None) -> Origin | None:
    if about is None:
        return None
    return Origin(date.fromisoformat(about["as_known"]), about["batch"], about["digest"])


def about_statement(statement: Statement) -> dict[bytes, bytes]:
    """What the file of a statement says of the delivery."""
    told = statement.told
    about: dict[str, Any] = {
        "batch": told.delivery.batch,
        "as_known": told.delivery.as_known.isoformat(),
        "mode": told.delivery.mode,
        "month": told.delivery.month.isoformat(),
        "columns": sorted(told.columns),
        "digest": statement.digest,
        "files": list(statement.files),
        "span": [day.isoformat() for day in statement.span or ()],
    }
    if statement.origin:
        about["origin"] = asdict(statement.origin) | {
            "as_known": statement.origin.as_known.isoformat()
        }
    return {ABOUT: json.dumps(about).encode()}


KEPT_WORDS = "SELECT group_key, own_hash, op, recorded, line, _part FROM said"
"""What is kept of a statement beside that."""


def unkept_values(
    con: duckdb.DuckDBPyConnection, told: Told, rows: str, folder: Path
) -> pa.Table | None:
    """Values of ``said`` that are kept nowhere yet, under ``row_hash``; None where there are none.

    Rows with all columns that say nothing but what is so are records of rows as they stand, unless
    a repair was overtaken.

    Args:
        con: The engine, with ``said``.
        told: The delivery.
        rows: SQL of the records of rows that are about to be written.
        folder: ``tables/_said/<source>``.
    """
    if told.is_whole and not told.has("_op") and not told.is_repair:
        return None
    others = "".join(
        f" ANTI JOIN {parquet_sql(paths)} f{n} ON f{n}.row_hash = s.own_hash"
        for n, paths in enumerate(_with_values(folder))
        if paths
    )
    table = con.execute(f"""
        SELECT DISTINCT ON (own_hash) s.* EXCLUDE (op, recorded, _part, line, group_key, own_hash),
               own_hash AS row_hash
        FROM said s ANTI JOIN ({rows}) r ON r.row_hash = s.own_hash {others}""").to_arrow_table()
    return table if table.num_rows else None


def say_again(con: duckdb.DuckDBPyConnection, statement: Statement, folder: Path) -> None:
    """Make ``said`` of a kept statement.

    Args:
        con: The engine.
        statement: One of ``statements``.
        folder: ``tables/_said/<source>``.
    """
    kept = parquet_sql([statement.path] if statement.path else [])
    part = "_part" if statement.files else "NULL::BIGINT AS _part"
    types = frame_of(statement.told.source).types
    nulls = ", ".join(f'CAST(NULL AS {kind}) AS "{name}"' for name, kind in types.items())
    values = [f"SELECT NULL::VARCHAR AS row_hash, {nulls} WHERE false"]  # where no row was accepted
    for paths in filter(None, _with_values(folder)):
        sql = f"SELECT * FROM {parquet_sql(paths)}"
        there = {row[0] for row in con.execute(f"DESCRIBE {sql}").fetchall()}
        chosen = ", ".join(
            f'CAST({f"{chr(34)}{name}{chr(34)}" if name in there else "NULL"} AS {kind}) AS "{name}"'
            for name, kind in types.items()
        )
        values.append(f"SELECT row_hash, {chosen} FROM {parquet_sql(paths)}")
    con.execute(f"""CREATE OR REPLACE TABLE said_again AS
        SELECT {", ".join(f'v."{name}"' for name in types)}, op, recorded, {part}, line, group_key, own_hash
        FROM {kept} s JOIN (
            SELECT DISTINCT ON (row_hash) * FROM ({" UNION ALL ".join(values)})
            WHERE row_hash IN (SELECT own_hash FROM {kept})
        ) v ON v.row_hash = s.own_hash""")
    con.execute("CREATE OR REPLACE VIEW said AS FROM said_again")


def _with_values(folder: Path) -> tuple[list[Path], list[Path]]:
    """Files that hold values under a hash: records of rows, and those kept beside statements."""
    rows = folder.parent.parent / "_rows" / folder.name
    return sorted(rows.glob("[0-9]*.parquet")), sorted((folder / "rows").glob("[0-9]*.parquet"))
