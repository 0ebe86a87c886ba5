"""Refused rows listed, exported, repaired and sent again, as a data steward types it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook

from doudi.casework.access import entries
from doudi.casework.ledger import Ledger
from doudi.home import Home
from doudi.loaders.reasons import REASONS
from tests.doudi.conftest import number, payments, registers

if TYPE_CHECKING:
    from pathlib import Path

    from tests.doudi.conftest import Clerk

PLATES = "plate,vin,owner_id,vehicle_type,use_nature,first_reg_date,status,price"
FILE = "vehicle_registration.csv"


def cars(*owners: str, price: str = "90000") -> dict[str, str]:
    rows = [
        f"测A0000{n},LTESTTEST0000000{n},{owner},小型轿车,非营运,2025-06-01,正常,{price}"
        for n, owner in enumerate(owners, start=1)
    ]
    return {FILE: "\n".join([PLATES, *rows]) + "\n"}


@pytest.fixture
def steward(clerk: Clerk) -> Clerk:
    """A clerk in whose home a car waits for its owner's number."""
    clerk.loads("2026-01", registers() | cars(number(1), "53990119800101002"))
    return clerk


def mended(book: Path, header: str, value: str, row: int = 2) -> Path:
    opened: Any = load_workbook(book)
    sheet = opened.worksheets[0]
    (place,) = [cell.column for cell in sheet[1] if cell.value == header]
    sheet.cell(row, place).value = value
    opened.save(book)
    return book


def test_what_is_refused_is_listed_by_reason_in_words(steward: Clerk) -> None:
    said = steward.types("quarantine", "list", "--json")
    assert said.receipt["items"] == [
        {
            "batch": "2026-01",
            "source": "vehicle_registration",
            "file": FILE,
            "reason": "id.text",
            "effect": "row refused",
            "rows": 1,
            "repaired": 0,
            "overtaken": 0,
            "open": 1,
            "words": dict(zip(("zh", "en"), REASONS["id.text"], strict=True)),
        }
    ]
    told = steward.types("quarantine", "list", "--batch", "2026-01")
    assert REASONS["id.text"][1] in " ".join(told.out.split())
    assert "1 wait for a repair" in told.out
    chinese = steward.types("quarantine", "list", "--lang", "zh").out
    assert REASONS["id.text"][0] in chinese
    assert "待修改 1 项" in chinese


def test_a_line_goes_out_is_repaired_and_comes_back(steward: Clerk) -> None:
    book = steward.folder / "out" / "cars.xlsx"
    said = steward.types("quarantine", "export", book, "--reason", "monthly repair", "--json")
    assert (said.code, said.receipt["rows"], said.receipt["sheets"]) == (0, 1, 1)
    assert book.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in book.parent.iterdir()] == ["cars.xlsx"]
    (sheet,) = load_workbook(book).worksheets
    shown = dict(zip([c.value for c in sheet[1]], sheet[2], strict=True))
    assert shown["owner_id"].value == "53990119800101002"
    assert shown["owner_id"].fill.fgColor.rgb == "FFFFC7CE"
    assert shown["plate"].fill.fill_type is None
    assert shown["行 line"].value == 3
    assert sheet.protection.sheet
    assert shown["行 line"].protection.locked
    assert not shown["owner_id"].protection.locked

    back = steward.types("quarantine", "resubmit", mended(book, "owner_id", number(2)), "--json")
    assert (back.code, back.receipt["stage"]) == (0, "resubmit")
    (file,) = back.receipt["files"]
    assert (file["batch"], file["file"], file["source"]) == (
        "2026-01",
        FILE,
        "vehicle_registration",
    )
    assert (file["rows_in"], file["loaded"], file["quarantined"]) == (1, 1, 0)
    kept = json.loads(
        (steward.home / "runs" / back.receipt["run"] / "receipt.json").read_text("utf-8")
    )
    assert kept == back.receipt
    with Ledger.open(Home(steward.home).ledger_url) as ledger:
        assert ledger.runs(stage="resubmit")["run"].tolist() == [back.receipt["run"]]
    (item,) = steward.types("quarantine", "list", "--json").receipt["items"]
    assert (item["rows"], item["repaired"], item["open"]) == (1, 1, 0)
    assert steward.types("quarantine", "export", steward.folder / "b.xlsx", "--reason", "x").has(
        "nothing waits for a repair"
    )


def test_every_export_is_in_the_access_log_before_anything_is_written(steward: Clerk) -> None:
    book = steward.folder / "cars.xlsx"
    said = steward.types("quarantine", "export", book, "--reason", f"for {number(1)}")
    assert said.code == 1
    assert not book.exists()
    steward.types(
        "quarantine", "export", book, "--batch", "2026-01", "--reason", "repair of January", "--as", "zhang"
    )  # fmt: skip  # one command
    with Ledger.open(Home(steward.home).ledger_url) as ledger:
        (entry,) = entries(ledger).to_dict("records")
    assert (entry["who"], entry["purpose"], entry["result_count"]) == (
        "zhang",
        "repair of January",
        1,
    )
    assert entry["subject"] == "quarantine/batch:2026-01"
    assert "row" in entry["fields"]


def test_the_screen_says_what_became_of_the_lines(steward: Clerk) -> None:
    book = steward.folder / "cars.xlsx"
    steward.types("quarantine", "export", book, "--reason", "x")
    left = steward.types("quarantine", "resubmit", book)
    assert left.has("1 lines were left as they were")
    said = steward.types(
        "quarantine", "resubmit", mended(book, "owner_id", number(2)), "--lang", "zh"
    )
    assert "未改动" in said.out
    assert re.search(r"2026-01\s+vehicle_registration\.csv\s+1\s+1\s+0\s+0\s+0\s+0", said.out)


@pytest.mark.parametrize(
    ("words", "code", "parts"),
    [
        (
            "quarantine list --batch 2026-02",
            2,
            ["unknown batch in quarantine '2026-02'", "2026-01"],
        ),
        ("quarantine list --source vehicle", 2, ["unknown source", "vehicle_registration"]),
        ("quarantine export a.xlsx", 2, ["--reason"]),
        ("quarantine export a.csv --reason x", 2, ["no .xlsx", "another name"]),
        ("quarantine export a.xlsx --reason x --batch 2026-10", 2, ["2026-10", "2026-01"]),
        ("quarantine export a.xlsx --reason=", 1, ["purpose"]),
        ("quarantine resubmit", 2, ["Missing argument 'book'"]),
        ("quarantine resubmit none.xlsx", 2, ["no such file", "check the path"]),
        ("quarantine resubmit doudi.toml", 1, ["expected: a workbook", "nothing was loaded"]),
        ("quarantine show", 2, ["No such command"]),
    ],
)
def test_what_is_typed_wrongly_says_what_to_do(
    steward: Clerk, words: str, code: int, parts: list[str]
) -> None:
    steward.patch.chdir(steward.home)
    said = steward.types(*words.split())
    assert said.code == code, said.err
    assert said.has(*parts), said.err
    assert not (steward.home / "a.xlsx").exists()


def test_a_file_that_is_there_is_not_overwritten(steward: Clerk) -> None:
    book = steward.folder / "cars.xlsx"
    steward.types("quarantine", "export", book, "--reason", "x")
    before = book.read_bytes()
    said = steward.types("quarantine", "export", book, "--reason", "x")
    assert said.code == 2
    assert said.has("the file is there already")
    assert book.read_bytes() == before


def test_an_office_without_refused_rows_has_nothing_to_repair(clerk: Clerk) -> None:
    said = clerk.types("quarantine", "list", "--json")
    assert (said.code, said.receipt["items"]) == (0, [])
    assert not clerk.home.exists()
    said = clerk.types("quarantine", "export", clerk.folder / "a.xlsx", "--reason", "x")
    assert said.code == 2
    assert said.has("nothing waits for a repair")
    assert not clerk.home.exists()


def test_a_home_in_use_is_left_alone(steward: Clerk) -> None:
    book = steward.folder / "cars.xlsx"
    steward.types("quarantine", "export", book, "--reason", "x")
    mended(book, "owner_id", number(2))
    with Home(steward.home).locked("load"):
        said = steward.types("quarantine", "resubmit", book)
    assert said.code == 1
    assert said.has("is writing here")
    assert (
        steward.types("quarantine", "resubmit", book, "--json").receipt["files"][0]["loaded"] == 1
    )


def test_a_repair_makes_no_feed_fresh(steward: Clerk) -> None:
    before = steward.types("sources", "list", "vehicle_registration", "--json").receipt["sources"]
    book = steward.folder / "cars.xlsx"
    steward.types("quarantine", "export", book, "--reason", "x")
    steward.types("quarantine", "resubmit", mended(book, "owner_id", number(2)))
    after = steward.types("sources", "list", "vehicle_registration", "--json").receipt["sources"]
    assert before[0]["last"] == after[0]["last"] == "2026-02-05"


def test_lines_that_cannot_be_used_together_end_with_three(steward: Clerk) -> None:
    rows = payments(*["2026-01"] * 25)["one_card_payment.csv"].replace(
        number(1), "53990119800101002"
    )
    text = "\n".join(
        line.replace(",300,", f",{300 + n},") for n, line in enumerate(rows.splitlines())
    )
    steward.loads("2026-02", {"one_card_payment.csv": text + "\n"})
    book = steward.folder / "paid.xlsx"
    steward.types("quarantine", "export", book, "--reason", "x", "--batch", "2026-02")
    opened: Any = load_workbook(book)
    sheet = opened.worksheets[0]
    at = {cell.value: place for place, cell in enumerate(sheet[1])}
    for n, row in enumerate(sheet.iter_rows(min_row=2)):
        row[at["payee_id"]].value = number(1)
        row[at["amount"]].value = str(3_000_000 + n)
    opened.save(book)
    said = steward.types("quarantine", "resubmit", book, "--json")
    assert said.code == 3
    assert list(said.receipt["stopped"]) == ["2026-02/one_card_payment"]
    assert "unit.suspect" in said.receipt["messages"][0]
