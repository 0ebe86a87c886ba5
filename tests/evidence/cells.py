"""Files of a delivery as they were sent: a table of text cells for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pathlib import Path


def cells_of(path: Path, encoding: str) -> pa.Table:
    """A file with every cell as text; rows with too few or too many cells are left out.

    Args:
        path: CSV (plain or gz), XLSX or Parquet.
        encoding: What the office writes in; a mark before UTF-8 does no harm.
    """
    if path.suffix == ".parquet":
        table = pq.read_table(path)
        return table.cast(pa.schema([(name, pa.string()) for name in table.column_names]))
    return _sheet(path) if path.suffix == ".xlsx" else _lines(path, encoding)


def _lines(path: Path, encoding: str) -> pa.Table:
    read = pacsv.ReadOptions(encoding="utf-8" if encoding == "utf-8-sig" else encoding)
    parse = pacsv.ParseOptions(newlines_in_values=True, invalid_row_handler=lambda _: "skip")
    with pacsv.open_csv(path, read_options=read, parse_options=parse) as stream:
        names = stream.schema.names
    convert = pacsv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
    return pacsv.read_csv(path, read_options=read, parse_options=parse, convert_options=convert)


def _sheet(path: Path) -> pa.Table:
    book = openpyxl.load_workbook(path, read_only=True)
    first, *rows = book.worksheets[0].iter_rows(values_only=True)
    book.close()
    names = [str(cell) for cell in first]
    texts = [[_text(row[i]) if i < len(row) else None for row in rows] for i in range(len(names))]
    return pa.table({name: pa.array(t, pa.string()) for name, t in zip(names, texts, strict=True)})


def _text(cell: object) -> str | None:
    return None if cell is None else str(cell)
