"""A receipt is reproduced on a rebuilt graph, later too, and a changed source row is named."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from doudi.home import Home
from tests.doudi.conftest import payments, registers

if TYPE_CHECKING:
    from tests.doudi.conftest import Clerk

WINTER = ["2025-11", "2025-12", "2026-01"]


@pytest.fixture
def hit(handler: Clerk) -> str:
    """The one hit of the handler's home."""
    hits = pd.read_parquet(Home(handler.home).latest("hits.parquet"))
    return str(hits["hit_id"].item())


@pytest.mark.neo4j
def test_a_receipt_is_reproduced_on_a_rebuilt_graph(handler: Clerk, hit: str) -> None:
    shutil.rmtree(handler.home / "graph" / "projection")
    said = handler.types("receipt", "replay", hit, "--json")
    assert said.code == 0
    assert said.receipt["same"] is True
    assert said.receipt["expected"] == said.receipt["found"]


@pytest.mark.neo4j
def test_it_is_reproduced_from_what_was_known_when_more_is_known_now(
    handler: Clerk, hit: str
) -> None:
    handler.loads("2026-02", registers() | payments(*WINTER, "2026-02"))
    assert handler.types("receipt", "replay", hit).code == 0
    assert not list((handler.home / "graph").glob("known-*"))


@pytest.mark.neo4j
def test_it_is_reproduced_where_a_register_came_again_unchanged(handler: Clerk) -> None:
    handler.loads("2026-02", registers() | payments(*WINTER, "2026-02"))
    assert handler.types("detect").code == 3  # the other feeds never came
    hits = pd.read_parquet(Home(handler.home).latest("hits.parquet"))
    said = handler.types("receipt", "replay", str(hits["hit_id"].item()), "--json")
    assert (said.code, said.receipt["same"]) == (0, True)


@pytest.mark.neo4j
def test_a_changed_source_row_is_named_by_its_edge(handler: Clerk, hit: str) -> None:
    altered = registers() | payments(*WINTER)
    car = altered["vehicle_registration.csv"].replace("2025-06-01", "2025-07-01")
    reload(handler, altered | {"vehicle_registration.csv": car})
    said = handler.types("receipt", "replay", hit, "--json")
    assert said.code == 1
    edges = [d for d in said.receipt["differences"] if d["kind"] != "part"]
    assert {(d["what"], d["source"], d["batch"], d["row"]) for d in edges} == {
        ("OWNS", "vehicle_registration", "2026-01", 2)
    }


def reload(clerk: Clerk, files: dict[str, str]) -> None:
    """Load the first delivery again, as altered, with the same keys and the runs kept."""
    for name in ("tables", "graph", "vault", "quarantine"):
        shutil.rmtree(clerk.home / name)
    assert clerk.loads("2026-01", files).code in {0, 3}


@pytest.mark.neo4j
def test_a_hit_of_no_run_is_wrong_use(handler: Clerk) -> None:
    said = handler.types("receipt", "replay", "h0")
    assert said.code == 2
    assert said.has("no hit or lead h0", "next: doudi leads list")
