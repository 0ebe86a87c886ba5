"""What the county shows about land, machines, animals and small rural incomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from tests.synth.conftest import County

LINE_2023 = 515.0
"""The rural standard of 2023, CNY a month."""


def recipients(county: County) -> set[str]:
    return set(county.rows("dibao_member_register")["person_id"])


def planted(county: County) -> set[str]:
    return set(county.truth("cases")["person_id"])


def test_contract_numbers_are_unique_and_ends_lie_behind_starts(county: County) -> None:
    rows = county.rows("farmland_transfer")
    assert not rows["contract_no"].duplicated().any()
    assert (rows["to_date"] > rows["from_date"]).all()
    assert (rows["lessor_id"] != rows["lessee_id"]).all()


def test_a_third_of_rural_homes_let_land_for_usual_rents(county: County) -> None:
    rows = county.rows("farmland_transfer")
    rows = rows[~rows["lessor_id"].isin(planted(county))]
    assert 250 < len(rows) < 650
    assert rows["rent_per_mu"].astype(float).between(150, 600).all()
    assert rows["area_mu"].astype(float).between(0.3, 12).mean() > 0.98
    companies = rows["lessee_id"].str.startswith("91")
    assert 0.1 < companies.mean() < 0.35


def test_some_lease_more_than_fifty_mu_and_no_recipient_leases_any(county: County) -> None:
    rows = county.rows("farmland_transfer")
    leased = rows.assign(mu=rows["area_mu"].astype(float)).groupby("lessee_id")["mu"].sum()
    assert (leased > 50).sum() >= 3
    assert not set(leased.index) & (recipients(county) - planted(county))


def test_the_subsidy_is_what_the_one_card_paid(county: County) -> None:
    listed, paid = county.rows("farming_subsidy"), county.rows("one_card_payment")
    paid = paid[paid["programme"] == "耕地地力保护补贴"]
    listed["day"] = pd.to_datetime(listed["pay_date"], format="%Y%m%d").dt.strftime("%Y-%m-%d")
    own = sorted(
        zip(
            listed["person_id"],
            listed["day"],
            listed["amount"],
            listed["account_hash"],
            strict=True,
        )
    )
    assert own == sorted(
        zip(paid["payee_id"], paid["pay_date"], paid["amount"], paid["account_hash"], strict=True)
    )
    assert (listed["year"] == listed["day"].str[:4]).all()
    assert (listed["amount"].astype(float) == listed["area_mu"].astype(float) * 92).all()


def test_ordinary_recipients_own_a_tiller_at_most(county: County) -> None:
    rows = county.rows("farm_machinery")
    assert not rows["serial_no"].duplicated().any()
    own = rows[rows["owner_id"].isin(recipients(county) - planted(county))]
    assert len(own) > 0
    assert (own["power_kw"].astype(float) < 10).all()
    large = rows[rows["power_kw"].astype(float) > 50]
    assert 0.1 < len(large) / len(rows) < 0.5
    assert set(large["machine_type"]) & set(rows.loc[~rows.index.isin(large.index), "machine_type"])


def test_new_counts_of_livestock_come_after_the_snapshot(county: County) -> None:
    keys = ["owner_id", "species", "site"]
    old, new = (county.sent("livestock_register", b) for b in ("2026-04", "2026-05"))
    assert not old.duplicated(keys).any()
    both = old.merge(new, on=keys)
    assert len(both) == len(new)
    assert (old["head_count"].astype(int) >= 0).all()
    assert not set(old["owner_id"]) & (recipients(county) - planted(county))


def test_villages_are_insured_in_the_name_of_a_committee_member(county: County) -> None:
    rows = county.rows("agricultural_insurance")
    village = rows[(rows["group_policy"] == "是") & ~rows["insured_id"].isin(planted(county))]
    assert set(village["insured_id"]) <= set(county.rows("village_committee_roster")["person_id"])
    assert (village["quantity"].astype(float) > 200).all()
    assert not rows.duplicated(["policy_no"]).any()
    assert (rows["claim"].astype(float) > 0).any()


def test_small_incomes_of_ordinary_recipients_stay_below_a_tenth_of_the_line(
    county: County,
) -> None:
    members = county.rows("dibao_member_register").drop_duplicates("person_id")
    household = members.set_index("person_id")["household_id"]
    size = members.groupby("household_id").size()
    sums = []
    lease = county.rows("farmland_transfer")
    lease["sum"] = lease["area_mu"].astype(float) * lease["rent_per_mu"].astype(float)
    sums.append(lease.rename(columns={"lessor_id": "person"})[["person", "sum"]])
    for source, field, day in (
        ("collective_dividend", "person_id", "pay_date"),
        ("forest_rights_compensation", "holder_id", "year"),
        ("land_expropriation_compensation", "person_id", "pay_date"),
    ):
        rows = county.rows(source)
        rows = rows[rows[day].str[:4] == "2025"].assign(sum=rows["amount"].astype(float))
        sums.append(rows.rename(columns={field: "person"})[["person", "sum"]])
    income = pd.concat(sums)
    income = income[~income["person"].isin(planted(county))]
    total = (
        income.assign(household=income["person"].map(household)).groupby("household")["sum"].sum()
    )
    assert len(total) > 20
    assert (total < 0.1 * 12 * LINE_2023 * size.loc[total.index]).all()


def test_forest_rights_and_dividends_are_yearly(county: County) -> None:
    forest, dividend = county.rows("forest_rights_compensation"), county.rows("collective_dividend")
    usual = forest[~forest["holder_id"].isin(planted(county))]
    assert not usual.duplicated(["holder_id", "year"]).any()
    assert set(forest["year"]) == {"2023", "2024", "2025"}
    assert not dividend.duplicated(["person_id", "pay_date"]).any()
    assert set(dividend["pay_date"].str[:6]) == {"202401", "202501", "202601"}


def test_rangers_and_borrowers_are_of_archived_homes_and_no_recipients(county: County) -> None:
    archive = county.rows("poverty_archive")
    people = {p for cell in archive["members"] for p in cell.split("；")}
    for source, field in (
        ("ecological_ranger", "person_id"),
        ("micro_credit", "borrower_id"),
        ("migrant_work_monitor", "person_id"),
    ):
        own = set(county.rows(source)[field]) - planted(county)
        assert len(own) >= 3
        assert own <= people, source
        assert not own & recipients(county), source


def test_wages_told_to_the_village_are_round_and_ends_come_late(county: County) -> None:
    rows = county.rows("migrant_work_monitor")
    away = rows[~rows["employer"].str.endswith("扶贫车间")]
    assert set(away["monthly_wage"]) <= {"2000.00", "3000.00", "5000.00", "8000.00"}
    ended = rows[rows["to_month"] != ""]
    assert (ended["to_month"] >= ended["from_month"]).all()
    assert ended["to_month"].max() <= "202606"
    keys = ["person_id", "from_month", "employer"]
    assert not county.sent("migrant_work_monitor", "2026-04").duplicated(keys).any()
