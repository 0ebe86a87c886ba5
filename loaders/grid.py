"""Rows of cells as columns: the header row found below its titles, and every row accounted for."""

from __future__ import annotations

import csv
import io
from contextlib import contextmanager
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from doudi.loaders.headers import bare
from doudi.loaders.messages import note, stopped
from doudi.loaders.packed import MAX_CELL, MAX_COLUMNS, MAX_LINE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from doudi.graph.errors import Pair

TITLE_ROWS = 20
"""Rows among which the header row is looked for: titles, sender and date stand above it."""

FLUSH = 10_000
"""Rows that are kept as Python texts at once; bounds memory."""

csv.field_size_limit(MAX_CELL)


class Grid(NamedTuple):
    """Headers, text columns ``c0, c1, …`` with ``line``, rows of another width, and remarks."""

    headers: tuple[str, ...]
    rows: pa.Table
    misshapen: tuple[tuple[int, str, tuple[str, ...]], ...]
    remarks: tuple[Pair, ...] = ()


def header_place(head: Sequence[Sequence[str]], known: AbstractSet[str]) -> tuple[int, bool]:
    """Which of the first rows is the header row, and whether that is certain.

    A header row is one of which at least half of the filled cells are known; of several the one with
    most, because the words of a sender's line may be known too. Without one, it is the row with the
    most known words, or the first that is not blank, so that what is wrong can be said of it.

    Args:
        head: The first rows.
        known: Known spellings as ``headers.plain`` gives them; empty: the first row counts.
    """
    told = [[bare(cell, known) in known for cell in row if cell.strip()] for row in head]
    filled = [place for place, cells in enumerate(told) if cells]
    certain = [p for p in filled if sum(told[p]) * 2 >= len(told[p])]
    if known and certain:
        return max(certain, key=lambda p: sum(told[p])), True
    best = max(filled, key=lambda p: sum(told[p]), default=0)
    if known and filled and sum(told[best]) > 1:
        return best, False
    return (filled or [0])[0], not known


def grid_of(
    rows: Iterable[Sequence[str]], path: Path, known: AbstractSet[str], *, fill: bool = False
) -> Grid:
    """Rows of the header's width as columns; the others set aside with their line.

    Args:
        rows: All rows from line 1, blank ones included.
        path: The file, for messages.
        known: Known spellings of headers.
        fill: Whether cells may be left out at the end of a row, as workbooks do.

    Raises:
        FeedStopped: if there is nothing, or a row has too many cells.
    """
    lines = iter(rows)
    head = list(islice(lines, TITLE_ROWS))
    place, _ = header_place(head, known)
    if place >= len(head) or not any(cell.strip() for cell in head[place]):
        raise stopped(path, "empty")
    headers = tuple(_without_tail(head[place]) if fill else head[place])
    body = enumerate(chain(head[place + 1 :], lines), start=place + 2)
    grid = grid_of_rows(headers, body, path, fill=fill)
    return grid._replace(remarks=above(head[:place]))


def grid_of_rows(
    headers: tuple[str, ...],
    rows: Iterable[tuple[int, Sequence[str]]],
    path: Path,
    *,
    fill: bool = False,
) -> Grid:
    """Numbered rows below their headers as columns; as :func:`grid_of` otherwise."""
    columns = _Columns(len(headers), path, fill=fill)
    for line, cells in rows:  # readers give rows one by one
        columns.add(line, cells)
    _refuse_wide(headers, path)
    return Grid(headers, columns.table(), tuple(columns.misshapen))


def above(rows: Sequence[Sequence[str]]) -> tuple[Pair, ...]:
    """What to say of rows above the headers; blank ones say nothing."""
    count = sum(any(cell.strip() for cell in row) for row in rows)
    return (note("titles", count=count, line=len(rows) + 1),) if count else ()


def _without_tail(cells: Sequence[str]) -> Sequence[str]:
    """Cells without empty ones at the end."""
    width = len(cells)
    while width and not cells[width - 1].strip():
        width -= 1
    return cells[:width]


def _refuse_wide(cells: Sequence[str], path: Path) -> None:
    if len(cells) > MAX_COLUMNS and len(_without_tail(cells)) > MAX_COLUMNS:
        raise stopped(path, "columns", most=MAX_COLUMNS)


class _Columns:
    """Rows turned into columns, a few thousand at a time."""

    def __init__(self, width: int, path: Path, *, fill: bool) -> None:
        self.width, self.path, self.fill = width, path, fill
        self.misshapen: list[tuple[int, str, tuple[str, ...]]] = []
        self._schema = pa.schema(
            [*((f"c{i}", pa.string()) for i in range(width)), ("line", pa.int64())]
        )
        self._rows: list[Sequence[str]] = []
        self._lines: list[int] = []
        self._batches: list[pa.RecordBatch] = []

    def add(self, line: int, cells: Sequence[str]) -> None:
        """Take a row, unless it is blank."""
        if not any(cell.strip() for cell in cells):
            return
        _refuse_wide(cells, self.path)
        row = cells
        if len(row) > self.width and not any(c.strip() for c in row[self.width :]):
            row = row[: self.width]
        elif self.fill and len(row) < self.width:
            row = [*row, *[""] * (self.width - len(row))]
        if len(row) != self.width:
            reason = "row.truncated" if len(row) < self.width else "row.extra"
            self.misshapen.append((line, reason, tuple(row)))
            return
        self._rows.append(row)
        self._lines.append(line)
        if len(self._rows) == FLUSH:
            self._flush()

    def _flush(self) -> None:
        columns = zip(*self._rows, strict=True) if self._rows else ((),) * self.width
        arrays = [pa.array(values, pa.string()) for values in columns]
        lines = pa.array(self._lines, pa.int64())
        self._batches.append(pa.record_batch([*arrays, lines], schema=self._schema))
        self._rows, self._lines = [], []

    def table(self) -> pa.Table:
        """All rows taken so far."""
        self._flush()
        return pa.Table.from_batches(self._batches, self._schema).combine_chunks()


def records(text: str, delimiter: str, path: Path) -> Iterator[list[str]]:
    """The rows of a CSV text, quotes and line breaks in cells understood.

    Raises:
        FeedStopped: if a quote is never closed, or a cell or row is too long.
    """
    pulled, line = 0, 0

    def lines() -> Iterator[str]:
        nonlocal pulled
        for part in io.StringIO(text, newline=""):
            pulled += len(part)
            if pulled > MAX_LINE:
                raise stopped(path, "long_line", line=line + 1, most=MAX_LINE // 2**20)
            yield part

    with told_csv(path, lambda: line + 1):
        for row in csv.reader(lines(), delimiter=delimiter, strict=True):
            pulled = 0
            line += 1
            yield row


@contextmanager
def told_csv(path: Path, line: Callable[[], int] | None = None) -> Iterator[None]:
    """A feed stopped where the csv module gives up: an open quote, or a cell too long."""
    try:
        yield
    except csv.Error as error:
        which = "long_cell" if "larger" in str(error) else "quotes"
        raise stopped(path, which, line=line() if line else "…") from None
