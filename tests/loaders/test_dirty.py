"""Whatever comes, every row is loaded, refused with a reason, or a stated duplicate."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from tests.loaders.conftest import Office

DIRT = ["", "无", "NULL", "4.5E+17", "待核", "2025-02-30", "9999-99-99", "-1", "1e40", "０１２", "是", "\u3000",
        '"a,b"', "王小明", "539901198001010019", "null", "元", "\ufffd", "a\u200bb", "=1+1", "'; DROP TABLE typed; --"]  # fmt: skip
FILES = {
    "dibao_member_register": "household_id,person_id,name,relation_to_head,is_beneficiary,labour_capacity,health,"
    "disability_grade,declared_income,added_date,removed_date",
    "one_card_payment": "payee_id,account_hash,account_name,programme,amount,pay_date,batch,status",
    "shareholders": "company_uscc,holder_id,holder_name,subscribed,ratio,from_date,to_date",
    "low_income_edge_register": "household_id,member_ids,income_pc,line_multiple,recognised_date,valid_to",
    "driver_and_violations": "driver_id,licence_class,licence_status,plate,violation_time,handled_by_id,record",
    "household_income_ledger": "archive_no,year,wage,business_net,property,transfer,production_cost",
}
CLEAN = {
    "household_id": "D{n}", "person_id": "{person}", "payee_id": "{person}", "driver_id": "{person}", "holder_id": "{person}",
    "company_uscc": "91350100M000100Y43", "archive_no": "A{n}", "year": "2024", "amount": "60", "pay_date": "2026-03-16",
    "recognised_date": "2025-01-01", "added_date": "2024-01-01", "from_date": "2020-01-01", "violation_time": "2025-01-01 01:02:03",
    "member_ids": "{person}", "name": "某人{n}", "account_name": "某人{n}", "programme": "高龄津贴", "batch": "202603",
}  # fmt: skip


def dirty(header: str, people: list[str], dice: random.Random) -> tuple[str, int]:
    """A file in which every third row has a wrong cell, some are cut, some stand twice."""
    names, lines = header.split(","), [header]
    for n, person in enumerate(people):
        cells = [CLEAN.get(name, "").format(n=n, person=person) for name in names]
        if n % 3 == 0:
            cells[dice.randrange(len(cells))] = dice.choice(DIRT)
        lines.append(",".join(cells[: 2 if n % 11 == 10 else None]))
        if n % 7 == 0:
            lines.append(lines[-1])
    return "\n".join(lines) + "\n", len(lines) - 1


def test_rows_in_are_loaded_refused_or_doubled_whatever_comes(
    office: Office, people: list[str]
) -> None:
    dice = random.Random(7)  # noqa: S311 - no secret
    made = {f"{slug}.csv": dirty(header, people, dice) for slug, header in FILES.items()}
    receipt = office.deliver({file: text for file, (text, _) in made.items()})
    assert {f.file: f.rows_in for f in receipt.files} == {
        file: rows for file, (_, rows) in made.items()
    }
    for file in receipt.files:
        assert file.rows_in == file.loaded + file.quarantined + file.duplicates, file.file
        assert file.duplicates > 0
    refused = [row for row in office.quarantine() if row[3] == "row refused"]
    assert len(refused) == sum(file.quarantined for file in receipt.files)
    assert {row[2] for row in office.quarantine()} <= REASONS


REASONS = {
    "id.missing", "id.checksum", "id.scientific", "id.text", "uscc.checksum", "date.impossible", "date.future",
    "date.order", "month.impossible", "number.text", "number.range", "bool.unknown", "enum.unknown",
    "row.truncated", "row.extra", "duplicate.conflict", "required.missing", "unit.suspect",
}  # fmt: skip


def test_no_clear_value_reaches_any_table(office: Office, people: list[str]) -> None:
    text, _ = dirty(FILES["dibao_member_register"], people, random.Random(3))  # noqa: S311 - no secret
    office.deliver({"dibao_member_register.csv": text})
    for path in office.home.rglob("*.parquet"):
        rows = str(duckdb.execute("SELECT * FROM read_parquet(?)", [str(path)]).fetchall())
        assert not [person for person in people if person in rows], path.name
        assert "某人" not in rows
