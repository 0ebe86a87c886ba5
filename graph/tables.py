"""The fact tables: Parquet files per label and relation, append-only, bitemporal.

A *fact* has a stable ``fact_id`` and any number of *records*. The newest record at a day of
knowledge, by ``(known_from, seq)``, says what was believed then; a record with ``retracted`` says
that nothing was. No file is ever rewritten, so every earlier belief can be asked for again. Where a
late delivery changes what was believed when, the whole history of a fact is told anew, and a file of
``_retold/`` says from which ``seq`` on its records count.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Self, cast

import pyarrow as pa
import pyarrow.parquet as pq

from doudi.graph.drafts import draft
from doudi.graph.errors import HomeError, SchemaError, UnknownName
from doudi.graph.fact_checks import checked
from doudi.graph.platforms import sync_folder
from doudi.graph.schema import fact_columns, schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from pathlib import Path

    import duckdb
    import ibis
    from ibis.backends.duckdb import Backend

    from doudi.graph.drafts import Draft

_SEQ = re.compile(r"^(\d+)-")
_SOURCE = re.compile(r"^[a-z][a-z0-9_]*$")


def properties_of(*name: str) -> pa.Schema:
    """The Arrow schema of the fact table of a label, or of a (type, start, end) triple.

    Raises:
        UnknownName: if the label, type or pair is not declared.
    """
    if len(name) == 1:
        return fact_columns(schema().node(name[0]).properties, link=False)
    kind, start, end = name
    relation = schema().relation(kind)
    if (start, end) not in relation.pairs:
        known = [f"{kind}.{a}.{b}" for a, b in relation.pairs]
        raise UnknownName.among(("关系", "relation"), f"{kind}.{start}.{end}", known)
    return fact_columns(relation.properties, link=True)


class FactStore:
    """The fact tables of a home folder.

    Args:
        home_tables: The folder ``tables`` of the home; made when it is missing.
    """

    def __init__(self, home_tables: Path) -> None:
        """Keep the folder; nothing is read yet."""
        self.root = home_tables

    def append_nodes(self, label: str, table: pa.Table, *, seq: int, source: str) -> Path | None:
        """Write records of nodes as one new file, whole or not at all.

        Args:
            label: A declared label.
            table: Records with the columns of ``fact_columns``; a property column that is missing
                is unknown throughout.
            seq: Running number of the load, from ``next_seq``.
            source: Slug of the data type.

        Returns:
            The new file, or None when the table has no rows.

        Raises:
            SchemaError: if columns, types, grades or required values are wrong.
        """
        return self._append(("nodes", label), (label,), table, seq=seq, source=source)

    def append_links(
        self, kind: str, start: str, end: str, table: pa.Table, *, seq: int, source: str
    ) -> Path | None:
        """Write records of relations as one new file; otherwise as ``append_nodes``."""
        folder = ("links", f"{kind}.{start}.{end}")
        return self._append(folder, (kind, start, end), table, seq=seq, source=source)

    def drafted(
        self, name: tuple[str, ...], tables: Iterable[pa.Table], *, seq: int, source: str
    ) -> Draft | None:
        """Records of a label or a (type, start, end) triple as a new file that is not yet seen.

        Args:
            name: The label, or type and labels.
            tables: Records as for ``append_nodes``, table by table; none is kept in memory.
            seq: Running number of the load, from ``next_seq``.
            source: Slug of the data type.

        Returns:
            The draft; None when there are no rows.

        Raises:
            HomeError: if it cannot be written.
            SchemaError: if columns, types, grades or required values are wrong.
        """
        folder = self.root / ("nodes" if len(name) == 1 else "links") / ".".join(name)
        where = (f"{'.'.join(name)}（{source}）", f"{'.'.join(name)} of {source}")
        columns = properties_of(*name)
        found = (checked(table, columns, where=where) for table in tables if table.num_rows)
        return draft(_free(folder, f"{seq:06d}-{source}"), found)

    def next_seq(self) -> int:
        """The number for the next load: one more than any file of the tables carries."""
        return 1 + max((_seq_of(path) for path in self.root.rglob("*.parquet")), default=0)

    def files(self, *name: str) -> list[Path]:
        """The files of a label, or of a (type, start, end) triple, in the order of loading."""
        folder = self.root / ("nodes" if len(name) == 1 else "links") / ".".join(name)
        return sorted(folder.glob("[0-9]*.parquet"), key=lambda path: (_seq_of(path), path.name))

    def retold(
        self, name: tuple[str, ...], facts: pa.Table, *, seq: int, source: str
    ) -> Draft | None:
        """Say that of these facts only the records from ``seq`` on count; those were written before.

        Args:
            name: The label, or the type and labels.
            facts: A column ``fact_id``.
            seq: First running number of the new telling.
            source: Slug of the data type.

        Returns:
            The draft of a file, or None when there are no facts.

        Raises:
            HomeError: if it cannot be written.
        """
        if not facts.num_rows:
            return None
        column = pa.array([seq] * facts.num_rows, pa.int64())
        target = self.root / "_retold" / ".".join(name)
        return draft(_free(target, f"{seq:06d}-{source}"), [facts.append_column("seq", column)])

    def records(self, *name: str) -> str:
        """SQL of the records of a label or triple that count, in the declared columns."""
        told = read_typed(self.files(*name), properties_of(*name))
        retold = sorted((self.root / "_retold" / ".".join(name)).glob("[0-9]*.parquet"))
        if not retold:
            return told
        quoted = ", ".join("'" + str(path).replace("'", "''") + "'" for path in retold)
        return f"""SELECT t.* FROM ({told}) t LEFT JOIN (
            SELECT fact_id, max(seq) AS since FROM read_parquet([{quoted}]) GROUP BY ALL
        ) r ON r.fact_id = t.fact_id WHERE r.since IS NULL OR t.seq >= r.since"""

    def connect(self, as_known: date | None = None) -> FactView:
        """What was known at the end of a day; without a day, all that is known now."""
        return FactView(self, as_known)

    def latest_known(self) -> date | None:
        """The newest day of knowledge of any record; None while nothing is loaded."""
        with self.connect() as view:
            return view.latest_known()

    def _append(
        self,
        folder: tuple[str, str],
        name: tuple[str, ...],
        table: pa.Table,
        *,
        seq: int,
        source: str,
    ) -> Path | None:
        if not _SOURCE.match(source):
            raise SchemaError(
                (f"数据源 {source!r}", f"source {source!r}"),
                where=".".join(name),
                expected=(
                    "小写英文代号，如 hukou_change",
                    "a slug such as hukou_change",
                ),
            )
        label = ".".join(name)
        where = (f"{label}（{source}）", f"{label} of {source}")
        records = checked(table, properties_of(*name), where=where)
        if records.num_rows == 0:
            return None
        target = self.root.joinpath(*folder)
        try:
            target.mkdir(parents=True, exist_ok=True)
            return _write_new(records, target, f"{seq:06d}-{source}")
        except OSError as error:
            raise HomeError(
                (
                    f"无法写入事实表（{error.strerror}）",
                    f"cannot write fact tables ({error.strerror})",
                ),
                where=str(target),
                next_step=(
                    "检查磁盘空间和主目录的所有者",
                    "check the disk space and the owner of the home folder",
                ),
            ) from error


class FactView:
    """The fact tables as they were known at a day, in one in-process DuckDB.

    Every table is also a view of the DuckDB connection: ``known_<Label>`` and
    ``known_<TYPE>_<Start>_<End>`` once it was asked for here.
    """

    def __init__(self, store: FactStore, as_known: date | None) -> None:
        """Open an in-memory engine; tables are read when they are asked for."""
        import ibis

        self.store = store
        self.as_known = as_known
        self.backend: Backend = ibis.duckdb.connect(temp_directory=str(store.root / "_spill"))
        self._views: set[str] = set()

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """The DuckDB connection itself."""
        return cast("duckdb.DuckDBPyConnection", self.backend.con)

    def node(self, label: str) -> ibis.Table:
        """The facts of a label, one row a fact; several facts may speak of one ``id``."""
        return self.backend.table(self.known(label).strip('"'))

    def link(self, kind: str, start: str, end: str) -> ibis.Table:
        """The facts of a relation, one row a fact."""
        return self.backend.table(self.known(kind, start, end).strip('"'))

    def history(self, *name: str) -> ibis.Table:
        """All records of a label or of a (type, start, end) triple, with ``known_to``.

        ``known_to`` is the day on which the next record of the same fact took over (null for the
        newest); a record replaced on the day it came has ``known_to = known_from``. The records
        with ``retracted`` are kept: they say from when on nothing was believed.
        """
        import ibis

        raw = self.backend.table(self._raw(*name).strip('"'))
        order = ibis.window(group_by="fact_id", order_by=["known_from", "seq", "row", "digest"])
        return raw.mutate(known_to=raw["known_from"].lead().over(order))

    def latest_known(self) -> date | None:
        """The newest day of knowledge of any record in this view; None when there is none."""
        paths = [str(path) for path in self._all_files()]
        if not paths:
            return None
        query = "SELECT max(known_from) FROM read_parquet(?, union_by_name = true)"
        if self.as_known is not None:
            query += f" WHERE known_from <= DATE '{self.as_known.isoformat()}'"
        row = self.con.execute(query, [paths]).fetchone()
        return row[0] if row else None

    def close(self) -> None:
        """Give the engine's memory back; the view cannot be used afterwards."""
        self.backend.disconnect()

    def __enter__(self) -> Self:
        """The view itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the engine."""
        self.close()

    def _all_files(self) -> Iterator[Path]:
        for label in schema().nodes:
            yield from self.store.files(label)
        for triple in schema().triples():
            yield from self.store.files(*triple)

    def known(self, *name: str) -> str:
        """The quoted name of the DuckDB view behind ``node`` or ``link``."""
        view = f'"known_{"_".join(name)}"'
        if view not in self._views:
            day = self.as_known.isoformat() if self.as_known else "9999-12-31"
            self.con.execute(
                f"""CREATE VIEW {view} AS
                SELECT * FROM {self._raw(*name)} WHERE known_from <= DATE '{day}'
                QUALIFY row_number() OVER ({_NEWEST}) = 1 AND NOT retracted"""
            )
            self._views.add(view)
        return view

    def _raw(self, *name: str) -> str:
        view = f'"raw_{"_".join(name)}"'
        if view not in self._views:
            query = self.store.records(*name)
            self.con.execute(f"CREATE VIEW {view} AS {query}")
            self._views.add(view)
        return view


_NEWEST = "PARTITION BY fact_id ORDER BY known_from DESC, seq DESC, row DESC, digest DESC"


def sql_type(kind: pa.DataType) -> str:
    """The DuckDB type of an Arrow type of the schema."""
    names = {
        pa.string(): "VARCHAR",
        pa.int64(): "BIGINT",
        pa.float64(): "DOUBLE",
        pa.bool_(): "BOOLEAN",
        pa.date32(): "DATE",
        pa.list_(pa.string()): "VARCHAR[]",
    }
    return names[kind]


def read_typed(paths: list[Path], columns: pa.Schema) -> str:
    """SQL that reads Parquet files as exactly these columns.

    A column that older files lack is null; without files the answer is an empty, typed table.
    """
    if not paths:
        empty = ", ".join(f'NULL::{sql_type(c.type)} AS "{c.name}"' for c in columns)
        return f"SELECT {empty} WHERE false"
    present = {name for path in paths for name in pq.read_schema(path).names}
    chosen = ", ".join(
        f'"{c.name}"::{sql_type(c.type)} AS "{c.name}"'
        if c.name in present
        else f'NULL::{sql_type(c.type)} AS "{c.name}"'
        for c in columns
    )
    quoted = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
    return f"SELECT {chosen} FROM read_parquet([{quoted}], union_by_name = true)"


def _seq_of(path: Path) -> int:
    match = _SEQ.match(path.name)
    return int(match[1]) if match else 0


def _free(folder: Path, stem: str) -> Path:
    """A name that no file of the folder has."""
    path, part = folder / f"{stem}.parquet", 1
    while path.exists():
        part += 1
        path = folder / f"{stem}.{part}.parquet"
    return path


def _write_new(table: pa.Table, folder: Path, stem: str) -> Path:
    path = _free(folder, stem)
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with draft.open("wb") as handle:
            pq.write_table(table, handle, compression="zstd")
            handle.flush()
            os.fsync(handle.fileno())
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(folder)
    return path
