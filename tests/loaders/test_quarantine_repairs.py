"""Refused lines repaired in a workbook and loaded back, with their origin."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from doudi.loaders.feeds import deliveries
from doudi.loaders.health import records
from doudi.loaders.refused import groups
from doudi.loaders.source import sources
from tests.loaders.conftest import Office
from tests.loaders.repairing import (
    BAD,
    DAY,
    DELTA,
    PAID,
    Steward,
    edit,
    files_of,
    incomes,
    known,
    member,
    members,
    payment,
    payments,
)

if TYPE_CHECKING:
    from pathlib import Path


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
