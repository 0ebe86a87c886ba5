"""Police and justice: moves, journeys, permits, missing people, cards, custody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from tests.synth.conftest import County


def test_moves_lead_to_the_hukou_book_that_lists_the_person(county: County) -> None:
    moves, people = county.rows("hukou_change"), county.sent("hukou_population", "2026-04")
    brides = moves[moves["reason"] == "婚迁"].merge(people, on="person_id")
    assert len(brides) > 50
    assert (brides["to_book"] == brides["hukou_book_no"]).all()
    split = moves[moves["change_type"].isin(["分户", "立户"])]
    assert (split["from_book"] != split["to_book"]).all()
    assert set(moves["change_type"]) >= {"迁入", "迁出", "分户", "立户", "死亡", "入伍"}


def test_nobody_is_back_before_leaving_and_some_ways_back_are_missing(county: County) -> None:
    rows = county.rows("exit_entry")
    closed = rows[rows["entry_date"] != ""]
    assert (closed["entry_date"] >= closed["exit_date"]).all()
    assert 0 < len(closed) <= len(rows)


def test_permits_of_migrants_are_elsewhere_and_of_incomers_here(county: County) -> None:
    rows = county.rows("residence_permit")
    rows = rows[~rows["person_id"].isin(county.truth("cases")["person_id"])]
    own = rows["person_id"].str.startswith("5399")
    here = rows["area_code"].str.startswith("539901")
    assert (own != here).all()
    assert own.sum() > 100
    assert (~own).sum() >= 20
    ended = rows[rows["to_date"] != ""]
    assert (ended["to_date"] > ended["from_date"]).all()


def test_cards_are_of_grown_people_and_old_numbers_leave_out_the_century(county: County) -> None:
    rows = county.rows("id_document")
    assert not rows.duplicated(["person_id", "issue_date"]).any()
    people = county.sent("hukou_population", "2026-04")
    grown = people[people["birth_date"].str.replace("/", "-") < "2008"]
    assert grown["person_id"].isin(rows["person_id"]).mean() > 0.99
    old = rows[rows["old_id"] != ""]
    told = old["person_id"].str[:6] + old["person_id"].str[8:17]
    assert 1 <= (told != old["old_id"]).sum() <= 2
    assert old["old_id"].duplicated().sum() == (told != old["old_id"]).sum()
    assert (rows["former_name"] != "").any()


def test_people_in_custody_have_no_minor_children_without_an_allowance(county: County) -> None:
    held = set(county.rows("prison_inmates")["person_id"])
    held |= set(county.rows("detention_detox")["person_id"])
    births = county.rows("birth_certificate")
    young = births[births["child_id"].str[6:10].astype(int) > 2008]
    theirs = young[young["father_id"].isin(held) | young["mother_id"].isin(held)]
    helped = set(county.rows("orphan_child_register")["child_id"])
    planted = set(county.truth("cases")["person_id"])
    known = theirs[theirs["child_id"].isin(helped | planted)]
    assert len(known) > 3
    assert set(theirs["father_id"]) == set(known["father_id"])


def test_terms_begin_before_they_end(county: County) -> None:
    for source, begin, end in (
        ("prison_inmates", "term_from", "term_to"),
        ("detention_detox", "from_date", "to_date"),
        ("community_correction", "from_date", "to_date"),
    ):
        rows = county.rows(source)
        form = "%Y%m%d" if source == "detention_detox" else None
        first = pd.to_datetime(rows[begin].str.replace(".", "-"), format=form)
        last = pd.to_datetime(rows[end].str.replace(".", "-"), format=form)
        assert (first < last).all(), source
        assert len(rows) >= 2, source


def test_missing_people_are_found_or_still_looked_for(county: County) -> None:
    rows = county.rows("missing_person_report")
    assert set(rows["status"]) == {"已找到", "查找中"}
    assert (rows.loc[rows["status"] == "查找中", "found_date"] == "").all()


def test_nobody_in_prison_or_missing_is_treated_in_hospital(county: County) -> None:
    missing = county.rows("missing_person_report")
    gone = set(missing.loc[missing["status"] == "查找中", "person_id"])
    inmates = county.rows("prison_inmates")
    parents = county.rows("orphan_child_register")
    gone |= set(inmates["person_id"]) & (set(parents["father_id"]) | set(parents["mother_id"]))
    assert gone
    assert not gone & set(county.rows("inpatient_settlement")["person_id"])
