"""Parts of all blocks become deliveries: one file a source, with header and control totals."""

from __future__ import annotations

import gzip
import re
import shutil
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

import pyarrow.parquet as pq

from doudi.synth import months
from doudi.synth.forms import Form, amount_of, columns, forms, header
from doudi.synth.parts import kept
from doudi.synth.sheets import BATCHES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from doudi.synth.forms import Column
    from doudi.synth.parts import Part

FIXED = (2026, 1, 1, 0, 0, 0)
QUICK = 1
"""Compression level: a large county spends its time on rows."""


@dataclass(frozen=True)
class Bound:
    """What the deliveries hold: files, rows, and each block's first line in each file."""

    files: int
    rows: int
    first: list[dict[tuple[str, str], int]]
    """By block: rows before the block's own, by batch and source."""


def bind(parts: list[dict[tuple[str, str], Part]], folders: list[Path], target: Path) -> Bound:
    """Join the parts of all blocks, in their order, into ``target/<batch>/``."""
    files = rows = 0
    first: list[dict[tuple[str, str], int]] = [{} for _ in folders]
    for month, mode in BATCHES:
        batch = months.month_name(month)
        (target / batch).mkdir(parents=True)
        lines = [f'batch = "{batch}"', f"as_known = {months.day(month + 1, 5)}", f'mode = "{mode}"']
        for source, form in forms().items():
            own = {n: part for n, block in enumerate(parts) if (part := block.get((batch, source)))}
            count = sum(part.rows for part in own.values())
            if not own or (not count and mode == "delta" and form.on_event):
                continue
            _count_first(first, own)
            _join([folders[n] / batch / source for n in own], target / batch / form.file, form)
            lines += _control(source, own.values())
            files, rows = files + 1, rows + count
        (target / batch / "delivery.toml").write_text("\n".join([*lines, ""]), "utf-8")
    return Bound(files, rows, first)


def _count_first(first: list[dict[tuple[str, str], int]], own: dict[int, Part]) -> None:
    """Note how many rows of a file stand before each block's own."""
    before = 0
    for block, part in own.items():
        first[block][part.batch, part.source] = before
        before += part.rows


def _control(source: str, own: Collection[Part]) -> list[str]:
    """Control totals: rows, and the sum of the first amount."""
    count = sum(part.rows for part in own)
    lines = ["", f"[control.{source}]", f"rows = {count}"]
    amount = amount_of(columns()[source])
    if amount is not None and count:
        lines.append(f"{amount.field} = {sum(part.cents for part in own) / 100:.2f}")
    return lines


def _join(parts: list[Path], target: Path, form: Form) -> None:
    """One file from its parts."""
    fields = columns()[form.source]
    if form.suffix == "parquet":
        _join_parquet(parts, target, [header(c, form) for c in fields])
    elif form.suffix == "xlsx":
        _join_workbook(parts, target, fields, form)
    else:
        with _opened(target, form) as sink:
            names = ",".join(header(c, form) for c in fields) + "\n"
            sink.write(names.encode(form.encoding))
            for part in parts:
                with part.open("rb") as lines:
                    shutil.copyfileobj(lines, sink, 1 << 20)


@contextmanager
def _opened(target: Path, form: Form) -> Iterator[BinaryIO | gzip.GzipFile]:
    """The file to write to, compressed where the form says so; no clock in it."""
    with target.open("wb") as raw:
        if form.suffix != "csv.gz":
            yield raw
            return
        with gzip.GzipFile("", "wb", QUICK, raw, mtime=0) as packed:
            yield packed


def _join_parquet(parts: list[Path], target: Path, names: list[str]) -> None:
    """One Parquet file, a row group a block."""
    told = kept(parts[0]).rename_columns(names).schema
    with pq.ParquetWriter(target, told, compression="zstd") as sink:
        for part in parts:
            sink.write_table(kept(part).rename_columns(names))


def _join_workbook(parts: list[Path], target: Path, fields: list[Column], form: Form) -> None:
    """One Excel file that does not change with the clock."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    page = book.create_sheet("Sheet")
    page.append([header(c, form) for c in fields])
    for part in parts:
        table = kept(part)
        for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
            page.append([cell if cell != "" else None for cell in row])  # the library takes rows
    made = target.with_suffix(".part")
    book.save(made)
    _without_clock(made, target)
    made.unlink()


def _without_clock(made: Path, target: Path) -> None:
    """The same workbook with fixed times inside and on its parts."""
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            part: Any = old.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2026-01-01T00:00:00Z", part)
            new.writestr(zipfile.ZipInfo(name, FIXED), part, zipfile.ZIP_DEFLATED)
