"""Needs that no single alarm shows, and such as were met."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.synth.conftest import County, planted_alone

OWN = ("L18", "L21", "L22")


SOURCES = (
    "disability_certificate",
    "homeless_relief",
    "hotline_ticket",
    "hukou_population",
    "livestock_register",
    "micro_credit",
    "residence_permit",
    "severe_disease_register",
    "temporary_assistance",
)
"""What the tests look at."""


@pytest.fixture(scope="module")
def hidden(tmp_path_factory: pytest.TempPathFactory) -> County:
    """A county in which hardly anything else is planted."""
    return planted_alone(
        tmp_path_factory, {"L18": 0.02, "L21": 0.001, "L22": 0.5}, seed=6, sources=SOURCES
    )


def people(county: County, code: str, kind: str) -> set[str]:
    rows = pd.concat([county.cases(code), county.cases(code, "decoy")])
    return set(rows.loc[rows["difficulty"] == kind, "person_id"])


@pytest.mark.parametrize("code", OWN)
def test_each_has_two_cases_and_two_lookalikes_a_case(hidden: County, code: str) -> None:
    cases, decoys = hidden.cases(code), hidden.cases(code, "decoy")
    assert len(cases) >= 2
    assert len(decoys) >= 2 * len(cases)
    assert (cases["month_to"] == "2026-06").all()
    assert not set(cases["person_id"]) & set(decoys["person_id"])


def test_outsiders_of_l18_live_here_for_a_year_and_are_in_no_hukou_book(hidden: County) -> None:
    permits = hidden.rows("residence_permit").set_index("person_id")
    cases = hidden.cases("L18")
    for person, first in zip(cases["person_id"], cases["month_from"], strict=True):
        since = str(permits["from_date"].loc[person])
        assert pd.Period(since[:7], "M") + 12 <= pd.Period(first, "M")
        assert permits["to_date"].loc[person] == ""
        assert str(permits["area_code"].loc[person]).startswith("539901")
    assert not set(cases["person_id"]) & set(hidden.rows("hukou_population")["person_id"])
    assert not set(cases["person_id"]) & set(hidden.rows("temporary_assistance")["person_id"])
    assert set(cases["household_id"]) == {f"person:{p}" for p in cases["person_id"]}


def test_outsiders_of_l18_fell_ill_or_came_to_the_shelter(hidden: County) -> None:
    ill = set(hidden.rows("severe_disease_register")["person_id"])
    sheltered = set(hidden.rows("homeless_relief")["person_id"])
    own = set(hidden.cases("L18")["person_id"])
    assert own <= ill | sheltered
    assert own & ill
    assert own & sheltered


def test_lookalikes_of_l18_were_helped_or_have_left(hidden: County) -> None:
    helped, left = people(hidden, "L18", "helped"), people(hidden, "L18", "left")
    assert helped
    assert left
    assert helped <= set(hidden.rows("temporary_assistance")["person_id"])
    permits = hidden.rows("residence_permit")
    assert (permits[permits["person_id"].isin(left)]["to_date"] != "").all()


def test_mild_signs_of_l21_are_a_loan_an_empty_sty_and_a_call(hidden: County) -> None:
    loans, calls = hidden.rows("micro_credit"), hidden.rows("hotline_ticket")
    late = set(loans.loc[loans["overdue"] == "是", "borrower_id"])
    sties = hidden.rows("livestock_register").drop_duplicates("owner_id", keep="last")
    empty = set(sties.loc[sties["head_count"] == "0", "owner_id"])
    asked = set(calls.loc[calls["type"] == "求助", "subject_person_id"])
    cases = hidden.cases("L21")
    assert set(cases["person_id"]) <= late & empty & asked
    two = people(hidden, "L21", "two signs")
    assert two <= late & empty
    assert not two & asked
    assert people(hidden, "L21", "helped") <= set(hidden.rows("temporary_assistance")["person_id"])
    assert not set(cases["person_id"]) & set(hidden.rows("temporary_assistance")["person_id"])
    calls_of = calls[calls["subject_person_id"].isin(cases["person_id"])]
    first = cases.set_index("person_id")["month_from"]
    assert (calls_of["date"].str[:7] == calls_of["subject_person_id"].map(first)).all()


def dependants(county: County, person: str) -> pd.DataFrame:
    """Children, parents and spouse of a person who depend on others."""
    every = county.rows("hukou_population")
    own = every[every["person_id"] == person].iloc[0]
    kin = every[
        (every["father_id"] == person)
        | (every["mother_id"] == person)
        | every["person_id"].isin([own["father_id"], own["mother_id"], own["spouse_id"]])
    ]
    certified = county.rows("disability_certificate")
    severe = set(certified.loc[certified["grade"].isin(["1", "2"]), "person_id"])
    birth = kin["birth_date"]
    needy = (birth > "2010-06-01") | (birth <= "1951-06-01") | kin["person_id"].isin(severe)
    return kin[needy]


def test_carers_of_l22_have_three_dependants_and_no_siblings(hidden: County) -> None:
    every = hidden.rows("hukou_population")
    for person in hidden.cases("L22")["person_id"]:
        assert len(dependants(hidden, person)) >= 3
        father = every.loc[every["person_id"] == person, "father_id"].iloc[0]
        others = every[(every["father_id"] == father) & (every["person_id"] != person)]
        assert father == "" or others.empty
    assert not set(hidden.cases("L22")["person_id"]) & set(
        hidden.rows("temporary_assistance")["person_id"]
    )


def test_lookalikes_of_l22_were_helped_or_have_siblings(hidden: County) -> None:
    every = hidden.rows("hukou_population")
    shared = people(hidden, "L22", "siblings share")
    for person in shared:
        father = every.loc[every["person_id"] == person, "father_id"].iloc[0]
        assert len(every[every["father_id"] == father]) >= 2
    helped = people(hidden, "L22", "helped")
    assert helped <= set(hidden.rows("temporary_assistance")["person_id"])
    assert shared or helped
