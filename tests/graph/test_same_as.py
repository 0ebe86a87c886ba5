"""Ties of people who are only named go to whom they are linked to, and back."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from doudi.graph.projection import Projection, project

if TYPE_CHECKING:
    from pathlib import Path

    from tests.graph.conftest import Facts

DIED = ("DIED", "Person", "DeathRecord")
SAME = "SAME_AS.Person.Person"


def death(facts: Facts, **more: Any) -> None:  # noqa: ANN401 - properties of a fact
    facts.link("DIED.Person.DeathRecord", "m1", "d1", grade="name_only", **more)


def died(facts: Facts, out: Path) -> dict[str, Any]:
    project(facts.write(), out)
    with Projection(out) as graph:
        (row,) = graph.link(*DIED).to_pyarrow().to_pylist()
    return dict(row)


def test_a_linked_name_gives_its_ties_to_the_person(facts: Facts, tmp_path: Path) -> None:
    death(facts)
    facts.link(SAME, "m1", "P1", grade="linked", probability=0.98, known_from=date(2026, 6, 5))
    row = died(facts, tmp_path / "out")
    assert (row["start_id"], row["grade"], row["known_from"]) == (
        "P1",
        "linked",
        date(2026, 6, 5),
    )
    with Projection(tmp_path / "out") as graph:
        (edge,) = graph.link("SAME_AS", "Person", "Person").to_pyarrow().to_pylist()
        assert {p["id"] for p in graph.node("Person").to_pyarrow().to_pylist()} == {"P1", "m1"}
    assert (edge["start_id"], edge["end_id"]) == ("m1", "P1")


def test_what_is_only_possible_moves_nothing(facts: Facts, tmp_path: Path) -> None:
    death(facts)
    facts.link(SAME, "m1", "P1", grade="possible", probability=0.7)
    row = died(facts, tmp_path / "out")
    assert (row["start_id"], row["grade"]) == ("m1", "name_only")


def test_a_name_linked_to_two_people_belongs_to_neither(facts: Facts, tmp_path: Path) -> None:
    death(facts)
    for person in ("P1", "P2"):
        facts.link(SAME, "m1", person, grade="linked", probability=0.96)
    assert died(facts, tmp_path / "out")["start_id"] == "m1"


def test_a_withdrawn_link_is_as_if_it_had_never_been(facts: Facts, tmp_path: Path) -> None:
    death(facts)
    before = died(facts, tmp_path / "before")
    same = facts.link(SAME, "m1", "P1", grade="linked", probability=0.98)
    assert died(facts, tmp_path / "linked")["start_id"] == "P1"
    facts.link(SAME, "m1", "P1", grade="linked", fact_id=same, retracted=True, seq=2)
    assert died(facts, tmp_path / "after") == before
