"""The declared schema and its page."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from doudi.graph.errors import UnknownName
from doudi.graph.schema import fact_columns, schema
from doudi.graph.schema_docs import render
from doudi.graph.workbench import columns_of

PAGE = Path(__file__).resolve().parents[2] / "docs" / "schema.md"


@pytest.mark.checkout
def test_the_page_of_the_schema_is_current() -> None:
    assert PAGE.read_text("utf-8") == render(), "run make docs"


def test_every_pair_of_a_relation_joins_declared_labels() -> None:
    for kind, start, end in schema().triples():
        assert {start, end} <= set(schema().nodes), kind


def test_every_declaration_has_its_sentence() -> None:
    for node in schema().nodes.values():
        assert node.meaning.endswith("."), node.label
    for relation in schema().relations.values():
        assert relation.meaning.endswith("."), relation.name


def test_no_property_takes_the_name_of_a_common_column() -> None:
    common = {p.name for p in schema().common} | {"id", "start_id", "end_id"}
    for node in schema().nodes.values():
        assert not common & {p.name for p in node.properties}
    for relation in schema().relations.values():
        assert not common & {p.name for p in relation.properties}


def test_fact_columns_carry_both_times_and_the_origin() -> None:
    columns = fact_columns(schema().relation("OWNS").properties, link=True)
    assert columns.names[:3] == ["fact_id", "start_id", "end_id"]
    assert columns.field("known_from").type == pa.date32()
    assert {"valid_from", "valid_to", "batch", "row", "grade"} <= set(columns.names)


def test_graph_columns_are_ends_properties_and_common_columns() -> None:
    assert columns_of("Account").names == ["id", "holder_kind", *(p.name for p in schema().common)]
    assert columns_of("HEADS", "Person", "Household").names[:2] == ["start_id", "end_id"]


def test_an_unknown_label_offers_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean Person"):
        schema().node("Persn")
