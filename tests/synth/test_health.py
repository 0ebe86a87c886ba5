"""Chronic illness, heavy costs and the help that met them, old age, insurance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from tests.synth.conftest import County

HEAVY = 17_400
"""The warning line for people on no register, CNY of their own in twelve months."""


def number(column: pd.Series) -> pd.Series:
    return pd.to_numeric(column.str.replace(",", ""))


def test_assistance_is_the_part_of_the_stay_that_was_paid(county: County) -> None:
    aid, stays = county.rows("medical_assistance"), county.rows("inpatient_settlement")
    direct = aid[aid["direct"].isin(["true", "是"])]
    joined = direct.merge(stays, left_on="settlement_no", right_on="settlement_no")
    assert len(joined) == len(direct) == (number(stays["assistance_paid"]) > 0).sum()
    assert (number(joined["amount"]) == number(joined["assistance_paid"])).all()
    assert (joined["person_id_x"] == joined["person_id_y"]).all()


def test_whoever_paid_much_in_a_year_was_helped_unless_it_is_planted(county: County) -> None:
    stays = county.rows("inpatient_settlement")
    late = stays[pd.to_datetime(stays["discharge"]) >= pd.Timestamp(2025, 7, 1)]
    paid = number(late["self_pay"]).groupby(late["person_id"]).sum()
    heavy = set(paid[paid > HEAVY].index)
    rigid = ";".join(county.rows("rigid_expenditure_register")["member_ids"])
    helped = set(county.rows("medical_assistance")["person_id"]) | set(rigid.split(";"))
    planted = set(county.truth("cases")["person_id"])
    assert len(heavy) > 10
    assert len(heavy - helped - planted) <= len(planted & heavy) + 2


def test_recognitions_last_a_year_and_rest_on_the_ratio(county: County) -> None:
    rows = county.rows("rigid_expenditure_register")
    begin = pd.to_datetime(rows["recognised_date"])
    ends = pd.to_datetime(rows["valid_to"])
    assert (ends - begin).dt.days.between(330, 366).all()
    assert (number(rows["ratio"]) >= 0.6).all()
    assert not rows.duplicated(["household_id", "valid_to"]).any()
    last = ends.groupby(rows["household_id"]).max()
    assert (last > pd.Timestamp(2026, 6, 30)).all()


def test_everybody_is_insured_in_every_year(county: County) -> None:
    rows = county.sent("medical_insurance_enrolment", "2026-04")
    assert not rows.duplicated(["person_id", "year", "scheme"]).any()
    people = county.sent("hukou_population", "2026-04")
    own = rows[rows["year"] == "2026"]
    assert people["person_id"].isin(own["person_id"]).mean() > 0.98
    assert set(rows["year"]) == {"2023", "2024", "2025", "2026"}
    share = (own["scheme"] == "职工").mean()
    assert 0.1 < share < 0.3


def test_premiums_of_members_of_paid_households_are_met(county: County) -> None:
    rows = county.rows("medical_insurance_enrolment")
    rows = rows[(rows["year"] == "2026") & (rows["scheme"] == "居民")]
    rows = rows.drop_duplicates("person_id", keep="last")
    members = county.rows("dibao_member_register")
    planted = set(county.truth("cases")["person_id"])
    current = members[(members["removed_date"] == "") & ~members["person_id"].isin(planted)]
    homes = county.sent("dibao_household_register", "2026-04")
    paid = set(homes.loc[homes["end_month"] == "", "household_id"])
    current = current[current["household_id"].isin(paid)]
    own = rows[rows["person_id"].isin(current["person_id"])]
    assert len(own) > 100
    assert (own["subsidised_category"].fillna("") != "").mean() > 0.97


def test_certified_people_with_a_mental_disability_are_followed(county: County) -> None:
    cards = county.rows("disability_certificate")
    ill = cards[(cards["type"] == "精") & (cards["status"] == "有效")]
    followed = set(county.rows("severe_mental_disorder")["person_id"])
    dead = set(county.rows("hukou_death_cancellation")["person_id"])
    assert set(ill["person_id"]) <= followed | dead


def test_old_people_are_assessed_once_a_round(county: County) -> None:
    rows = county.rows("elderly_disability_assessment")
    assert not rows.duplicated(["person_id", "assess_date"]).any()
    assert (rows["person_id"].str[6:10].astype(int) <= 1961).all()
    assert 0.05 < (rows["disability_level"] != "能力完好").mean() < 0.6


def test_awards_of_family_planning_are_yearly_and_of_the_old(county: County) -> None:
    rows = county.rows("family_planning_aid")
    assert not rows.duplicated(["person_id", "type", "year"]).any()
    award = rows[rows["type"] == "奖励扶助"]
    assert (award["year"].astype(int) - award["person_id"].str[6:10].astype(int) >= 59).all()


def test_rehabilitation_is_for_people_with_a_certificate(county: County) -> None:
    rows = county.rows("rehabilitation_aid")
    held = set(county.rows("disability_certificate")["person_id"])
    assert len(rows)
    assert set(rows["person_id"]) <= held
