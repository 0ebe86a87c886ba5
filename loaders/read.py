"""Files of a delivery as tables of text: headers, rows, and the line a spreadsheet shows.

Each kind of file has its own module; here the suffix decides which. A long file comes piece by
piece, so that memory does not grow with it; one that is packed in a zip archive comes whole.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

import pyarrow as pa

from doudi.loaders.dbf import read_dbf
from doudi.loaders.delimited import read_delimited
from doudi.loaders.messages import stopped
from doudi.loaders.packed import only_file
from doudi.loaders.parquet import parquet_pieces
from doudi.loaders.workbooks import names_of, read_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from doudi.graph.errors import Pair
    from doudi.loaders.grid import Grid

SUFFIXES = (".csv.gz", ".csv", ".tsv", ".xlsx", ".xls", ".parquet", ".dbf", ".zip")

LONG = 32 * 2**20
LONG_PACKED = 4 * 2**20
"""Bytes of a text file, and of one that is packed, from which it is read piece by piece."""

_PART = re.compile(r"\.part\d+$")


@dataclass(frozen=True)
class Sheet:
    """A file's content.

    Attributes:
        headers: As they stand in the file.
        rows: Text columns ``c0, c1, …`` and ``line``, in the file's order.
        misshapen: Line, reason and cells of rows with too few or too many cells.
        remarks: What was passed over: rows above the headers, sheets without rows.
        rest: Reads the further pieces of a long file, from the second on; None where there are none.
    """

    headers: tuple[str, ...]
    rows: pa.Table
    misshapen: tuple[tuple[int, str, tuple[str, ...]], ...]
    remarks: tuple[Pair, ...] = ()
    rest: Callable[[], Iterator[Sheet]] | None = None

    def pieces(self) -> Iterator[Sheet]:
        """The file piece by piece, in its order; a short one is one piece."""
        yield self
        if self.rest is not None:
            yield from self.rest()


@dataclass(frozen=True)
class Way:
    """How a text file is read, where its beginning said otherwise.

    Attributes:
        encoding: ``utf-8`` or ``gb18030``.
        plain: Whether no cell is quoted and all rows are of one width.
        sure: Whether the encoding is settled.
        whole: Whether it must be read at once, because only then its encoding can be told.
    """

    encoding: str = "utf-8"
    plain: bool = True
    sure: bool = False
    whole: bool = False


class ReadAgain(Exception):
    """A long file is of another kind than its beginning said."""

    def __init__(self, path: Path, way: Way) -> None:
        """Keep how it is to be read."""
        super().__init__(path.name)
        self.path, self.way = path, way


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


def read_sheets(
    path: Path, known: AbstractSet[str] = frozenset(), way: Way | None = None
) -> dict[str, Sheet]:
    """The tables of a delivered file, by the name under which their rows are told.

    Args:
        path: The file; its suffix says how it is read.
        known: Spellings of headers that the source knows, as ``headers.spellings`` gives them.
            Without them the first row is the header row.
        way: How a long text file is read, as ``ReadAgain`` said.

    Returns:
        One table under the file's name; of a workbook with rows on several sheets one a sheet,
        under ``file.xlsx#sheet``. A long file is told by its first piece, and how to go on.

    Raises:
        FeedStopped: if it is empty, cut off, out of all bounds, or not what its name says.
        ReadAgain: if a long text file proves to be of another kind than its beginning said.
    """
    with damage_told(path):
        if path.stat().st_size == 0:
            raise stopped(path, "empty")
        if suffix_of(path) == ".zip":
            with only_file(path, path, tuple(s for s in SUFFIXES if s != ".zip")) as file:
                return {name: _whole(sheet) for name, sheet in _read(file, path, known).items()}
        if (way or is_long(path)) and not (way and way.whole):
            from doudi.loaders.long_csv import read_long

            return {path.name: read_long(path, way or Way(), known)}
        return _read(path, path, known)


def read_sheet(path: Path, known: AbstractSet[str] = frozenset()) -> Sheet:
    """The table of a file that has one, or the beginning of a long one."""
    way: Way | None = None
    while True:  # its beginning may say otherwise than it is
        try:
            return next(iter(read_sheets(path, known, way).values()))
        except ReadAgain as again:
            way = again.way


def is_long(path: Path) -> bool:
    """Whether a text file is read piece by piece."""
    limit = {".csv": LONG, ".tsv": LONG, ".csv.gz": LONG_PACKED}.get(suffix_of(path))
    return limit is not None and path.stat().st_size > limit


@contextmanager
def damage_told(path: Path) -> Iterator[None]:
    """A feed stopped where a file is damaged, or of another kind than its name says."""
    try:
        yield
    except (zipfile.BadZipFile, KeyError, ValueError, struct.error, pa.ArrowException) as error:
        which = "damaged" if _begins_right(path) else "other_kind"
        raise stopped(path, which, kind=type(error).__name__) from None
    except (OSError, EOFError, zlib.error, NotImplementedError, MemoryError) as error:
        raise stopped(path, "damaged", kind=type(error).__name__) from None


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
    if suffix == ".parquet":
        return {path.name: _in_pieces(file, path)}
    read = read_dbf if suffix == ".dbf" else read_delimited
    return {path.name: _sheet(read(file, path, known))}


def _in_pieces(file: Path, path: Path) -> Sheet:
    """The first piece of a Parquet file, with the way to the rest where there is one."""

    def rest() -> Iterator[Sheet]:
        with damage_told(path):
            yield from (_sheet(grid) for grid in islice(parquet_pieces(file, path), 1, None))

    pieces = parquet_pieces(file, path)
    first = _sheet(next(pieces))
    return first if next(pieces, None) is None else replace(first, rest=rest)


def _whole(sheet: Sheet) -> Sheet:
    """All pieces of a file that will not be there later."""
    if sheet.rest is None:
        return sheet
    pieces = list(sheet.pieces())
    return replace(sheet, rows=pa.concat_tables([p.rows for p in pieces]), rest=None)


def _sheet(grid: Grid) -> Sheet:
    return Sheet(grid.headers, grid.rows, grid.misshapen, grid.remarks)
