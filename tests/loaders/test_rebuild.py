"""Splits, merges, corrected numbers, deletions, late files: as they come, or all at once in order."""

from __future__ import annotations

import shutil
from datetime import date
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from doudi.graph.projection import project
from doudi.graph.schema import schema
from doudi.graph.tables import FactStore
from tests.loaders.conftest import Office, number

if TYPE_CHECKING:
    from pathlib import Path

P = [number(n) for n in range(1, 8)]
HOUSEHOLDS = "household_id,head_id,area_code,urban_rural,category,start_month,monthly_amount"
MEMBERS = "household_id,person_id,name,relation_to_head,declared_income,added_date,removed_date"
PAYMENTS = "payee_id,account_hash,account_name,programme,amount,pay_date,batch,status"
MARRIAGES = "husband_id,wife_id,marriage_date,cert_no,revoked_date"


def household(name: str, head: int, amount: int = 400) -> str:
    return f"{name},{P[head]},539901001001,农村,B,2024-01,{amount}"


def member(name: str, who: int, income: int = 100, removed: str = "") -> str:
    return f"{name},{P[who]},王小明,成员,{income},2024-01-15,{removed}"


def paid(who: int, month: str, amount: int, status: str = "成功") -> str:
    return (
        f"{P[who]},a1b2c3d4e5f60718,王小明,农村低保,{amount},2026-{month}-16,2026{month},{status}"
    )


def csv(header: str, *rows: str, op: str = "") -> str:
    """A file; with an operation, of all its rows."""
    if op:
        header, rows = f"{header},_op", tuple(f"{row},{op}" for row in rows)
    return "\n".join([header, *rows]) + "\n"


HEADS, BOOK = "dibao_household_register.csv", "dibao_member_register.csv"
MONEY, PAIRS = "one_card_payment.csv", "marriage_registration.csv"
DELTA = 'mode = "delta"\n'
DELIVERIES: dict[str, tuple[str, dict[str, str]]] = {
    "2026-01": (
        "",
        {
            HEADS: csv(HOUSEHOLDS, household("D1", 0), household("D2", 3)),
            BOOK: csv(MEMBERS, *(member("D1", n) for n in (0, 1, 2)), member("D2", 3)),
            MONEY: csv(PAYMENTS, paid(0, "01", 400), paid(3, "01", 400)),
            PAIRS: csv(MARRIAGES, f"{P[0]},{P[1]},2010-05-01,C1,"),
        },
    ),
    "2026-02": (  # a household splits
        "",
        {
            HEADS: csv(HOUSEHOLDS, household("D1", 0, 300), household("D2", 3), household("D3", 2)),
            BOOK: csv(MEMBERS, member("D1", 0), member("D1", 1), member("D2", 3), member("D3", 2)),
            MONEY: csv(PAYMENTS, paid(0, "02", 300), paid(2, "02", 100)),
        },
    ),
    "2026-03": (  # two merge, a number is corrected, a payment comes back
        DELTA,
        {
            HEADS: csv("household_id,_op", "D2,end"),
            BOOK: csv(MEMBERS, member("D2", 3), op="delete") + f"{member('D1', 4, 90)},upsert\n",
            MONEY: csv(PAYMENTS, paid(3, "01", 400, "退回"), paid(0, "03", 450)),
            PAIRS: csv(MARRIAGES, f"{P[0]},{P[1]},2010-05-01,C1,2026-03-01"),
        },
    ),
    "2026-04": (  # all is confirmed as it was in February, but for one income
        "",
        {
            HEADS: csv(HOUSEHOLDS, household("D1", 0, 300), household("D3", 2)),
            BOOK: csv(MEMBERS, member("D1", 0, 250), member("D1", 1), member("D3", 2)),
            MONEY: csv(PAYMENTS, paid(0, "03", 450), paid(0, "04", 450)),
        },
    ),
    "2026-05": (
        DELTA,
        {
            BOOK: csv(MEMBERS, member("D1", 1, removed="2026-05-10")),
            PAIRS: csv(MARRIAGES, f"{P[5]},{P[6]},2026-05-02,C2,"),
        },
    ),
}
DAYS = [date(2026, month, 28) for month in (2, 3, 4, 5, 6)]


def loaded(folder: Path, keys: Path, order: list[str]) -> Office:
    """A home with the deliveries loaded in an order."""
    office = Office(folder)
    shutil.copytree(keys, office.home / "keys")
    for batch in order:
        toml, files = DELIVERIES[batch]
        receipt = office.deliver(files, toml, batch=batch)
        assert receipt.exit_code == 0, receipt.messages
    return office


def facts(office: Office, day: date) -> dict[str, list[Any]]:
    """All facts known at a day, without the running numbers of loads."""
    found = {}
    with FactStore(office.home / "tables").connect(day) as view:
        names = [*((label,) for label in schema().nodes), *schema().triples()]
        for name in (n for n in names if view.store.files(*n)):
            sql = f"SELECT * EXCLUDE (seq) FROM {view.known(*name)} ORDER BY ALL"
            found[".".join(name)] = view.con.execute(sql).fetchall()
    return found


def projected(office: Office, day: date) -> dict[str, list[Any]]:
    """The graph's own tables as known at a day."""
    out = office.folder / "projection"
    project(FactStore(office.home / "tables"), out, as_known=day)
    return {
        str(path.relative_to(out)): duckdb.execute(
            "SELECT * FROM read_parquet(?) ORDER BY ALL", [str(path)]
        ).fetchall()
        for path in sorted(out.rglob("*.parquet"))
    }


@pytest.mark.parametrize(
    "order",
    [
        ["2026-05", "2026-04", "2026-03", "2026-02", "2026-01"],
        ["2026-02", "2026-05", "2026-01", "2026-04", "2026-03"],
    ],
)
def test_updates_as_they_come_are_a_full_rebuild(tmp_path: Path, order: list[str]) -> None:
    (tmp_path / "keys").mkdir(mode=0o700)
    (tmp_path / "keys" / "pid.key").write_bytes(b"0" * 32)
    rebuilt = loaded(tmp_path / "rebuilt", tmp_path / "keys", sorted(DELIVERIES))
    grown = loaded(tmp_path / "grown", tmp_path / "keys", order)
    for day in DAYS:
        assert facts(grown, day) == facts(rebuilt, day), day
    assert facts(rebuilt, DAYS[0]) != facts(rebuilt, DAYS[-1])
    for day in (DAYS[1], DAYS[-1]):
        assert projected(grown, day) == projected(rebuilt, day), day
