"""Files of every kind with altered bytes: read, or stopped with one message; never a crash."""

from __future__ import annotations

import gzip
import io
import random
import zipfile
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlwt
from openpyxl import Workbook

from doudi.graph.errors import FeedStopped
from doudi.loaders.read import read_sheets

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEADER = ("code", "name", "区划名称")
ROWS = [(str(i), f"第{i}村", "x" * (i % 7)) for i in range(40)]
TEXT = "\n".join(",".join(row) for row in (HEADER, *ROWS)).encode("gb18030")
KNOWN = frozenset(HEADER)
TIMES = 60


def as_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", TEXT)
    return out.getvalue()


def as_xlsx() -> bytes:
    book = Workbook()
    for row in (HEADER, *ROWS):
        book.worksheets[0].append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_unpacked_xlsx() -> bytes:
    """A workbook whose parts are stored as they are, so that altered bytes reach the XML."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(as_xlsx())) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return out.getvalue()


def as_xls() -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("a")
    for line, row in enumerate((HEADER, *ROWS)):
        for place, cell in enumerate(row):
            page.write(line, place, cell)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_parquet() -> bytes:
    out = io.BytesIO()
    columns = zip(HEADER, zip(*ROWS, strict=True), strict=True)
    pq.write_table(pa.table({name: list(cells) for name, cells in columns}), out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("suffix", "make"),
    [
        (".csv", lambda: TEXT), (".csv.gz", lambda: gzip.compress(TEXT, mtime=0)), (".zip", as_zip),
        (".xlsx", as_xlsx), (".xlsx", as_unpacked_xlsx), (".xls", as_xls), (".parquet", as_parquet),
    ],
    ids=["csv", "gz", "zip", "xlsx", "xlsx as stored", "xls", "parquet"],
)  # fmt: skip  # one list
def test_altered_bytes_never_crash(tmp_path: Path, suffix: str, make: Callable[[], bytes]) -> None:
    rng = random.Random(11)  # noqa: S311 - the same bytes each time
    whole, path = make(), tmp_path / f"area_code_history{suffix}"
    path.write_bytes(whole)
    assert [s.rows.num_rows for s in read_sheets(path, KNOWN).values()] == [len(ROWS)]
    stopped = 0
    for _ in range(TIMES):
        data = bytearray(whole)
        for place in rng.choices(range(len(data)), k=rng.choice((1, 4, 16))):
            data[place] = rng.randrange(256)
        path.write_bytes(data[: rng.choice((len(data), rng.randrange(1, len(data))))])
        try:
            read_sheets(path, KNOWN)
        except FeedStopped:
            stopped += 1
    assert stopped
