"""Parquet files, whose own words about their size are not believed."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from doudi.loaders.grid import Grid
from doudi.loaders.messages import stopped
from doudi.loaders.packed import MAX_CELL, MAX_COLUMNS, most_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BATCH = 2**14
"""Rows that are unpacked before they are weighed."""

PIECE = 12
"""Batches of a piece."""

FIRST = 2
"""Line of the first row, the header being line 1."""

OFFSET = 4
"""Bytes that a cell takes beside its text."""


def parquet_pieces(file: Path, path: Path) -> Iterator[Grid]:
    """The rows of a Parquet file as text, piece by piece; one piece at least.

    Args:
        file: What is read.
        path: What was delivered, for messages.

    Raises:
        FeedStopped: if it unpacks to too much, or has too many columns.
    """
    schema = pq.read_schema(file)
    if len(schema) > MAX_COLUMNS:
        raise stopped(path, "columns", most=MAX_COLUMNS)
    places = [f"c{i}" for i in range(len(schema))]
    texts = pa.schema([(name, pa.string()) for name in places])
    batches, line = _batches(file, path, schema, places), FIRST
    while some := list(islice(batches, PIECE)) or line == FIRST:
        table = pa.Table.from_batches(some if isinstance(some, list) else [], texts)
        lines = pa.array(range(line, line + table.num_rows), pa.int64())
        yield Grid(tuple(schema.names), table.append_column("line", lines), ())
        line += max(table.num_rows, 1)


def _batches(
    file: Path, path: Path, schema: pa.Schema, places: list[str]
) -> Iterator[pa.RecordBatch]:
    """Text of the rows, a few thousand at a time, for as long as it is in proportion to the file."""
    most, total = most_of(file.stat().st_size), 0
    texts = [
        f.name for f in schema if pa.types.is_string(f.type) or pa.types.is_large_string(f.type)
    ]
    with pq.ParquetFile(file, read_dictionary=texts) as packed:
        for batch in packed.iter_batches(BATCH):
            total += sum(_weight(column, path) for column in batch.columns)
            if total > most:
                raise stopped(path, "bomb")
            yield pa.record_batch([_text(column) for column in batch.columns], places)


def _weight(column: pa.Array, path: Path) -> int:
    """Bytes of a column as text; repeated texts are counted before they are written out."""
    if not pa.types.is_dictionary(column.type):
        return int(column.nbytes) + OFFSET * len(column)
    lengths = pc.call_function("binary_length", [column.dictionary])
    if (pc.call_function("max", [lengths]).as_py() or 0) > MAX_CELL:
        raise stopped(path, "wide_cell")
    own = pc.call_function("take", [lengths, column.indices])
    return (pc.call_function("sum", [own]).as_py() or 0) + OFFSET * len(column)


def _text(column: pa.Array) -> pa.Array:
    """A column as text; lists as their parts divided by ``;``."""
    if pa.types.is_list(column.type):
        parts = column.cast(pa.list_(pa.string()))
        return pc.call_function("binary_join", [parts, pa.scalar(";")])
    return column.cast(pa.string())
