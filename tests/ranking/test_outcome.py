from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from doudi.graph.errors import RankingError
from doudi.ranking.outcome import labelled, outcomes_in
from doudi.ranking.windows import Window, plan

if TYPE_CHECKING:
    from .conftest import Records

WINDOW = Window(date(2025, 7, 1))


def test_outcome_window_holds_its_first_day_and_not_its_last(records: Records) -> None:
    days = {"A": date(2025, 7, 1), "B": date(2026, 6, 30), "C": date(2026, 7, 1)}
    for number, day in days.items():
        records.household(number, 40)
        records.monitored(f"poverty_archive/{number}", day)
    records.household("D", 40)
    records.benefit("Dp0", "dibao_household_register", date(2025, 9, 1))
    records.household("E", 40)
    records.benefit("Ep0", "old_age_allowance", date(2025, 9, 1))
    features = records.features(WINDOW.t)
    outcomes = outcomes_in(records.projection(), features, WINDOW)
    found = labelled(features, outcomes, WINDOW)
    fell = features.column("household_id")[found.fell_back].tolist()
    assert fell == ["A", "B", "D"]


@pytest.mark.parametrize("day", [date(2025, 6, 30), date(2026, 7, 1)])
def test_outcome_outside_its_window_is_refused(records: Records, day: date) -> None:
    records.household("A", 40)
    outcomes = pa.table({"household": ["poverty_archive/A"], "day": [day]})
    with pytest.raises(RankingError, match=str(day)):
        labelled(records.features(WINDOW.t), outcomes, WINDOW)


def test_features_of_another_day_are_refused(records: Records) -> None:
    records.household("A", 40)
    outcomes = pa.table({"household": ["poverty_archive/A"], "day": [date(2025, 9, 1)]})
    with pytest.raises(RankingError, match="2025-04-01"):
        labelled(records.features(date(2025, 4, 1)), outcomes, WINDOW)


def test_no_window_learns_from_what_it_is_checked_on() -> None:
    days = plan(date(2026, 6, 1))
    assert all(window.end <= days.check.t for window in days.train)
    assert days.check.end <= days.score.t
    assert all(window.end <= days.score.t for window in days.recent)
