"""Deliveries as files: rows of the book in the forms of the sources."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from doudi.synth import months
from doudi.synth.book import KNOWN
from doudi.synth.forms import FORMS, GROUPED, ON_EVENT, Form, columns, header

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.random import Generator

    from doudi.synth.book import Book
    from doudi.synth.forms import Column

BATCHES = ((months.SNAPSHOT, "snapshot"), (months.SNAPSHOT + 1, "delta"), (months.LAST, "delta"))
FIXED = (2026, 1, 1, 0, 0, 0)
FINE = {"ratio", "share", "rate", "line_multiple", "value"}


@dataclass(frozen=True)
class Written:
    """What was written: files, rows, and where each person's rows are."""

    files: int
    rows: int
    places: pd.DataFrame


@dataclass(frozen=True)
class Sheet:
    """The rows of one file as they are sent."""

    source: str
    batch: str
    rows: pd.DataFrame
    form: Form
    columns: list[Column]
    text: pd.DataFrame | None = None
    """The cells as they are typed, where they differ from the rows."""
    unread: frozenset[int] = frozenset()
    """Rows whose amount nobody can read."""

    @property
    def name(self) -> str:
        """The file's name."""
        return f"{self.source}.{self.form.suffix}"


def sheets_of(book: Book, rng: Generator) -> list[Sheet]:
    """All files of all batches, rows in an order that tells nothing."""
    found = []
    for source, known_columns in columns().items():
        rows = book.frame(source)
        form = FORMS.get(source, Form())
        for month, mode in BATCHES:
            part = _rows_of(rows, source, known_columns, month, mode)
            if not len(part) and mode == "delta" and source in ON_EVENT:
                continue
            part = part.iloc[rng.permutation(len(part))]
            fields = [c for c in known_columns if c.field in rows.columns]
            shown = part[[c.field for c in fields]].reset_index(drop=True)
            found.append(Sheet(source, months.month_name(month), shown, form, fields))
    return found


def _rows_of(
    rows: pd.DataFrame, source: str, fields: list[Column], month: int, mode: str
) -> pd.DataFrame:
    """The rows, or for registers the newest versions, that a batch brings."""
    known = rows[KNOWN]
    part = rows[known <= month] if mode == "snapshot" else rows[known == month]
    if source in GROUPED:
        return part
    keys = [c.field for c in fields if c.role == "key"]
    return (
        part.sort_values(KNOWN, kind="stable").drop_duplicates(keys, keep="last")
        if len(part)
        else part
    )


def write_deliveries(sheets: list[Sheet], folder: Path) -> Written:
    """Write every file and each batch's ``delivery.toml``."""
    places = [_places(sheet) for sheet in sheets]
    for month, mode in BATCHES:
        batch = months.month_name(month)
        target = folder / batch
        target.mkdir(parents=True, exist_ok=True)
        own = [sheet for sheet in sheets if sheet.batch == batch]
        for sheet in own:
            (target / sheet.name).write_bytes(_bytes(sheet))
        told = months.day(month + 1, 5)
        lines = [f'batch = "{batch}"', f"as_known = {told}", f'mode = "{mode}"', ""]
        lines += [line for sheet in own for line in _control(sheet)]
        (target / "delivery.toml").write_text("\n".join(lines), "utf-8")
    rows = sum(len(sheet.rows) for sheet in sheets)
    return Written(len(sheets), rows, pd.concat(places, ignore_index=True))


def _places(sheet: Sheet) -> pd.DataFrame:
    """Which person each line is about: the first person number of the row, as it truly is."""
    field = next((c.field for c in sheet.columns if c.type == "id18"), None)
    if field is None:
        return pd.DataFrame()
    number = sheet.rows[field]
    return pd.DataFrame(
        {
            "source": sheet.source,
            "batch": sheet.batch,
            "file": sheet.name,
            "line": np.arange(len(sheet.rows), dtype=np.int64) + 2,
            "field": field,
            "person_id": number.astype("string"),
        }
    )


def amount_column(sheet: Sheet) -> Column | None:
    """The first amount in yuan: the one that control totals sum up."""
    exact = [c for c in sheet.columns if c.type == "decimal" and c.unit == "CNY"]
    yearly = [c for c in sheet.columns if c.type == "decimal" and c.unit.startswith("CNY")]
    return (exact + yearly + [None])[0]


def _control(sheet: Sheet) -> list[str]:
    """Control totals: rows, and the sum of the first amount."""
    lines = [f"[control.{sheet.source}]", f"rows = {len(sheet.rows)}"]
    amount = amount_column(sheet)
    if amount is not None and len(sheet.rows):
        values = pd.to_numeric(sheet.rows[amount.field], errors="coerce").to_numpy(copy=True)
        values[sorted(sheet.unread)] = 0.0
        cents = np.round(np.nan_to_num(values) * 100).sum()
        lines.append(f"{amount.field} = {cents / 100:.2f}")
    return [*lines, ""]


def text_of(values: pd.Series[Any], column: Column, form: Form) -> pd.Series[Any]:
    """A column as text in the form of its source."""
    if column.type == "date":
        told: pd.Series[Any] = values.dt.strftime(form.dates).fillna("")
        return told
    if column.type == "datetime":
        moment: pd.Series[Any] = values.dt.strftime("%Y-%m-%d %H:%M:%S").fillna("")
        return moment
    if column.type == "bool":
        return values.map({True: form.yes_no[0], False: form.yes_no[1]})
    if column.type == "decimal" and values.dtype.kind in "fi":
        pattern = "{:.4f}" if column.field in FINE else ("{:,.2f}" if form.thousands else "{:.2f}")
        return values.map(pattern.format, na_action="ignore").fillna("")
    text = values.astype(str)
    return text.str.replace(";", form.separator) if column.type.startswith("list") else text


def _bytes(sheet: Sheet) -> bytes:
    """The file's content."""
    if sheet.form.suffix == "parquet":
        return _parquet(sheet)
    if sheet.form.suffix == "xlsx":
        return _workbook(sheet)
    typed = sheet.text
    if typed is None:
        typed = pd.DataFrame(
            {c.field: text_of(sheet.rows[c.field], c, sheet.form) for c in sheet.columns}
        )
    text = typed.rename(columns={c.field: header(c, sheet.form) for c in sheet.columns})
    content = text.to_csv(index=False, lineterminator="\n").encode(sheet.form.encoding)
    return gzip.compress(content, 6, mtime=0) if sheet.form.suffix == "csv.gz" else content


def _parquet(sheet: Sheet) -> bytes:
    """A Parquet file: text, floats, days and booleans."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {"date": pa.date32(), "decimal": pa.float64(), "bool": pa.bool_()}
    arrays, names = [], []
    for column in sheet.columns:
        kind = kinds.get(column.type, pa.string())
        arrays.append(pa.Array.from_pandas(sheet.rows[column.field], type=kind))
        names.append(header(column, sheet.form))
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, names=names), sink, compression="zstd")
    return sink.getvalue()


def _workbook(sheet: Sheet) -> bytes:
    """An Excel file that does not change with the clock."""
    from openpyxl import Workbook

    book = Workbook()
    page = book.worksheets[0]
    page.append([header(c, sheet.form) for c in sheet.columns])
    cells = [_cells(sheet.rows[c.field], c) for c in sheet.columns]
    for row in zip(*cells, strict=True):  # the library writes row by row
        page.append(list(row))
    sink = io.BytesIO()
    book.save(sink)
    return _without_clock(sink.getvalue())


def _cells(values: pd.Series[Any], column: Column) -> list[Any]:
    """Cells: numbers as numbers, days as days, everything else as text."""
    if column.type == "date":
        return [None if pd.isna(value) else value.date() for value in values]
    if column.type == "decimal":
        return [None if pd.isna(value) else float(value) for value in values]
    return [str(value) or None for value in values]


def _without_clock(content: bytes) -> bytes:
    """The same workbook with fixed times inside and on its parts."""
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(sink, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2026-01-01T00:00:00Z", part)
            new.writestr(zipfile.ZipInfo(name, FIXED), part, zipfile.ZIP_DEFLATED)
    return sink.getvalue()
