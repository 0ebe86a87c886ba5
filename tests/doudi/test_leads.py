"""Steps with a lead, typed: role, what was seen last, and who must stay out of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.doudi.conftest import Clerk


def seq_of(clerk: Clerk) -> int:
    (lead,) = clerk.types("leads", "list", "--json").receipt["leads"]
    return int(lead["seq"])


def test_a_role_that_may_not_take_the_step_is_refused(listed: Clerk) -> None:
    said = listed.types("leads", "decide", "L1", "dispatch", "--as", "li", "--role", "auditor")
    assert said.code == 1
    assert said.has("auditor may not dispatch", "role analyst or county", "possible now:")
    right = listed.types("leads", "decide", "L1", "dispatch", "--as", "li", "--role", "county")
    assert right.code == 0


def test_an_unknown_role_offers_the_nearest(listed: Clerk) -> None:
    said = listed.types("leads", "decide", "L1", "dispatch", "--role", "county_office")
    assert said.code == 2
    assert said.has("unknown role 'county_office'", "did you mean county?")


def test_a_step_on_what_has_moved_on_is_refused(listed: Clerk) -> None:
    seen = seq_of(listed)
    step = ("leads", "decide", "L1", "dispatch", "--as", "li", "--expected-seq", str(seen))
    first = listed.types(*step, "--json").receipt
    assert (first["state"], first["seq"]) == ("DISPATCHED", seen + 1)
    late = listed.types(
        "leads", "decide", "L1", "accept", "--as", "wu", "--expected-seq", str(seen)
    )
    assert late.code == 1
    assert late.has("the lead has moved on")
    assert seq_of(listed) == seen + 1


def test_kin_of_the_household_cannot_handle_it(listed: Clerk) -> None:
    said = listed.types("leads", "assign", "L1", "Wu", "--as", "li", "--recused", "wang，wu")
    assert said.code == 1
    assert said.has("Wu is kin of the household", "回避")
    assert listed.types("leads", "assign", "L1", "wu", "--recused", "wang").code == 0


def test_a_lead_nobody_knows_says_how_to_find_one(listed: Clerk) -> None:
    said = listed.types("leads", "decide", "L2", "dispatch")
    assert said.code == 1
    assert said.has("there is no lead 'L2'", "next: list the leads")


def test_a_list_reads_in_the_language_asked_for(listed: Clerk) -> None:
    said = listed.types("leads", "list", "--lang", "zh").out
    assert "线索编号" in said
    assert "防错" in said
    assert "预审归并" in said
    assert "TRIAGED" in listed.types("leads", "list").out


@pytest.mark.neo4j
def test_a_lead_is_shown_with_both_sides_and_its_steps(handler: Clerk) -> None:
    (lead,) = handler.types("leads", "list", "--json").receipt["leads"]
    shown = handler.types("leads", "show", lead["lead_id"], "--lang", "zh")
    assert shown.code == 0
    for words in ("户 D1：E15 超标车辆", "查到的困难：无", "预审归并", "命中编号"):
        assert words in shown.out
    receipt = handler.types("leads", "show", lead["lead_id"], "--json").receipt
    assert [hit["clearing_codes"] for hit in receipt["hits"]] == [[]]
    assert [step["seq"] for step in receipt["history"]] == [1, 2]
    assert datetime.fromisoformat(receipt["history"][0]["at"]).tzinfo is not None
