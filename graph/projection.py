"""One state of knowledge as the tables of a graph: ``project`` writes them, ``Projection`` reads.

The folder holds ``nodes/<Label>.parquet`` and ``links/<TYPE>.<Start>.<End>.parquet`` for all that
is not empty. The same fact tables give the same bytes.
"""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Self, cast

from doudi.graph.areas import succeed
from doudi.graph.derive import derive
from doudi.graph.errors import HomeError
from doudi.graph.same_as import join_same
from doudi.graph.schema import schema
from doudi.graph.spells import SOURCE_ROW, spell_query
from doudi.graph.tables import FactStore, FactView, read_typed
from doudi.graph.workbench import MACROS, Workbench, columns_of, property_names, table_name

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import duckdb
    import ibis
    from ibis.backends.duckdb import Backend


@dataclass(frozen=True)
class ProjectionReceipt:
    """What a projection holds and what it took.

    Attributes:
        as_known: The day of knowledge; None while nothing is loaded.
        nodes: Nodes per label, labels without nodes left out.
        links: Relations per ``TYPE.Start.End``, likewise.
        seconds: Wall time.
        notes: What was left out or adjusted, such as companies with shares over 100 %.
    """

    as_known: date | None
    nodes: dict[str, int]
    links: dict[str, int]
    seconds: float
    notes: tuple[str, ...] = ()


def project(
    store: FactStore,
    out: Path,
    *,
    as_known: date | None = None,
    progress: Callable[[str], None] | None = None,
) -> ProjectionReceipt:
    """Write the graph's tables as known at a day, derived relations included.

    Args:
        store: The fact tables.
        out: The folder to write; an older projection there is replaced once the new one is whole.
        as_known: Last day of knowledge that counts; all knowledge when None.
        progress: Called with the name of each step.

    Raises:
        HomeError: if the folder cannot be written.
    """
    started = time.perf_counter()
    say = progress or (lambda _: None)
    with store.connect(as_known) as view:
        known = view.latest_known()
        bench = Workbench(view.con, as_known or known or date.max)
        _gather(view, bench, say)
        join_same(bench)
        succeed(bench)
        _add_stubs(bench)
        notes = derive(bench, say)
        _add_stubs(bench)
        say("写出 write")
        receipt = _write(bench, out, known if as_known is None else as_known)
    seconds = time.perf_counter() - started
    return ProjectionReceipt(receipt.as_known, receipt.nodes, receipt.links, seconds, notes)


class Projection:
    """A written projection, read through Ibis or DuckDB.

    In ``con`` every table is a view ``node_<Label>`` or ``link_<TYPE>_<Start>_<End>``; what holds
    nothing is an empty table with the declared columns.

    Args:
        folder: What ``project`` wrote.

    Raises:
        HomeError: if there is no projection in the folder.
    """

    def __init__(self, folder: Path) -> None:
        """Declare the views; rows are read when they are asked for."""
        import ibis

        self.folder = folder
        try:
            about = json.loads((folder / "projection.json").read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise HomeError(
                ("没有投影数据", "there is no projection"),
                where=str(folder),
                next_step=("载入一批数据：doudi load", "load a delivery"),
            ) from error
        self.as_known = date.fromisoformat(about["as_known"]) if about["as_known"] else None
        self.backend: Backend = ibis.duckdb.connect()
        for name in _names():
            query = read_typed(
                [p for p in [path_of(folder, *name)] if p.exists()], columns_of(*name)
            )
            self.con.execute(f'CREATE VIEW "{_view(*name)}" AS {query}')

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """The DuckDB connection itself."""
        return cast("duckdb.DuckDBPyConnection", self.backend.con)

    def node(self, label: str) -> ibis.Table:
        """The nodes of a label, one row an id."""
        columns_of(label)
        return self.backend.table(_view(label))

    def link(self, kind: str, start: str, end: str) -> ibis.Table:
        """The relations of a (type, start, end) triple, one row a rid."""
        columns_of(kind, start, end)
        return self.backend.table(_view(kind, start, end))

    def close(self) -> None:
        """Give the engine's memory back."""
        self.backend.disconnect()

    def __enter__(self) -> Self:
        """The projection itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the engine."""
        self.close()


def path_of(folder: Path, *name: str) -> Path:
    """The file of a label or (type, start, end) triple in a projection's folder."""
    return folder / ("nodes" if len(name) == 1 else "links") / f"{'.'.join(name)}.parquet"


def _view(*name: str) -> str:
    return f"{'node' if len(name) == 1 else 'link'}_{'_'.join(name)}"


def _names() -> list[tuple[str, ...]]:
    return [*((label,) for label in schema().nodes), *schema().triples()]


def _gather(view: FactView, bench: Workbench, say: Callable[[str], None]) -> None:
    """Known facts into the workbench: nodes merged by id, months joined to spells."""
    bench.con.execute(MACROS)
    for name in _names():
        if not view.store.files(*name):
            bench.create(read_typed([], columns_of(*name)), *name)
            continue
        say(".".join(name))
        known = view.known(*name)
        if len(name) == 1:
            bench.create(_merged(known, name[0]), *name)
        elif schema().relation(name[0]).month:
            bench.create(spell_query(known, *name), *name)
        else:
            bench.create(_plain(known), *name)


def _plain(known: str) -> str:
    return f'SELECT *, fact_id AS rid, {SOURCE_ROW} AS "rows", false AS derived FROM {known}'


def _merged(known: str, label: str) -> str:
    """SQL for one row an id: each property from the strongest, then newest record that has it.

    Dates and origin are those of the strongest, newest record; ``rows`` are the rows of its source.
    """
    best = ", ".join(
        f'arg_min("{name}", nth) FILTER ("{name}" IS NOT NULL) AS "{name}"'
        for name in property_names(label)
    )
    lead = ", ".join(
        f'max("{name}") FILTER (nth = 1) AS "{name}"'
        for name in ("valid_from", "valid_to", "known_from", "source", "batch", "row", "grade")
    )
    return f"""
    WITH ranked AS (
        SELECT *, row_number() OVER strongest AS nth, first_value(source) OVER strongest AS led_by
        FROM {known} WINDOW strongest AS (
            PARTITION BY id ORDER BY grade_rank(grade), known_from DESC, seq DESC, fact_id))
    SELECT id, {best + ", " if best else ""}{lead}, arg_min(fact_id, nth) AS rid,
        string_agg({SOURCE_ROW}, ',' ORDER BY known_from, seq, "row")
            FILTER (source = led_by) AS "rows",
        CASE count(*) WHEN 1 THEN max(digest)
            ELSE key16(string_agg(digest, ',' ORDER BY fact_id)) END AS digest,
        false AS derived
    FROM ranked GROUP BY id"""


def _ends_of(label: str) -> str:
    """SQL for every id that is an end of a relation where the label stands; empty if none is."""
    ends = [
        f"SELECT {side} AS id FROM {table_name(*triple)}"
        for triple in schema().triples()
        for side, stands in (("start_id", triple[1]), ("end_id", triple[2]))
        if stands == label
    ]
    return " UNION ".join(ends)


_FROM_ID = {
    "Household": ", split_part(id, '/', 1) AS register, "
    "substr(id, strpos(id, '/') + 1) AS household_id",
    "Benefit": ", split_part(id, '/', 1) AS register",
    "Fund": ", split_part(id, '/', 1) AS kind, nullif(split_part(id, '/', 2), '') AS name",
}
"""Properties that the id itself states, for households, benefits and funds only named by others."""


def _add_stubs(bench: Workbench) -> None:
    """Add a node without properties for every id that only occurs as an end of a relation."""
    for label in schema().nodes:
        ends = _ends_of(label)
        if not ends:
            continue
        bench.con.execute(
            f"""INSERT INTO {table_name(label)} BY NAME
            SELECT DISTINCT id, key16('{label}|' || id) AS rid, false AS derived{_FROM_ID.get(label, "")}
            FROM ({ends}) ends ANTI JOIN {table_name(label)} USING (id)"""
        )


def _write(bench: Workbench, out: Path, as_known: date | None) -> ProjectionReceipt:
    draft = out.with_name(f".{out.name}.draft")
    try:
        shutil.rmtree(draft, ignore_errors=True)
        for folder in ("nodes", "links"):
            (draft / folder).mkdir(parents=True)
        counts = {name: _write_table(bench, draft, *name) for name in _names()}
        about = {"as_known": as_known.isoformat() if as_known else None}
        (draft / "projection.json").write_text(json.dumps(about) + "\n", "utf-8")
        if out.exists():
            shutil.rmtree(out)
        draft.rename(out)
    except OSError as error:
        raise HomeError(
            (
                f"无法写入投影数据（{error.strerror}）",
                f"cannot write the projection ({error.strerror})",
            ),
            where=str(out),
            next_step=(
                "检查磁盘空间和文件夹的所有者",
                "check the disk space and the owner of the folder",
            ),
        ) from error
    filled = {name: count for name, count in counts.items() if count}
    return ProjectionReceipt(
        as_known,
        {name[0]: count for name, count in filled.items() if len(name) == 1},
        {".".join(name): count for name, count in filled.items() if len(name) > 1},
        0.0,
    )


def _write_table(bench: Workbench, folder: Path, *name: str) -> int:
    count = bench.count(*name)
    if count:
        path = str(path_of(folder, *name)).replace("'", "''")
        order = "id" if len(name) == 1 else "rid, start_id, end_id"
        bench.con.execute(
            f"COPY (SELECT * FROM {table_name(*name)} ORDER BY {order}) TO '{path}' "
            "(FORMAT parquet, COMPRESSION zstd)"
        )
    return count
