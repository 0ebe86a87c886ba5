"""A projection as networkx, scipy and Arrow."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from doudi.graph.errors import UnknownName
from doudi.graph.export import to_arrow, to_networkx, to_scipy

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.graph.conftest import Facts, Made

    Make = Callable[..., Made]


def holdings(facts: Facts) -> None:
    facts.node("Company", "c1", status="存续")
    facts.link("SHAREHOLDER_OF.Person.Company", "p", "c1", ratio=0.5, valid_to=date(2027, 1, 1))
    facts.link("SHAREHOLDER_OF.Company.Company", "c1", "c2", ratio=0.4)
    facts.link("SHAREHOLDER_OF.Company.Company", "c2", "c3", ratio=None)


def test_networkx_gets_nodes_by_label_and_id_and_edges_by_rid(facts: Facts, made: Make) -> None:
    holdings(facts)
    graph = to_networkx(made().graph, ["SHAREHOLDER_OF"])
    assert graph.number_of_edges() == 3
    assert graph.nodes["Company", "c1"]["status"] == "存续"
    ((key, edge),) = graph["Person", "p"]["Company", "c1"].items()
    assert (edge["type"], edge["ratio"], edge["rid"]) == ("SHAREHOLDER_OF", 0.5, key)


def test_unknown_values_are_left_out_of_the_graph(facts: Facts, made: Make) -> None:
    holdings(facts)
    graph = to_networkx(made().graph, [("SHAREHOLDER_OF", "Company", "Company")])
    (edge,) = graph["Company", "c2"]["Company", "c3"].values()
    assert "ratio" not in edge
    assert ("Person", "p") not in graph


def test_scipy_gets_one_index_for_equal_labels(facts: Facts, made: Make) -> None:
    holdings(facts)
    matrix, ids = to_scipy(made().graph, ("SHAREHOLDER_OF", "Company", "Company"), weight="ratio")
    assert ids.start.tolist() == ids.end.tolist() == ["c1", "c2", "c3"]
    assert matrix.toarray().tolist() == [[0, 0.4, 0], [0, 0, 0], [0, 0, 0]]


def test_scipy_counts_parallel_relations_between_two_labels(facts: Facts, made: Make) -> None:
    facts.link("DRIVES.Person.Plate", "p1", "x")
    facts.link("DRIVES.Person.Plate", "p1", "x")
    facts.link("DRIVES.Person.Plate", "p2", "x")
    matrix, ids = to_scipy(made().graph, ("DRIVES", "Person", "Plate"))
    assert (ids.start.tolist(), ids.end.tolist()) == (["p1", "p2"], ["x"])
    assert matrix.toarray().tolist() == [[2], [1]]


def test_a_relation_nobody_has_is_an_empty_matrix(made: Make) -> None:
    matrix, ids = to_scipy(made().graph, ("OWNS", "Person", "Vehicle"))
    assert matrix.shape == (0, 0)
    assert len(ids.start) == 0


def test_a_weight_that_is_no_number_is_refused(made: Make) -> None:
    with pytest.raises(UnknownName, match="ratio"):
        to_scipy(made().graph, ("SHAREHOLDER_OF", "Person", "Company"), weight="rati")


def test_arrow_on_a_day_is_closed_open(facts: Facts, made: Make) -> None:
    holdings(facts)
    graph = made().graph
    triple = ("SHAREHOLDER_OF", "Person", "Company")
    assert to_arrow(graph, *triple, as_of=date(2026, 12, 31)).num_rows == 1
    assert to_arrow(graph, *triple, as_of=date(2027, 1, 1)).num_rows == 0
    assert to_arrow(graph, "Company")["id"].to_pylist() == ["c1", "c2", "c3"]
