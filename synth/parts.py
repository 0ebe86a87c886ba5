"""What one block adds to each file, on disk until all blocks are joined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.ipc

from doudi.synth.texts import text_of

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from doudi.synth.sheets import Sheet

PLACE = pa.schema(
    [
        ("source", pa.string()),
        ("batch", pa.string()),
        ("file", pa.string()),
        ("line", pa.int64()),
        ("field", pa.string()),
        ("person_id", pa.string()),
    ]
)
"""Columns of ``truth/people.parquet``."""


@dataclass(frozen=True)
class Part:
    """What one block added to one file: its rows, and the sum of its amounts in fen."""

    batch: str
    source: str
    rows: int
    cents: float


def write_part(sheet: Sheet, folder: Path) -> Part:
    """Write the rows of a sheet to ``folder/<batch>/<source>``, without a header."""
    target = folder / sheet.batch / sheet.source
    target.parent.mkdir(parents=True, exist_ok=True)
    if sheet.form.is_text:
        target.write_bytes(_lines(sheet))
    else:
        keep(plain(sheet.rows), target)
    return Part(sheet.batch, sheet.source, sheet.rows.num_rows, _cents(sheet))


def _lines(sheet: Sheet) -> bytes:
    """The rows as lines of a CSV file in the encoding of the form."""
    told = {
        c.field: sheet.typed.get(c.field) or text_of(sheet.rows[c.field], c, sheet.form)
        for c in sheet.columns
    }
    table = pa.table(told)
    sink = pa.BufferOutputStream()
    try:
        bare = pacsv.WriteOptions(include_header=False, quoting_style="none")
        pacsv.write_csv(table, sink, bare)
        content: bytes = sink.getvalue().to_pybytes()
    except pa.ArrowInvalid:  # a cell with a comma: pandas quotes just these, Arrow all or none
        content = table.to_pandas().to_csv(index=False, header=False, lineterminator="\n").encode()
    encoding = sheet.form.encoding.removesuffix("-sig")
    return content if encoding == "utf-8" else content.decode().encode(encoding)


def keep(table: pa.Table, target: Path) -> None:
    """Put rows aside until all blocks are joined."""
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with (
        pa.OSFile(str(target), "wb") as raw,
        pa.ipc.new_file(raw, table.schema, options=options) as sink,
    ):
        sink.write_table(table)


def kept(target: Path) -> pa.Table:
    """Rows that were put aside."""
    with pa.OSFile(str(target), "rb") as raw:
        return pa.ipc.open_file(raw).read_all()


def plain(rows: pa.Table) -> pa.Table:
    """Text in full instead of by position in a list of distinct values."""
    for place, column in enumerate(rows.columns):
        if pa.types.is_dictionary(column.type):
            name = rows.column_names[place]
            rows = rows.set_column(place, name, column.cast(pa.string()))
    return rows


def _cents(sheet: Sheet) -> float:
    """The sum of the first amount of the rows whose amount can be read."""
    amount = sheet.amount_column
    if amount is None:
        return 0.0
    values = sheet.rows[amount.field].to_numpy().copy()
    values[sorted(sheet.unread)] = 0.0
    return float(np.round(np.nan_to_num(values) * 100).sum())


def places_of(sheet: Sheet) -> pa.Table | None:
    """Which person each line is about as it truly is; lines count from the block's first row."""
    column = sheet.person_column
    if column is None:
        return None
    count = sheet.rows.num_rows
    return pa.table(
        {
            "source": _same(sheet.source, count),
            "batch": _same(sheet.batch, count),
            "file": _same(sheet.form.file, count),
            "line": np.arange(count, dtype=np.int64) + 2,
            "field": _same(column.field, count),
            "person_id": plain(sheet.rows.select([column.field]))[0],
        }
    )


def _same(word: str, count: int) -> pa.DictionaryArray:
    """One word for every row."""
    at: NDArray[np.int8] = np.zeros(count, dtype=np.int8)
    return pa.DictionaryArray.from_arrays(pa.array(at), [word])
