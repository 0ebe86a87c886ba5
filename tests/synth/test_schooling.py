"""Aid, fees, loans and children out of school."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from tests.synth.conftest import County


def test_students_of_households_on_a_register_get_aid_this_year(county: County) -> None:
    aid = county.rows("student_aid")
    now = set(aid.loc[aid["year"] == "2025", "person_id"])
    members = county.rows("dibao_member_register")
    planted = set(county.truth("cases")["person_id"])
    students = set(county.rows("student_enrolment")["person_id"])
    theirs = set(members["person_id"]) & students - planted
    assert len(theirs) > 20
    assert len(theirs - now) <= 2


def test_loans_cover_what_the_school_costs(county: County) -> None:
    rows = county.rows("tertiary_tuition_loan")
    costs = rows["tuition"].astype(float) + rows["boarding_fee"].astype(float)
    loan = rows["loan"].astype(float)
    assert ((loan == 0) | (loan == costs)).all()
    assert 0.2 < (loan > 0).mean() < 0.6
    assert not rows.duplicated(["person_id", "school", "year"]).any()
    schools = county.rows("student_enrolment").set_index("person_id")["school"]
    assert (schools.loc[rows["person_id"]].to_numpy() == rows["school"].to_numpy()).all()


def test_private_schools_are_paid_by_parents_on_no_register(county: County) -> None:
    rows = county.rows("private_school_fees")
    helped = set(county.rows("dibao_member_register")["person_id"])
    assert not set(rows["person_id"]) & helped
    births = county.rows("birth_certificate")
    joined = rows.merge(births, left_on="person_id", right_on="child_id")
    paid = joined[joined["payer_id"] != ""]
    parent = (paid["payer_id"] == paid["father_id"]) | (paid["payer_id"] == paid["mother_id"])
    assert len(paid) > 10
    assert parent.all()
    assert (pd.to_numeric(rows["fee"]) >= 8_000).all()


def test_children_who_were_away_are_at_school_again_unless_it_is_planted(county: County) -> None:
    rows = county.rows("dropout_watch")
    planted = set(county.truth("cases")["person_id"])
    quiet = rows[~rows["person_id"].isin(planted)]
    assert set(quiet["status"]) <= {"已复学", "转学到外县", "送教上门"}
    assert (rows["person_id"].str[6:10].astype(int) >= 2009).all()
