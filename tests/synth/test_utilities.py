"""What meters show: one a home, every month, and nothing where nobody is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import pandas as pd

    from tests.synth.conftest import County

MONTHS = 38
HOMES = 2000


@pytest.fixture(scope="module")
def power(county: County) -> pd.DataFrame:
    rows = county.rows("electricity_usage")
    return rows.assign(kwh=rows["kwh"].astype(float))


def test_every_home_has_a_meter_every_month(power: pd.DataFrame) -> None:
    homes = power[power["tariff"] == "居民"]
    assert homes["meter_no"].nunique() == HOMES
    assert homes["address_code"].nunique() == HOMES
    assert len(homes) == HOMES * MONTHS
    assert not power.duplicated(["meter_no", "month"]).any()
    assert (power["month"].min(), power["month"].max()) == ("202305", "202606")


def test_months_come_in_their_own_delivery(county: County) -> None:
    for source in ("electricity_usage", "water_gas_usage"):
        assert county.sent(source, "2026-04")["month"].max() == "202604"
        assert set(county.sent(source, "2026-05")["month"]) == {"202605"}


def test_vacant_homes_use_next_to_nothing_and_others_a_usual_amount(power: pd.DataFrame) -> None:
    vacant = power["vacant"] == "True"
    assert power.loc[vacant, "kwh"].max() <= 5
    lived_in = power[~vacant & (power["tariff"] == "居民")]
    assert lived_in["kwh"].min() > 20
    assert 90 < lived_in["kwh"].mean() < 260
    assert 0.02 < vacant.mean() < 0.25


def test_winter_uses_more_than_autumn(power: pd.DataFrame) -> None:
    usual = power[(power["tariff"] == "居民") & (power["vacant"] == "False")]
    mean = usual.groupby("month")["kwh"].mean()
    assert mean["202501"] > 1.25 * mean["202410"]
    assert mean["202508"] > 1.1 * mean["202510"]


def test_recipients_homes_are_not_vacant_while_somebody_lives_there(
    county: County, power: pd.DataFrame
) -> None:
    register = county.rows("dibao_household_register")
    register = register.drop_duplicates("household_id", keep="last")
    open_ = register[register["end_month"] == ""]
    planted = set(county.truth("cases")["household_id"])
    homes = set(open_.loc[~open_["household_id"].isin(planted), "address_code"])
    own = power[power["address_code"].isin(homes) & (power["month"] == "202606")]
    assert len(own) >= len(homes)
    assert (own["vacant"] == "False").all()


def test_holders_are_heads_but_for_a_few_old_names(county: County, power: pd.DataFrame) -> None:
    living = set(county.rows("hukou_population")["person_id"])
    homes = power[(power["tariff"] == "居民")].drop_duplicates("meter_no")
    assert 0.9 < homes["account_holder"].isin(living).mean() < 1


def test_meters_of_homes_stand_at_the_addresses_of_the_register(
    county: County, power: pd.DataFrame
) -> None:
    codes = set(power["address_code"])
    assert set(county.rows("dibao_household_register")["address_code"]) <= codes
    assert (power["address"].str.startswith("合成县")).all()


def test_water_is_read_in_towns_and_half_the_country(county: County) -> None:
    rows = county.rows("water_gas_usage")
    volume = rows["volume"].astype(float)
    assert not rows.duplicated(["meter_no", "month"]).any()
    kinds = rows.drop_duplicates("meter_no")["meter_no"].str[:2].value_counts()
    assert 1200 < kinds["SB"] < 1500
    assert 150 < kinds["RQ"] < 350
    assert volume.between(0, 120).all()
    assert (volume == 0).mean() > 0.01


def test_fixed_charges_never_change(county: County) -> None:
    rows = county.rows("water_gas_usage")
    spread = rows.groupby("meter_no")["volume"].nunique()
    fixed = rows[rows["meter_no"].isin(spread.index[spread == 1])]
    assert len(fixed)
    assert set(fixed["volume"]) <= {"5.00", "0.00"}
