"""Planted income from land, farming on a large scale and large machines, and what clears them."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.synth.conftest import County, planted_alone

OWN = ("E34", "E35", "E36")
LINE = 570.0


SOURCES = (
    "agricultural_insurance",
    "dibao_household_register",
    "dibao_member_register",
    "enterprise_registration",
    "farm_machinery",
    "farmer_cooperative_members",
    "farmland_transfer",
    "livestock_register",
    "micro_credit",
)
"""What the tests look at."""


@pytest.fixture(scope="module")
def farms(tmp_path_factory: pytest.TempPathFactory) -> County:
    """A county in which hardly anything else is planted."""
    return planted_alone(tmp_path_factory, dict.fromkeys(OWN, 0.018), seed=2, sources=SOURCES)


def told(county: County, code: str, role: str = "case") -> list[dict[str, str]]:
    cases = county.cases(code, role)
    if code == "E35":  # the others have commercial vehicles
        cases = cases[cases["person_id"].isin(county.rows("farm_machinery")["owner_id"])]
    rows = cases.astype(str).to_dict("records")
    return [{str(name): str(value) for name, value in row.items()} for row in rows]


def cell(rows: pd.DataFrame, key: str, column: str) -> str:
    """One cell of rows with a unique index."""
    return str(rows[column].loc[key])


def rent(county: County) -> pd.Series:
    rows = county.rows("farmland_transfer")
    total = rows["area_mu"].astype(float) * rows["rent_per_mu"].astype(float)
    return total.groupby(rows["lessor_id"]).sum()


def line(county: County, household: str) -> float:
    members = county.rows("dibao_member_register")
    return 12 * LINE * int((members["household_id"] == household).sum())


@pytest.mark.parametrize("code", OWN)
def test_each_has_two_cases_and_two_lookalikes_a_case(farms: County, code: str) -> None:
    cases, decoys = farms.cases(code), farms.cases(code, "decoy")
    assert len(cases) >= 2
    assert len(decoys) >= 2 * len(cases)
    clearings = {"E34": {"X05", "X18"}, "E35": {"X02", "X04", "X10"}, "E36": {"X09", "X12"}}
    assert set(decoys["clearing_code"]) == clearings[code]
    assert not set(cases["household_id"]) & set(decoys["household_id"])


def test_the_rent_of_e34_is_over_a_tenth_of_the_line_and_undeclared(farms: County) -> None:
    sums = rent(farms)
    register = farms.rows("dibao_household_register").set_index("household_id")
    for case in told(farms, "E34"):
        least = 0.25 * line(farms, case["household_id"])
        assert sums[case["person_id"]] > least
        declared = float(cell(register, case["household_id"], "declared_income_pc"))
        assert declared * 12 < sums[case["person_id"]] - 0.1 * LINE * 12


def test_the_lease_of_e34_begins_with_its_first_month_and_lasts(farms: County) -> None:
    rows = farms.rows("farmland_transfer").set_index("lessor_id")
    for case in told(farms, "E34"):
        assert cell(rows, case["person_id"], "from_date")[:7] == case["month_from"]
        assert cell(rows, case["person_id"], "to_date") > "2026-06-30"


def test_lookalikes_of_e34_declared_it_or_got_a_trifle(farms: County) -> None:
    sums = rent(farms)
    register = farms.rows("dibao_household_register").set_index("household_id")
    for case in told(farms, "E34", "decoy"):
        whole = line(farms, case["household_id"])
        if case["clearing_code"] == "X18":
            assert 0 < sums[case["person_id"]] < 0.08 * whole
        else:
            declared = float(cell(register, case["household_id"], "declared_income_pc"))
            assert declared * whole / LINE == pytest.approx(sums[case["person_id"]], rel=0.01)


def test_e36_leases_over_fifty_mu_or_keeps_a_large_herd(farms: County) -> None:
    land, herds = farms.rows("farmland_transfer"), farms.rows("livestock_register")
    leased = land["area_mu"].astype(float).groupby(land["lessee_id"]).sum()
    kept = herds["head_count"].astype(int).groupby(herds["owner_id"]).max()
    people = farms.cases("E36")["person_id"]
    large = {"生猪": 500, "肉牛": 50, "肉羊": 300}
    for person in people:
        own = herds[herds["owner_id"] == person]
        herd = any(kept[person] >= large[kind] for kind in own["species"])
        assert herd or leased.get(person, 0) > 50
    assert set(people) & set(leased.index)
    assert set(people) & set(kept.index)


def test_village_policies_and_nominal_members_clear_e36(farms: County) -> None:
    policies = farms.rows("agricultural_insurance")
    joined = farms.rows("farmer_cooperative_members")
    companies = set(farms.rows("enterprise_registration")["uscc"])
    for case in told(farms, "E36", "decoy"):
        if case["clearing_code"] == "X09":
            own = policies[policies["insured_id"] == case["person_id"]]
            assert set(own["group_policy"]) == {"是"}
        else:
            own = joined[joined["member_id"] == case["person_id"]]
            assert (own["contribution"].astype(float) == 0).all()
            assert set(own["role"]) == {"成员"}
            assert set(own["coop_uscc"]) <= companies


def test_machines_of_e35_are_large_and_bought_the_month_before(farms: County) -> None:
    rows = farms.rows("farm_machinery").set_index("owner_id")
    for case in told(farms, "E35"):
        machine = rows.loc[[case["person_id"]]].astype(str).iloc[0].to_dict()
        assert float(machine["power_kw"]) > 50
        assert machine["status"] == "在用"
        bought = pd.Period(machine["buy_date"][:6], "M")
        assert str(bought + 1) == case["month_from"]


def test_lookalikes_of_e35_are_small_sold_or_on_credit(farms: County) -> None:
    rows = farms.rows("farm_machinery").set_index("owner_id")
    loans = farms.rows("micro_credit").set_index("borrower_id")
    for case in told(farms, "E35", "decoy"):
        machine = rows.loc[[case["person_id"]]].astype(str).iloc[0].to_dict()
        if case["clearing_code"] == "X04":
            assert float(machine["power_kw"]) < 10
        elif case["clearing_code"] == "X02":
            assert machine["status"] in {"报废", "已转让"}
        else:
            owed = float(cell(loans, case["person_id"], "amount"))
            assert float(machine["price"]) - float(machine["subsidy"]) - owed < 24 * LINE


@pytest.mark.parametrize("code", OWN)
def test_months_are_paid_ones(farms: County, code: str) -> None:
    cases = farms.cases(code)
    assert (cases["month_to"] == "2026-06").all()
    assert (cases["amount"] > 0).all()
