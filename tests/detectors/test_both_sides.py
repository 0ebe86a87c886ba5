"""An error lead is shown beside what weighs on the same people."""

from __future__ import annotations

import json

import pytest

from tests.detectors.bench import (
    BOOK,
    ILL,
    POST,
    Bench,
    detector_file,
    one,
)
from tests.detectors.conftest import day

pytestmark = pytest.mark.neo4j


def test_an_error_lead_shows_the_burden_of_the_same_household(bench: Bench) -> None:
    detector_file(bench.home, "L91", ILL)
    bench.small.node("Diagnosis", "d1")
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-03")
    bench.small.link("HAS_DIAGNOSIS.Person.Diagnosis", "p2", "d1", "2026-02")
    receipt = bench.run(["E91"])
    picture = json.loads(one(receipt.leads)["net_picture"])
    assert [part["detector"] for part in picture["assets"]] == ["E91"]
    assert "L91" in [part["detector"] for part in picture["burdens"]]
    assert "任职L91" in picture["text"]["zh"]
    assert set(receipt.hits["detector"].to_pylist()) == {"E91"}
    assert "L91" in receipt.also_run


def _aged_and_accused(bench: Bench) -> None:
    """p9 draws an allowance alone, holds a post, and is in the household book of s9, who is ill."""
    detector_file(bench.home, "L91", BOOK.replace("$least", "1"))
    detector_file(bench.home, "E91", POST.replace("h.id AS benefit", "null AS benefit"))
    small, alone, allowance = bench.small, "person:p9", "old_age_allowance/p9"
    register = {"register": "old_age_allowance", "household_id": alone}
    small.node("Household", alone, **register)
    small.node("Benefit", allowance, programme="高龄津贴", start_date=day("2025-01"), **register)
    small.node("HukouBook", "K1")
    small.node("Diagnosis", "d1")
    for person in ("p9", "s9"):
        small.node("Person", person)
        small.link("REGISTERED_IN.Person.HukouBook", person, "K1")
    small.link("MEMBER_OF.Person.Household", "p9", alone, "2025-01")
    small.link("RECEIVES.Person.Benefit", "p9", allowance, "2025-01")
    small.link("BELONGS_TO.Benefit.Household", allowance, alone, "2025-01")
    small.paid("p9", "2025-07", "2026-07", 60.0, **register)
    small.link("EXEC_OF.Person.Company", "p9", "c1", "2026-03")
    small.link("HAS_DIAGNOSIS.Person.Diagnosis", "s9", "d1", "2026-02")


@pytest.mark.parametrize("asked", [["E91"], ["E91", "L91"]])
def test_who_is_paid_alone_is_seen_with_the_burdens_of_the_household_book(
    bench: Bench, asked: list[str]
) -> None:
    _aged_and_accused(bench)
    leads = bench.run(asked).leads.to_pylist()
    pictures = {lead["household"]: json.loads(lead["net_picture"]) for lead in leads}
    accused = pictures.pop("person:p9")
    assert [part["detector"] for part in accused["assets"]] == ["E91"]
    assert "L91" in [part["detector"] for part in accused["burdens"]]
    for picture in pictures.values():  # what is found against one person accuses no book
        assert picture["assets"] == []


def test_a_household_that_ended_is_seen_with_what_its_people_bear_today(bench: Bench) -> None:
    detector_file(bench.home, "L91", BOOK.replace("(p)-[:MEMBER_OF]", "(p)-[:MEMBER_OF {rid: 'none'}]")
              .replace("$least", "1"))  # fmt: skip
    for link in bench.small.tables["MEMBER_OF.Person.Household"]:
        link["valid_to"] = day("2026-05" if link["start_id"] == "p1" else "2025-03")
    for person, book in (("p1", "K1"), ("p2", "K2")):
        bench.small.node("HukouBook", book)
        bench.small.link("REGISTERED_IN.Person.HukouBook", person, book)
        bench.small.node("Person", f"of {book}")
        bench.small.link("REGISTERED_IN.Person.HukouBook", f"of {book}", book)
    bench.small.node("Diagnosis", "d1")
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-01")
    ill = bench.small.link("HAS_DIAGNOSIS.Person.Diagnosis", "of K1", "d1", "2026-02")
    (lead,) = bench.run(["E91"]).leads.to_pylist()
    assert "L91" in [part["detector"] for part in json.loads(lead["net_picture"])["burdens"]], ill
    for link in bench.small.tables["HAS_DIAGNOSIS.Person.Diagnosis"]:
        link["start_id"] = "of K2"  # who left before the end is of another household
    (lead,) = bench.run(["E91"]).leads.to_pylist()
    assert json.loads(lead["net_picture"])["burdens"] == []


@pytest.mark.parametrize("name", ["K1", "hukou_population/K1"])
def test_a_household_book_is_named_by_its_number(bench: Bench, name: str) -> None:
    _aged_and_accused(bench)
    hits = bench.run(["E91", "L91"], households=[name]).hits.to_pylist()
    assert [(hit["detector"], hit["household"]) for hit in hits] == [("L91", "hukou_population/K1")]
