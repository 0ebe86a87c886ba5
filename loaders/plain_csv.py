"""The short way through a CSV file without quotes, ragged rows or blank ones: most deliveries.

Arrow reads such a file column by column. Whatever it cannot be sure about it leaves to the csv
module, whose reading is the one that counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORT = 2**15
"""Characters of a file over which the csv module is as quick."""

LONGEST = 2**20
"""Bytes of a cell from which the csv module must say whether it is too long."""


def read_plain(text: str, delimiter: str) -> tuple[tuple[str, ...], pa.Table] | None:
    """Headers, and text columns ``c0, c1, …`` with ``line``; None where it is short or not plain."""
    if len(text) < SHORT:
        return None
    headers = headers_of(text, delimiter)
    table = plain_rows(text.encode(), delimiter, len(headers), skip=1)
    if table is None or not any(header.strip() for header in headers):
        return None
    return headers, numbered(table, 2)


def headers_of(text: str, delimiter: str) -> tuple[str, ...]:
    """The cells of the first line of a plain text."""
    return tuple(text.split("\n", 1)[0].removesuffix("\r").split(delimiter))


def numbered(table: pa.Table, first: int) -> pa.Table:
    """The rows with their ``line``, counted from the first one's."""
    return table.append_column("line", pa.array(np.arange(first, first + table.num_rows)))


def plain_rows(data: bytes, delimiter: str, width: int, *, skip: int) -> pa.Table | None:
    """Rows of whole lines in UTF-8 as text columns ``c0, c1, …``; None where they are not plain.

    Args:
        data: The lines.
        delimiter: What divides the cells.
        width: Number of cells of each row.
        skip: Lines at the beginning that are no rows.
    """
    if b'"' in data or b"\0" in data or data.count(b"\r") != data.count(b"\r\n"):
        return None
    names = [f"c{i}" for i in range(width)]
    try:
        table = csv.read_csv(
            pa.py_buffer(data),
            csv.ReadOptions(use_threads=False, column_names=names, skip_rows=skip),
            csv.ParseOptions(
                delimiter=delimiter, quote_char=False, escape_char=False, ignore_empty_lines=False
            ),
            csv.ConvertOptions(
                check_utf8=False, column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=False,
            ),
        )  # fmt: skip  # one call
    except pa.ArrowInvalid:  # rows of another width
        return None
    return None if any(_doubtful(table)) else table


def _doubtful(table: pa.Table) -> Iterator[bool]:
    """Whether a row is blank throughout, and whether a cell may be too long."""
    rows = table
    for column in table.column_names:  # few rows are left after the first
        blank = [text for text in pc.unique(rows[column]).to_pylist() if not text.strip()]
        rows = rows.filter(pc.is_in(rows[column], pa.array(blank, pa.string())))
        if not rows.num_rows:
            break
    yield rows.num_rows > 0
    for column in table.columns:
        yield (pc.max(pc.binary_length(column)).as_py() or 0) > LONGEST
