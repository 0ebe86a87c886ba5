"""Wages, prices and incomes move by year, and the files show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from doudi.synth import prices
from doudi.synth.blocks import blocks_of
from doudi.synth.build import build
from doudi.synth.incomes import KEPT, SWING, draw_incomes
from doudi.synth.ledger import SAFE_PC
from doudi.synth.plant import RATES

if TYPE_CHECKING:
    import pandas as pd

    from tests.synth.conftest import County

PARTS = ["wage", "business_net", "property", "transfer"]


@pytest.fixture(scope="module")
def ledger(county: County) -> pd.DataFrame:
    """The ledgers of homes on no register and with nothing planted, with their village."""
    rows = county.rows("household_income_ledger")
    rows[PARTS] = rows[PARTS].replace({",": ""}, regex=True).astype(float)
    archive = county.rows("poverty_archive").drop_duplicates("archive_no", keep="last")
    people = archive.set_index("archive_no")["members"].str.split("[;；、]", regex=True)
    edge = county.rows("low_income_edge_register")["member_ids"].str.split("[;；、]", regex=True)
    known = {person for members in edge for person in members}
    for source in ("dibao_member_register", "tekun_register"):
        known |= set(county.rows(source)["person_id"])
    known |= set(county.truth("cases")["person_id"])
    planted = set(county.truth("cases")["household_id"])
    plain = {n for n, members in people.items() if n not in planted and not known & set(members)}
    own = rows[rows["archive_no"].isin(plain)]
    size = own["archive_no"].map(people.map(len))
    return own.assign(size=size, town=own["archive_no"].str[8:11].astype(int))


def test_wages_are_raised_in_july_by_the_rate_of_the_year() -> None:
    assert prices.wages(prices.RAISE) == prices.wages(prices.RAISE + 11) == 1
    assert prices.wages(prices.RAISE - 1) == pytest.approx(1 / (1 + prices.WAGES[2025]))
    assert prices.wages(prices.RAISE - 13) == pytest.approx(
        1 / (1 + prices.WAGES[2025]) / (1 + prices.WAGES[2024])
    )


def test_the_price_of_pigs_falls_in_a_year_in_which_that_of_grain_does_not() -> None:
    july = (2022 - 2022) * 12, (2023 - 2022) * 12
    grain, pigs, _ = (prices.product(np.array([kind]), np.array(july)) for kind in range(3))
    assert pigs[1] / pigs[0] == pytest.approx(1 + prices.PORK[2023])
    assert grain[1] > grain[0]


def test_insured_wages_rise_in_july(county: County) -> None:
    rows = county.rows("employee_social_insurance")
    rows = rows[rows["flexible"] != "true"].assign(base=rows["base"].astype(float))
    keys = ["person_id", "employer_uscc"]
    june, july = (
        rows[rows["pay_month"] == month].set_index(keys)["base"] for month in ("202506", "202507")
    )
    both = (july / june).dropna()
    assert len(both) > 200
    assert both.median() == pytest.approx(1 + prices.WAGES[2025], abs=0.001)


def test_farm_income_falls_where_pigs_are_raised_in_the_year_of_low_prices(
    ledger: pd.DataFrame,
) -> None:
    pigs = ledger["town"] % len(prices.PRODUCTS) == list(prices.PRODUCTS).index("生猪")
    change = {}
    for place, rows in (("pigs", ledger[pigs]), ("others", ledger[~pigs])):
        gained = rows[rows["business_net"] > 0]
        wide = gained.assign(each=gained["business_net"] / gained[PARTS].sum(axis=1)).pivot_table(
            index="archive_no", columns="year", values="each"
        )
        change[place] = (wide["2023"] / wide["2022"]).dropna().median()
    assert change["pigs"] < change["others"] - 0.03


def test_a_few_years_bring_a_loss_and_none_brings_a_need(ledger: pd.DataFrame) -> None:
    assert 0.04 < (ledger["business_net"] < 0).mean() < 0.11
    each = ledger[PARTS].sum(axis=1) / ledger["size"]
    assert (each > SAFE_PC * 0.99).all()


def test_good_and_bad_years_have_the_spread_and_the_memory_of_the_model() -> None:
    world, _ = build(blocks_of(2_000, 3)[0], RATES)
    swing = draw_incomes(world).swing
    assert swing.std() == pytest.approx(SWING, rel=0.05)
    after = [np.corrcoef(swing[year], swing[year + 1])[0, 1] for year in range(len(swing) - 1)]
    assert np.mean(after) == pytest.approx(KEPT, abs=0.05)


def test_businesses_file_losses_in_some_years(county: County) -> None:
    owners = set(county.rows("individual_business")["uscc"])
    rows = county.rows("enterprise_tax_filing")
    rows = rows[rows["uscc"].isin(owners)]
    rows = rows[rows["revenue"].astype(float) > 0]
    years = rows.assign(year=rows["period"].str[:4], lost=rows["profit"].astype(float) < 0)
    lost = years.groupby(["uscc", "year"])["lost"].mean()
    assert 0.02 < lost.mean() < 0.12
