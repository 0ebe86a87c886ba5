"""Households that live elsewhere or on paper only, and what makes others look like them."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.synth.conftest import County, planted_alone

TRACES = (
    ("hukou_population", "person_id"),
    ("id_document", "person_id"),
    ("medical_insurance_enrolment", "person_id"),
    ("social_security_card", "person_id"),
    ("mobile_registration", "holder_id"),
    ("farming_subsidy", "person_id"),
    ("hukou_death_cancellation", "person_id"),
    ("death_medical_certificate", "person_id"),
    ("charity_aid", "person_id"),
    ("electricity_usage", "account_holder"),
)


SOURCES = (
    "charity_aid",
    "death_medical_certificate",
    "dibao_household_register",
    "dibao_member_register",
    "disability_certificate",
    "electricity_usage",
    "farming_subsidy",
    "home_visit_record",
    "hukou_death_cancellation",
    "hukou_population",
    "id_document",
    "inpatient_settlement",
    "institution_residents",
    "medical_insurance_enrolment",
    "mobile_registration",
    "one_card_payment",
    "residence_permit",
    "social_security_card",
)
"""What the tests look at."""


@pytest.fixture(scope="module")
def absent(tmp_path_factory: pytest.TempPathFactory) -> County:
    """A county in which hardly anything else is planted."""
    return planted_alone(tmp_path_factory, {"E39": 0.018, "E44": 0.006}, seed=3, sources=SOURCES)


def homes_of(county: County, cases: pd.DataFrame) -> pd.Series:
    register = county.sent("dibao_household_register", "2026-04").set_index("household_id")
    return cases["household_id"].map(register["address_code"])


def test_homes_of_e39_stand_empty_from_a_year_before_the_first_month(absent: County) -> None:
    power = absent.rows("electricity_usage")
    cases = absent.cases("E39")
    assert len(cases) >= 2
    for code, first in zip(homes_of(absent, cases), cases["month_from"], strict=True):
        own = power[(power["address_code"] == code) & (power["tariff"] == "居民")]
        left = str(pd.Period(first, "M") - 12).replace("-", "")
        assert (own.loc[own["month"] >= left, "vacant"] == "True").all()
        assert (own.loc[own["month"] < left, "vacant"] == "False").all()


def test_members_of_e39_have_a_permit_and_insurance_in_another_city(absent: County) -> None:
    permits = absent.rows("residence_permit").set_index("person_id")
    insured = absent.rows("medical_insurance_enrolment")
    for person in absent.cases("E39")["person_id"]:
        assert not str(permits["area_code"].loc[person]).startswith("5399")
        assert str(permits["to_date"].loc[person]) == ""
        newest = insured[(insured["person_id"] == person) & (insured["year"] == "2026")]
        assert set(newest["area_code"]) == {str(permits["area_code"].loc[person])}


def test_nobody_of_e39_is_treated_in_the_county_while_away(absent: County) -> None:
    stays = absent.rows("inpatient_settlement")
    cases = absent.cases("E39")
    for person, first in zip(cases["person_id"], cases["month_from"], strict=True):
        left = str(pd.Period(first, "M") - 12)
        own = stays[(stays["person_id"] == person) & (stays["admit"].str[:7] >= left)]
        assert own.empty


def test_visitors_of_e39_found_nobody_at_home(absent: County) -> None:
    visits = absent.rows("home_visit_record")
    for case, first in zip(
        absent.cases("E39")["household_id"], absent.cases("E39")["month_from"], strict=True
    ):
        own = visits[(visits["household_id"] == case) & (visits["visit_time"].str[:7] >= first)]
        assert own["findings"].str.contains('"residents":0').all()


def test_lookalikes_of_e39_are_in_an_institution_or_in_hospital(absent: County) -> None:
    decoys = absent.cases("E39", "decoy")
    assert set(decoys["clearing_code"]) == {"X16", "X20"}
    cared = decoys.loc[decoys["clearing_code"] == "X16", "person_id"]
    assert set(cared) <= set(absent.rows("institution_residents")["person_id"])
    stays = absent.rows("inpatient_settlement")
    far = stays[stays["hospital"] == "省人民医院"].groupby("person_id").size()
    members = absent.rows("dibao_member_register")
    for household in decoys.loc[decoys["clearing_code"] == "X20", "household_id"]:
        own = members.loc[members["household_id"] == household, "person_id"]
        assert far.reindex(own).max() >= 8
    permitted = set(absent.rows("residence_permit")["person_id"])
    assert not set(decoys["person_id"]) & permitted


def test_ghosts_of_e44_are_paid_and_known_to_nobody(absent: County) -> None:
    cases = absent.cases("E44")
    assert len(cases) >= 2
    paid = absent.rows("one_card_payment")
    for person, household in zip(cases["person_id"], cases["household_id"], strict=True):
        own = paid[paid["payee_id"] == person]
        assert set(own["household_id"]) == {household}
        assert len(own) == 38
        seen = [s for s, field in TRACES if person in set(absent.rows(s)[field])]
        assert not seen
    assert not set(absent.rows("home_visit_record")["household_id"]) & set(cases["household_id"])


def test_lookalikes_of_e44_have_a_certificate_a_keeper_and_visitors(absent: County) -> None:
    decoys = absent.cases("E44", "decoy")
    assert len(decoys) >= 2 * len(absent.cases("E44"))
    assert set(decoys["clearing_code"]) == {"X14"}
    assert set(decoys["person_id"]) <= set(absent.rows("disability_certificate")["person_id"])
    assert set(decoys["household_id"]) <= set(absent.rows("home_visit_record")["household_id"])
    paid = absent.rows("one_card_payment")
    cards = set(absent.rows("social_security_card")["card_hash"])
    assert set(paid.loc[paid["payee_id"].isin(decoys["person_id"]), "account_hash"]) <= cards


def test_household_numbers_of_ghosts_are_their_own(absent: County) -> None:
    register = absent.sent("dibao_household_register", "2026-04")
    assert not register["household_id"].duplicated().any()
