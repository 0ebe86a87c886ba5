"""What a home still holds of somebody: the proof that nothing is left, or the places where it is."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from doudi.loaders import forget_files as files
from doudi.loaders.identity import Keys
from doudi.loaders.macros import engine
from doudi.loaders.values import literal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb

KEPT = ("runs", "ledger.sqlite", "ledger.sqlite-wal")
"""What stays by law: what was found and decided, under a pseudonym."""

LOOKED = ("tables", "vault", "quarantine", "graph", "runs")
TABLE = ".parquet"
_PIECE = 1 << 24


def traces(home: Path, pid: str, number: str = "") -> Counter[str]:
    """Where somebody is found, by folder: rows of tables, and other files.

    Args:
        home: The home folder.
        pid: The pseudonym.
        number: The 18-digit number, where whoever asks has it: refused rows are opened then.

    Raises:
        HomeError: if the vault does not open.
    """
    found: Counter[str] = Counter()
    con = engine(home / "tables" / "_spill")
    try:
        con.execute(f"SET VARIABLE forgotten = {literal(re.escape(pid))}")
        con.execute("CREATE TABLE forgotten_id AS SELECT ? AS id", [pid])
        for path in _all(home):
            inside = path.parent.relative_to(home).as_posix()
            place = path.name if inside == "." else inside
            found[place] += _rows(con, path) if path.suffix == TABLE else _bytes(path, pid, number)
        if number:
            pen, keys = files.Pen(con, is_dry=True), Keys(home / "keys")
            for path in sorted((home / "quarantine").glob("*/*.parquet")):
                place = path.parent.relative_to(home).as_posix()
                found[place] += files.rewrite_refused(pen, path, keys, [number])
    finally:
        con.close()
    return +found


def is_kept(place: str) -> bool:
    """Whether what is found in a folder stays by law."""
    return place.split("/", 1)[0] in KEPT


def _all(home: Path) -> Iterator[Path]:
    for part in LOOKED:
        yield from (path for path in sorted((home / part).rglob("*")) if path.is_file())
    yield from (path for path in sorted(home.iterdir()) if path.is_file())


def _rows(con: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Rows of a table that name the person in any text."""
    hits = []
    for field in pq.read_schema(path):
        if pa.types.is_string(field.type):
            hits.append(f"coalesce({files.speaks(field.name)}, false)")
        elif pa.types.is_list(field.type) and pa.types.is_string(field.type.value_type):
            hits.append(
                f'coalesce(list_contains("{field.name}", (SELECT id FROM forgotten_id)), false)'
            )
    if not hits:
        return 0
    sql = f"SELECT count(*) FROM read_parquet({literal(str(path))}) WHERE {' OR '.join(hits)}"
    count: int = con.execute(sql).fetchall()[0][0]
    return count


def _bytes(path: Path, *words: str) -> int:
    """Whether a file of another kind holds one of some words as it stands."""
    wanted, before = [word.encode() for word in words if word], b""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            if any(word in before + piece for word in wanted):
                return 1
            before = piece[-64:]
    return 0
