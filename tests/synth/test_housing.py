"""What the county shows about homes, land, water and fires."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.synth.conftest import County


def recipients(county: County) -> set[str]:
    return set(county.rows("dibao_member_register")["person_id"])


def planted(county: County) -> set[str]:
    return set(county.truth("cases")["person_id"])


def test_transfers_end_in_the_unit_that_is_registered(county: County) -> None:
    rows, units = county.rows("real_estate_transfer"), county.rows("real_estate_registration")
    both = rows.merge(units, left_on=["unit_no", "to_id"], right_on=["unit_no", "owner_id"])
    assert len(both) == len(rows) > 100
    assert (both["date"] == both["reg_date"]).all()
    assert (rows["from_id"] != rows["to_id"]).all()
    assert not (set(rows["from_id"]) | set(rows["to_id"])) & (recipients(county) - planted(county))


def test_gifts_and_estates_have_no_price_and_loans_a_lender(county: County) -> None:
    rows = county.rows("real_estate_transfer")
    price, loan = rows["price"].astype(float), rows["loan"].astype(float)
    sold = rows["transfer_type"] == "买卖"
    assert (price[sold] > 50_000).all()
    assert (price[~sold] == 0).all()
    assert set(rows["transfer_type"]) >= {"买卖", "赠与", "继承"}
    assert ((loan > 0) == (rows["mortgagee"] != "")).all()
    assert (loan <= price).all()


def test_nearly_every_rural_home_has_a_homestead(county: County) -> None:
    rows = county.rows("rural_homestead")
    assert not rows["homestead_no"].duplicated().any()
    used = rows[rows["status"] == "在用"]
    assert not used["address_code"].duplicated().any()
    assert 1000 < len(used) < 1350
    idle = rows[rows["status"] == "闲置"]
    assert (idle["built_year"].astype(int) < 1986).all()


def test_a_recipient_has_a_homestead_or_a_registered_home_and_not_both(county: County) -> None:
    plots = county.rows("rural_homestead")
    own = plots[plots["holder_id"].isin(recipients(county) - planted(county))]
    assert len(own) > 20
    assert not own["holder_id"].duplicated().any()
    assert not set(own["holder_id"]) & set(county.rows("real_estate_registration")["owner_id"])


def test_presales_name_one_or_two_buyers_none_of_them_a_recipient(county: County) -> None:
    rows = county.rows("presale_contract")
    assert not rows["contract_no"].duplicated().any()
    buyers = rows["buyer_ids"].str.split("、")
    assert {len(cell) for cell in buyers} == {1, 2}
    every = {buyer for cell in buyers for buyer in cell}
    assert not every & (recipients(county) - planted(county))
    assert set(rows["status"]) <= {"有效", "撤销"}
    assert (rows["status"] == "有效").mean() > 0.8


def test_tenants_of_public_flats_own_none(county: County) -> None:
    rows = county.rows("public_rental_housing")
    assert len(rows) >= 5
    assert not rows["unit"].duplicated().any()
    assert not set(rows["person_id"]) & set(county.rows("real_estate_registration")["owner_id"])
    helped = rows["subsidy"].astype(float) > 0
    assert helped.any()
    assert not helped.all()


def test_all_renovations_are_accepted_in_the_end(county: County) -> None:
    rows = county.rows("dangerous_house_renovation")
    newest = rows.drop_duplicates(["household_id", "start_date"], keep="last")
    assert (newest["accept_date"] != "").all()
    assert (newest["accept_date"] > newest["start_date"]).all()
    assert set(newest["household_id"]) <= set(county.rows("poverty_archive")["archive_no"])
    assert set(newest["grade"]) == {"C", "D"}


def test_water_findings_are_the_villages_and_sound_in_the_end(county: County) -> None:
    rows = county.rows("drinking_water_safety")
    assert not rows.duplicated(["household_head", "check_date"]).any()
    newest = rows.sort_values("check_date").drop_duplicates("household_head", keep="last")
    assert set(newest["status"]) <= {"安全", "基本安全"}
    assert len(newest) > 1000


def test_land_is_paid_for_by_project_to_nobody_on_a_register(county: County) -> None:
    rows = county.rows("land_expropriation_compensation")
    assert len(rows) >= 5
    assert not set(rows["person_id"]) & (recipients(county) - planted(county))
    per_mu = rows["amount"].astype(float) / rows["area_mu"].astype(float)
    assert per_mu.between(35_000, 37_000).all()


def test_the_resettled_get_six_hundred_a_year_while_they_live(county: County) -> None:
    rows = county.rows("reservoir_resettlement_aid")
    assert set(rows["amount"].astype(float)) == {600.0}
    assert not rows.duplicated(["person_id", "year"]).any()
    deaths = county.rows("hukou_death_cancellation").set_index("person_id")["death_date"]
    gone = rows[rows["person_id"].isin(deaths.index)]
    assert (gone["person_id"].map(deaths).str[:4] > gone["year"]).all()


@pytest.mark.parametrize("field", ["loss", "casualty"])
def test_fires_with_a_great_loss_were_followed_by_aid(county: County, field: str) -> None:
    rows, losses = county.rows("fire_accident"), county.rows("disaster_loss")
    assert len(rows) >= 5
    assert (rows[field] != "").all()
    great = rows[rows["loss"].astype(float) > 5000]
    aided = losses[
        (losses["event"] == "火灾") & (losses["aid"].str.replace(",", "").astype(float) > 0)
    ]
    assert set(great["person_id"]) <= set(aided["household_head"])
