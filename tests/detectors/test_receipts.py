"""A receipt names what it rests on, and is reproduced or says what differs."""

from __future__ import annotations

import json

import pytest

from doudi.graph.errors import ReceiptError
from tests.detectors.bench import (
    D1,
    Bench,
    one,
)

pytestmark = pytest.mark.neo4j


def test_a_receipt_names_what_it_rests_on(bench: Bench) -> None:
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-03", position="监事")
    body = json.loads(one(bench.run(["E91"]).hits)["evidence"])
    roles = [(edge["role"], edge["type"]) for edge in body["edges"]]
    assert roles == [("path", "MEMBER_OF"), ("path", "EXEC_OF"), ("payment", "PAID")]
    assert body["edges"][1]["properties"] == {"position": "监事"}
    assert body["months"][0] == {
        "benefit": D1, "income_pc_yuan": None, "line_yuan": None, "month": "2026-03", "yuan": 500.0,
    }  # fmt: skip
    assert body["states"]["en"] == "holds a post in c1"
    assert body["data_dates"] == {"one_card_payment": "2026-07-05"}


def test_a_receipt_replays_to_the_same_hash(bench: Bench) -> None:
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-03")
    receipt = bench.run(["E91"])
    for name in (one(receipt.hits)["hit_id"], one(receipt.leads)["lead_id"]):
        again = bench.replay(name)
        assert again.same, again.sentences("en")
        assert again.differences == ()


def test_a_replay_names_the_edge_and_property_that_changed(bench: Bench) -> None:
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-03", position="监事")
    hit = one(bench.run(["E91"]).hits)["hit_id"]
    bench.small.tables["EXEC_OF.Person.Company"][0]["position"] = "经理"
    again = bench.replay(hit)
    assert not again.same
    (found,) = again.differences
    assert (found.kind, found.what, found.property) == ("changed", "EXEC_OF", "position")
    assert (found.batch, found.row) == ("2026-06", 2)
    assert "经理" not in again.sentences("zh")[0]


def test_a_replay_names_the_edge_that_is_gone(bench: Bench) -> None:
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-03")
    hit = one(bench.run(["E91"]).hits)["hit_id"]
    bench.small.tables["EXEC_OF.Person.Company"].clear()
    again = bench.replay(hit)
    assert [(d.kind, d.what) for d in again.differences] == [("gone", "EXEC_OF")]
    assert again.to_json()["same"] is False


def test_an_unknown_receipt_is_refused(bench: Bench) -> None:
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-03")
    bench.run(["E91"])
    with pytest.raises(ReceiptError, match="h00"):
        bench.replay("h00")
