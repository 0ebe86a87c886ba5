"""CSV and TSV files: their text within limits, their delimiter, their header row."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from doudi.loaders.encodings import settle, text_of
from doudi.loaders.grid import TITLE_ROWS, Grid, above, grid_of, header_place, records
from doudi.loaders.packed import MAX_COLUMNS, by_lines, plain_bytes
from doudi.loaders.plain_csv import read_plain

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from pathlib import Path

HEAD = 2**20
"""Characters among which the header row and the delimiter are looked for."""


def read_delimited(file: Path, path: Path, known: AbstractSet[str]) -> Grid:
    """The rows of a CSV or TSV file, packed or not.

    Args:
        file: What is read.
        path: What was delivered, for messages.
        known: Known spellings of headers; empty: the first row counts.

    Raises:
        FeedStopped: if it is in no known encoding, or out of bounds.
    """
    text = _whole_text(file, path)
    delimiter = delimiter_in(text, file)
    head = head_of(text, delimiter)
    place = header_place(head, known)[0]
    above_it = text.split("\n", place)[:place] if place else []
    below = text.split("\n", place)[-1] if place else text
    narrow = below[:HEAD].split("\n", 1)[0].count(delimiter) < MAX_COLUMNS
    if narrow and not any('"' in line for line in above_it):
        plain = read_plain(below, delimiter)
        if plain:
            headers, rows = plain
            return Grid(headers, _moved(rows, place), (), above(head[:place]))
    return grid_of(records(text, delimiter, path), path, known)


def _whole_text(file: Path, path: Path) -> str:
    data = plain_bytes(file, path)
    return text_of(data, settle(lambda: by_lines(data), path))


def delimiter_in(text: str, file: Path) -> str:
    """The tab by the suffix, or by the first line that has a tab or a comma."""
    if file.suffix.lower() == ".tsv":
        return "\t"
    lines = text[:HEAD].split("\n")[:TITLE_ROWS]
    first = next((line for line in lines if "\t" in line or "," in line), "")
    return "\t" if "\t" in first and "," not in first else ","


def head_of(text: str, delimiter: str) -> list[list[str]]:
    """The first rows, as far as they can be read without the rest."""
    lines = io.StringIO(text[:HEAD], newline="")
    head: list[list[str]] = []
    with suppress(csv.Error):
        head.extend(islice(csv.reader(lines, delimiter=delimiter), TITLE_ROWS))
    return head


def _moved(rows: pa.Table, by: int) -> pa.Table:
    """Rows whose lines count those above the headers too."""
    if not by:
        return rows
    place = rows.column_names.index("line")
    return rows.set_column(place, "line", pc.call_function("add", [rows["line"], pa.scalar(by)]))
