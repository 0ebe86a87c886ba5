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
    if len(text) < SHORT or '"' in text or "\0" in text or "\r" in text.replace("\r\n", ""):
        return None
    first = text.split("\n", 1)[0].removesuffix("\r")
    headers = tuple(first.split(delimiter))
    if not any(header.strip() for header in headers):
        return None
    names = [f"c{i}" for i in range(len(headers))]
    try:
        table = csv.read_csv(
            pa.py_buffer(text.encode()),
            csv.ReadOptions(use_threads=False, column_names=names, skip_rows=1),
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
    if any(_doubtful(table)):
        return None
    lines = pa.array(np.arange(2, table.num_rows + 2))
    return headers, table.append_column("line", lines)


def _doubtful(table: pa.Table) -> Iterator[bool]:
    """Whether a row may be blank throughout, and whether a cell may be too long."""
    yield any(not text.strip() for text in pc.unique(table["c0"]).to_pylist())
    for column in table.columns:
        yield (pc.max(pc.binary_length(column)).as_py() or 0) > LONGEST
