"""What a graph shall hold: the files of a projection, constraints, and the counts to compare."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from doudi.graph.connection import BATCH_ROWS, Connection
from doudi.graph.errors import SchemaError, ServerError, joined
from doudi.graph.schema import schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from doudi.graph.connection import Row

INDEXED: Mapping[str, tuple[str, ...]] = {
    "Household": ("household_id", "register"),
    "Benefit": ("register",),
    "Office": ("login",),
}
"""Properties that detectors start from, beside the ids."""

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
            ("文件名不符合图的命名", "the name is none of the graph"),
            where=str(path),
            expected=(
                "nodes/<Label>.parquet 或 links/<TYPE>.<Start>.<End>.parquet",
                "nodes/<Label>.parquet or links/<TYPE>.<Start>.<End>.parquet",
            ),
        )
    return GraphFile(path, names[0], (names[1], names[2]) if right > 1 else None)


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


def counted(
    connection: Connection, files: Sequence[GraphFile], way: str, began: float
) -> BuildReceipt:
    """Counts of the server, compared with the projection's.

    Raises:
        ServerError: naming all labels and relations that differ.
    """
    counts = _counts(connection)
    found = {file.name: counts.get(file.name, 0) for file in files}
    wrong = [file for file in files if found[file.name] != file.rows]
    if wrong:
        raise ServerError(
            joined(
                (
                    f"{f.name}：图中有 {found[f.name]:,}",
                    f"{f.name}: the graph has {found[f.name]:,}",
                )
                for f in wrong[:5]
            ),
            where=connection.address.uri,
            expected=joined(f"{file.name}: {file.rows:,}" for file in wrong[:5]),
            next_step=(
                "重新建图；其他程序不得写入这台服务器",
                "build the graph again; nobody else may write to this server",
            ),
        )
    return BuildReceipt(
        way,
        {file.name: found[file.name] for file in files if file.ends is None},
        {file.name: found[file.name] for file in files if file.ends is not None},
        round(time.time() - began, 1),
    )


_NODES = "MATCH (n) UNWIND labels(n) AS name RETURN name, count(*) AS n ORDER BY name"
_LINKS = """
MATCH (a)-[r]->(b)
UNWIND labels(a) AS start
UNWIND labels(b) AS end
WITH type(r) AS type, start, end, count(*) AS n
RETURN type + '.' + start + '.' + end AS name, n ORDER BY name
"""


def _counts(connection: Connection) -> dict[str, int]:
    """What the server holds, by label and by ``TYPE.Start.End``, in two passes over the graph."""
    frames = [connection.read(query) for query in (_NODES, _LINKS)]
    return {str(name): int(n) for frame in frames for name, n in frame.to_numpy()}
