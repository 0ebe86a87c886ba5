"""Files of a delivery as one table of text: headers, rows, and the line a spreadsheet shows.

The structure of a CSV file (quotes, embedded newlines, the width of each row) is Python's csv
module's business, unless it is plain; everything after it is set-based.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from doudi.loaders.messages import stopped
from doudi.loaders.plain_csv import read_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

SUFFIXES = (".csv.gz", ".csv", ".tsv", ".xlsx", ".parquet")
LONG = 32 * 2**20
LONG_PACKED = 4 * 2**20
"""Bytes of a file from which it is read piece by piece."""

PIECE = 200_000
"""Rows of a piece of a Parquet file."""

MAX_UNPACKED = 4 * 2**30
"""Bytes a packed file may unpack to; more is taken for a bomb."""

_PART = re.compile(r"\.part\d+$")
CHINESE = re.compile("[\u4e00-\u9fff]")
STRANGE = re.compile("[\u0080-\u00b6\u00b8-\u02ff\u0370-\u058f\u0600-\u1fff\ufffd]")
csv.field_size_limit(2**20)


@dataclass(frozen=True)
class Sheet:
    """A file's content.

    Attributes:
        headers: As they stand in the file.
        rows: Text columns ``c0, c1, …`` and ``line``, in the file's order.
        misshapen: Line, reason and cells of rows with too few or too many cells.
        rest: Reads the further pieces of a long file, from the second on; None where there are none.
    """

    headers: tuple[str, ...]
    rows: pa.Table
    misshapen: tuple[tuple[int, str, tuple[str, ...]], ...]
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
    """

    encoding: str = "utf-8"
    plain: bool = True
    sure: bool = False


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


def read_sheet(path: Path, way: Way | None = None) -> Sheet:
    """The content of a delivered file.

    Raises:
        FeedStopped: if it is empty, cut off, or not what its name says.
    """
    with damage_told(path):
        size = path.stat().st_size
        if size == 0:
            raise stopped(path, "empty")
        if suffix_of(path) == ".parquet":
            return _parquet(path)
        if suffix_of(path) == ".xlsx":
            return sheet_of(_xlsx(path), path)
        if way or size > (LONG_PACKED if suffix_of(path) == ".csv.gz" else LONG):
            from doudi.loaders.long_csv import read_long

            return read_long(path, way or Way())
        return _csv(path)


@contextmanager
def damage_told(path: Path) -> Iterator[None]:
    """A feed stopped where a file is damaged or of another kind than its name says."""
    try:
        yield
    except (gzip.BadGzipFile, zipfile.BadZipFile, KeyError, pa.ArrowException, csv.Error) as error:
        raise stopped(path, "other_kind", kind=type(error).__name__) from None
    except (OSError, EOFError, zlib.error) as error:
        raise stopped(path, "damaged", kind=type(error).__name__) from None


def _csv(path: Path) -> Sheet:
    text = decode(_bytes(path), path)
    delimiter = delimiter_of(text, path)
    plain = read_plain(text, delimiter)
    if plain:
        return Sheet(*plain, ())
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    return sheet_of(rows, path)


def delimiter_of(text: str, path: Path) -> str:
    """What divides the cells, as the first line shows."""
    first = text.split("\n", 1)[0]
    return "\t" if suffix_of(path) == ".tsv" or ("\t" in first and "," not in first) else ","


def _bytes(path: Path) -> bytes:
    if suffix_of(path) != ".csv.gz":
        return path.read_bytes()
    with gzip.open(path, "rb") as file:
        data = file.read(MAX_UNPACKED + 1)
    if len(data) > MAX_UNPACKED:
        raise stopped(path, "bomb")
    return data


def decode(data: bytes, path: Path) -> str:
    """The text of a whole file in UTF-8, with or without a mark, or GB18030.

    Bytes that are valid in both are settled by their characters: a Chinese register holds no
    Cyrillic or accented Latin letters, which the GB18030 bytes of 元 read as in UTF-8.

    Raises:
        FeedStopped: if it is neither.
    """
    require_text(data[:4096], path)
    utf8 = _decoded(data, "utf-8-sig")
    if utf8 is not None and not _reads_wrong(utf8):
        return utf8
    found = _decoded(data, "gb18030") or utf8
    if found is None:
        raise stopped(path, "encoding")
    return found


def require_text(head: bytes, path: Path) -> None:
    """Look at the first bytes of a file.

    Raises:
        FeedStopped: if they are packed, or no text in bytes.
    """
    if head[:4] == b"PK\x03\x04" or head[:2] in (b"\x1f\x8b", b"\xd0\xcf"):
        raise stopped(path, "other_kind", kind="packed")
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in head:
        raise stopped(path, "binary")


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _reads_wrong(text: str) -> bool:
    """Whether the text holds letters no Chinese register has, and no Chinese."""
    return not CHINESE.search(text) and bool(STRANGE.search(text))


def _xlsx(path: Path) -> Iterable[Sequence[str]]:
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True, data_only=True)
    sheet = book.worksheets[0]
    sheet.reset_dimensions()  # what a sheet says of its size is missing or wrong in many exports
    rows = [[_cell(value) for value in row] for row in sheet.iter_rows(values_only=True)]
    book.close()
    return _as_wide_as_the_first(rows)


def _as_wide_as_the_first(rows: list[list[str]]) -> list[list[str]]:
    """Rows filled up to the headers' width: a workbook leaves out empty cells at the end of a row."""
    width = len(rows[0]) if rows else 0
    return [row + [""] * (width - len(row)) for row in rows]


def _cell(value: object) -> str:
    """A cell as text; whole numbers without a point, dates as ISO."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return str(value)


def sheet_of(rows: Iterable[Sequence[str]], path: Path) -> Sheet:
    """Rows of the header's width as columns; the others set aside with their line."""
    lines = iter(rows)
    headers = headers_in(lines, path)
    return piece_of(headers, enumerate(lines, start=2))


def headers_in(lines: Iterator[Sequence[str]], path: Path) -> tuple[str, ...]:
    """The first row, which must say something."""
    headers = tuple(next(lines, ()))
    if not any(header.strip() for header in headers):
        raise stopped(path, "empty")
    return headers


def piece_of(headers: tuple[str, ...], lines: Iterable[tuple[int, Sequence[str]]]) -> Sheet:
    """Numbered rows as columns."""
    width, kept, numbers, misshapen = len(headers), [], [], []
    for line, cells in lines:  # csv gives rows one by one
        row = (
            cells if len(cells) <= width or any(c.strip() for c in cells[width:]) else cells[:width]
        )
        if not any(cell.strip() for cell in row):
            continue
        if len(row) == width:
            kept.append(row)
            numbers.append(line)
        else:
            reason = "row.truncated" if len(row) < width else "row.extra"
            misshapen.append((line, reason, tuple(row)))
    columns = list(zip(*kept, strict=True)) if kept else [() for _ in headers]
    arrays = {f"c{i}": pa.array(values, pa.string()) for i, values in enumerate(columns)}
    table = pa.table({**arrays, "line": pa.array(numbers, pa.int64())})
    return Sheet(headers, table, tuple(misshapen))


def _parquet(path: Path) -> Sheet:
    file = pq.ParquetFile(path)
    pieces = _parquet_pieces(path)
    first = next(pieces, None)
    if first is None:
        headers = tuple(file.schema_arrow.names)
        return Sheet(headers, _as_text(file.schema_arrow.empty_table(), 2), ())
    if file.metadata.num_rows <= PIECE:
        return first
    return replace(first, rest=lambda: islice(_parquet_pieces(path), 1, None))


def _parquet_pieces(path: Path) -> Iterator[Sheet]:
    line = 2
    with damage_told(path), pq.ParquetFile(path) as file:
        for batch in file.iter_batches(PIECE):
            table = pa.Table.from_batches([batch])
            yield Sheet(tuple(table.column_names), _as_text(table, line), ())
            line += table.num_rows


def _as_text(table: pa.Table, line: int) -> pa.Table:
    arrays = {f"c{i}": _text(column) for i, column in enumerate(table.columns)}
    lines = pa.array(range(line, line + table.num_rows), pa.int64())
    return pa.table({**arrays, "line": lines})


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A Parquet column as text; lists as their parts divided by ``;``."""
    if pa.types.is_list(column.type):
        import pyarrow.compute as pc

        return pc.call_function("binary_join", [column.cast(pa.list_(pa.string())), pa.scalar(";")])
    return column.cast(pa.string())
