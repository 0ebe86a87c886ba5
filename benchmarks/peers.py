"""What doudi is compared with: plain scripts that do one job and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from doudi.graph.connection import Connection

BATCH = 10_000


def unwind_fill(connection: Connection, projection: Path) -> None:
    """Bring a projection into an empty graph by one writer, 10,000 rows a statement.

    The way most programs fill Neo4j; nothing is compared with what is there.
    """
    for path in sorted(projection.glob("nodes/*.parquet")):
        label = path.stem
        connection.schema(
            f"CREATE CONSTRAINT unique_{label} IF NOT EXISTS FOR (n:{label}) REQUIRE n.id IS UNIQUE"
        )
        for rows in _rows(path):
            connection.run(f"UNWIND $rows AS row CREATE (n:{label}) SET n = row", {"rows": rows})
    for path in sorted(projection.glob("links/*.parquet")):
        kind, start, end = path.stem.split(".")
        query = (
            f"UNWIND $rows AS row MATCH (a:{start} {{id: row.start_id}}) "
            f"MATCH (b:{end} {{id: row.end_id}}) CREATE (a)-[r:{kind}]->(b) "
            "SET r = row {.*, start_id: null, end_id: null}"
        )
        for rows in _rows(path):
            connection.run(query, {"rows": rows})


def _rows(path: Path) -> Iterator[list[dict[str, object]]]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(BATCH):
            yield batch.to_pylist()
