"""How well records are linked where the truth is known; nothing is learned from the truth."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from doudi.linking.link import LinkSettings, link

SHARED = Path(os.environ.get("DOUDI_SHARED_DATA", Path(__file__).parents[2] / "../shared/data"))


def shared(*parts: str) -> Path:
    """A file of the shared data; without it the test is skipped."""
    path = SHARED.joinpath(*parts)
    if not path.is_file():
        pytest.skip(f"no {parts[0]} in the shared data (DOUDI_SHARED_DATA)")
    return path


def told(what: str, precision: float, recall: float) -> float:
    """F1, after the figures are printed."""
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    print(f"{what}: precision {precision:.4f}, recall {recall:.4f}, F1 {f1:.4f}")  # noqa: T201 - a figure of the benchmark
    return f1


def pairs_within(groups: pd.Series[Any] | pd.DataFrame) -> int:
    sizes = groups.value_counts()
    return int((sizes * (sizes - 1) // 2).sum())


def of_clusters(found: pa.Table, truth: pd.Series[Any]) -> tuple[float, float]:
    """Precision and recall of pairs of records in one cluster; ids are places in ``truth``."""
    labels = found.to_pandas().set_index("id")["cluster"].loc[np.arange(len(truth))]
    both = pd.DataFrame({"found": labels.to_numpy(), "truth": truth.to_numpy()})
    right = pairs_within(both)
    return right / pairs_within(both["found"]), right / pairs_within(both["truth"])


def shuffled(frame: pd.DataFrame, seed: int, truth: str) -> tuple[pa.Table, pd.Series[Any]]:
    """Rows in random order under new numbers without the truth, and the truth."""
    mixed = frame.sample(frac=1, random_state=seed).reset_index(drop=True)
    table = pa.Table.from_pandas(mixed.drop(columns=truth), preserve_index=False)
    return table.append_column("id", pa.array(np.arange(len(mixed)))), mixed[truth]


@pytest.mark.parametrize("name", ["full_name", "first_and_surname", "first_name+surname"])
def test_historical_people_are_found_in_fifty_thousand_records(name: str) -> None:
    """Splink with its tutorial's settings reaches F1 0.830, precision 0.935."""
    path = shared("er_historical_50k", "historical_figures_with_errors_50k.parquet")
    frame = pd.read_parquet(path).drop(columns="unique_id")
    table, truth = shuffled(frame, 7, "cluster")
    settings = LinkSettings(
        name=name,
        birth="dob",
        sex="gender",
        area="postcode_fake",
        compare=("birth_place", "occupation"),
    )
    precision, recall = of_clusters(link(table, settings=settings).clusters, truth)
    f1 = told(f"historical 50k, {name}", precision, recall)
    assert precision >= 0.93
    assert f1 >= 0.88


def febrl(name: str, seed: int) -> tuple[pa.Table, pd.Series[Any]]:
    frame = pd.read_csv(shared("er_febrl", f"{name}.csv"), dtype=str, skipinitialspace=True)
    frame["person"] = frame.pop("rec_id").str.extract(r"rec-(\d+)-", expand=False)
    return shuffled(frame, seed, "person")


FEBRL = {
    "name": "given_name+surname",
    "birth": "date_of_birth",
    "area": "postcode",
    "compare": ("soc_sec_id", "address_1", "suburb"),
}


def test_five_thousand_pairs_of_two_files_are_found_one_to_one() -> None:
    (left, one), (right, two) = febrl("dataset4a", 1), febrl("dataset4b", 2)
    found = link(left, right, settings=LinkSettings(**FEBRL, one_to_one=True)).pairs.to_pandas()  # type: ignore[arg-type] # the keys are checked where they are used
    linked = found[found["grade"] == "linked"]
    right_ones = one.loc[linked["left_id"]].to_numpy() == two.loc[linked["right_id"]].to_numpy()
    f1 = told("FEBRL 4, linked", right_ones.mean(), right_ones.sum() / len(one))
    assert f1 >= 0.999


def test_duplicates_of_one_file_are_found() -> None:
    table, truth = febrl("dataset3", 3)
    found = link(table, settings=LinkSettings(**FEBRL)).clusters  # type: ignore[arg-type] # as above
    f1 = told("FEBRL 3, clusters", *of_clusters(found, truth))
    assert f1 >= 0.99


def households(side: str, seed: int) -> pd.DataFrame:
    """What an office knows of 600 households: common names and years, and its own numbers."""
    people, own = np.random.default_rng(5), np.random.default_rng(seed)
    numbers = own.permutation(600)
    rows: list[dict[str, Any]] = []
    for household in range(600):
        surname = people.choice(list("王李张刘陈杨黄吴"))
        for _ in range(people.integers(2, 6)):
            name = surname + people.choice(list("伟芳娜敏静强磊军洋勇"))
            row = {"person": len(rows), "name": name, "birth": str(people.integers(1940, 2015))}
            rows.append(row | {"household": f"{side}{numbers[household]}"})
    frame = pd.DataFrame(rows)
    frame["id"] = [f"{side}{n}" for n in own.permutation(len(frame))]
    frame.loc[own.random(len(frame)) < 0.03, "birth"] = None
    return frame[own.random(len(frame)) < 0.9]


def of_pairs(left: pd.DataFrame, right: pd.DataFrame, household: str) -> tuple[float, float]:
    settings = LinkSettings(name="name", birth="birth", household=household)
    sides = [
        pa.Table.from_pandas(s.drop(columns="person"), preserve_index=False) for s in (left, right)
    ]
    found = link(*sides, settings=settings).pairs.to_pandas()
    linked = found[found["grade"] == "linked"]
    one, two = (side.set_index("id")["person"] for side in (left, right))
    hits = one.loc[linked["left_id"]].to_numpy() == two.loc[linked["right_id"]].to_numpy()
    both = len(set(left["person"]) & set(right["person"]))
    return hits.sum() / max(1, len(hits)), hits.sum() / both


def test_who_else_lives_there_tells_common_names_apart() -> None:
    left, right = households("a", 1), households("b", 2)
    without = told("households not looked at", *of_pairs(left, right, ""))
    precision, recall = of_pairs(left, right, "household")
    with_them = told("households looked at", precision, recall)
    assert precision > 0.98
    assert with_them > without + 0.5


def test_households_that_share_nobody_gain_nothing() -> None:
    left, right = households("a", 1), households("b", 2)
    random = np.random.default_rng(4)
    for side, frame in (("a", left), ("b", right)):
        frame["household"] = [f"{side}{n}" for n in random.integers(0, 10**9, len(frame))]
    assert of_pairs(left, right, "household") == of_pairs(left, right, "")
