"""What a later delivery says about an earlier one (contract §2)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from doudi.graph.drafts import Draft
from doudi.loaders.feeds import feeds

if TYPE_CHECKING:
    from pathlib import Path

    from tests.loaders.conftest import Office

MEMBERS = "household_id,person_id,name,relation_to_head,is_beneficiary,labour_capacity,health,disability_grade,declared_income,added_date,removed_date"
MEMBER_OF = ("MEMBER_OF", "Person", "Household")
OWNS = ("OWNS", "Person", "Vehicle")
CARS = "plate,vin,owner_id,vehicle_type,use_nature,brand,first_reg_date,status,price,transfer_date"
DELTA = 'mode = "delta"\n'


def members(*rows: str, header: str = MEMBERS) -> dict[str, str]:
    return {"dibao_member_register.csv": "\n".join([header, *rows]) + "\n"}


def member(person: str, income: str = "100", removed: str = "", name: str = "王小明") -> str:
    return f"D1,{person},{name},户主,是,有劳动能力,健康,,{income},2024-01-15,{removed}"


def spans(rows: list[dict[str, Any]], what: str) -> list[tuple[Any, ...]]:
    return [(row["valid_from"], row["valid_to"], row[what]) for row in rows]


def test_the_same_rows_add_nothing(office: Office, people: list[str]) -> None:
    office.deliver(members(member(people[0])))
    again = office.deliver(members(member(people[0])))
    assert again.files[0].facts == 0
    assert again.files[0].loaded == 1


def test_a_delivery_loaded_twice_leaves_every_file_as_it_was(
    office: Office, people: list[str]
) -> None:
    files = members(member(people[0]), member(people[1], income="待核"))
    office.deliver(files, batch="2026-04")
    before = {p: p.read_bytes() for p in office.home.rglob("*") if p.is_file()}
    office.deliver(files, batch="2026-04")
    assert {p: p.read_bytes() for p in office.home.rglob("*") if p.is_file()} == before


def test_a_change_closes_the_old_fact_at_the_month_of_the_delivery(
    office: Office, people: list[str]
) -> None:
    office.deliver(members(member(people[0], "100")))
    office.deliver(members(member(people[0], "300")), DELTA)
    assert spans(office.links(*MEMBER_OF), "declared_income_yuan") == [
        (date(2024, 1, 15), date(2026, 5, 1), 100.0),
        (date(2026, 5, 1), None, 300.0),
    ]


def test_two_changes_leave_three_spans_that_do_not_overlap(
    office: Office, people: list[str]
) -> None:
    for income in ("100", "300", "200"):
        office.deliver(members(member(people[0], income)), DELTA)
    assert spans(office.links(*MEMBER_OF), "declared_income_yuan") == [
        (date(2024, 1, 15), date(2026, 5, 1), 100.0),
        (date(2026, 5, 1), date(2026, 6, 1), 300.0),
        (date(2026, 6, 1), None, 200.0),
    ]


def test_a_correction_replaces_what_we_believed(office: Office, people: list[str]) -> None:
    office.deliver(members(member(people[0], name="王小朋")))
    office.deliver(members(member(people[0], name="王小明")), DELTA)
    assert len(office.links(*MEMBER_OF)) == 1
    (old,) = office.links(*MEMBER_OF, as_known=date(2026, 5, 31))
    (new,) = office.links(*MEMBER_OF)
    assert old["name_token"] != new["name_token"]
    assert old["valid_from"] == new["valid_from"] == date(2024, 1, 15)


def test_an_end_date_ends_the_fact_without_a_second_one(office: Office, people: list[str]) -> None:
    office.deliver(members(member(people[0])))
    office.deliver(members(member(people[0], removed="2026-05-20")), DELTA)
    assert spans(office.links(*MEMBER_OF), "declared_income_yuan") == [
        (date(2024, 1, 15), date(2026, 5, 20), 100.0)
    ]


def test_a_car_that_changes_hands_has_two_owners_one_after_the_other(
    office: Office, people: list[str]
) -> None:
    car = "测A00001,LDT00000000000001,{owner},小型轿车,非营运,合成,2015-03-01,正常,80000,{day}"
    old = car.format(owner=people[0], day="")
    new = car.format(owner=people[1], day="2026-04-20")
    office.deliver({"vehicle_registration.csv": f"{CARS}\n{old}\n"})
    office.deliver({"vehicle_registration.csv": f"{CARS}\n{new}\n"}, DELTA)
    first, second = office.links(*OWNS)
    assert (first["valid_from"], first["valid_to"]) == (date(2015, 3, 1), date(2026, 4, 20))
    assert (second["valid_from"], second["valid_to"]) == (date(2026, 4, 20), None)
    assert first["start_id"] != second["start_id"]


def test_no_longer_listed_ends_our_knowledge_and_not_the_fact(
    office: Office, people: list[str]
) -> None:
    office.deliver(members(member(people[0]), member(people[1])))
    office.deliver(members(member(people[0])))
    assert len(office.links(*MEMBER_OF)) == 1
    assert len(office.links(*MEMBER_OF, as_known=date(2026, 5, 31))) == 2


def test_a_delta_says_nothing_about_rows_it_leaves_out(office: Office, people: list[str]) -> None:
    office.deliver(members(member(people[0]), member(people[1])))
    office.deliver(members(member(people[2])), DELTA)
    assert len(office.links(*MEMBER_OF)) == 3


def test_one_source_may_have_a_mode_of_its_own(office: Office, people: list[str]) -> None:
    office.deliver(members(member(people[0]), member(people[1])))
    office.deliver(members(member(people[2])), '[source.dibao_member_register]\nmode = "delta"\n')
    assert len(office.links(*MEMBER_OF)) == 3


@pytest.mark.parametrize(
    ("op", "expected"),
    [
        ("终止", [(date(2024, 1, 15), date(2026, 5, 1), 100.0)]),
        ("end", [(date(2024, 1, 15), date(2026, 5, 1), 100.0)]),
        ("delete", []),
    ],
)
def test_an_operation_needs_the_key_only(
    office: Office, people: list[str], op: str, expected: list[Any]
) -> None:
    office.deliver(members(member(people[0])))
    office.deliver(members(f"D1,{people[0]},{op}", header="household_id,person_id,_op"), DELTA)
    assert spans(office.links(*MEMBER_OF), "declared_income_yuan") == expected


def test_a_row_that_ends_with_a_date_ends_on_that_date(office: Office, people: list[str]) -> None:
    office.deliver(members(member(people[0])))
    header = "household_id,person_id,removed_date,_op"
    office.deliver(members(f"D1,{people[0]},2026-03-10,end", header=header), DELTA)
    assert [r["valid_to"] for r in office.links(*MEMBER_OF)] == [date(2026, 3, 10)]


def test_deleting_takes_the_closed_spans_along(office: Office, people: list[str]) -> None:
    office.deliver(members(member(people[0], "100")))
    office.deliver(members(member(people[0], "300")), DELTA)
    office.deliver(members(f"D1,{people[0]},delete", header="household_id,person_id,_op"), DELTA)
    assert office.links(*MEMBER_OF) == []
    assert len(office.links(*MEMBER_OF, as_known=date(2026, 6, 30))) == 2


def test_a_column_that_is_not_sent_says_nothing(office: Office, people: list[str]) -> None:
    office.deliver(members(member(people[0]) + ",女", header=MEMBERS + ",sex"))
    again = office.deliver(members(member(people[0])), DELTA)
    assert again.files[0].facts == 0


PAID = ("PAID", "Person", "Account")
PAY = "payee_id,account_hash,account_name,programme,amount,pay_date,batch,status"


def payments(*rows: str) -> dict[str, str]:
    return {"one_card_payment.csv": "\n".join([PAY, *rows]) + "\n"}


def payment(person: str, month: str, amount: str = "60", status: str = "成功") -> str:
    return f"{person},a1b2c3d4,王小明,高龄津贴,{amount},2026-{month}-16,2026{month},{status}"


def test_rows_of_a_group_are_replaced_as_a_whole(office: Office, people: list[str]) -> None:
    office.deliver(payments(payment(people[0], "03", "60"), payment(people[0], "03", "70")))
    assert len(office.links(*PAID)) == 2
    office.deliver(payments(payment(people[0], "03", "60", "退回")), DELTA)
    assert [(r["amount_yuan"], r["status"]) for r in office.links(*PAID)] == [(60.0, "退回")]


def test_an_event_snapshot_withdraws_only_inside_its_span(
    office: Office, people: list[str]
) -> None:
    office.deliver(payments(*[payment(people[0], m) for m in ("01", "02", "03")]))
    office.deliver(payments(payment(people[0], "02"), payment(people[0], "04")))
    months = [r["valid_from"].month for r in office.links(*PAID)]
    assert months == [1, 2, 4]


def test_parts_are_one_feed(office: Office, people: list[str]) -> None:
    one, two = members(member(people[0])), members(member(people[1]))
    receipt = office.deliver(
        {
            "dibao_member_register.part1.csv": next(iter(one.values())),
            "dibao_member_register.part2.csv": next(iter(two.values())),
        }
    )
    assert [f.loaded for f in receipt.files] == [1, 1]
    assert len(office.links(*MEMBER_OF)) == 2


def test_a_broken_part_stops_the_feed(office: Office, people: list[str]) -> None:
    office.deliver(members(member(people[0]), member(people[1])))
    part = next(iter(members(member(people[0])).values()))
    receipt = office.deliver(
        {"dibao_member_register.part1.csv": part, "dibao_member_register.part2.csv": ""}
    )
    assert receipt.exit_code == 3
    assert len(office.links(*MEMBER_OF)) == 2


def test_recorded_time_is_when_the_sender_knew(office: Office, people: list[str]) -> None:
    row = member(people[0]) + ",2026-02-03"
    office.deliver(members(row, header=MEMBERS + ",recorded_time"))
    assert len(office.links(*MEMBER_OF, as_known=date(2026, 2, 3))) == 1
    assert office.links(*MEMBER_OF, as_known=date(2026, 2, 2)) == []


def test_an_older_delivery_takes_its_own_place(office: Office, people: list[str]) -> None:
    office.deliver(members(member(people[0], "300")), batch="2026-06")
    old = members(member(people[0], "100"), member(people[1], "50"))
    office.deliver(old, batch="2026-03")
    assert spans(office.links(*MEMBER_OF), "declared_income_yuan") == [
        (date(2024, 1, 15), date(2026, 6, 1), 100.0),
        (date(2026, 6, 1), None, 300.0),
    ]
    then = office.links(*MEMBER_OF, as_known=date(2026, 4, 30))
    assert sorted(row["declared_income_yuan"] for row in then) == [50.0, 100.0]


def test_a_late_file_is_loaded_beside_one_of_which_all_rows_were_refused(
    office: Office, people: list[str]
) -> None:
    office.deliver(members(member("53990119800101001")), DELTA, batch="2026-05")
    late = office.deliver(members(member(people[0])), DELTA, batch="2026-04")
    assert late.messages == ()
    assert len(office.links(*MEMBER_OF)) == 1


def test_a_late_file_stops_where_earlier_words_were_not_kept(
    office: Office, people: list[str]
) -> None:
    for batch in ("2026-01", "2026-06"):
        office.deliver(members(member(people[0], batch[-2:] + "0")), batch=batch)
    said = office.home / "tables" / "_said" / "dibao_member_register"
    min(said.glob("*.parquet")).unlink()  # as in a home of an earlier release
    before = office.links(*MEMBER_OF)
    receipt = office.deliver(members(member(people[0], "100")), batch="2026-03")
    assert receipt.exit_code == 3
    assert "what earlier loads said was not kept" in receipt.messages[0]
    assert office.links(*MEMBER_OF) == before


def test_a_late_delivery_does_not_overrule_one_that_only_confirmed(
    office: Office, people: list[str]
) -> None:
    for batch, income in (("2026-01", "300"), ("2026-06", "300"), ("2026-03", "100")):
        office.deliver(members(member(people[0], income)), batch=batch)
    (now,) = [r for r in office.links(*MEMBER_OF) if r["valid_to"] is None]
    assert now["declared_income_yuan"] == 300.0
    then = office.links(*MEMBER_OF, as_known=date(2026, 4, 30))
    assert [r["declared_income_yuan"] for r in then if r["valid_to"] is None] == [100.0]


def test_what_a_late_delivery_said_first_is_known_from_then(
    office: Office, people: list[str]
) -> None:
    for batch, income in (("2026-01", "100"), ("2026-06", "300"), ("2026-03", "300")):
        office.deliver(members(member(people[0], income)), batch=batch)
    (now,) = [r for r in office.links(*MEMBER_OF) if r["valid_to"] is None]
    assert (now["known_from"], now["batch"]) == (date(2026, 4, 5), "2026-03")


def test_a_snapshot_that_shrank_stops_the_feed(office: Office, people: list[str]) -> None:
    office.deliver(members(*[member(p) for p in people[:30]]))
    receipt = office.deliver(members(member(people[0])))
    assert "a snapshot of 1 rows, where 30 records are known" in receipt.messages[0]
    assert len(office.links(*MEMBER_OF)) == 30


def test_the_later_of_two_rows_of_one_key_is_loaded(office: Office, people: list[str]) -> None:
    receipt = office.deliver(members(member(people[0], "100"), member(people[0], "200")))
    assert receipt.files[0].reasons == {"duplicate.conflict": 1}
    assert [r["declared_income_yuan"] for r in office.links(*MEMBER_OF)] == [200.0]
    assert office.quarantine() == [(2, "household_id", "duplicate.conflict", "row refused")]


def test_one_number_copied_to_all_members_is_no_number(office: Office, people: list[str]) -> None:
    rows = [member(people[0], name=name) for name in ("王小明", "李小红", "王小小")]
    receipt = office.deliver(members(*rows))
    assert receipt.files[0].reasons == {"id.missing": 2}


def test_a_killed_load_is_simply_done_again(
    office: Office, people: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = Draft.keep
    kept: list[Path] = []

    def kill(draft: Draft) -> None:
        if draft.path.parent.name == "vault":
            raise KeyboardInterrupt
        kept.append(draft.path)
        keep(draft)

    monkeypatch.setattr(Draft, "keep", kill)
    with pytest.raises(KeyboardInterrupt):
        office.deliver(members(member(people[0])), batch="2026-04")
    monkeypatch.undo()
    assert kept
    office.deliver(members(member(people[0])), batch="2026-04")
    assert len(office.links(*MEMBER_OF)) == 1
    assert office.deliver(members(member(people[0])), batch="2026-04").files[0].facts == 0


def test_a_feed_without_news_is_noted_as_having_come(office: Office, people: list[str]) -> None:
    office.deliver(members(member(people[0])))
    office.deliver(members(), DELTA)
    assert feeds(office.home) == {"dibao_member_register": date(2026, 6, 5)}


def test_a_stopped_feed_has_not_come(office: Office) -> None:
    office.deliver({"dibao_member_register.csv": ""})
    assert feeds(office.home) == {}
