"""Bring a projection into Neo4j: in one transaction while small, by offline import when large.

Readers see the old graph or the new one. The import fills the store that is not served, then the
stores change places. A small projection is merged into the served store in a single transaction.
Only a large projection on a server of your own, where there is no second store, arrives in several
transactions; nodes come first and what is gone goes last.

The server's import takes every type of the schema from Parquet: strings, whole numbers, floats,
booleans, dates, and lists of strings (tried at 5.26.30); NULL is an absent property.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from doudi.graph.connection import BATCH_ROWS, Connection
from doudi.graph.errors import DoudiError, HomeError, SchemaError, ServerError
from doudi.graph.jars import bundle
from doudi.graph.neo4j_process import admin, exclusive, set_password
from doudi.graph.neo4j_settings import Neo4jSettings, prepare_store
from doudi.graph.schema import schema
from doudi.graph.server import ManagedServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from doudi.graph.connection import Row

    Statement = tuple[str, Sequence[Row]]

IMPORT_FROM_ROWS = 100_000
"""From this many rows on the graph is imported. One transaction of 300,000 rows went beyond the
717 MiB that a heap of 1 GB leaves for transactions; an import of as many took 30 s of processor
time, of 10,000 it took 15 s, and a start of the server as much again."""

INDEXED: Mapping[str, tuple[str, ...]] = {
    "Household": ("household_id", "register"),
    "Benefit": ("register",),
    "Office": ("login",),
}
"""Properties that detectors start from, beside the ids."""

_STREAMED_ROWS = 131_072
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class BuildReceipt:
    """What the graph holds, counted on the server and equal to the projection.

    Attributes:
        way: ``import`` or ``transactions``.
        nodes: Nodes per label.
        links: Relations per ``TYPE.Start.End``.
        seconds: Wall time.
    """

    way: str
    nodes: dict[str, int]
    links: dict[str, int]
    seconds: float = 0.0


@dataclass(frozen=True)
class GraphFile:
    """One file of a projection: a label, or a relation type with its two labels."""

    path: Path
    label: str
    ends: tuple[str, str] | None

    @property
    def name(self) -> str:
        """``Label``, or ``TYPE.Start.End``."""
        return ".".join((self.label, *(self.ends or ())))

    @property
    def rows(self) -> int:
        """Rows it holds; 0 if there is no such file."""
        return int(pq.read_metadata(self.path).num_rows) if self.path.exists() else 0

    @property
    def pattern(self) -> str:
        """Its nodes as ``n``, or its relations as ``r`` from ``a`` to ``b``."""
        if self.ends is None:
            return f"(n:{self.label})"
        return f"(a:{self.ends[0]})-[r:{self.label}]->(b:{self.ends[1]})"

    def batches(self) -> Iterator[list[Row]]:
        """Its rows as the driver takes them, in the file's order."""
        if self.path.exists():
            with pq.ParquetFile(self.path) as file:
                for batch in file.iter_batches(BATCH_ROWS):
                    yield batch.to_pylist()


def build_graph(
    projection: Path,
    *,
    connection: Connection,
    home_graph_dir: Path | None = None,
    settings: Neo4jSettings | None = None,
    progress: Callable[[str], None] | None = None,
) -> BuildReceipt:
    """Bring the server behind a connection to a projection, by the quicker way.

    Args:
        projection: Folder with ``nodes/`` and ``links/``.
        connection: An open connection; after an import it leads to the new server.
        home_graph_dir: The managed server's folder; None for a server of your own.
        settings: Server settings.
        progress: Told each step.

    Returns:
        The counts per label and relation, taken from the server.

    Raises:
        ServerError: if what the server counts is not what the projection holds; after an import
            the old graph is served again.
        SchemaError: if a file's name is none of a label or a relation.
    """
    say, options, began = progress or (lambda _step: None), settings or Neo4jSettings(), time.time()
    parts = graph_files(projection)
    if home_graph_dir is None or options.uri:
        fill_by_transactions(connection, projection, progress=say)
        return _counted(connection, parts, "transactions", began)
    with exclusive(home_graph_dir / "build.lock"):
        if sum(part.rows for part in parts) < IMPORT_FROM_ROWS:
            with suppress(_TooLarge):
                _fill_together(connection, parts, say)
                return _counted(connection, parts, "transactions", began)
        return import_and_switch(
            projection, ManagedServer(home_graph_dir, options), connection, progress=say
        )


def graph_files(projection: Path) -> list[GraphFile]:
    """Every label, then every relation, of the schema and of the projection.

    Raises:
        SchemaError: if a name is not made of letters, digits and underscores.
    """
    labels = dict.fromkeys((*schema().nodes, *_stems(projection / "nodes")))
    triples = dict.fromkeys(".".join(t) for t in schema().triples())
    triples |= dict.fromkeys(_stems(projection / "links"))
    nodes = [_graph_file(projection / "nodes", label) for label in labels]
    return nodes + [_graph_file(projection / "links", triple) for triple in triples]


def _stems(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.parquet"))


def _graph_file(folder: Path, stem: str) -> GraphFile:
    names = stem.split(".")
    path = folder / f"{stem}.parquet"
    right = 3 if folder.name == "links" else 1
    if len(names) != right or not all(_NAME.fullmatch(name) for name in names):
        raise SchemaError(
            "the name is none of the graph",
            where=str(path),
            expected="nodes/<Label>.parquet or links/<TYPE>.<Start>.<End>.parquet",
        )
    return GraphFile(path, names[0], (names[1], names[2]) if right > 1 else None)


def import_and_switch(
    projection: Path,
    server: ManagedServer,
    connection: Connection,
    *,
    progress: Callable[[str], None] | None = None,
) -> BuildReceipt:
    """Import into the spare store, serve it in place of the other, and check it.

    The old graph is served until the import is done, and again if the new one does not come up
    or is not what the projection holds.

    Args:
        projection: Folder with ``nodes/`` and ``links/``.
        server: The managed server.
        connection: Leads to the new graph afterwards.
        progress: Told each step.
    """
    say, began = progress or (lambda _step: None), time.time()
    say("离线导入 offline import")
    import_offline(projection, server.spare, server.settings, password=server.password())
    keep = server.is_kept
    say("切换 switching")
    try:
        switch(server, connection, keep=keep, progress=say)
        create_constraints(connection)
        return _counted(connection, graph_files(projection), "import", began)
    except DoudiError:
        switch(server, connection, keep=keep, progress=say)
        raise


def switch(
    server: ManagedServer,
    connection: Connection,
    *,
    keep: bool = True,
    progress: Callable[[str], None] | None = None,
) -> None:
    """Stop the server, serve the other store, and lead the connection there.

    The ports stay the same where nobody took them, so other readers find the new graph too.
    """
    server.down()
    server.switch()
    connection.lead_to(server.up(progress, keep=keep))


def import_offline(
    projection: Path, store: Path, settings: Neo4jSettings, *, password: str
) -> None:
    """Make a store from a projection with Neo4j's bulk import; the store must not be served.

    Args:
        projection: Folder with ``nodes/`` and ``links/``.
        store: Folder of the store; what it held is removed.
        settings: Memory, Java, an installed Neo4j.
        password: Password of its only user.

    Raises:
        ServerError: if a row cannot be imported, or other counts came out than went in.
        HomeError: if the store cannot be written.
    """
    parts = bundle(settings)
    try:
        shutil.rmtree(store, ignore_errors=True)
        prepare_store(store, settings)
        with tempfile.TemporaryDirectory(dir=store / "tmp") as draft:
            files = graph_files(projection)
            told = admin(
                parts, store, "database", "import", "full", "neo4j", "--overwrite-destination",
                "--input-type=parquet", "--id-type=string", "--bad-tolerance=0",
                f"--report-file={store / 'logs' / 'import.report'}",
                *_import_arguments(files, Path(draft)), options=(f"-Xmx{settings.heap}",),
            )  # fmt: skip  # one command line
        _require_counts(told, files, store)
        set_password(parts, store, password)
    except OSError as error:
        raise HomeError(
            f"cannot be written ({error.strerror})",
            where=str(store),
            expected="room for about twice the size of the projection",
        ) from None


def _import_arguments(files: Iterable[GraphFile], draft: Path) -> list[str]:
    """The files that hold rows, rewritten with the column names the import reads roles from."""
    arguments = []
    for file in files:  # one a label or relation
        if not file.rows:
            continue
        if file.ends is None:
            roles, option = {"id": f"id:ID({file.label})"}, "nodes"
        else:
            start, end = file.ends
            roles = {"start_id": f":START_ID({start})", "end_id": f":END_ID({end})"}
            option = "relationships"
        _rewrite(file.path, draft / file.path.name, roles)
        arguments.append(f"--{option}={file.label}={draft / file.path.name}")
    return arguments


def _rewrite(source: Path, target: Path, roles: Mapping[str, str]) -> None:
    """Copy a Parquet file batch by batch under other column names."""
    with pq.ParquetFile(source) as file:
        names = [roles.get(name, name) for name in file.schema_arrow.names]
        fields = zip(names, file.schema_arrow.types, strict=True)
        columns = pa.schema([pa.field(name, kind) for name, kind in fields])
        with pq.ParquetWriter(target, columns) as writer:
            for batch in file.iter_batches(_STREAMED_ROWS):
                writer.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=columns))


def _require_counts(told: str, files: Iterable[GraphFile], store: Path) -> None:
    """Compare the counts the import prints with the projection's."""
    found = {
        word: int(number) for number, word in re.findall(r"^ +(\d+) (\w+)$", told, re.MULTILINE)
    }
    wanted = {"nodes": 0, "relationships": 0}
    for file in files:
        wanted["nodes" if file.ends is None else "relationships"] += file.rows
    if any(found.get(word) != number for word, number in wanted.items()):
        raise ServerError(
            f"the import made {found.get('nodes')} nodes, {found.get('relationships')} relations",
            where=str(store),
            expected=f"{wanted['nodes']} nodes, {wanted['relationships']} relations",
        )


def create_constraints(
    connection: Connection,
    labels: Iterable[str] | None = None,
    indexes: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Uniqueness of ``id`` on labels, further indexes, and wait until all are filled.

    Args:
        connection: The server.
        labels: Labels; those of the schema unless given. The ledger's is always among them.
        indexes: Label to properties; :data:`INDEXED` unless given.
    """
    for label in (*(schema().nodes if labels is None else labels), "Batch"):
        connection.schema(
            f"CREATE CONSTRAINT unique_{label} IF NOT EXISTS FOR (n:{label}) REQUIRE n.id IS UNIQUE"
        )
    for label, names in (INDEXED if indexes is None else indexes).items():
        for name in names:
            connection.schema(
                f"CREATE INDEX by_{label}_{name} IF NOT EXISTS FOR (n:{label}) ON (n.{name})"
            )
    connection.schema("CALL db.awaitIndexes(600)")


def fill_by_transactions(
    connection: Connection,
    projection: Path,
    *,
    progress: Callable[[str], None] | None = None,
    together: bool | None = None,
) -> None:
    """Merge every node by id and every relation by ends and rid, and remove what is not there.

    Repeated, or broken off and begun again, it ends in the same graph. Properties that stay the
    same cost the server no change. One writer, rows in the projection's order.

    Args:
        connection: The server.
        projection: Folder with ``nodes/`` and ``links/``.
        progress: Told each label and type.
        together: All in one transaction, so that readers see old or new; without a choice below
            :data:`IMPORT_FROM_ROWS` rows. What the server's memory does not hold is written in
            several transactions.
    """
    say, files = progress or (lambda _step: None), graph_files(projection)
    if together is None:
        together = sum(file.rows for file in files) < IMPORT_FROM_ROWS
    if together:
        with suppress(_TooLarge):
            _fill_together(connection, files, say)
            return
    _prepare(connection, files)
    for number, one in enumerate(_statements(connection, files, say)):
        connection.write_together(lambda s=one: [s], batch_id=f"fill/{number}")  # type: ignore[misc]  # a default binds the statement
    connection.forget()


class _TooLarge(Exception):
    """One transaction does not fit into the server's memory."""


def _fill_together(
    connection: Connection, files: Sequence[GraphFile], say: Callable[[str], None]
) -> None:
    _prepare(connection, files)
    try:
        connection.write_together(lambda: _statements(connection, files, say), batch_id="fill")
    except ServerError as error:
        if "OutOfMemory" not in error.found:
            raise
        say("一个事务容不下 too large for one transaction")
        raise _TooLarge from None
    connection.forget()


def _prepare(connection: Connection, files: Sequence[GraphFile]) -> None:
    """Constraints, without which a merge by id walks all nodes, and an empty ledger."""
    create_constraints(connection, [file.label for file in files if file.ends is None])
    connection.forget()


def _statements(
    connection: Connection, files: Sequence[GraphFile], say: Callable[[str], None]
) -> Iterator[Statement]:
    """What brings the graph to the files: nodes, stale relations, relations, stale nodes."""
    nodes = [file for file in files if file.ends is None]
    links = [file for file in files if file.ends is not None]
    fresh = int(connection.read("MATCH (n) RETURN count(n) AS n")["n"].iloc[0]) == 0
    for file in nodes:
        say(file.name)
        query = f"UNWIND $rows AS row MERGE (n:{file.label} {{id: row.id}}) SET n = row"
        yield from ((query, rows) for rows in file.batches())
    for file in links:
        say(file.name)
        if not fresh:
            yield from _stale_links(connection, file)
        yield from ((_merge_link(file), rows) for rows in file.batches())
    for file in () if fresh else nodes:
        yield from _stale_nodes(connection, file)


def _merge_link(file: GraphFile) -> str:
    start, end = file.ends or ("", "")
    return (
        f"UNWIND $rows AS row MATCH (a:{start} {{id: row.start_id}}) "
        f"MATCH (b:{end} {{id: row.end_id}}) MERGE (a)-[r:{file.label} {{rid: row.rid}}]->(b) "
        "SET r = row {.*, start_id: null, end_id: null}"
    )


def _stale_links(connection: Connection, file: GraphFile) -> Iterator[Statement]:
    """Removal of relations that are not in the file, that occur twice, or that have no rid."""
    query = f"MATCH {file.pattern} RETURN a.id AS start_id, b.id AS end_id, r.rid AS rid"
    there = _strings(connection, query, ("start_id", "end_id", "rid"))
    if there.num_rows == 0:
        return
    keys = ["start_id", "end_id", "rid"]
    counted = there.group_by(keys).aggregate([([], "count_all")])
    gone = counted.join(_keys(file, keys), keys, join_type="left anti").select(keys)
    twice = counted.filter(pc.field("count_all") > 1).select(keys)
    remove = (
        f"UNWIND $rows AS row MATCH (a:{(file.ends or ('',))[0]} {{id: row.start_id}})"
        f"-[r:{file.label}]->(b {{id: row.end_id}}) "
        "WHERE r.rid = row.rid OR (r.rid IS NULL AND row.rid IS NULL) DELETE r"
    )
    yield from _removals(remove, pa.concat_tables([gone, twice]))


def _stale_nodes(connection: Connection, file: GraphFile) -> Iterator[Statement]:
    """Removal of nodes that are not in the file."""
    there = _strings(connection, f"MATCH {file.pattern} RETURN n.id AS id", ("id",))
    gone = there.join(_keys(file, ["id"]), ["id"], join_type="left anti")
    remove = f"UNWIND $rows AS row MATCH (n:{file.label} {{id: row.id}}) DETACH DELETE n"
    yield from _removals(remove, gone)


def _removals(query: str, keys: pa.Table) -> Iterator[Statement]:
    for batch in keys.to_batches(BATCH_ROWS):
        yield query, batch.to_pylist()


def _strings(connection: Connection, query: str, names: Sequence[str]) -> pa.Table:
    frame = connection.read(query)
    return pa.table({name: pa.array(frame[name], pa.string()) for name in names})


def _keys(file: GraphFile, names: list[str]) -> pa.Table:
    if file.path.exists():
        return pq.read_table(file.path, columns=names).cast(
            pa.schema([(name, pa.string()) for name in names])
        )
    return pa.table({name: pa.array([], pa.string()) for name in names})


def _counted(
    connection: Connection, files: Sequence[GraphFile], way: str, began: float
) -> BuildReceipt:
    """Counts of the server, compared with the projection's.

    Raises:
        ServerError: naming all labels and relations that differ.
    """
    found = {file.name: _count(connection, file) for file in files}
    wrong = [file for file in files if found[file.name] != file.rows]
    if wrong:
        raise ServerError(
            "; ".join(f"{file.name}: the graph has {found[file.name]:,}" for file in wrong[:5]),
            where=connection.address.uri,
            expected="; ".join(f"{file.name}: {file.rows:,}" for file in wrong[:5]),
            next_step="build the graph again; nobody else may write to this server",
        )
    return BuildReceipt(
        way,
        {file.name: found[file.name] for file in files if file.ends is None},
        {file.name: found[file.name] for file in files if file.ends is not None},
        round(time.time() - began, 1),
    )


def _count(connection: Connection, file: GraphFile) -> int:
    frame = connection.read(f"MATCH {file.pattern} RETURN count(*) AS n")
    return int(frame["n"].iloc[0])
