"""Refused lines repaired in a workbook and loaded back, with their origin."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook
from openpyxl.worksheet._writer import create_temporary_file

from doudi.graph.errors import DeliveryError, UsageError
from doudi.loaders.feeds import deliveries
from doudi.loaders.health import records
from doudi.loaders.identity import Keys
from doudi.loaders.quarantine_book import INFO, write_book
from doudi.loaders.refused import groups, lines
from doudi.loaders.repairs import resubmit
from doudi.loaders.source import sources
from tests.loaders.conftest import Office, number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from doudi.loaders.receipt import RepairReceipt

MEMBERS = "household_id,person_id,name,relation_to_head,is_beneficiary,labour_capacity,health,disability_grade,declared_income,added_date,removed_date"
MEMBER_OF = ("MEMBER_OF", "Person", "Household")
PAID = ("PAID", "Person", "Account")
PAYMENTS = "payee_id,account_hash,account_name,programme,amount,pay_date,batch,status"
DELTA = 'mode = "delta"\n'
BAD = "53990119800101001"
DAY = date(2026, 12, 24)


def members(*rows: str) -> dict[str, str]:
    return {"dibao_member_register.csv": "\n".join([MEMBERS, *rows]) + "\n"}


def member(person: str, income: str = "100", household: str = "D1", name: str = "王小明") -> str:
    return f"{household},{person},{name},户主,是,有劳动能力,健康,,{income},2024-01-15,"


def payments(*rows: str) -> dict[str, str]:
    return {"one_card_payment.csv": "\n".join([PAYMENTS, *rows]) + "\n"}


def payment(person: str, amount: str, month: str, status: str = "成功") -> str:
    return f"{person},{'a' * 64},王小明,农村低保,{amount},{month}-15,{month},{status}"


@dataclass
class Steward:
    """Exports what is in quarantine, repairs it, and sends it again."""

    office: Office
    days: list[date]
    books: int = 0

    @property
    def home(self) -> Path:
        return self.office.home

    def export(self, batch: str = "") -> Path:
        self.books += 1
        book = self.office.folder / f"book{self.books}.xlsx"
        found = lines(self.home, Keys(self.home / "keys"), batch)
        write_book(book, found, sources(self.home / "sources"), "en")
        return book

    def repair(self, edits: Mapping[tuple[str, int], Mapping[str, str]], batch: str = "") -> Path:
        """A book with other cells, by batch and line and by header."""
        book = self.export(batch)
        edit(
            book,
            lambda info, cells: cells.update(edits.get((info["batch"], int(info["line"])), {})),
        )
        return book

    def sends(self, book: Path, day: date = DAY) -> RepairReceipt:
        self.days[:] = [day]
        return resubmit(book, self.home, lang="en")

    def counts(self) -> list[tuple[int, int, int]]:
        return [(g.rows, g.repaired, g.overtaken) for g in groups(self.home)]


def edit(book: Path, change: Callable[[dict[str, str], dict[str, str]], object]) -> None:
    """Change the raw cells of every row, as a person does in Excel."""
    opened: Any = load_workbook(book)
    for sheet in opened.worksheets:
        head = [str(cell.value or "") for cell in sheet[1]]
        for row in sheet.iter_rows(min_row=2):
            info = {k.split()[1]: str(c.value or "") for k, c in zip(INFO, row, strict=False)}
            cells = {
                h: str(c.value or "") for h, c in list(zip(head, row, strict=True))[len(INFO) :]
            }
            before = dict(cells)
            change(info, cells)
            for place, (name, value) in enumerate(cells.items(), start=len(INFO)):
                if value != before[name]:
                    row[place].value = value
    opened.save(book)


@pytest.fixture
def steward(office: Office, monkeypatch: pytest.MonkeyPatch) -> Steward:
    days = [DAY]
    monkeypatch.setattr("doudi.loaders.repairs.today", lambda: days[0])
    return Steward(office, days)


def known(office: Office, day: date | None = None) -> list[dict[str, Any]]:
    return office.links(*MEMBER_OF, as_known=day)


def incomes(office: Office) -> set[Any]:
    """The incomes that hold now."""
    return {f["declared_income_yuan"] for f in known(office) if f["valid_to"] is None}


def files_of(home: Path) -> dict[Path, bytes]:
    return {p: p.read_bytes() for p in home.rglob("*") if p.is_file()}


def test_a_repaired_line_is_loaded_with_its_origin_and_known_since_the_repair(
    steward: Steward, people: list[str]
) -> None:
    steward.office.deliver(members(member(people[0]), member(BAD, "300", name="李四")))
    receipt = steward.sends(steward.repair({("2026-04", 3): {"person_id": people[1]}}))
    (file,) = receipt.files
    assert (file.batch, file.file, file.source) == (
        "2026-04", "dibao_member_register.csv", "dibao_member_register",
    )  # fmt: skip
    assert (file.rows_in, file.loaded, file.quarantined, file.duplicates) == (1, 1, 0, 0)
    assert (file.overtaken, file.unchanged, receipt.exit_code) == (0, 0, 0)
    (fact,) = [f for f in known(steward.office) if f["declared_income_yuan"] == 300]
    assert (fact["batch"], fact["row"], fact["known_from"]) == ("2026-04", 3, DAY)
    assert len(known(steward.office, date(2026, 12, 23))) == 1
    assert steward.counts() == [(1, 1, 0)]


def test_lines_left_as_they_were_stay_and_are_said(steward: Steward, people: list[str]) -> None:
    steward.office.deliver(members(member(BAD), member(people[0], "待核"), member(BAD + "1")))
    receipt = steward.sends(steward.repair({("2026-04", 4): {"person_id": people[1]}}))
    (file,) = receipt.files
    assert (file.rows_in, file.loaded, file.quarantined, file.duplicates, file.unchanged) == (
        3,
        1,
        1,
        1,
        2,
    )
    assert any("2 lines were left as they were" in message for message in receipt.messages)
    assert sum(group.open for group in groups(steward.home)) == 2


def test_a_line_that_is_still_bad_is_refused_again_and_not_doubled(
    steward: Steward, people: list[str]
) -> None:
    steward.office.deliver(members(member(BAD, name="李四"), member(people[0])))
    before = steward.office.quarantine()
    receipt = steward.sends(steward.repair({("2026-04", 2): {"person_id": BAD + "9"}}))
    (file,) = receipt.files
    assert (file.rows_in, file.loaded, file.quarantined) == (1, 0, 1)
    assert file.reasons == {"id.checksum": 1}
    assert steward.office.quarantine() == before
    assert [group.open for group in groups(steward.home)] == [1]
    assert len(known(steward.office)) == 1


def test_the_same_book_again_changes_nothing_on_any_day(
    steward: Steward, people: list[str]
) -> None:
    steward.office.deliver(members(member(BAD), member(people[0], "待核")))
    book = steward.repair(
        {("2026-04", 2): {"person_id": people[1]}, ("2026-04", 3): {"declared_income": "200"}}
    )
    first = steward.sends(book)
    before = files_of(steward.home)
    for day in (DAY, date(2026, 12, 30)):
        again = steward.sends(book, day)
        assert files_of(steward.home) == before
        assert [(f.rows_in, f.loaded) for f in again.files] == [(2, 2)]
        assert [f.facts for f in again.files] == [0]
    assert first.files[0].facts > 0


def test_an_unknown_field_is_corrected_where_the_key_stands_for_one_row(
    steward: Steward, people: list[str]
) -> None:
    steward.office.deliver(members(member(people[0], "待核")))
    steward.sends(steward.repair({("2026-04", 2): {"declared_income": "300"}}))
    (fact,) = known(steward.office)
    assert (fact["declared_income_yuan"], fact["valid_from"]) == (300, date(2024, 1, 15))
    (old,) = known(steward.office, date(2026, 12, 1))
    assert old["declared_income_yuan"] is None


def test_a_repaired_row_of_a_bag_takes_its_own_place_alone(
    steward: Steward, people: list[str]
) -> None:
    rows = [payment(people[0], "300", "2026-04", "也许"), payment(people[0], "120", "2026-04")]
    steward.office.deliver(payments(*rows, payment(people[0], "许多", "2026-04")))
    before = {f["amount_yuan"] for f in steward.office.links(*PAID)}
    assert before == {300, 120}
    receipt = steward.sends(
        steward.repair({("2026-04", 2): {"status": "退回"}, ("2026-04", 4): {"amount": "80"}})
    )
    assert [f.loaded for f in receipt.files] == [2]
    now = steward.office.links(*PAID)
    assert sorted((f["amount_yuan"], f["row"]) for f in now) == [(80, 4), (120, 3), (300, 2)]


def test_a_repair_of_a_repair_takes_its_place(steward: Steward, people: list[str]) -> None:
    steward.office.deliver(
        payments(payment(people[0], "许多", "2026-04"), payment(people[1], "5", "2026-04"))
    )
    book = steward.repair({("2026-04", 2): {"amount": "80"}})
    steward.sends(book)
    edit(book, lambda _, cells: cells.update(amount="90"))
    steward.sends(book, date(2026, 12, 26))
    assert sorted(f["amount_yuan"] for f in steward.office.links(*PAID)) == [5, 90]
    edit(book, lambda _, cells: cells.update(amount="80"))
    steward.sends(book, date(2026, 12, 26))
    assert sorted(f["amount_yuan"] for f in steward.office.links(*PAID)) == [5, 80]


def test_a_repaired_key_takes_the_row_under_the_wrong_key_away(
    steward: Steward, people: list[str]
) -> None:
    steward.office.deliver(members(member("不详", name="李四"), member(people[0], "待核")))
    quarantined = {(line, field) for line, field, _, _ in steward.office.quarantine()}
    assert (2, "person_id") in quarantined
    assert len(known(steward.office)) == 2
    steward.sends(steward.repair({("2026-04", 2): {"person_id": people[1]}}))
    assert len(known(steward.office)) == 2
    assert {f["grade"] for f in known(steward.office)} == {"exact"}


@pytest.mark.parametrize("mode", ["", DELTA])
def test_a_line_of_which_a_newer_delivery_spoke_is_overtaken(
    steward: Steward, people: list[str], mode: str
) -> None:
    steward.office.deliver(members(member(people[0], "待核"), member(people[1], "许多")))
    steward.office.deliver(members(member(people[0], "500")), mode)
    edits = {("2026-04", n): {"declared_income": "100"} for n in (2, 3)}
    receipt = steward.sends(steward.repair(edits))
    (file,) = receipt.files
    assert (file.rows_in, file.overtaken, file.loaded) == ((2, 2, 0) if not mode else (2, 1, 1))
    assert any("were not loaded: newer" in message for message in receipt.messages)
    assert incomes(steward.office) == ({500} if not mode else {100, 500})
    assert steward.counts() == [(2, 0 if not mode else 1, 2 if not mode else 1)]


def test_a_newer_snapshot_of_events_covers_its_own_span_only(
    steward: Steward, people: list[str]
) -> None:
    steward.office.deliver(
        payments(payment(people[0], "许多", "2026-03"), payment(people[0], "许多", "2026-04"))
    )
    steward.office.deliver(
        payments(payment(people[1], "5", "2026-04"), payment(people[1], "5", "2026-05"))
    )
    edits = {("2026-04", n): {"amount": "100"} for n in (2, 3)}
    (file,) = steward.sends(steward.repair(edits)).files
    assert (file.loaded, file.overtaken) == (1, 1)
    months = [f["valid_from"] for f in steward.office.links(*PAID) if f["amount_yuan"] == 100]
    assert months == [date(2026, 3, 1)]


def test_a_repair_of_the_newest_delivery_counts_on_the_day_of_its_load(
    steward: Steward, people: list[str]
) -> None:
    steward.office.deliver(members(member(BAD), member(people[0])))
    (file,) = steward.sends(
        steward.repair({("2026-04", 2): {"person_id": people[1]}}), date(2026, 5, 5)
    ).files
    assert (file.loaded, file.overtaken) == (1, 0)
    assert len(known(steward.office, date(2026, 5, 5))) == 2


def test_a_repair_is_never_known_before_its_origin(steward: Steward, people: list[str]) -> None:
    steward.office.deliver(members(member(BAD), member(people[0])))
    steward.sends(steward.repair({("2026-04", 2): {"person_id": people[1]}}), date(2026, 1, 1))
    assert len(known(steward.office)) == 2
    assert len(known(steward.office, date(2026, 5, 4))) == 0


def test_repairs_of_two_lines_of_one_bag_do_not_overtake_each_other(
    steward: Steward, people: list[str]
) -> None:
    steward.office.deliver(
        payments(*(payment(people[0], "许多", "2026-04", s) for s in ("成功", "退回")))
    )
    steward.sends(steward.repair({("2026-04", 2): {"amount": "80"}}))
    (file,) = steward.sends(
        steward.repair({("2026-04", 3): {"amount": "90"}}), date(2026, 12, 26)
    ).files
    assert (file.loaded, file.overtaken) == (1, 0)
    assert sorted(f["amount_yuan"] for f in steward.office.links(*PAID)) == [80, 90]


def test_the_repair_of_a_newer_delivery_overtakes_that_of_an_older(
    steward: Steward, people: list[str]
) -> None:
    steward.office.deliver(members(member(people[0], "许多")))
    steward.office.deliver(members(f"D1,{people[0]},,户主,是,,,,许多,2024-01-15,"), DELTA)
    edits = {("2026-05", 2): {"declared_income": "500"}}
    assert [f.loaded for f in steward.sends(steward.repair(edits, "2026-05")).files] == [1]
    edits = {("2026-04", 2): {"declared_income": "100"}}
    assert [f.overtaken for f in steward.sends(steward.repair(edits, "2026-04")).files] == [1]
    assert incomes(steward.office) == {500}


def test_a_batch_sent_again_overtakes_lines_that_it_speaks_of_and_no_others(
    steward: Steward, people: list[str]
) -> None:
    files = members(member(BAD, name="李四"), member(people[0], "待核"))
    steward.office.deliver(files, DELTA, batch="2026-04")
    old = steward.repair({("2026-04", 3): {"declared_income": "1"}})
    files = members(member(BAD, name="李四"), member(people[0], "700"))
    steward.office.deliver(files, DELTA, batch="2026-04")
    assert sum(f.overtaken for f in steward.sends(old).files) == 1
    (file,) = steward.sends(steward.repair({("2026-04", 2): {"person_id": people[1]}})).files
    assert (file.loaded, file.overtaken) == (1, 0)
    assert incomes(steward.office) == {100, 700}


def test_a_late_delivery_between_origin_and_repair_gives_what_the_other_order_gives(
    tmp_path: Path, steward: Steward, people: list[str]
) -> None:
    first = members(member(people[0], "待核"), member(BAD, "7", name="李四"))
    late = members(member(people[0], "500"))
    repair = {
        ("2026-04", 2): {"declared_income": "100"},
        ("2026-04", 3): {"person_id": people[1]},
    }
    told = []
    for place, late_first in ((tmp_path / "a", True), (tmp_path / "b", False)):
        office = Office(place)
        (office.home / "keys").mkdir(parents=True)
        (office.home / "keys" / "pid.key").write_bytes(b"0" * 32)
        one = Steward(office, steward.days)
        office.deliver(first, batch="2026-04")
        if late_first:
            office.deliver(late, DELTA, batch="2026-05")
        one.sends(one.repair(repair))
        if not late_first:
            assert sorted(f["declared_income_yuan"] for f in known(office)) == [7, 100]
            office.deliver(late, DELTA, batch="2026-05")
        days = [date(2026, 5, 5), date(2026, 6, 5), date(2026, 12, 24)]
        told.append(
            [
                [{k: v for k, v in f.items() if k != "seq"} for f in known(office, day)]
                for day in days
            ]
        )
    assert told[0] == told[1]
    assert incomes(office) == {7, 500}


def test_a_repair_is_no_delivery_of_the_feed(steward: Steward, people: list[str]) -> None:
    steward.office.deliver(members(member(BAD), member(people[0])))
    before = deliveries(steward.home), records(steward.home, "dibao_member_register")
    steward.sends(steward.repair({("2026-04", 2): {"person_id": people[1]}}))
    assert (deliveries(steward.home), records(steward.home, "dibao_member_register")) == before


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


def test_words_of_an_older_release_are_understood_and_cover_nothing(
    steward: Steward, people: list[str]
) -> None:
    steward.office.deliver(
        payments(payment(people[0], "300", "2026-04", "也许"), payment(people[0], "9", "2026-04"))
    )
    steward.office.deliver(
        payments(payment(people[1], "5", "2026-03"), payment(people[1], "5", "2026-05"))
    )
    for path in (steward.home / "tables" / "_said" / "one_card_payment").glob("*.parquet"):
        table = pq.read_table(path).drop_columns(["_part"])
        about = json.loads(table.schema.metadata[b"doudi"])
        about = {name: value for name, value in about.items() if name not in ("files", "span")}
        pq.write_table(table.replace_schema_metadata({b"doudi": json.dumps(about)}), path)
    (file,) = steward.sends(steward.repair({("2026-04", 2): {"status": "退回"}})).files
    assert (file.loaded, file.overtaken) == (1, 0)
    paid = {(f["amount_yuan"], f["status"]) for f in steward.office.links(*PAID)}
    assert (300, "退回") in paid
    assert (300, "成功") not in paid
    late = payments(payment(people[2], "6", "2026-01"))
    steward.office.deliver(late, DELTA, batch="2026-02")
    assert {(f["amount_yuan"], f["status"]) for f in steward.office.links(*PAID)} == paid | {
        (6, "成功")
    }


def test_rows_of_the_wrong_width_are_repaired(steward: Steward, people: list[str]) -> None:
    good = member(people[0])
    long = member(people[1], name="李四") + ",待删"
    short = ",".join(member(people[2], name="赵五").split(",")[:-2])
    steward.office.deliver(members(good, long, short))
    edits = {("2026-04", 3): {"多出 extra 1": ""}, ("2026-04", 4): {"added_date": "2024-02-01"}}
    receipt = steward.sends(steward.repair(edits))
    assert [(f.rows_in, f.loaded, f.quarantined) for f in receipt.files] == [(2, 2, 0)]
    assert len(known(steward.office)) == 3


def test_shares_are_read_as_the_whole_file_was(steward: Steward, people: list[str]) -> None:
    head = "company_uscc,shareholder_id,shareholder_name,subscribed_capital,share_pct"
    source = sources()["shareholders"]
    ratio = [c.name for c in source.columns.values() if c.type == "ratio"]
    assert ratio, head
    names = [c.name for c in source.columns.values() if c.role in ("key", "main")]
    columns = list(dict.fromkeys([*names, ratio[0]]))
    row = {"date": "2024-01-01", "decimal": "100", "int": "1", "yyyymm": "202401"}

    def text(share: str, person: str) -> str:
        cells = []
        for name in columns:
            kind = source.columns[name].type
            value = share if name == ratio[0] else row.get(kind, "甲")
            value = person if kind in ("id18", "id18_or_uscc") else value
            cells.append("91350100M000100Y43" if kind == "uscc" else value)
        return ",".join(cells)

    rows = [text("30", people[0]), text("60", people[1]), text("许多", people[2])]
    steward.office.deliver({"shareholders.csv": "\n".join([",".join(columns), *rows]) + "\n"})
    assert (4, ratio[0]) in {(n, f) for n, f, _, _ in steward.office.quarantine()}
    (file,) = steward.sends(steward.repair({("2026-04", 4): {ratio[0]: "0.5"}})).files
    assert file.loaded == 1
    table = steward.home / "tables" / "_rows" / "shareholders"
    found = {v for p in table.glob("*.parquet") for v in pq.read_table(p)[ratio[0]].to_pylist()}
    assert 0.005 in found


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
