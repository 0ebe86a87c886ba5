"""Workbooks: every row and column is read, whatever a sheet says of its own size."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

import pytest
from openpyxl import Workbook

from doudi.loaders.read import read_sheet

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [
    ("code", "name", "valid_to"),
    ("A", "甲", "2024-01-01"),
    ("B", "乙", None),
    ("C", None, None),
]
CELLS = [("A", "甲", "2024-01-01"), ("B", "乙", ""), ("C", "", "")]
SHEET = "xl/worksheets/sheet1.xml"


def workbook(*, write_only: bool) -> bytes:
    book = Workbook(write_only=write_only)
    sheet = book.create_sheet() if write_only else book.worksheets[0]
    for row in ROWS:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_dimension(data: bytes, element: str) -> bytes:
    """A workbook whose sheet says something else of its size."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name == SHEET:
                text, found = re.subn(rb"<dimension[^>]*/>", element.encode(), text)
                assert found == 1
            new.writestr(name, text)
    return out.getvalue()


PLAIN = workbook(write_only=False)


@pytest.mark.parametrize(
    "data",
    [
        PLAIN,
        workbook(write_only=True),
        with_dimension(PLAIN, ""),
        with_dimension(PLAIN, '<dimension ref="A1"/>'),
        with_dimension(PLAIN, '<dimension ref="A1:B2"/>'),
        with_dimension(PLAIN, '<dimension ref="A1:F9"/>'),
    ],
    ids=["whole", "streamed", "without", "one cell", "too small", "too great"],
)
def test_every_cell_is_read_whatever_the_sheet_says_of_its_size(
    tmp_path: Path, data: bytes
) -> None:
    path = tmp_path / "area_code_history.xlsx"
    path.write_bytes(data)
    sheet = read_sheet(path)
    assert sheet.headers[:3] == ROWS[0]
    read = [sheet.rows[f"c{i}"].to_pylist() for i in range(3)]
    assert list(zip(*read, strict=True)) == CELLS
    assert sheet.rows["line"].to_pylist() == [2, 3, 4]
    assert sheet.misshapen == ()


def test_a_value_beyond_the_headers_is_still_too_much(tmp_path: Path) -> None:
    book = Workbook()
    for row in (("code", "name"), ("A", "甲", "x"), ("B",)):
        book.worksheets[0].append(row)
    book.save(tmp_path / "area_code_history.xlsx")
    sheet = read_sheet(tmp_path / "area_code_history.xlsx")
    assert sheet.misshapen == ((2, "row.extra", ("A", "甲", "x")),)
    assert sheet.rows.num_rows == 1
