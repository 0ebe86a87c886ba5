from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from doudi.graph.errors import RankingError
from doudi.graph.tables import FactStore
from doudi.ranking import model_file
from doudi.ranking.rank import RANKING, RankReceipt, rank

from .conftest import Records, fill_county

if TYPE_CHECKING:
    from pathlib import Path

JUNE = date(2026, 6, 1)
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass
class Ranked:
    receipt: RankReceipt
    rows: list[dict[str, Any]]
    folder: Path
    records: Records


@pytest.fixture(scope="module")
def ranked(tmp_path_factory: pytest.TempPathFactory) -> Ranked:
    """One county, ranked once for all tests of this file."""
    folder = tmp_path_factory.mktemp("county")
    records = Records(folder)
    fill_county(records, 180)
    out = folder / "out"
    receipt = rank(records.store(), as_of=JUNE, capacity=10, out=out)
    table = pq.read_table(out / "ranking.parquet")
    assert table.schema == RANKING
    return Ranked(receipt, table.to_pylist(), out, records)


def test_every_eligible_household_has_one_row(ranked: Ranked) -> None:
    names = [row["household_id"] for row in ranked.rows]
    assert len(names) == len(set(names)) == ranked.receipt.metrics["score"]["households"]
    assert [row["rank"] for row in ranked.rows] == list(range(1, len(names) + 1))
    assert {row["as_of"] for row in ranked.rows} == {"2026-06"}


def test_scores_propensities_and_reasons_keep_the_contract(ranked: Ranked) -> None:
    for row in ranked.rows:
        assert 0 <= row["score"] <= 1
        assert 0 < row["propensity"] <= 1
        assert len(row["reasons"]) == 3
        assert all(row["reasons"])
        assert row["arm"] in ("model", "random")
    scores = [row["score"] for row in ranked.rows]
    assert scores == sorted(scores, reverse=True)


def test_reasons_and_gaps_are_told_in_both_languages(ranked: Ranked) -> None:
    for row in ranked.rows:
        assert row["reasons"] == row["reasons_zh"]
        assert row["lacking"] == row["lacking_zh"]
        assert len(row["reasons_en"]) == 3
        assert len(row["lacking_en"]) == len(row["lacking_zh"])
        assert all(CHINESE.search(text) for text in row["reasons_zh"] + row["lacking_zh"])
        assert not any(CHINESE.search(text) for text in row["reasons_en"] + row["lacking_en"])
    assert any(row["lacking_en"] for row in ranked.rows)


def test_one_visit_in_ten_is_random(ranked: Ranked) -> None:
    listed = [row for row in ranked.rows if row["listed"]]
    assert len(listed) == 30
    assert sum(row["arm"] == "random" for row in listed) == 3


def test_model_finds_what_makes_households_fall_back(ranked: Ranked) -> None:
    chosen = ranked.receipt.metrics["check"][ranked.receipt.metrics["chosen"]]
    assert chosen["precision_at_capacity"] >= 0.3
    assert chosen["lift"] > 1.5
    assert chosen["low"] <= chosen["precision_at_capacity"] <= chosen["high"]
    assert chosen["households"] >= chosen["outcomes"] >= chosen["found"]
    assert "大病" in " ".join(ranked.rows[0]["reasons"])


def test_constant_columns_are_named_to_the_reader(ranked: Ranked) -> None:
    assert any("住院次数" in message for message in ranked.receipt.messages)
    assert "stays" not in ranked.receipt.model["features"]


def test_receipt_is_plain_json(ranked: Ranked) -> None:
    told = json.loads(json.dumps(ranked.receipt.to_json()))
    assert told["stage"] == "rank"
    assert set(told["baselines"]) == {"lowest_income", "highest_self_pay"}
    assert "accuracy" not in json.dumps(told)


def test_same_seed_and_data_give_the_same_file(ranked: Ranked, tmp_path: Path) -> None:
    store = FactStore(ranked.records.folder / "tables")
    rank(store, as_of=JUNE, capacity=10, out=tmp_path)
    again, first = (
        (folder / "ranking.parquet").read_bytes() for folder in (tmp_path, ranked.folder)
    )
    assert again == first


def test_altered_model_file_is_refused(ranked: Ranked, tmp_path: Path) -> None:
    for name in (model_file.MODEL, model_file.CARD):
        (tmp_path / name).write_bytes((ranked.folder / name).read_bytes())
    assert model_file.load(tmp_path).card.name == ranked.receipt.metrics["chosen"]
    with (tmp_path / model_file.MODEL).open("ab") as handle:
        handle.write(b"x")
    with pytest.raises(RankingError, match="altered"):
        model_file.load(tmp_path)


def test_model_refuses_other_features(ranked: Ranked) -> None:
    saved = model_file.load(ranked.folder)
    features = ranked.records.features()
    with pytest.raises(RankingError, match="wealth"):
        saved.score(features, [*saved.card.features, "wealth"])
    with pytest.raises(RankingError, match="the order"):
        saved.score(features, list(saved.card.features)[::-1])


def test_too_few_outcomes_are_counted(records: Records, tmp_path: Path) -> None:
    fill_county(records, 12)
    with pytest.raises(RankingError, match=r"\d of \d+ households fell back"):
        rank(records.store(), as_of=JUNE, capacity=10, out=tmp_path / "out")


def test_nothing_delivered_is_said(tmp_path: Path) -> None:
    with pytest.raises(RankingError, match="nothing was delivered"):
        rank(FactStore(tmp_path), as_of=JUNE, capacity=10, out=tmp_path / "out")
