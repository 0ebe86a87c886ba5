"""The bulk import: a store of its own is filled beside the one that is served, then they change.

The server's import takes every type of the schema from Parquet: strings, whole numbers, floats,
booleans, dates, and lists of strings (tried at 5.26.30); NULL is an absent property.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from doudi.graph.errors import DoudiError, HomeError, ServerError
from doudi.graph.jars import bundle
from doudi.graph.neo4j_contents import counted, create_constraints, graph_files
from doudi.graph.neo4j_process import LIGHT_JAVA, admin, exclusive, set_password
from doudi.graph.neo4j_settings import Neo4jSettings, prepare_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from doudi.graph.connection import Connection
    from doudi.graph.errors import Pair
    from doudi.graph.neo4j_contents import BuildReceipt, GraphFile
    from doudi.graph.server import ManagedServer

_STREAMED_ROWS = 131_072
_OPTIMISED_FROM_ROWS = 2_000_000
"""Below it the optimising compiler costs more than it gives: 218,000 rows took 39 s of processor
time with it, and 23 s without."""


def import_unserved(
    projection: Path, server: ManagedServer, *, progress: Callable[[str], None] | None = None
) -> None:
    """Import into the spare store of a server that does not run; it serves it from the next start.

    :func:`finish_import` checks the graph once it is served.

    Args:
        projection: Folder with ``nodes/`` and ``links/``.
        server: The managed server, not running.
        progress: Told each step.
    """
    (progress or (lambda _step: None))("离线导入 offline import")
    with exclusive(server.folder / "build.lock"):
        import_offline(projection, server.spare, server.settings, password=server.password())
        server.switch()


def finish_import(projection: Path, connection: Connection) -> BuildReceipt:
    """Make the constraints of an imported graph, and check that it holds the projection.

    Raises:
        ServerError: if what the server counts is not what the projection holds.
    """
    began = time.time()
    create_constraints(connection)
    return counted(connection, graph_files(projection), "import", began)


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
    say = progress or (lambda _step: None)
    say("离线导入 offline import")
    import_offline(projection, server.spare, server.settings, password=server.password())
    keep = server.is_kept
    say("切换 switching")
    try:
        switch(server, connection, keep=keep, progress=say)
        return finish_import(projection, connection)
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
                *_import_arguments(files, Path(draft)), options=_java_options(files, settings),
            )  # fmt: skip  # one command line
        _require_counts(told, files, store)
        set_password(parts, store, password)
    except OSError as error:
        room = ("约为投影数据两倍的磁盘空间", "room for about twice the size of the projection")
        raise HomeError.unwritten(error, str(store), expected=room) from None


def _java_options(files: Iterable[GraphFile], settings: Neo4jSettings) -> tuple[str, ...]:
    """Memory, and below a size at which it pays back, no optimising compiler."""
    light = LIGHT_JAVA if sum(file.rows for file in files) < _OPTIMISED_FROM_ROWS else ()
    return (f"-Xmx{settings.heap}", *light)


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
            (f"导入得到 {_counted(found)[0]}", f"the import made {_counted(found)[1]}"),
            where=str(store),
            expected=_counted(wanted),
        )


def _counted(counts: Mapping[str, int]) -> Pair:
    nodes, relations = counts.get("nodes"), counts.get("relationships")
    return f"{nodes} 个节点、{relations} 条关系", f"{nodes} nodes, {relations} relations"
