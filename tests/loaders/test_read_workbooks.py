"""Workbooks and exports as offices make them: titles above, several sheets, totals below."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
import xlwt
from openpyxl import Workbook

from doudi.graph.errors import FeedStopped
from doudi.loaders.headers import spellings
from doudi.loaders.read import read_sheet, read_sheets
from doudi.loaders.source import sources

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from doudi.loaders.receipt import LoadReceipt
    from tests.loaders.conftest import Office

    Make = Callable[..., bytes]

SLUG = "area_code_history"
KNOWN = spellings(sources()[SLUG])
HEADER = ("区划代码", "区划名称", "生效日期", "有效期至", "上级代码", "承继代码")
TITLES = (
    ("某某县行政区划代码变更登记表（2026年6月）",),
    ("填报单位：某某县民政局", None, None, "填报日期：2026-06-05"),
    (),
)
FEW, MORE = ("539901001000", "甲村", "2000-01-01"), ("539901002000", "乙村", "2001-02-03")
OTHER = (("户主", "人数", "金额"), ("某", 3, 450), ("某", 2, 300))
NOTES = (("填表说明",), ("一、代码为12位。",), ("二、日期写作", "2026-06-05"))

Rows = tuple[tuple[Any, ...], ...]


def xlsx(sheets: dict[str, Rows], hidden: str = "") -> bytes:
    made = Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        page = made.create_sheet(name)
        page.sheet_state = "hidden" if name == hidden else "visible"
        for row in rows:
            page.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def xls(sheets: dict[str, Rows], hidden: str = "") -> bytes:
    made = xlwt.Workbook(encoding="utf-8")
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for name, rows in sheets.items():
        page = made.add_sheet(name)
        page.visibility = int(name == hidden)
        for line, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, dt.date):
                    page.write(line, place, cell, day)
                elif cell is not None:
                    page.write(line, place, cell)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def csv_text(rows: Rows, width: int = 6) -> bytes:
    cells = [[*map(str, (c or "" for c in row)), *[""] * (width - len(row))] for row in rows]
    return "".join(",".join(row) + "\n" for row in cells).encode()


MAKERS = pytest.mark.parametrize(("suffix", "make"), [(".xlsx", xlsx), (".xls", xls)])


def deliver(office: Office, suffix: str, data: bytes) -> LoadReceipt:
    return office.deliver({f"{SLUG}{suffix}": data})


def said(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    with pytest.raises(FeedStopped) as caught:
        read_sheets(path, KNOWN)
    return str(caught.value)


@MAKERS
def test_rows_below_titles_are_read_with_their_own_lines(
    tmp_path: Path,
    suffix: str,
    make: Make,
) -> None:
    path = tmp_path / f"{SLUG}{suffix}"
    path.write_bytes(make({"Sheet1": (*TITLES, HEADER, FEW, (), MORE)}))
    ((name, sheet),) = read_sheets(path, KNOWN).items()
    assert (name, sheet.headers) == (path.name, HEADER)
    assert sheet.rows["line"].to_pylist() == [5, 7]
    assert sheet.rows["c1"].to_pylist() == ["甲村", "乙村"]
    assert [en for _, en in sheet.remarks] == [
        "the headers are in line 4; 2 title rows above were passed over"
    ]


@pytest.mark.parametrize("count", [2, 4_000])
def test_titles_above_a_csv_export_are_passed_over(tmp_path: Path, count: int) -> None:
    path = tmp_path / f"{SLUG}.csv"
    path.write_bytes(csv_text((*TITLES, HEADER, *[FEW] * count)))
    sheet = read_sheet(path, KNOWN)
    assert sheet.headers == HEADER
    assert sheet.rows["line"].to_pylist() == list(range(5, 5 + count))


def test_a_quoted_title_of_two_lines_is_one_line_of_the_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / f"{SLUG}.csv"
    path.write_bytes('"某某县\n登记表",,,,,\n'.encode() + csv_text((HEADER, *[FEW] * 4_000)))
    sheet = read_sheet(path, KNOWN)
    assert sheet.rows["line"].to_pylist() == list(range(3, 4_003))


def test_the_senders_line_may_hold_a_known_word(tmp_path: Path) -> None:
    path = tmp_path / f"{SLUG}.xlsx"
    path.write_bytes(xlsx({"a": (("区划代码", "539901000000"), HEADER, FEW)}))
    assert read_sheet(path, KNOWN).headers == HEADER


def test_the_twentieth_row_may_be_the_headers_and_the_next_may_not(tmp_path: Path) -> None:
    path = tmp_path / f"{SLUG}.xlsx"
    path.write_bytes(xlsx({"a": (*[("某某县",)] * 19, HEADER, FEW)}))
    assert read_sheet(path, KNOWN).rows["line"].to_pylist() == [21]
    path.write_bytes(xlsx({"a": (*[("某某县",)] * 20, HEADER, FEW)}))
    assert read_sheet(path, KNOWN).headers == ("某某县",)


def test_headers_of_which_half_are_known_are_headers(office: Office) -> None:
    half = ("code", "name", "from", "till")
    receipt = deliver(office, ".xlsx", xlsx({"a": (*TITLES, half, FEW)}))
    assert "unknown column 'from'" in receipt.messages[0]
    assert "unknown column 'till'" in receipt.messages[0]
    assert "某某县" not in receipt.messages[0]


@MAKERS
def test_sheets_with_the_same_headers_are_one_feed(
    office: Office,
    suffix: str,
    make: Make,
) -> None:
    bad = ("539901003000", "丙村", "2000-02-30")
    turned = tuple(reversed(HEADER))
    book = {
        "幸福乡": (*TITLES, HEADER, FEW),
        "和平乡": (turned, (None, None, None, *reversed(MORE)), (None, None, None, *reversed(bad))),
    }
    receipt = deliver(office, suffix, make(book))
    assert receipt.exit_code == 0
    assert [(f.file, f.rows_in, f.loaded) for f in receipt.files] == [
        (f"{SLUG}{suffix}#幸福乡", 1, 1), (f"{SLUG}{suffix}#和平乡", 2, 1),
    ]  # fmt: skip  # a row a line
    files = str(office.home / "quarantine" / "*" / "*.parquet")
    told = duckdb.execute("SELECT file, line, reason FROM read_parquet(?)", [files]).fetchall()
    assert told == [(f"{SLUG}{suffix}#和平乡", 3, "date.impossible")]
    assert len(office.nodes("Area")) == 2


@MAKERS
def test_empty_sheets_and_notes_are_passed_over_and_said(
    office: Office,
    suffix: str,
    make: Make,
) -> None:
    book = {"说明": NOTES, "数据": (HEADER, FEW), "Sheet3": (), "空表": (HEADER,)}
    receipt = deliver(office, suffix, make(book))
    assert [(f.file, f.loaded) for f in receipt.files] == [(f"{SLUG}{suffix}", 1)]
    assert receipt.exit_code == 0
    assert any("sheets of notes were passed over: 说明" in m for m in receipt.messages)
    assert any("empty sheets were passed over: Sheet3, 空表" in m for m in receipt.messages)


@MAKERS
@pytest.mark.parametrize("second", [OTHER, (HEADER[:4], FEW)], ids=["other", "fewer columns"])
def test_two_different_tables_stop_the_feed(
    office: Office,
    suffix: str,
    make: Make,
    second: Rows,
) -> None:
    receipt = deliver(office, suffix, make({"区划": (HEADER, FEW), "花名册": second}))
    assert receipt.files == ()
    assert "different tables in one workbook: 区划, 花名册" in receipt.messages[0]


@MAKERS
def test_a_hidden_list_of_words_is_no_second_table(
    office: Office,
    suffix: str,
    make: Make,
) -> None:
    receipt = deliver(office, suffix, make({"数据": (HEADER, FEW), "hidden1": OTHER}, "hidden1"))
    assert receipt.files[0].loaded == 1


@MAKERS
def test_a_sheet_named_by_a_number_is_told_by_its_place(
    tmp_path: Path,
    suffix: str,
    make: Make,
) -> None:
    message = said(tmp_path / f"{SLUG}{suffix}", make({"13800138000": (HEADER, FEW), "b": OTHER}))
    assert "different tables in one workbook: 1, b" in message


@MAKERS
def test_an_empty_workbook_is_told(tmp_path: Path, suffix: str, make: Make) -> None:
    assert "the file is empty" in said(tmp_path / f"{SLUG}{suffix}", make({"a": (), "b": ()}))


@MAKERS
def test_a_workbook_of_another_table_is_told_by_its_columns(
    office: Office,
    suffix: str,
    make: Make,
) -> None:
    receipt = deliver(office, suffix, make({"花名册": OTHER}))
    assert "the first row is no header" in receipt.messages[0]


@MAKERS
@pytest.mark.parametrize(
    ("slug", "header", "rows", "told"),
    [
        ("household_income_ledger", ("archive_no", "year", "wage"),
         (("A1", 2025, 10.5), ("小 计", 2025, 10.5), ("合计", 2025, 10.5)),
         [(3, "archive_no", "required.missing", "row refused"), (4, "archive_no", "required.missing", "row refused")]),
        ("old_age_allowance", ("name", "person_id", "pay_month", "amount"), (("合计", None, None, 1_200),),
         [(2, "person_id", "id.missing", "row refused")]),
    ],
)  # fmt: skip  # one list
def test_a_row_of_totals_is_refused_with_a_reason(
    office: Office,
    suffix: str,
    make: Make,
    slug: str,
    header: tuple[str, ...],
    rows: Rows,
    told: list[tuple[object, ...]],
) -> None:
    receipt = office.deliver({f"{slug}{suffix}": make({"a": (header, *rows)})})
    (file,) = receipt.files
    assert file.rows_in == len(rows)
    assert office.quarantine() == told


@MAKERS
def test_cells_are_read_as_they_are_meant(tmp_path: Path, suffix: str, make: Make) -> None:
    path = tmp_path / f"{SLUG}{suffix}"
    row = (dt.date(2024, 1, 31), 13800138000, 1.5, 45322, True, "李𠮷", 539901198001010010.0)
    path.write_bytes(make({"a": (tuple("abcdefg"), row)}))
    sheet = read_sheet(path)
    (cells,) = sheet.rows.select(sheet.rows.column_names[:-1]).to_pylist()
    assert list(cells.values()) == [
        "2024-01-31 00:00:00", "13800138000", "1.5", "45322", "True", "李𠮷", "5.3990119800101e+17",
    ]  # fmt: skip  # one row


def test_an_error_in_a_cell_of_an_xls_is_not_nothing(tmp_path: Path) -> None:
    made = xlwt.Workbook()
    page = made.add_sheet("a")
    page.write(0, 0, "code")
    page.row(1).set_cell_error(0, 0x2A)
    made.save(str(tmp_path / "a.xls"))
    assert read_sheet(tmp_path / "a.xls").rows["c0"].to_pylist() == ["#N/A"]


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("a.xls", b"<html><table>", "not what its name says (HTML)"),
        ("a.xls", "姓名\t性别\n".encode("gb18030"), "not what its name says"),
        ("a.xls", xlsx({"a": (HEADER, FEW)}), "not what its name says (XLSX)"),
        ("a.xlsx", xls({"a": (HEADER, FEW)}), "not what its name says (XLS)"),
        ("a.xlsx", xls({"a": (HEADER, FEW)}) + "EncryptedPackage".encode("utf-16-le"), "locked with a password"),
        ("a.xlsx", xlsx({"a": (HEADER, FEW)})[:-40], "cut off or damaged"),
        ("a.xls", xls({"a": (HEADER, FEW)})[:900], "not what its name says"),
        ("a.csv", xls({"a": (HEADER, FEW)}), "not what its name says"),
    ],
)  # fmt: skip  # one list
def test_a_workbook_of_another_kind_is_told(
    tmp_path: Path, name: str, data: bytes, told: str
) -> None:
    assert told in said(tmp_path / name, data)


def test_an_xls_with_a_password_is_told(tmp_path: Path) -> None:
    data = xls({"a": (HEADER, FEW)})
    interface, password = b"\xe1\x00\x02\x00\xb0\x04", b"\x2f\x00\x02\x00\xb0\x04"
    assert interface in data
    assert "locked with a password" in said(tmp_path / "a.xls", data.replace(interface, password))


@pytest.mark.parametrize("cut", range(40, 5_000, 450))
def test_an_xls_cut_anywhere_is_one_message(tmp_path: Path, cut: int) -> None:
    data = xls({"a": (HEADER, *[FEW] * 60)})
    assert said(tmp_path / "a.xls", data[:cut])
