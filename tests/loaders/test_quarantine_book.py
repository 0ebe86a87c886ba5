"""The workbook of lines in quarantine: what is in it, who may read it, and what may not be changed."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook
from openpyxl.worksheet._writer import create_temporary_file

from doudi.graph.errors import DeliveryError, UsageError
from doudi.loaders.quarantine_book import INFO
from tests.loaders.conftest import number
from tests.loaders.repairing import (
    BAD,
    PAID,
    PAYMENTS,
    Steward,
    edit,
    files_of,
    member,
    members,
    payment,
)


def test_nothing_is_in_clear_on_the_disk_but_the_book(
    steward: Steward, people: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Path] = []

    def temporary(suffix: str = "") -> str:
        made.append(Path(create_temporary_file(suffix)))
        assert made[-1].parent.stat().st_mode & 0o777 == 0o700
        return str(made[-1])

    steward.office.deliver(members(member(BAD, name="李四光"), member(people[0])))
    with monkeypatch.context() as patch:
        patch.setattr("openpyxl.worksheet._writer.create_temporary_file", temporary)
        book = steward.export()
    assert {path.parent.parent for path in made} == {book.parent}
    assert not any(path.parent.exists() for path in made)
    assert book.stat().st_mode & 0o777 == 0o600
    edit(book, lambda _, cells: cells.update(person_id=people[1]))
    steward.sends(book)
    clear = [text.encode() for text in (BAD, people[1], "李四光")]
    for path, data in files_of(steward.home).items():
        assert not any(one in data for one in clear), path


def tampered(book: Path, sheet: int, cell: str, value: object) -> Path:
    opened: Any = load_workbook(book)
    opened.worksheets[sheet][cell].value = value
    opened.save(book)
    return book


@pytest.mark.parametrize(
    ("cell", "value", "said"),
    [
        ("A2", "0123456789abcdef", "this line is not in quarantine"),
        ("A2", None, "this line is not in quarantine"),
        ("B2", "2026-09", "an information column was changed: batch"),
        ("C2", "other.csv", "an information column was changed: file"),
        ("D2", 7, "an information column was changed: line"),
        ("H1", "shoe_size", "the raw headers were changed"),
        ("A1", "x", "unknown sheet"),
    ],
)
def test_a_book_changed_elsewhere_is_told_and_loads_nothing(
    steward: Steward, people: list[str], cell: str, value: object, said: str
) -> None:
    steward.office.deliver(members(member(BAD), member(people[0])))
    book = steward.repair({("2026-04", 2): {"person_id": people[1]}})
    before = files_of(steward.home)
    with pytest.raises(DeliveryError) as caught:
        steward.sends(tampered(book, 0, cell, value))
    assert said in str(caught.value)
    assert "nothing was loaded" in str(caught.value)
    assert files_of(steward.home) == before


def test_a_line_that_stands_twice_and_a_further_sheet_are_told(
    steward: Steward, people: list[str]
) -> None:
    steward.office.deliver(members(member(BAD), member(people[0])))
    book = steward.repair({("2026-04", 2): {"person_id": people[1]}})
    opened: Any = load_workbook(book)
    sheet = opened.worksheets[0]
    sheet.append([cell.value for cell in sheet[2]])
    opened.save(book)
    with pytest.raises(DeliveryError, match="the same line stands twice"):
        steward.sends(book)
    sheet.delete_rows(3)
    opened.create_sheet("笔记")["A1"].value = "memo"
    opened.save(book)
    with pytest.raises(DeliveryError, match="unknown sheet '笔记'"):
        steward.sends(book)
    del opened["笔记"]
    opened.create_sheet("空")
    opened.save(book)
    assert [f.loaded for f in steward.sends(book).files] == [1]


def test_a_file_that_is_none_of_ours_is_told(steward: Steward, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        steward.sends(tmp_path / "none.xlsx")
    for data in (
        b"",
        b"name,age\n1,2\n",
        b"PK\3\4 cut off",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 EncryptedPackage",
    ):
        (tmp_path / "odd.xlsx").write_bytes(data)
        with pytest.raises(DeliveryError) as caught:
            steward.sends(tmp_path / "odd.xlsx")
        assert "export again" in str(caught.value)


def test_a_quarantine_of_an_older_release_is_shown_and_sent_after_a_load(
    steward: Steward, people: list[str]
) -> None:
    files = members(member(BAD), member(people[0]))
    steward.office.deliver(files, batch="2026-04")
    (table,) = steward.home.glob("quarantine/*/*.parquet")
    old = pq.read_table(table).drop_columns(["headers", "as_known", "told", "settled"])
    pq.write_table(old, table)
    assert steward.counts() == [(1, 0, 0)]
    book = steward.export()
    assert [cell.value for cell in load_workbook(book).worksheets[0][1]][len(INFO)] == "列 column 1"
    edit(book, lambda _, cells: cells.update({"列 column 2": people[1]}))
    with pytest.raises(DeliveryError, match="load the batch again, then export"):
        steward.sends(book)
    steward.office.deliver(files, batch="2026-04")
    assert len(steward.office.quarantine()) == 1
    book = steward.repair({("2026-04", 2): {"person_id": people[1]}})
    assert [f.loaded for f in steward.sends(book).files] == [1]


def test_two_parts_with_the_same_lines_are_not_mixed_up(
    steward: Steward, people: list[str]
) -> None:
    head, one = PAYMENTS, payment(people[0], "300", "2026-04")
    odd = payment(people[0], "120", "2026-04", "也许")
    steward.office.deliver(
        {f"one_card_payment.part{n}.csv": f"{head}\n{row}\n" for n, row in ((1, one), (2, odd))}
    )
    steward.sends(steward.repair({("2026-04", 2): {"status": "退回"}}))
    assert sorted(f["amount_yuan"] for f in steward.office.links(*PAID)) == [120, 300]


def test_the_notes_of_repairs_only_grow_and_hold_no_value(
    steward: Steward, people: list[str]
) -> None:
    steward.office.deliver(members(member(BAD), member(people[0], "待核")))
    notes = steward.home / "quarantine" / "repairs.jsonl"
    steward.sends(steward.repair({("2026-04", 2): {"person_id": people[1]}}))
    first = notes.read_text("utf-8")
    steward.sends(steward.repair({("2026-04", 3): {"declared_income": "9"}}), date(2026, 12, 30))
    assert notes.read_text("utf-8").startswith(first)
    assert [json.loads(one)["line"] for one in notes.read_text("utf-8").splitlines()] == [2, 3]
    assert number(2) not in notes.read_text("utf-8")
