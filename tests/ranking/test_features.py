from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from doudi.graph.errors import RankingError
from doudi.ranking.feature_list import feature_list
from doudi.ranking.features import told_apart

if TYPE_CHECKING:
    from .conftest import Records

T = date(2026, 7, 1)
DIBAO, EDGE = "dibao_household_register", "low_income_edge_register"


def test_features_do_not_see_the_day_itself(records: Records) -> None:
    records.household("A", 40)
    records.stay("Ap0", date(2026, 7, 1), 900.0)
    records.stay("Ap0", date(2026, 6, 30), 500.0)
    records.ill("Ap0", date(2026, 7, 1))
    row = records.row()
    assert (row["self_pay_yuan"], row["stays"], row["new_severe"]) == (500, 1, 0)


def test_twelve_months_begin_on_their_first_day(records: Records) -> None:
    records.household("A", 40)
    records.stay("Ap0", date(2025, 7, 1), 500.0)
    records.stay("Ap0", date(2025, 6, 30), 300.0)
    row = records.row()
    assert (row["self_pay_yuan"], row["self_pay_rise_yuan"]) == (500, 200)


def test_ledger_year_counts_once_it_is_over(records: Records) -> None:
    household = records.household("A", 40, 38)
    records.earned(household, 2025, 17_600.0)
    records.earned(household, 2026, 99_000.0)
    assert records.row()["income_to_line"] == 1.0
    assert records.row(t=date(2025, 10, 1))["income_to_line"] is None


def test_dependants_are_set_against_able_people(records: Records) -> None:
    records.household("A", 40, 70, 10)
    row = records.row()
    assert (row["size"], row["dependants_per_able"], row["no_able"]) == (3, 2.0, 0)


def test_near_kin_share_the_burden_and_hand_on_shocks(records: Records) -> None:
    records.household("A", 70)
    records.household("B", 45)
    records.household("C", 45)
    records.kin("Ap0", "Bp0")
    records.kin("Ap0", "Cp0", degree=3)
    records.ill("Bp0", date(2026, 3, 1))
    records.ill("Cp0", date(2026, 3, 1))
    records.wage("Bp0", date(2026, 1, 1), None)
    row = records.row()
    assert (row["kin_shocks"], row["kin_earners"]) == (1, 1)
    assert row["dependants_with_kin"] == 2.0


def test_wages_that_stopped_are_told_from_wages_that_last(records: Records) -> None:
    records.household("A", 40, 38)
    records.wage("Ap0", date(2025, 1, 1), date(2026, 3, 1))
    records.wage("Ap1", date(2025, 1, 1), date(2026, 9, 1))
    row = records.row()
    assert (row["stopped"], row["earners"], row["single_earner"]) == (1, 1, 1)


def test_covered_and_monitored_households_are_not_ranked(records: Records) -> None:
    for number in "ABCD":
        records.household(number, 40)
    records.benefit("Ap0", DIBAO, date(2025, 1, 1))
    records.monitored("poverty_archive/B", date(2026, 1, 5))
    records.monitored("poverty_archive/C", date(2025, 1, 5), date(2025, 12, 1))
    records.benefit("Dp0", EDGE, date(2024, 1, 1), date(2026, 7, 1))
    table = records.features().table.to_pylist()
    found = {
        row["household_id"]: (row["monitored_before"], row["assisted_before"]) for row in table
    }
    assert found == {"C": (1, 0), "D": (0, 1)}


def test_former_recipients_outside_the_archive_are_ranked(records: Records) -> None:
    records.household("A", 40)
    for number, person, until in (("D1", "q1", date(2025, 5, 1)), ("D2", "Ap0", date(2025, 5, 1)),
                                  ("D3", "q3", None)):  # fmt: skip
        household = f"{DIBAO}/{number}"
        records.node("Household", household, register=DIBAO, household_id=number,
                     area_code="539901001001")  # fmt: skip
        records.node(
            "Benefit", household, register=DIBAO, start_date=date(2024, 1, 1), end_date=until
        )
        records.link("BELONGS_TO.Benefit.Household", household, household, derived=False)
        records.link("MEMBER_OF.Person.Household", person, household)
        records.link("RECEIVES.Person.Benefit", person, household, valid_to=until)
        records.node("Person", person, birth_date=date(1980, 1, 1))
    rows = {
        row["household_id"]: row["left_recently"] for row in records.features().table.to_pylist()
    }
    assert rows == {"A": 1, "D1": 1}


def test_the_unborn_and_the_dead_are_no_members(records: Records) -> None:
    records.household("A", 40, 70, 1)
    records.link("DIED.Person.DeathRecord", "Ap1", "d", valid_from=date(2026, 2, 1))
    row = records.row()
    assert (row["size"], row["deaths"]) == (2, 1)
    assert records.row(t=date(2024, 7, 1))["size"] == 2


def test_constant_and_unknown_columns_are_named(records: Records) -> None:
    records.household("A", 40)
    records.household("B", 40, 38)
    usable, silent = told_apart([records.features()])
    assert usable == ["size"]
    assert {"income_to_line", "stays"} <= set(silent)


def test_no_feature_is_about_sex_origin_area_or_suspicion() -> None:
    words = " ".join(f"{f.name} {f.en}" for f in feature_list()).lower()
    for word in ("sex", "female", "ethnic", "area", "township", "village", "hit", "lead", "shared"):
        assert f" {word} " not in f" {words} "
    assert all(f.sign in (1, -1) and f.zh and f.en for f in feature_list())


def test_missing_feature_is_named(records: Records) -> None:
    records.household("A", 40)
    with pytest.raises(RankingError, match="wealth"):
        records.features().matrix(["size", "wealth"])
