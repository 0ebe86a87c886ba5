"""Parquet files that appear whole or not at all: written under another name, then renamed."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from doudi.graph.errors import HomeError
from doudi.graph.platforms import sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import pyarrow as pa

ROWS = 122_880
"""Rows that are written at once, and that make a row group."""


@dataclass(frozen=True)
class Draft:
    """A file that is written, and not yet in its place.

    Attributes:
        path: Where it belongs.
        draft: Where it is.
        rows: Rows in it.
    """

    path: Path
    draft: Path
    rows: int

    def keep(self) -> None:
        """Put it into its place.

        Raises:
            HomeError: if that is not possible.
        """
        with _said(self.path, self.draft):
            self.draft.replace(self.path)
            sync_folder(self.path.parent)

    def drop(self) -> None:
        """Throw it away, unless it is in its place."""
        self.draft.unlink(missing_ok=True)


def draft(path: Path, tables: Iterable[pa.Table]) -> Draft | None:
    """Write tables of one schema to the draft of a file, one after the other.

    Returns:
        The draft, on the disk; None where there are no tables.

    Raises:
        HomeError: if it cannot be written; nothing is left of it then.
    """
    name = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    rows, writer = 0, None
    with _said(path, name):
        path.parent.mkdir(parents=True, exist_ok=True)
        with name.open("wb") as handle:
            try:
                for table in tables:
                    writer = writer or pq.ParquetWriter(handle, table.schema, compression="zstd")
                    writer.write_table(table, row_group_size=ROWS)
                    rows += table.num_rows
            finally:
                if writer:
                    writer.close()
            handle.flush()
            os.fsync(handle.fileno())
        if writer is None:
            name.unlink()
    return Draft(path, name, rows) if writer else None


def write_table(path: Path, table: pa.Table) -> None:
    """Write one table as a file, whole or not at all.

    Raises:
        HomeError: if it cannot be written.
    """
    made = draft(path, [table])
    if made:
        made.keep()


def write_bytes(path: Path, data: bytes) -> None:
    """Write bytes as a file, whole or not at all.

    Raises:
        HomeError: if it cannot be written.
    """
    name = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with _said(path, name):
        path.parent.mkdir(parents=True, exist_ok=True)
        with name.open("wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
    Draft(path, name, 0).keep()


@contextmanager
def _said(path: Path, name: Path) -> Iterator[None]:
    """The draft thrown away and the file named where the disk or anything else says no."""
    try:
        yield
    except OSError as error:
        name.unlink(missing_ok=True)
        raise HomeError.unwritten(error, f"{path.parent.name}/{path.name}") from error
    except BaseException:
        name.unlink(missing_ok=True)
        raise
