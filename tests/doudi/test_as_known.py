"""What was known on an earlier day stays as it was, whatever is learnt later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from tests.doudi.conftest import number, payments, registers

if TYPE_CHECKING:
    from pathlib import Path

    from tests.doudi.conftest import Clerk

WINTER = ["2025-11", "2025-12", "2026-01"]
FILES = ("hits.parquet", "leads.parquet")
CAR = (
    "_op,plate,vin,owner_id,vehicle_type,use_nature,first_reg_date,status,price\n"
    f"delete,测A00001,LTESTTEST00000001,{number(1)},小型轿车,非营运,2025-06-01,正常,90000\n"
)


def written(clerk: Clerk, out: Path, *words: str) -> tuple[dict[str, bytes], str]:
    """The files of a detection, and the page of its run."""
    said = clerk.types("detect", "--json", "--out", out, *words)
    assert said.code in (0, 3), said.err
    page = out / "page.html"
    clerk.types("report", "--run", said.receipt["run"], "--out", page)
    return {name: (out / name).read_bytes() for name in FILES}, page.read_text("utf-8")


@pytest.mark.neo4j
def test_a_late_correction_changes_no_earlier_report(handler: Clerk) -> None:
    day = ("--as-known", "2026-02-05")
    before = written(handler, handler.folder / "before", *day)
    handler.loads("2026-02", {"vehicle_registration.csv": CAR}, 'mode = "delta"\n')
    again = written(handler, handler.folder / "again", *day)
    now = written(handler, handler.folder / "now")
    assert again == before
    assert len(pd.read_parquet(handler.folder / "before" / "leads.parquet")) == 1
    assert pd.read_parquet(handler.folder / "now" / "leads.parquet").empty
    assert now != before


@pytest.mark.neo4j
def test_a_look_back_leaves_the_leads_of_today(handler: Clerk) -> None:
    handler.loads("2026-02", registers(car=False) | payments(*WINTER, "2026-02"))
    said = handler.types("detect", "--as-known", "2026-02-05", "--json")
    assert said.receipt["inputs"]["as_known"] == "2026-02-05"
    assert said.receipt["inputs"]["as_of"] == "2026-01"
    assert said.receipt["whole"] is False
    assert said.has("the leads stay as they are")


@pytest.mark.parametrize(
    ("day", "words"), [("June", "is no day"), ("2001-01-01", "nothing was known by")]
)
def test_a_day_that_cannot_be_looked_back_to_is_wrong_use(
    handler: Clerk, day: str, words: str
) -> None:
    said = handler.types("detect", "--as-known", day)
    assert said.code == 2
    assert said.has(words, "--as-known")


def test_a_run_that_is_not_there_is_named_with_the_nearest(handler: Clerk) -> None:
    said = handler.types("report", "--run", "2026")
    assert said.code == 2
    assert said.has("run")
