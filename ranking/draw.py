"""Whom each township visits: mostly by score, a tenth at random, every chance stated."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from doudi.graph.errors import UsageError
from doudi.ranking.evaluate import ordered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

RANDOM_SHARE = 0.1
"""Visits drawn at random from the households the score did not choose: without them nobody would
ever learn whom the score overlooks."""


@dataclass(frozen=True)
class Drawn:
    """Order and arms of all households, each of shape (n_households,).

    Attributes:
        rank: 1 = first in the county.
        township_rank: 1 = first in its township.
        listed: Whether it is to be visited.
        arm: ``random`` where chance put it on the list, else ``model``.
        propensity: Probability of being listed, over 0 to 1.
    """

    rank: NDArray[np.int64]
    township_rank: NDArray[np.int64]
    listed: NDArray[np.bool_]
    arm: NDArray[np.str_]
    propensity: NDArray[np.float64]


def capacities(capacity: int | Path, townships: NDArray[Any]) -> dict[str, int]:
    """Visits by township.

    Args:
        capacity: One number for all, or a CSV file with columns ``township, capacity``.
        townships: Township of each household.

    Raises:
        UsageError: if the file cannot be read, a township is not in it, or a number is below 1.
    """
    wanted = sorted({str(town) for town in townships})
    if isinstance(capacity, Path):
        found = _read(capacity)
        lacking = [town for town in wanted if town not in found]
        if lacking:
            names = ", ".join(lacking[:5])
            raise UsageError(
                (f"没有 {names} 的上门能力", f"no capacity for {names}"),
                where=str(capacity),
                expected=(
                    f"{len(wanted)} 个乡镇各一行",
                    f"a row for each of {len(wanted)} townships",
                ),
                next_step=(
                    "补上这些行；乡镇代码与排序表一致",
                    "add the rows; township codes are those of the ranking",
                ),
            )
    else:
        found = dict.fromkeys(wanted, capacity)
    low = [town for town in wanted if found[town] < 1]
    if low:
        raise UsageError(
            (
                f"{low[0]} 的上门能力为 {found[low[0]]}",
                f"capacity {found[low[0]]} for {low[0]}",
            ),
            where=str(capacity) if isinstance(capacity, Path) else "--capacity",
            expected=("每个乡镇至少上门 1 户", "1 visit a township or more"),
            next_step=("给每个乡镇至少一户", "give every township at least one visit"),
        )
    return {town: found[town] for town in wanted}


def _read(path: Path) -> dict[str, int]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            rows = list(csv.DictReader(handle))
        return {row["township"].ljust(12, "0"): int(row["capacity"]) for row in rows}
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise UsageError(
            ("无法读取上门能力文件", "the capacity file cannot be read"),
            where=str(path),
            expected=(
                "UTF-8 编码的 CSV 文件，含 township、capacity（整数）两列",
                "a CSV file in UTF-8 with the columns township, capacity (a whole number)",
            ),
            next_step=(
                "改正该文件，或给所有乡镇同一个数",
                "mend the file, or give one number for all townships",
            ),
        ) from error


def draw(
    score: NDArray[np.float64],
    names: NDArray[Any],
    townships: NDArray[Any],
    capacity: Mapping[str, int],
    *,
    seed: int,
) -> Drawn:
    """Order all households and make each township's list.

    Args:
        score: Higher means sooner, shape (n_households,).
        names: Household of each, which decides between equal scores.
        townships: Township of each.
        capacity: Visits by township.
        seed: Of the random draw.
    """
    count = len(score)
    order = ordered(score, names)
    rank = np.empty(count, dtype=np.int64)
    rank[order] = np.arange(1, count + 1)
    drawn = Drawn(
        rank,
        np.zeros(count, dtype=np.int64),
        np.zeros(count, dtype=bool),
        np.full(count, "model", dtype="U6"),
        np.ones(count),
    )
    rng = np.random.default_rng(seed)
    for town, visits in capacity.items():  # some dozen townships
        rows = order[townships[order] == town]
        drawn.township_rank[rows] = np.arange(1, len(rows) + 1)
        _list(drawn, rows, visits, rng)
    return drawn


def _list(drawn: Drawn, rows: NDArray[np.int64], visits: int, rng: np.random.Generator) -> None:
    """Fill one township's list; ``rows`` are its households in order."""
    if len(rows) <= visits:
        drawn.listed[rows] = True
        return
    if visits == 1:
        # One visit cannot be split: one month in ten chance has it.
        by_chance, chance = int(rng.random() < RANDOM_SHARE), RANDOM_SHARE
        drawn.propensity[rows[:1]] = 1 - chance
    else:
        by_chance = max(1, round(visits * RANDOM_SHARE))
        chance = float(by_chance)
    sure = visits - by_chance
    rest = rows[1:] if visits == 1 else rows[sure:]
    drawn.propensity[rest] = chance / len(rest)
    lucky = rng.choice(rest, by_chance, replace=False)
    drawn.listed[rows[:sure]] = True
    drawn.listed[lucky] = True
    drawn.arm[lucky] = "random"
