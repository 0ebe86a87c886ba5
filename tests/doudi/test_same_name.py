"""Ten thousand people of one name, who share nothing else, are ten thousand people."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from doudi.graph.tables import FactStore
from tests.doudi.conftest import number, payments, registers

if TYPE_CHECKING:
    from tests.doudi.conftest import Clerk

MANY = 10_000
NAME = "王甲"
"""The name of the head of the household that is paid."""


def namesakes() -> dict[str, str]:
    """Half of them in the population register with numbers, half dead without."""
    births = [date(1930, 1, 1) + timedelta(days=7 * n) for n in range(MANY // 2)]
    living = [f"{number(2 + n % 900, f'{day:%Y%m%d}')},{NAME},B{n}" for n, day in enumerate(births)]
    dead = [f",{NAME},{date(2012, 1, 1) + timedelta(days=n)}" for n in range(MANY // 2)]
    return {
        "hukou_population.csv": "\n".join(["person_id,name,hukou_book_no", *living]) + "\n",
        "funeral_cremation.csv": "\n".join(["deceased_id,deceased_name,death_date", *dead]) + "\n",
    }


@pytest.mark.neo4j
def test_ten_thousand_of_one_name_give_no_merge_and_no_lead(served: Clerk) -> None:
    months = ["2025-11", "2025-12", "2026-01"]
    said = served.loads("2026-01", registers(car=False) | payments(*months) | namesakes())
    assert "stopped" not in said.err
    with FactStore(served.home / "tables").connect() as view:
        dead = view.link("DIED", "Person", "DeathRecord").count().to_pyarrow().as_py()
        same = view.link("SAME_AS", "Person", "Person").count().to_pyarrow().as_py()
    assert (dead, same) == (MANY // 2, 0)
    assert served.types("detect", "--out", served.folder / "out").code in (0, 3)
    assert pd.read_parquet(served.folder / "out" / "hits.parquet").empty
    assert pd.read_parquet(served.folder / "out" / "leads.parquet").empty
