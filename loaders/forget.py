"""Lawful deletion: a person, or the rows of a source that are older than they may be kept.

It is the one thing that takes something out of the tables. Facts go before the rows they came from,
and the sealed number last, because each says what else must go: who is killed on the way does it
again and ends the same. What is built from the tables (``graph/``) is for the caller to throw away;
runs and the ledger stay, with pseudonyms that nothing here resolves any more.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from doudi.graph.same_as import LINKED, SAME_AS
from doudi.graph.tables import FactStore
from doudi.loaders import forget_files as files
from doudi.loaders.forget_rows import START, find_old, find_person
from doudi.loaders.identity import Keys
from doudi.loaders.macros import engine
from doudi.loaders.source import sources
from doudi.loaders.tombstones import Tombstone, mark_of, note
from doudi.loaders.values import literal
from doudi.loaders.vault import numbers_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    import duckdb

    from doudi.loaders.source import Source

NOBODY = "⁂ nobody ⁂"
"""What no text has; a pattern that cannot match is not left alone by the engine (`a^` met an `a`)."""


@dataclass(frozen=True)
class Wish:
    """What is to be forgotten, and on whose word.

    Attributes:
        stone: What will be kept of it; its subject is a person's mark, or a source and a day.
        pid: Pseudonym of the person; empty for rows of a source.
    """

    stone: Tombstone
    pid: str = ""

    @classmethod
    def of_person(cls, pid: str, *, by: str, reason: str, at: datetime) -> Wish:
        """A person."""
        return cls(Tombstone(by, reason, at, mark=mark_of(pid)), pid)


def forget(
    wish: Wish, home: Path, *, is_dry: bool = False, say: Callable[[str], None] = lambda _: None
) -> dict[str, int]:
    """Take what is wished out of the tables, the vault and the quarantine of a home.

    Args:
        wish: What, by whom and why.
        home: The home folder; nobody else may read or write it meanwhile.
        is_dry: Whether it is only counted.
        say: Told each place in which something goes.

    Returns:
        Rows that went or lost a cell, by folder.

    Raises:
        HomeError: if a file cannot be written, or the vault does not open.
    """
    con = engine(home / "tables" / "_spill")
    try:
        work = _Work(files.Pen(con, is_dry), home, sources(home / "sources"), say)
        if not is_dry:
            note(home, wish.stone)
        work.find(wish)
        work.take_away()
        if not is_dry:
            note(home, replace(wish.stone, counts=dict(work.counts)))
        return dict(work.counts)
    finally:
        con.close()


@dataclass
class _Work:
    """One deletion, on one engine."""

    pen: files.Pen
    home: Path
    declared: Mapping[str, Source]
    say: Callable[[str], None]
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """The engine."""
        return self.pen.con

    @property
    def tables(self) -> Path:
        """The fact tables."""
        return self.home / "tables"

    def find(self, wish: Wish) -> None:
        """Note everything that is to go."""
        ids = [wish.pid, *self._linked(wish.pid)] if wish.pid else []
        self.con.execute(START)
        self.con.execute("CREATE TABLE forgotten_id AS SELECT unnest(?::VARCHAR[]) AS id", [ids])
        self.con.execute(
            f"SET VARIABLE forgotten = {literal('|'.join(map(re.escape, ids)) or NOBODY)}"
        )
        for source, folder in self._sources():
            if wish.pid:
                find_person(self.con, source, folder)
            elif source.slug == wish.stone.source and wish.stone.before:
                find_old(self.con, source, folder, wish.stone.before)

    def take_away(self) -> None:
        """Write every file again without it."""
        for folder in sorted((*self.tables.glob("nodes/*"), *self.tables.glob("links/*"))):
            paths = sorted(folder.glob("[0-9]*.parquet"))
            if paths:
                files.note_shared(self.pen, paths)
                self._each(paths, files.rewrite_facts)
        self._each(self._files("_retold", "*"), files.rewrite_retold)
        self._each(self._files("_identity"), files.rewrite_decisions)
        keys = Keys(self.home / "keys")
        ids = [row[0] for row in self.con.execute("SELECT id FROM forgotten_id").fetchall()]
        numbers = numbers_of(self.home, keys, ids)
        for path in sorted((self.home / "quarantine").glob("*/*.parquet")) if numbers else ():
            self._count(path, files.rewrite_refused(self.pen, path, keys, numbers))
        for source, folder in self._sources():
            self._rows(source, folder)
        if not ids:
            self._strangers()
        self._names(keys)
        for path in sorted((self.home / "vault").glob("[0-9]*.parquet")):
            self._count(path, files.rewrite_vault(self.pen, path))

    def _linked(self, pid: str) -> list[str]:
        """People who are only named and were taken for the person."""
        with FactStore(self.tables).connect() as view:
            same = view.link(*SAME_AS)
            mine = same.filter((same["end_id"] == pid) & (same["grade"] == LINKED))
            found: list[str] = mine.to_pyarrow()["start_id"].to_pylist()
        return found

    def _sources(self) -> Iterator[tuple[Source, Path]]:
        """Sources of which rows are kept."""
        for folder in sorted((self.tables / "_rows").glob("*")):
            if folder.name in self.declared:
                yield self.declared[folder.name], folder

    def _rows(self, source: Source, folder: Path) -> None:
        """What is kept of a source's rows: statements and their values first, records last."""
        said = ("_said", source.slug)
        pen = self.pen
        for path in self._files(*said):
            self._count(path, files.rewrite_said(pen, source, path))
        for path in self._files(*said, "rows"):
            self._count(path, files.rewrite_values(pen, source, path))
        self._each(self._files("_rows", source.slug, "retold"), files.rewrite_retold)
        for path in sorted(folder.glob("[0-9]*.parquet")):
            self._count(path, files.rewrite_rows(pen, source, path))

    def _strangers(self) -> None:
        """People of whom no row is left: what their numbers alone say goes, and those with it."""
        self.con.execute("CREATE TABLE there (id VARCHAR)")
        for source, _ in self._sources():
            for path in self._files("_rows", source.slug) + self._files(
                "_said", source.slug, "rows"
            ):
                for sql in files.people_in(source, path):
                    self.con.execute(f"INSERT INTO there {sql}")
        for path in sorted((self.home / "vault").glob("[0-9]*.parquet")):
            self.con.execute(f"""INSERT INTO forgotten_id SELECT pid FROM read_parquet(
                {literal(str(path))}) WHERE pid NOT IN (SELECT id FROM there WHERE id IS NOT NULL)""")
        self._each(self._files("nodes", "Person"), files.rewrite_strangers)

    def _names(self, keys: Keys) -> None:
        """Names under which nobody is known any more."""
        told = pa.array(sorted(self._told()), pa.string())
        for path in sorted((self.home / "vault" / "names").glob("[0-9]*.sealed")):
            self._count(path, files.rewrite_names(self.pen, path, keys, told))

    def _told(self) -> set[str]:
        """Every name that a fact or a kept row tells, as its token."""
        found: set[str] = set()
        for path in sorted(self.tables.rglob("[0-9]*.parquet")):
            names = [n for n in pq.read_schema(path).names if self._is_name(path, n)]
            for name in names:
                sql = f'SELECT DISTINCT "{name}" FROM read_parquet({literal(str(path))})'
                found |= {row[0] for row in self.con.execute(sql).fetchall() if row[0]}
        return found

    def _is_name(self, path: Path, name: str) -> bool:
        """Whether a column of a file holds names: by its property, or by its source's declaration."""
        if name.endswith(("name_token", "__named")):
            return True
        source = self.declared.get(path.parent.name) or self.declared.get(path.parent.parent.name)
        column = source.columns.get(name) if source else None
        return column is not None and column.personal == "name"

    def _files(self, *parts: str) -> list[Path]:
        return sorted(self.tables.glob("/".join((*parts, "[0-9]*.parquet"))))

    def _each(self, paths: list[Path], change: Callable[[files.Pen, Path], int]) -> None:
        for path in paths:
            self._count(path, change(self.pen, path))

    def _count(self, path: Path, rows: int) -> None:
        if rows:
            place = path.parent.relative_to(self.home).as_posix()
            self.say(place)
            self.counts[place] += rows
