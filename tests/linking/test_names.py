"""Names are compared by characters and by sound, others by their words."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cpdist

from doudi.linking.likeness import LEVELS, Likeness
from doudi.linking.names import read_names
from doudi.linking.text import tidy

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHARED = Path(os.environ.get("DOUDI_SHARED_DATA", Path(__file__).parents[2] / "../shared/data"))
CROWD = ["王秀英", "李伟", "张敏", "刘洋", "陈静", "杨磊", "黄勇", "赵军", "吴娜", "周涛"]
LATIN = ["john smith", "mary jones", "peter brown", "anna taylor", "paul evans", "jane king"]


def level(one: str, two: str) -> str:
    """The outcome for two names among others."""
    names = read_names(tidy(pa.chunked_array([[one, two, *CROWD, *LATIN]])))
    left, right = (names.coded.codes[n : n + 1] for n in (0, 1))
    return LEVELS[int(Likeness(names).compare(left, right)[0][0])]


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ("张伟", "张伟", "same"),
        ("张 伟", "张　伟", "same"),
        ("买买提·艾力", "买买提艾力", "same"),
        ("陶喆", "陶吉吉", "same"),
        ("劉德華", "刘德华", "same"),
        ("张伟", "章伟", "sounds_same"),
        ("张伟", "张玮", "sounds_same"),
        ("王建国", "王国建", "sounds_same"),
        ("单喜顺", "陕喜顺", "sounds_same"),
        ("张自强", "张志强", "sounds_same"),
        ("刘兰", "刘南", "sounds_same"),
        ("王建国", "王建郭", "sounds_same"),
        ("王建国", "王建高", "near"),
        ("王建国", "王建军", "most"),
        ("王建国", "王建", "most"),
        ("李秀英", "王秀英", "most"),
        ("李伟", "王伟", "part"),
        ("王伟", "王芳", "little"),
        ("王伟", "李芳", "different"),
        ("José Müller", "jose muller", "same"),
        ("Smith, John", "JOHN SMITH", "sounds_same"),
        ("Robert O'Neil", "Robert ONeil", "same"),
        ("Jonathan Whitfield", "Jonathon Whitfield", "near"),
        ("Xavier Qureshi", "Walter Benson", "different"),
        ("王秀英", "Xiu-Ying WANG", "near"),
    ],
)
def test_two_names_are_as_alike_as_people_say(one: str, two: str, expected: str) -> None:
    assert level(one, two) == expected
    assert level(two, one) == expected


def test_an_initial_is_more_than_nothing_and_less_than_the_name() -> None:
    order = [level("V. Putin", x) for x in ("Walter Benson", "Oleg Putin", "Vladimir Putin")]
    places = [LEVELS.index(one) for one in order]
    assert places[0] < places[1] <= places[2]


def test_the_rarer_a_shared_name_is_the_more_it_tells() -> None:
    names = read_names(tidy(pa.chunked_array([["王伟"] * 50 + ["阚喆", "阚喆"]])))
    common, rare = names.coded.codes[0:1], names.coded.codes[50:51]
    likeness = Likeness(names)
    assert likeness.compare(rare, rare)[1][0] < likeness.compare(common, common)[1][0] < 0


def auc(score: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    """How often a true pair scores higher than a false one; a tie counts half."""
    hits, misses = score[truth][:, None], score[~truth][None, :]
    return float(((hits > misses) + 0.5 * (hits == misses)).mean())


def test_hand_labelled_pairs_are_told_apart_better_than_by_letters_alone() -> None:
    path = SHARED / "er_name_bench" / "cases.csv"
    if not path.is_file():
        pytest.skip(f"no {path.parent.name} in the shared data (DOUDI_SHARED_DATA)")
    with path.open(encoding="utf-8", newline="") as file:
        cases = [row for row in csv.DictReader(file) if row["schema"] == "Person"]
    texts = tidy(pa.chunked_array([[row[s] for row in cases for s in ("name1", "name2")]]))
    names = read_names(texts)
    codes = names.coded.codes
    at = np.flatnonzero((codes[::2] >= 0) & (codes[1::2] >= 0))
    levels, _ = Likeness(names).compare(codes[::2][at], codes[1::2][at])
    told = np.array(texts.to_pylist(), object)
    letters = cpdist(told[::2][at], told[1::2][at], scorer=Levenshtein.normalized_similarity)
    truth = np.array([row["is_match"].lower() == "true" for row in cases])[at]
    ours, plain = (auc(found.astype(float), truth) for found in (levels, letters))
    print(f"name bench, {len(at)} pairs of persons: AUC {ours:.3f}, by edit distance {plain:.3f}")  # noqa: T201 - a figure of the benchmark
    assert ours > plain
