"""Many small files of a table made one: the records stay, and so does every answer.

A year of monthly loads leaves a dozen files a table and source. One file takes their place under the
greatest of their running numbers; the old ones go only when it is safely on the disk. After a crash
in between both are there: equal records say nothing twice, and the next run clears them away.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import duckdb

from doudi.graph.errors import HomeError
from doudi.graph.platforms import sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from doudi.graph.tables import FactStore

_NAME = re.compile(r"(\d+)-([a-z][a-z0-9_]*)(\.\d+)?\.parquet")


def compact(store: FactStore) -> tuple[int, int]:
    """Merge the files of each fact table and source, and of the kept rows of each source.

    No other command may read or write the tables meanwhile.

    Args:
        store: The fact tables of a home.

    Returns:
        How many files were merged, and into how many.

    Raises:
        HomeError: if the tables cannot be written.
    """
    merged = made = 0
    for folder, key in _folders(store.root):  # one table after the other
        for files in _by_source(folder):
            try:
                _merge(files, key, store.root / "_spill")
            except OSError as error:
                raise HomeError.unwritten(error, folder.name) from error
            merged, made = merged + len(files), made + 1
    return merged, made


def _folders(root: Path) -> Iterator[tuple[Path, str]]:
    """Folders of records, each with the column that names what a record is of."""
    for kind, key in (("nodes", "fact_id"), ("links", "fact_id"), ("_rows", "row_key")):
        yield from ((folder, key) for folder in sorted(root.joinpath(kind).glob("*")))


def _by_source(folder: Path) -> list[list[Path]]:
    """Files of one source each, where there is more than one, in the order of loading."""
    found: dict[str, list[tuple[int, str, Path]]] = {}
    for path in folder.glob("[0-9]*.parquet"):
        if name := _NAME.fullmatch(path.name):
            found.setdefault(name[2], []).append((int(name[1]), path.name, path))
    return [[path for *_, path in sorted(files)] for files in found.values() if len(files) > 1]


def _merge(files: list[Path], key: str, spill: Path) -> None:
    """One file in the place of several of a source."""
    target = _free(files[-1])
    draft = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    quoted = ", ".join(_literal(path) for path in files)
    try:
        with duckdb.connect(config={"temp_directory": str(spill)}) as con:
            con.execute(
                f"""COPY (SELECT DISTINCT * FROM read_parquet([{quoted}], union_by_name = true)
                ORDER BY seq, {key}) TO {_literal(draft)} (FORMAT parquet, COMPRESSION zstd)"""
            )
        with draft.open("rb+") as handle:
            os.fsync(handle.fileno())
        draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(target.parent)
    for path in files:
        path.unlink()


def _free(newest: Path) -> Path:
    """A name of the same running number and source that no file has."""
    stem, part = newest.name.split(".")[0], 1
    path = newest
    while path.exists():
        part += 1
        path = newest.with_name(f"{stem}.{part}.parquet")
    return path


def _literal(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
