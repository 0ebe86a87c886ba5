"""Institutions, shelter, gifts, visits, reports, service and the hotline."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from tests.synth.conftest import County


def test_people_supported_in_an_institution_live_in_it(county: County) -> None:
    rows = county.rows("institution_residents")
    tekun = county.rows("tekun_register")
    inside = tekun[(tekun["support_mode"] == "集中") & (tekun["end_month"] == "")]
    joined = inside.merge(rows, on="person_id")
    assert set(inside["person_id"]) <= set(rows["person_id"])
    assert (joined["institution_id_x"] == joined["institution_id_y"]).mean() > 0.7
    lodgers = rows[~rows["person_id"].isin(tekun["person_id"])]
    assert (lodgers["monthly_fee"].astype(float) > 0).all()
    assert len(lodgers)


def test_stays_in_an_institution_do_not_overlap_in_one_house(county: County) -> None:
    rows = county.rows("institution_residents").drop_duplicates(
        ["person_id", "check_in"], keep="last"
    )
    rows = rows.sort_values(["person_id", "check_in"])
    twice = rows[rows.duplicated("person_id", keep=False)]
    for _, own in twice.groupby("person_id"):
        assert (own["check_out"].iloc[:-1] != "").all()


def test_most_of_the_sheltered_have_no_number(county: County) -> None:
    rows = county.rows("homeless_relief")
    assert (rows["person_id"] == "").any()
    assert (rows["person_id"] != "").any()
    nameless = rows[rows["person_id"] == ""]
    assert nameless["name"].str.startswith("无名氏").all()
    assert not rows["temp_id"].duplicated().any()


def test_gifts_are_small_and_nobody_with_a_planted_need_got_one(county: County) -> None:
    rows = county.rows("charity_aid")
    assert pd.to_numeric(rows["amount"]).between(0, 20_000).all()
    needs = county.truth("cases")
    needs = needs[(needs["kind"] == "leak") & (needs["role"] == "case")]
    assert not set(rows["person_id"]) & set(needs["person_id"])


def test_every_paid_household_was_visited_and_checked_last_year(county: County) -> None:
    visits, reports = county.rows("home_visit_record"), county.rows("means_check_report")
    homes = county.sent("dibao_household_register", "2026-04")
    old = homes[(homes["end_month"] == "") & (homes["start_month"] < "202501")]
    unknown = pd.concat([county.cases("E44"), county.cases("E44", "decoy")])
    old = old[~old["household_id"].isin(unknown["household_id"])]
    assert set(old["household_id"]) <= set(visits["household_id"])
    assert old["household_id"].isin(reports["household_id"]).mean() > 0.99
    assert not visits["visit_id"].duplicated().any()
    away = pd.concat([county.cases("E39"), county.cases("E39", "decoy")])["household_id"]
    seen = visits.loc[~visits["household_id"].isin(away), "findings"]
    assert all(json.loads(told)["residents"] >= 1 for told in seen)
    assert (visits["gps"] == "0 0").any()


def test_authorisations_name_members_of_the_household(county: County) -> None:
    reports = county.rows("means_check_report")
    members = county.rows("dibao_member_register").groupby("household_id")["person_id"].agg(set)
    for home, signed in zip(reports["household_id"], reports["authorised_ids"], strict=True):
        assert set(signed.split(";")) <= members[home]


def test_soldiers_are_young_men_who_left_their_book(county: County) -> None:
    rows = county.rows("conscript_family").drop_duplicates("person_id", keep="last")
    moves = county.rows("hukou_change")
    gone = set(moves.loc[moves["change_type"] == "入伍", "person_id"])
    assert set(rows["person_id"]) <= gone
    assert (rows["discharge"] != "").any()
    assert (rows["discharge"] == "").any()
    assert set(rows["family_head"]) & set(rows["person_id"]) == set()


def test_benefits_of_veterans_end_with_their_death(county: County) -> None:
    rows = county.rows("veteran_benefits")
    assert (rows["person_id"].str[16].astype(int) % 2 == 1).all()
    dead = county.rows("hukou_death_cancellation")
    ended = rows[rows["to_month"] != ""]
    assert set(ended["person_id"]) <= set(dead["person_id"]) | set(
        county.rows("funeral_cremation")["deceased_id"]
    ) | set(county.rows("death_medical_certificate")["person_id"])
    assert not rows.duplicated(["person_id", "category", "from_month", "to_month"]).any()


def test_tickets_seldom_name_a_person(county: County) -> None:
    rows = county.rows("hotline_ticket")
    assert 0 < (rows["subject_person_id"] != "").mean() < 0.6
    assert set(rows["type"]) == {"求助", "举报", "投诉"}
    assert not rows["ticket_id"].duplicated().any()


def test_homes_that_lose_somebody_in_working_years_are_helped_at_once(county: County) -> None:
    aid = county.rows("temporary_assistance")
    bereaved = aid[aid["cause"] == "主要劳动力死亡"]
    dead = county.rows("hukou_death_cancellation")
    years = dead["death_date"].str[:4].astype(int) - dead["person_id"].str[6:10].astype(int)
    assert 0 < len(bereaved) <= (years < 62).sum() + 2 * len(county.cases("L04", "decoy"))
    assert not bereaved["case_id"].duplicated().any()
