"""Files of a delivery as tables of text: headers, rows, and the line a spreadsheet shows.

Each kind of file has its own module; here the suffix decides which.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from doudi.loaders.dbf import read_dbf
from doudi.loaders.delimited import read_delimited
from doudi.loaders.messages import stopped
from doudi.loaders.packed import only_file
from doudi.loaders.parquet import read_parquet
from doudi.loaders.workbooks import names_of, read_workbook

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from doudi.graph.errors import Pair
    from doudi.loaders.grid import Grid

SUFFIXES = (".csv.gz", ".csv", ".tsv", ".xlsx", ".xls", ".parquet", ".dbf", ".zip")

_PART = re.compile(r"\.part\d+$")


@dataclass(frozen=True)
class Sheet:
    """A file's content.

    Attributes:
        headers: As they stand in the file.
        rows: Text columns ``c0, c1, …`` and ``line``, in the file's order.
        misshapen: Line, reason and cells of rows with too few or too many cells.
        remarks: What was passed over: rows above the headers, sheets without rows.
    """

    headers: tuple[str, ...]
    rows: pa.Table
    misshapen: tuple[tuple[int, str, tuple[str, ...]], ...]
    remarks: tuple[Pair, ...] = ()


def slug_of(path: Path) -> str:
    """The data type a file's name says; parts of one data type have the same.

    >>> from pathlib import Path
    >>> slug_of(Path("shareholders.part2.csv.gz"))
    'shareholders'
    """
    return _PART.sub("", path.name[: -len(suffix_of(path)) or None])


def suffix_of(path: Path) -> str:
    """The suffix that says how a file is read, in small letters; empty where none does.

    >>> from pathlib import Path
    >>> suffix_of(Path("shareholders.part2.CSV"))
    '.csv'
    """
    name = path.name.lower()
    return next((suffix for suffix in SUFFIXES if name.endswith(suffix)), "")


def read_sheets(path: Path, known: AbstractSet[str] = frozenset()) -> dict[str, Sheet]:
    """The tables of a delivered file, by the name under which their rows are told.

    Args:
        path: The file; its suffix says how it is read.
        known: Spellings of headers that the source knows, as ``headers.spellings`` gives them.
            Without them the first row is the header row.

    Returns:
        One table under the file's name; of a workbook with rows on several sheets one a sheet,
        under ``file.xlsx#sheet``.

    Raises:
        FeedStopped: if it is empty, cut off, out of all bounds, or not what its name says.
    """
    try:
        if path.stat().st_size == 0:
            raise stopped(path, "empty")
        if suffix_of(path) != ".zip":
            return _read(path, path, known)
        with only_file(path, path, tuple(s for s in SUFFIXES if s != ".zip")) as file:
            return _read(file, path, known)
    except (zipfile.BadZipFile, KeyError, ValueError, struct.error, pa.ArrowException) as error:
        which = "damaged" if _begins_right(path) else "other_kind"
        raise stopped(path, which, kind=type(error).__name__) from None
    except (OSError, EOFError, zlib.error, NotImplementedError, MemoryError) as error:
        raise stopped(path, "damaged", kind=type(error).__name__) from None


def read_sheet(path: Path, known: AbstractSet[str] = frozenset()) -> Sheet:
    """The table of a file that has one."""
    return next(iter(read_sheets(path, known).values()))


def _begins_right(path: Path) -> bool:
    """Whether a packed file begins as its suffix says: then it was damaged on the way."""
    with path.open("rb") as file:
        start = file.read(4)
    return start == {".zip": b"PK\3\4", ".parquet": b"PAR1"}.get(suffix_of(path))


def _read(file: Path, path: Path, known: AbstractSet[str]) -> dict[str, Sheet]:
    """The tables of a file, which a packed delivery holds."""
    suffix = suffix_of(file)
    if suffix in (".xlsx", ".xls"):
        grids = names_of(read_workbook(file, path, known), path)
        return {name: _sheet(grid) for name, grid in grids.items()}
    readers = {".parquet": read_parquet, ".dbf": read_dbf}
    return {path.name: _sheet(readers.get(suffix, read_delimited)(file, path, known))}


def _sheet(grid: Grid) -> Sheet:
    return Sheet(grid.headers, grid.rows, grid.misshapen, grid.remarks)
