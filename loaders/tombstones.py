"""Who and what was forgotten, so that no delivery brings it back: ``vault/forgotten``.

A person stands there as the hash of a pseudonym, a source with the day before which its rows went.
Nothing of this says who it was; that one who comes again is the same can be told, and no more.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from doudi.graph.drafts import write_table
from doudi.loaders.modes import main_day
from doudi.loaders.source import NUMBERS
from doudi.loaders.values import day_sql

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    import duckdb

    from doudi.loaders.clean import Feed

PERSON = "person.forgotten"
ROWS = "retention.over"
FORGOTTEN = (PERSON, ROWS)
"""Reasons for which a row is refused and not kept, as it came or otherwise."""

SCHEMA = pa.schema(
    [
        ("mark", pa.string()),
        ("source", pa.string()),
        ("before", pa.date32()),
        ("by", pa.string()),
        ("reason", pa.string()),
        ("at", pa.timestamp("us", tz="UTC")),
        ("counts", pa.string()),
    ]
)
"""One row a step: the first, without ``counts``, before anything is taken away, the last when all is."""

_SALT = "forgotten|"
_SIGNS = 32


@dataclass(frozen=True)
class Tombstone:
    """What was forgotten, by whom and why.

    Attributes:
        mark: Of a person; empty where it is a source's rows.
        source: Slug; empty where it is a person.
        before: Rows of days before it went.
        counts: What went, by place; None while the work is not done.
    """

    by: str
    reason: str
    at: datetime
    mark: str = ""
    source: str = ""
    before: date | None = None
    counts: dict[str, int] | None = field(default=None, compare=False)

    @property
    def subject(self) -> tuple[str, str, date | None]:
        """What it is about."""
        return self.mark, self.source, self.before


def mark_of(pid: str) -> str:
    """The mark of a person.

    >>> mark_of("A") == mark_of("A") != mark_of("B")
    True
    """
    return sha256(f"{_SALT}{pid}".encode()).hexdigest()[:_SIGNS]


def tombstones(home: Path) -> list[Tombstone]:
    """Every step that was noted, the oldest first."""
    return [_read(path) for path in _files(home / "vault")]


def unfinished(home: Path) -> list[Tombstone]:
    """What was begun and not ended: a command that was killed."""
    found = tombstones(home)
    done = {stone.subject for stone in found if stone.counts is not None}
    return [stone for stone in found if stone.counts is None and stone.subject not in done]


def note(home: Path, stone: Tombstone) -> None:
    """Keep one more step."""
    folder = home / "vault" / "forgotten"
    number = 1 + max((int(path.stem) for path in _files(home / "vault")), default=0)
    counts = None if stone.counts is None else json.dumps(stone.counts)
    row = {"mark": stone.mark, "source": stone.source, "before": stone.before, "by": stone.by,
           "reason": stone.reason, "at": stone.at, "counts": counts}  # fmt: skip  # one row
    write_table(folder / f"{number:06d}.parquet", pa.Table.from_pylist([row], schema=SCHEMA))


def open_tombstones(con: duckdb.DuckDBPyConnection, vault: Path) -> None:
    """Make ``forgotten`` (mark, source, before): what no delivery may bring back; and ``name_told``."""
    tables = [pq.read_table(path, schema=SCHEMA) for path in _files(vault)]
    con.register("_stones", pa.concat_tables([SCHEMA.empty_table(), *tables]))
    con.execute(
        "CREATE OR REPLACE TABLE forgotten AS SELECT DISTINCT mark, source, before FROM _stones"
    )
    con.unregister("_stones")
    con.execute("CREATE OR REPLACE TABLE name_told (token VARCHAR)")


def note_names(con: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """Where somebody was forgotten, remember which names accepted rows tell: no other is kept."""
    if con.execute("SELECT 1 FROM forgotten LIMIT 1").fetchall():
        for column in feed.columns:  # a few columns
            if column.personal == "name":
                con.execute(f"""INSERT INTO name_told SELECT DISTINCT "{column.name}" FROM judged
                    WHERE _fate = 'kept' AND "{column.name}" IS NOT NULL""")


def without_forgotten(
    con: duckdb.DuckDBPyConnection, feed: Feed, table: str, there: set[str]
) -> str:
    """The rows of a piece without the numbers and names of the forgotten, reasons beside them.

    Args:
        con: The engine, with ``forgotten`` and the table.
        feed: The declaration and the files' columns.
        table: Name of the typed rows.
        there: Their columns; those that come to it are added.

    Returns:
        Name of the table with the rows; the same where nothing was ever forgotten.
    """
    people, before = con.execute(
        "SELECT count(*) FILTER (mark <> ''), max(before) FILTER (source = ?) FROM forgotten",
        [feed.source.slug],
    ).fetchall()[0]
    changed = _of_people(feed, there) if people else {}
    main = feed.source.main_date
    if before is not None and main in there:
        old = f"coalesce({main_day(feed.source)} < {day_sql(before)}, false)"
        changed |= {main: f'CASE WHEN NOT {old} THEN "{main}" END',
                    f"{main}__why": _why(main, old, ROWS, there)}  # fmt: skip  # two columns
    if not changed:
        return table
    own = ", ".join(f'{sql} AS "{name}"' for name, sql in changed.items() if name in there)
    new = "".join(f', {sql} AS "{name}"' for name, sql in changed.items() if name not in there)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE unforgotten AS SELECT * REPLACE ({own}){new} FROM {table}"
    )
    there |= set(changed)
    return "unforgotten"


def spared(con: duckdb.DuckDBPyConnection, listed: pa.Table) -> pa.Table:
    """People of lists (``pid, why, grade``, one a row) without the forgotten, who have a reason."""
    if not con.execute("SELECT 1 FROM forgotten WHERE mark <> '' LIMIT 1").fetchall():
        return listed
    con.register("_listed", listed)
    gone = is_forgotten("pid")
    table = con.execute(f"""SELECT * REPLACE (
        CASE WHEN NOT {gone} THEN pid END AS pid, CASE WHEN NOT {gone} THEN grade END AS grade,
        CASE WHEN {gone} THEN '{PERSON}' ELSE why END AS why) FROM _listed""").to_arrow_table()
    con.unregister("_listed")
    return table


def is_forgotten(pid: str) -> str:
    """SQL: whether a pseudonym is of somebody who was forgotten."""
    mark = f"substr(sha256('{_SALT}' || {pid}), 1, {_SIGNS})"
    return f"coalesce({mark} IN (SELECT mark FROM forgotten), false)"


def _of_people(feed: Feed, there: set[str]) -> dict[str, str]:
    changed: dict[str, str] = {}
    gone_from: dict[str, list[str]] = {}
    numbers = [c.name for c in feed.columns if c.type in NUMBERS and c.name in there]
    for name in numbers:
        gone = is_forgotten(f'"{name}"')
        beside = [name, *(f"{name}__{extra}" for extra in ("grade", "birth", "sex", "kind", "fix")),
                  feed.source.companion(name, "name"), feed.source.companion(name, "birth_date")]  # fmt: skip  # one list
        for one in {*beside} & there:
            gone_from.setdefault(one, []).append(gone)
        changed[f"{name}__why"] = _why(name, gone, PERSON, there)
    for one, any_gone in gone_from.items():  # a name may stand beside two numbers
        changed[one] = f'CASE WHEN NOT ({" OR ".join(any_gone)}) THEN "{one}" END'
    return changed


def _why(name: str, gone: str, reason: str, there: set[str]) -> str:
    before = f'"{name}__why"' if f"{name}__why" in there else "CAST(NULL AS VARCHAR)"
    return f"CASE WHEN {gone} THEN '{reason}' ELSE {before} END"


def _files(vault: Path) -> list[Path]:
    return sorted((vault / "forgotten").glob("[0-9]*.parquet"))


def _read(path: Path) -> Tombstone:
    row = pq.read_table(path, schema=SCHEMA).to_pylist()[0]
    counts = json.loads(row.pop("counts") or "null")
    return Tombstone(**row, counts=counts)
