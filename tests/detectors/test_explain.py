"""Every shipped query plans on a real server without a notification."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from doudi.detectors.catalogue import Catalogue, catalogue, read_detector
from doudi.detectors.checker import explain_all
from doudi.graph.schema import Property, schema

if TYPE_CHECKING:
    from doudi.graph.connection import Connection

pytestmark = pytest.mark.neo4j

SAMPLES: dict[str, object] = {
    "string": "x",
    "int": 1,
    "float": 1.0,
    "bool": True,
    "date": date(2026, 1, 1),
    "strings": ["x"],
}


@pytest.fixture
def known_names(empty_graph: Connection) -> Connection:
    """A server that has seen every label, relation and property of the schema."""

    def row(name: str, properties: tuple[Property, ...]) -> dict[str, object]:
        own = {p.name: SAMPLES[p.type] for p in (*properties, *schema().common)}
        return {"name": name, "own": own}

    nodes = [row(label, node.properties) for label, node in schema().nodes.items()]
    empty_graph.run(
        "UNWIND $rows AS row CREATE (n:$(row.name) {id: row.name}) SET n += row.own",
        {"rows": nodes},
    )
    relations = [row(name, one.properties) for name, one in schema().relations.items()]
    empty_graph.run(
        "UNWIND $rows AS row MATCH (a:Person) CREATE (a)-[r:$(row.name)]->(a) SET r = row.own",
        {"rows": relations},
    )
    return empty_graph


def test_every_query_plans_without_a_notification(known_names: Connection) -> None:
    said = explain_all(known_names, catalogue())
    assert [f"{one.file}: {one.text}" for one in said] == []


def test_a_cartesian_product_is_an_error(known_names: Connection) -> None:
    text = HEADER + (
        "MATCH (h:Household), (b:Benefit) WHERE b.id = h.id AND $households IS NULL\n"
        "RETURN h.id AS household, null AS person_id, b.id AS benefit, null AS fact_from,\n"
        "       null AS fact_to, [] AS evidence ORDER BY household\n"
    )
    detector = read_detector(text, "error/e98.cypher", "error")
    (said,) = explain_all(known_names, Catalogue((detector,), {}))
    assert "CartesianProduct" in said.text


HEADER = """\
// ---
// id = "E98"
// title = { zh = "甲", en = "a" }
// version = 1
// status = "draft"
// strength = "K1"
// sources = { executives = 45 }
// min_grade = "exact"
// basis = ["B2"]
// harmless = ["none"]
// blind = ["all"]
// returns = ["household", "person_id", "benefit", "fact_from", "fact_to", "evidence"]
// identity = ["household"]
// about = "household"
// ask = { zh = "甲", en = "a" }
// states = { zh = "甲", en = "a" }
// [eligible]
// match = "(h:Household)"
// ---
"""
