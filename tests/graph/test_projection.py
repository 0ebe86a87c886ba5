"""What the graph's tables hold, from hand-made facts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from doudi.graph.errors import HomeError, UnknownName
from doudi.graph.projection import Projection, path_of, project

if TYPE_CHECKING:
    from pathlib import Path

    from tests.graph.conftest import Facts


def test_each_property_comes_from_the_strongest_then_newest_record(
    facts: Facts, tmp_path: Path
) -> None:
    facts.node("Person", "p1", sex="女", grade="repaired", known_from=date(2026, 6, 1))
    facts.node("Person", "p1", sex="男", marital_status="未婚")
    facts.node("Person", "p1", marital_status="已婚", known_from=date(2026, 6, 1), seq=2)
    project(facts.write(), tmp_path / "out")
    with Projection(tmp_path / "out") as graph:
        (person,) = graph.node("Person").to_pyarrow().to_pylist()
    assert (person["sex"], person["marital_status"]) == ("男", "已婚")
    assert person["grade"] == "exact"


def test_an_id_that_only_occurs_as_an_end_becomes_a_node(facts: Facts, tmp_path: Path) -> None:
    facts.link("MEMBER_OF.Person.Household", "p1", "dibao_household_register/H1")
    facts.link("EMPLOYED_BY.Person.PublicUnit", "p1", "school")
    facts.link("EMPLOYED_BY.Person.PublicUnit", "p2", "school")
    receipt = project(facts.write(), tmp_path / "out")
    assert receipt.nodes == {"Person": 2, "Household": 1, "PublicUnit": 1}
    assert receipt.links["EMPLOYED_BY.Person.PublicUnit"] == 2
    with Projection(tmp_path / "out") as graph:
        (home,) = graph.node("Household").to_pyarrow().to_pylist()
    assert (home["register"], home["household_id"]) == ("dibao_household_register", "H1")


def test_plain_relations_keep_their_fact_id_and_source_row(facts: Facts, tmp_path: Path) -> None:
    fact = facts.link("DRIVES.Person.Plate", "p1", "plate", role="driver", batch="2026-05", row=7)
    project(facts.write(), tmp_path / "out")
    with Projection(tmp_path / "out") as graph:
        (row,) = graph.link("DRIVES", "Person", "Plate").to_pyarrow().to_pylist()
    assert (row["rid"], row["rows"], row["derived"]) == (fact, "2026-05:7", False)


def test_a_projection_of_an_earlier_day_knows_only_what_was_known(
    facts: Facts, tmp_path: Path
) -> None:
    facts.node("Person", "p1", sex="男")
    facts.node("Person", "p2", sex="女", known_from=date(2026, 7, 5))
    receipt = project(facts.write(), tmp_path / "out", as_known=date(2026, 6, 30))
    assert receipt.nodes == {"Person": 1}
    assert receipt.as_known == date(2026, 6, 30)


def test_the_same_facts_give_the_same_bytes(facts: Facts, tmp_path: Path) -> None:
    for n in range(50):
        facts.node("Person", f"p{n}", sex="男")
        facts.link("MEMBER_OF.Person.Household", f"p{n}", f"dibao_household_register/{n % 7}")
        facts.link("PARENT_OF.Person.Person", f"p{n}", f"p{n + 1}")
    store = facts.write()
    project(store, tmp_path / "one")
    project(store, tmp_path / "two")
    files = sorted(p.relative_to(tmp_path / "one") for p in (tmp_path / "one").rglob("*.parquet"))
    assert len(files) >= 4
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_nothing_loaded_is_an_empty_projection(facts: Facts, tmp_path: Path) -> None:
    receipt = project(facts.write(), tmp_path / "out")
    assert (receipt.nodes, receipt.links, receipt.as_known) == ({}, {}, None)
    with Projection(tmp_path / "out") as graph:
        assert graph.link("PAID", "Person", "Account").to_pyarrow().num_rows == 0


def test_a_folder_without_a_projection_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HomeError, match="there is no projection"):
        Projection(tmp_path)


def test_an_undeclared_name_is_refused_with_the_nearest(facts: Facts, tmp_path: Path) -> None:
    project(facts.write(), tmp_path / "out")
    with Projection(tmp_path / "out") as graph, pytest.raises(UnknownName, match="Person"):
        graph.node("Persn")
    assert path_of(tmp_path, "OWNS", "Person", "Vehicle").name == "OWNS.Person.Vehicle.parquet"
