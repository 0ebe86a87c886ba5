"""The lines in quarantine: what is wrong with each, what was repaired, and what is still open."""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from doudi.graph.errors import UnknownName
from doudi.loaders.fates import fates
from doudi.loaders.quarantine import SCHEMA
from doudi.loaders.tombstones import FORGOTTEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from pathlib import Path

    from doudi.loaders.fates import Fate, Place
    from doudi.loaders.identity import Keys

SIGNS = 16
"""Letters of a line's mark."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a line."""

    field: str
    reason: str
    effect: str


@dataclass(frozen=True)
class Line:
    """A line in quarantine.

    Attributes:
        told: Digest of what the delivery's accepted rows say; empty in old tables.
        headers: The file's; None in old tables.
        cells: As they came.
        mark: Names the line and its cells, under the home's key.
    """

    batch: str
    source: str
    file: str
    line: int
    told: str
    as_known: date | None
    headers: tuple[str, ...] | None
    settled: dict[str, Any]
    cells: tuple[str, ...]
    problems: tuple[Problem, ...]
    mark: str

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.batch, self.source, self.file, self.line, self.told

    @property
    def is_forgotten(self) -> bool:
        """Whether it was deleted for good: nothing of it is there to be repaired."""
        return any(problem.reason in FORGOTTEN for problem in self.problems)

    @property
    def is_refused(self) -> bool:
        """Whether nothing of it was loaded."""
        return any(problem.effect == "row refused" for problem in self.problems)


@dataclass(frozen=True)
class Group:
    """Lines of a file with one reason, as they are listed.

    Attributes:
        rows: Lines.
        repaired: Of these, lines that were sent again and loaded.
        overtaken: Of these, lines of which newer deliveries spoke when they were sent again.
    """

    batch: str
    source: str
    file: str
    reason: str
    effect: str
    rows: int
    repaired: int
    overtaken: int

    @property
    def open(self) -> int:
        """Lines that wait for a repair."""
        if self.reason in FORGOTTEN:
            return 0
        return self.rows - self.repaired - self.overtaken


def groups(home: Path, batch: str = "", source: str = "") -> list[Group]:
    """What is in quarantine, by batch, source, file and reason.

    Raises:
        UnknownName: if the quarantine has no such batch or source.
    """
    paths = tables(home, batch, source)
    if not paths:
        return []
    columns = [name for name in SCHEMA.names if name not in ("row", "headers")]
    with duckdb.connect() as con:
        con.register("amiss", _read(paths, columns))
        con.register("fates", _as_table(fates(home).values()))
        found = con.execute("""
            SELECT batch, source, file, reason, effect, count(DISTINCT line),
                   count(DISTINCT line) FILTER (f.fate <> 'overtaken' AND NOT list_contains(f.still, field)),
                   count(DISTINCT line) FILTER (f.fate = 'overtaken')
            FROM (SELECT * REPLACE (coalesce(told, '') AS told) FROM amiss) a
            LEFT JOIN fates f USING (batch, source, file, line, told)
            GROUP BY ALL ORDER BY ALL""").fetchall()
    return [Group(*row) for row in found]


def _as_table(known: Iterable[Fate]) -> pa.Table:
    rows = [dict(zip(FATES.names, (*f.place, f.fate, f.still), strict=True)) for f in known]
    return pa.Table.from_pylist(rows, FATES)


FATES = pa.schema(
    [
        ("batch", pa.string()), ("source", pa.string()), ("file", pa.string()),
        ("line", pa.int64()), ("told", pa.string()), ("fate", pa.string()),
        ("still", pa.list_(pa.string())),
    ]
)  # fmt: skip


def lines(
    home: Path, keys: Keys, batch: str = "", source: str = "", *, every: bool = False
) -> list[Line]:
    """Lines in quarantine with their cells, those that wait for a repair unless ``every`` is asked for.

    Raises:
        UnknownName: if the quarantine has no such batch or source.
    """
    paths = tables(home, batch, source)
    known = {} if every else fates(home)
    found = (line for path in paths for line in _lines(path, keys))
    return [line for line in found if every or not (_is_done(line, known) or line.is_forgotten)]


def _is_done(line: Line, known: dict[Place, Fate]) -> bool:
    fate = known.get(line.place)
    return fate is not None and not {p.field for p in line.problems} & set(fate.still)


def tables(home: Path, batch: str = "", source: str = "") -> list[Path]:
    """Files of the quarantine of a batch and source, of all where none is named.

    Raises:
        UnknownName: if there is no such batch or source.
    """
    paths = sorted((home / "quarantine").glob("*/*.parquet"))
    for given, kind, known in (
        (batch, ("隔离表中的批次", "batch in quarantine"), {p.parent.name for p in paths}),
        (source, ("隔离表中的数据源", "source in quarantine"), {p.stem for p in paths}),
    ):
        if given and given not in known:
            look = ("用 doudi quarantine list 查看", "doudi quarantine list shows them")
            raise UnknownName.among(kind, given, known, next_step=look)
    return [p for p in paths if batch in ("", p.parent.name) and source in ("", p.stem)]


def _read(paths: Iterable[Path], columns: Sequence[str]) -> pa.Table:
    return pa.concat_tables(pq.read_table(p, schema=SCHEMA, columns=list(columns)) for p in paths)


def _lines(path: Path, keys: Keys) -> list[Line]:
    """The lines of a table, each once, in the order of its files."""
    open_row, key = keys.vault.decrypt, keys.pid
    found: dict[tuple[str, int, str], list[dict[str, Any]]] = {}
    for entry in pq.read_table(
        path, schema=SCHEMA
    ).to_pylist():  # decrypting is no function of the engine
        entry["row"] = open_row(entry["row"].encode()).decode()
        found.setdefault((entry["file"], entry["line"], entry["row"]), []).append(entry)
    return [_line(found[place], key) for place in sorted(found)]


def _line(entries: list[dict[str, Any]], key: bytes) -> Line:
    first = entries[0]
    names = ("batch", "source", "file", "line", "row")
    text = json.dumps([first[name] for name in names], ensure_ascii=False)
    headers = first["headers"]
    return Line(
        batch=first["batch"],
        source=first["source"],
        file=first["file"],
        line=first["line"],
        told=first["told"] or "",
        as_known=first["as_known"],
        headers=tuple(json.loads(headers)) if headers is not None else None,
        settled=json.loads(first["settled"] or "{}"),
        cells=tuple(cell or "" for cell in json.loads(first["row"])),
        problems=tuple(Problem(e["field"], e["reason"], e["effect"]) for e in entries),
        mark=hmac.new(key, f"quarantine:{text}".encode(), "sha256").hexdigest()[:SIGNS],
    )
