"""One detection after another in the same home."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from doudi.casework.ledger import Ledger
from doudi.console import Console
from doudi.home import Home
from doudi.stages import Line
from tests.doudi.conftest import payments, registers

if TYPE_CHECKING:
    from pathlib import Path

    from tests.doudi.conftest import Clerk

WINTER = ["2025-11", "2025-12", "2026-01"]
SPRING = ["2026-02", "2026-03", "2026-04", "2026-05"]


@pytest.mark.neo4j
def test_leads_of_a_feed_that_fell_silent_are_carried_on_as_stale(served: Clerk) -> None:
    served.loads("2026-01", registers() | payments(*WINTER))
    assert served.types("detect").code == 3  # the other feeds never came
    home, _ = Home.open(served.home)
    before = pd.read_parquet(home.latest("leads.parquet"))
    assert before["detectors"].map(list).tolist() == [["E15"]]

    served.loads("2026-05", registers(car=False) | payments(*WINTER, *SPRING))
    again = served.types("detect", "--json").receipt
    assert "vehicle_registration" in frozen_by(again, "E15")
    after = pd.read_parquet(home.latest("leads.parquet"))
    assert after["lead_id"].tolist() == before["lead_id"].tolist()
    assert after["stale"].tolist() == [True]
    with Ledger.open(home.ledger_url) as ledger:
        assert ledger.leads()["stale"].tolist() == [True]
    carried = served.types("receipt", "replay", str(after["lead_id"].item()), "--json")
    assert (carried.code, carried.receipt["same"]) == (0, True)


@pytest.mark.neo4j
def test_money_for_months_to_come_moves_no_month(served: Clerk) -> None:
    (name, text), *_ = payments(*WINTER, WINTER[-1]).items()
    header, *rows = text.splitlines()
    months = [month.replace("-", "") for month in (*WINTER, "2062-06")]
    lines = [f"{header},benefit_month", *map(",".join, zip(rows, months, strict=True))]
    served.loads("2026-01", registers() | {name: "\n".join(lines) + "\n"})
    said = served.types("detect", "--json")
    assert said.receipt["inputs"]["as_of"] == "2026-01"
    assert said.has("up to 2062-06", "the last month is 2026-01")
    late = served.types("detect", "--as-of", "2026-03")
    assert late.code == 2
    assert late.has("later than the last delivered month", "2026-01 or earlier")


def frozen_by(receipt: dict[str, object], detector: str) -> list[str]:
    runs = receipt["detectors"]
    assert isinstance(runs, list)
    (found,) = (run["frozen_by"] for run in runs if run["id"] == detector)
    return list(found)


def ran(line: Line, month: str, **asked: list[str]) -> Path:
    """A finished detection, as its folder tells it."""
    run = line.home.new_run("detect")
    (run.path / "hits.parquet").touch()
    whole = {"detectors": None, "households": None}
    run.finish({"exit_code": 0, "inputs": {"as_of": month} | whole | asked})
    return run.path / "hits.parquet"


@pytest.fixture
def line(tmp_path: Path) -> Line:
    home, _ = Home.open(tmp_path)
    return Line(home, Console(lang="en"))


def test_the_first_detection_has_none_before_it(line: Line) -> None:
    assert line.previous_hits(date(2026, 6, 1)) is None


def test_the_newest_whole_detection_is_the_one_before(line: Line) -> None:
    ran(line, "2026-04")
    whole = ran(line, "2026-05")
    ran(line, "2026-05", detectors=["E22"])
    ran(line, "2026-05", households=["D1"])
    line.home.new_run("detect")  # was killed: it has no receipt
    assert line.previous_hits(date(2026, 6, 1)) == whole


def test_a_look_back_takes_nothing_from_a_later_month(line: Line) -> None:
    april = ran(line, "2026-04")
    ran(line, "2026-05")
    assert line.previous_hits(date(2026, 4, 1)) == april
    assert line.previous_hits(date(2026, 3, 1)) is None
