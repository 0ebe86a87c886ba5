"""Pensions, wages, contracts and benefits agree with each other and with the people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

if TYPE_CHECKING:
    from tests.synth.conftest import County

MONTHLY = (
    ("resident_pension_payment", ["person_id", "pay_month"]),
    ("migrant_wage_payment", ["person_id", "project_id", "pay_month"]),
    ("individual_income_tax", ["person_id", "payer_uscc", "income_type", "tax_month"]),
)


def helped(county: County) -> set[str]:
    members = set(county.rows("dibao_member_register")["person_id"])
    return members | set(county.rows("tekun_register")["person_id"])


def planted(county: County) -> set[str]:
    return set(county.truth("cases")["person_id"])


def last_month_alive(county: County) -> pd.Series:
    gone = county.rows("hukou_death_cancellation").drop_duplicates("person_id")
    month = gone["death_date"].str.replace("-", "").str[:6]
    return pd.Series(month.to_numpy(), index=gone["person_id"])


@pytest.mark.parametrize(("source", "key"), MONTHLY)
def test_monthly_rows_are_unique_and_come_in_their_month(
    county: County, source: str, key: list[str]
) -> None:
    rows = county.rows(source)
    assert not rows.duplicated(key).any()
    assert rows[key[-1]].min() >= "202305"
    for batch in ("2026-05", "2026-06"):
        sent = county.sent(source, batch)
        assert set(sent[key[-1]]) == {batch.replace("-", "")}


def test_elders_draw_one_pension_and_only_while_they_live(county: County) -> None:
    pay = county.rows("resident_pension_payment")
    employees = county.rows("employee_pension_payment")
    payroll = county.rows("public_payroll")
    assert not set(pay["person_id"]) & set(employees["person_id"])
    assert not set(pay["person_id"]) & set(payroll["person_id"])
    born = pay["person_id"].str[6:12].astype(int)
    assert (pay["pay_month"].astype(int) - born >= 6000).all()
    end = pay["person_id"].map(last_month_alive(county)).fillna("999999")
    assert (pay["pay_month"] <= end).all()


def test_a_fifth_of_elders_outside_the_registers_has_an_employee_pension(county: County) -> None:
    residents = county.rows("resident_pension_payment")
    now = residents.loc[residents["pay_month"] == "202606", "person_id"]
    outside = set(now) - helped(county)
    employees = county.rows("employee_pension_payment")
    drawing = set(employees["person_id"]) - planted(county)
    assert 0.12 < len(drawing) / (len(drawing) + len(outside)) < 0.3
    assert not drawing & helped(county)


def test_recipients_of_sixty_draw_the_small_pension(county: County) -> None:
    pay = county.rows("resident_pension_payment")
    old = {p for p in county.rows("tekun_register")["person_id"] if p[6:10] < "1960"}
    assert len(old & set(pay["person_id"])) > 0.9 * len(old)
    amount = pd.to_numeric(pay["basic"]) + pd.to_numeric(pay["personal"], errors="coerce").fillna(0)
    assert amount.max() < 400


def test_benefits_of_the_unemployed_follow_their_registration(county: County) -> None:
    benefit = county.rows("unemployment_benefit").drop_duplicates("person_id", keep="last")
    register = county.rows("unemployment_register").drop_duplicates("person_id", keep="last")
    both = benefit.merge(register, on="person_id")
    assert len(both) == len(benefit)
    assert (both["from_month"] > both["reg_date"].str.replace("/", "").str[:6]).all()
    found = both[(both["cancel_date"] != "") & (both["to_month"] <= "202606")]
    assert (found["to_month"] < found["cancel_date"].str.replace("/", "").str[:6]).all()
    assert not set(benefit["person_id"]) & set(county.cases("L05")["person_id"])


def test_care_for_an_injury_and_a_disability_subsidy_are_not_drawn_together(county: County) -> None:
    injured = county.rows("work_injury_benefit")
    subsidised = set(county.rows("disability_two_subsidies")["person_id"])
    assert not set(injured["person_id"]) & subsidised
    grade = injured["grade"].astype(int)
    assert (injured.loc[grade > 6, "monthly"].astype(float) == 0).all()
    assert (injured["lump_sum"].astype(float) > 10_000).all()


def test_contracts_belong_to_insured_jobs_or_to_migrants(county: County) -> None:
    contracts = county.rows("employment_registration")
    insured = county.rows("employee_social_insurance")
    pairs = set(zip(insured["person_id"], insured["employer_uscc"], strict=True))
    told = zip(contracts["person_id"], contracts["employer_uscc"], strict=True)
    share = sum(pair in pairs for pair in told) / len(contracts)
    assert 0.4 < share < 0.95
    ended = contracts[contracts["end_date"] != ""]
    assert (ended["start_date"].str[:4] <= ended["end_date"].str[:4]).all()


def test_recipients_have_no_contract_that_runs_on(county: County) -> None:
    contracts = county.rows("employment_registration").drop_duplicates(
        ["person_id", "employer_uscc", "start_date"], keep="last"
    )
    going = set(contracts.loc[contracts["end_date"] == "", "person_id"])
    register = county.rows("dibao_household_register").drop_duplicates("household_id", keep="last")
    open_ = set(register.loc[register["end_month"] == "", "household_id"])
    members = county.rows("dibao_member_register")
    now = members[members["household_id"].isin(open_) & (members["removed_date"] == "")]
    assert not going & set(now["person_id"]) - planted(county)


def test_project_wages_are_those_of_builders_and_some_come_for_a_quarter(county: County) -> None:
    pay = county.rows("migrant_wage_payment")
    insured = set(county.rows("employee_social_insurance")["person_id"])
    assert not set(pay["person_id"]) & (insured | helped(county)) - planted(county)
    gross = pay["gross"].astype(float)
    projects = pay.groupby("project_id")["pay_month"].agg(set)
    quarters = [
        name for name, months in projects.items() if all(int(m[4:]) % 3 == 0 for m in months)
    ]
    assert 0 < len(quarters) < len(projects)
    monthly = ~pay["project_id"].isin(quarters)
    least = gross[monthly].groupby(pay["person_id"]).min()
    assert 3_000 < least.median() < 7_500
    net = pay["net"].astype(float)
    assert (net < gross).all()
