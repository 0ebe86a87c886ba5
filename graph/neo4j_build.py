"""Bring a projection into Neo4j: in one transaction while small, by offline import when large.

Readers see the old graph or the new one. The import fills the store that is not served, then the
stores change places. A small projection is merged into the served store in a single transaction.
Only a large projection on a server of your own, where there is no second store, arrives in several
transactions; nodes come first and what is gone goes last.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from doudi.graph.connection import BATCH_ROWS, Connection
from doudi.graph.errors import ServerError
from doudi.graph.neo4j_contents import counted, create_constraints, graph_files
from doudi.graph.neo4j_import import import_and_switch
from doudi.graph.neo4j_process import exclusive
from doudi.graph.neo4j_settings import Neo4jSettings
from doudi.graph.server import ManagedServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from doudi.graph.connection import Row
    from doudi.graph.neo4j_contents import BuildReceipt, GraphFile

    Statement = tuple[str, Sequence[Row]]

IMPORT_FROM_ROWS = 100_000
"""From this many rows on the graph is imported. One transaction of 300,000 rows went beyond the
717 MiB that a heap of 1 GB leaves for transactions; an import of as many took 30 s of processor
time, of 10,000 it took 15 s, and a start of the server as much again."""


def wants_import(projection: Path) -> bool:
    """Whether a projection is large enough for the bulk import to be the quicker way."""
    return sum(part.rows for part in graph_files(projection)) >= IMPORT_FROM_ROWS


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
        return counted(connection, parts, "transactions", began)
    with exclusive(home_graph_dir / "build.lock"):
        if not wants_import(projection):
            with suppress(_TooLarge):
                _fill_together(connection, parts, say)
                return counted(connection, parts, "transactions", began)
        return import_and_switch(
            projection, ManagedServer(home_graph_dir, options), connection, progress=say
        )


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
        query = _node_query(file, fresh=fresh)
        yield from ((query, rows) for rows in file.batches())
    for file in links:
        say(file.name)
        if not fresh:
            yield from _stale_links(connection, file)
        query = _link_query(file, fresh=fresh)
        yield from ((query, rows) for rows in file.batches())
    for file in () if fresh else nodes:
        yield from _stale_nodes(connection, file)


def _node_query(file: GraphFile, *, fresh: bool) -> str:
    verb = "CREATE" if fresh else "MERGE"
    return f"UNWIND $rows AS row {verb} (n:{file.label} {{id: row.id}}) SET n = row"


def _link_query(file: GraphFile, *, fresh: bool) -> str:
    """In an empty graph there is nothing to look for, which saves a third of the time."""
    start, end = file.ends or ("", "")
    merged = f"MERGE (a)-[r:{file.label} {{rid: row.rid}}]->(b)"
    return (
        f"UNWIND $rows AS row MATCH (a:{start} {{id: row.start_id}}) "
        f"MATCH (b:{end} {{id: row.end_id}}) "
        f"{f'CREATE (a)-[r:{file.label}]->(b)' if fresh else merged} "
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
