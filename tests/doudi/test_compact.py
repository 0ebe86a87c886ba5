"""Small files merged by one command, alone in the home, without another answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from doudi.graph.tables import FactStore
from doudi.home import Home
from tests.doudi.conftest import payments, registers

if TYPE_CHECKING:
    from tests.doudi.conftest import Clerk


def paid(clerk: Clerk) -> list[dict[str, Any]]:
    with FactStore(clerk.home / "tables").connect() as view:
        table = view.link("PAID", "Person", "Account").order_by("fact_id").to_pyarrow()
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def test_files_become_fewer_and_answers_stay(clerk: Clerk) -> None:
    for month in ("2026-01", "2026-02", "2026-03"):
        clerk.loads(month, registers() | payments(month))
    before, files = paid(clerk), FactStore(clerk.home / "tables").files("PAID", "Person", "Account")
    said = clerk.types("compact", "--json")
    assert (said.code, said.receipt["merged"] > said.receipt["made"]) == (0, True)
    assert paid(clerk) == before
    assert len(FactStore(clerk.home / "tables").files("PAID", "Person", "Account")) < len(files)


def test_nobody_else_writes_meanwhile(clerk: Clerk) -> None:
    clerk.loads("2026-01", registers())
    with Home(clerk.home).locked("load"):
        said = clerk.types("compact")
    assert said.code == 1
    assert said.has("another command (load")
