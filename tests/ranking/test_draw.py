from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from doudi.graph.errors import UsageError
from doudi.ranking.draw import capacities, draw

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

TOWNS = np.array(["539901001000"] * 60 + ["539901002000"] * 30)
NAMES = np.array([f"h{number:03d}" for number in range(90)])
SCORE: NDArray[np.float64] = np.linspace(1, 0, 90)


def test_a_tenth_of_the_capacity_is_drawn_from_those_not_chosen() -> None:
    drawn = draw(SCORE, NAMES, TOWNS, {"539901001000": 40, "539901002000": 20}, seed=3)
    chance = drawn.arm == "random"
    assert (int(chance[:60].sum()), int(chance[60:].sum())) == (4, 2)
    assert int(drawn.listed.sum()) == 60
    assert drawn.township_rank[chance].min() > 18
    assert drawn.propensity[chance].tolist() == [4 / 24] * 4 + [2 / 12] * 2


def test_propensities_add_up_to_the_capacity() -> None:
    for visits in (1, 2, 5, 15, 40, 60, 99):
        drawn = draw(SCORE, NAMES, TOWNS, {"539901001000": visits, "539901002000": visits}, seed=0)
        for town, size in (("539901001000", 60), ("539901002000", 30)):
            own = drawn.propensity[town == TOWNS]
            assert own.sum() == pytest.approx(min(visits, size))
            assert own.min() > 0
            assert own.max() <= 1
            assert int(drawn.listed[town == TOWNS].sum()) == min(visits, size)


def test_equal_scores_are_ordered_by_household() -> None:
    drawn = draw(np.zeros(90), NAMES, TOWNS, {"539901001000": 5, "539901002000": 5}, seed=0)
    assert drawn.rank.tolist() == list(range(1, 91))


def test_same_seed_draws_the_same_list_and_another_seed_another() -> None:
    visits = {"539901001000": 40, "539901002000": 20}
    lists = [draw(SCORE, NAMES, TOWNS, visits, seed=seed).listed.tolist() for seed in (1, 1, 2)]
    assert lists[0] == lists[1] != lists[2]


def test_capacity_file_gives_each_township_its_own(tmp_path: Path) -> None:
    path = tmp_path / "capacity.csv"
    path.write_text("township,capacity\n539901001,12\n539901002000,7\n", "utf-8")
    assert capacities(path, TOWNS) == {"539901001000": 12, "539901002000": 7}


@pytest.mark.parametrize(
    "text", ["township,capacity\n539901001,12\n", "town,visits\n1,2\n", "township,capacity\n539901001,0\n539901002,1\n"]
)  # fmt: skip
def test_capacity_file_that_cannot_be_used_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "capacity.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(UsageError) as error:
        capacities(path, TOWNS)
    assert error.value.where == str(path)
    assert error.value.expected
    assert error.value.next_step


def test_capacity_below_one_is_refused() -> None:
    with pytest.raises(UsageError, match="capacity 0"):
        capacities(0, TOWNS)
