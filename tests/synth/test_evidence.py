"""The files show what the truth says, for cases and for what clears lookalikes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from tests.synth.conftest import County

DEATHS = (
    ("hukou_death_cancellation", "person_id"),
    ("funeral_cremation", "deceased_id"),
    ("death_medical_certificate", "person_id"),
)


def of(rows: pd.DataFrame, column: str, people: pd.Series) -> pd.DataFrame:
    return rows[rows[column].isin(people)]


def test_the_dead_of_e01_are_in_a_death_source_and_paid_later(county: County) -> None:
    cases = county.cases("E01")
    pay = county.rows("one_card_payment")
    for person, first in zip(cases["person_id"], cases["month_from"], strict=True):
        seen = [source for source, field in DEATHS if person in set(county.rows(source)[field])]
        assert seen
        months = pay.loc[pay["payee_id"] == person, "benefit_month"]
        assert first.replace("-", "") in set(months)
        assert months.max() == "202606"


def test_some_dead_of_e01_have_two_sources_and_some_one(county: County) -> None:
    counts = [
        sum(person in set(county.rows(source)[field]) for source, field in DEATHS)
        for person in county.cases("E01")["person_id"]
    ]
    assert min(counts) == 1
    assert max(counts) >= 2


def test_returned_payments_of_e01_lookalikes_are_in_the_files(county: County) -> None:
    decoys = county.cases("E01", "decoy")
    people = decoys.loc[decoys["clearing_code"] == "X19", "person_id"]
    pay = of(county.rows("one_card_payment"), "payee_id", people)
    back = pay[(pay["status"] == "退回") | (pay["amount"].astype(float) < 0)]
    assert set(back["payee_id"]) == set(people)
    reversed_ = back.loc[back["reverses"] != "", "reverses"]
    assert set(reversed_) <= set(pay["payment_no"])


def test_persons_of_e03_are_in_two_registrations(county: County) -> None:
    members = county.rows("dibao_member_register")
    for person in county.cases("E03")["person_id"]:
        assert members.loc[members["person_id"] == person, "household_id"].nunique() == 2


def test_spouses_of_e05_earn_and_are_not_listed(county: County) -> None:
    marriages, members = county.rows("marriage_registration"), county.rows("dibao_member_register")
    insured = set(county.rows("employee_social_insurance")["person_id"])
    for person in county.cases("E05")["person_id"]:
        own = marriages[(marriages["husband_id"] == person) | (marriages["wife_id"] == person)]
        spouses = (set(own["husband_id"]) | set(own["wife_id"])) - {person}
        assert len(spouses) == 1
        assert spouses <= insured
        assert not spouses & set(members["person_id"])


def test_income_of_e09_to_e11_is_in_its_source(county: County) -> None:
    for code, source in (
        ("E09", "public_payroll"),
        ("E10", "employee_social_insurance"),
        ("E11", "provident_fund_contribution"),
    ):
        people = county.cases(code)["person_id"]
        assert set(of(county.rows(source), "person_id", people)["person_id"]) == set(people)


def test_cars_of_e15_are_registered_to_the_member(county: County) -> None:
    people = county.cases("E15")["person_id"]
    cars = of(county.rows("vehicle_registration"), "owner_id", people)
    assert set(cars["owner_id"]) == set(people)
    assert set(cars["vehicle_type"]) == {"小型轿车"}


def test_drivers_of_e16_have_three_violations_with_somebody_elses_car(county: County) -> None:
    fined, cars = county.rows("driver_and_violations"), county.rows("vehicle_registration")
    for person in county.cases("E16")["person_id"]:
        plates = fined.loc[(fined["driver_id"] == person) & (fined["plate"] != ""), "plate"]
        assert len(plates) >= 3
        assert set(cars.loc[cars["plate"].isin(plates), "owner_id"]).isdisjoint({person})


def test_relatives_of_x22_are_filed(county: County) -> None:
    filed = set(county.rows("kin_filing")["relative_id"])
    decoys = county.cases("E31", "decoy")
    assert set(decoys.loc[decoys["clearing_code"] == "X22", "person_id"]) <= filed


def test_households_of_e33_share_an_account(county: County) -> None:
    pay = county.rows("one_card_payment")
    cases = county.cases("E33")
    own = pay[pay["household_id"].isin(cases["household_id"]) & (pay["benefit_month"] == "202606")]
    assert (own.groupby("account_hash")["payee_id"].nunique() >= 3).all()


def test_the_ill_of_l01_are_new_and_helped_by_nobody(county: County) -> None:
    people = county.cases("L01")["person_id"]
    ill = of(county.rows("severe_disease_register"), "person_id", people)
    assert (ill["confirmed_date"] >= "2026-04-01").all()
    assert set(ill["person_id"]) == set(people)
    helped = set(county.rows("temporary_assistance")["person_id"])
    assert not helped & set(people)
    met = county.cases("L01", "decoy")["person_id"]
    assert set(met) <= helped


def test_the_disabled_of_l03_have_a_certificate_and_no_subsidy(county: County) -> None:
    people = county.cases("L03")["person_id"]
    certified = of(county.rows("disability_certificate"), "person_id", people)
    assert set(certified["grade"]) <= {"1", "2"}
    assert set(certified["person_id"]) == set(people)
    assert len(of(county.rows("disability_two_subsidies"), "person_id", people)) == 0


def test_ordinary_recipients_own_no_car(county: County) -> None:
    planted = set(county.truth("cases")["person_id"])
    members = set(county.rows("dibao_member_register")["person_id"]) - planted
    assert not members & set(county.rows("vehicle_registration")["owner_id"])


def test_cancellations_by_mistake_are_withdrawn_a_month_later(soiled: County) -> None:
    later = soiled.sent("hukou_death_cancellation", "2026-05")
    taken_back = later[later["_op"] == "delete"]
    assert len(taken_back) == 3
    before = soiled.sent("hukou_death_cancellation", "2026-04")
    assert set(taken_back["name"]) <= set(before["name"])
    living = soiled.rows("hukou_population")
    assert set(taken_back["name"]) <= set(living.loc[living["status"] == "正常", "name"])


def test_refused_rows_are_found_at_their_lines(soiled: County) -> None:
    refused = soiled.truth("quarantine")
    assert len(refused) > 10
    assert set(refused["reason"]) >= {"id.missing", "id.scientific", "id.checksum", "number.text"}
    rows = soiled.sent("old_age_allowance", "2026-04")
    own = refused[(refused["source"] == "old_age_allowance") & (refused["batch"] == "2026-04")]
    lines = own.loc[own["reason"] == "number.text", "line"]
    assert (rows["amount"].iloc[lines.to_numpy() - 2] == "待核").all()


def test_soiled_files_repeat_rows_and_misspell_numbers(soiled: County) -> None:
    rows = soiled.sent("hukou_population", "2026-04")
    assert rows.duplicated().sum() > 10
    length = rows["person_id"].str.len()
    assert (length == 15).any()
    assert rows["person_id"].str.startswith("'").any()
    places = soiled.truth("people")
    own = places[(places["source"] == "hukou_population") & (places["batch"] == "2026-04")]
    assert len(own) == len(rows)
    assert own["person_id"].str.fullmatch(r"\d{17}[\dX]").all()
