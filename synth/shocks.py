"""Severe illnesses and disasters."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from doudi.synth.homes import Homes
    from doudi.synth.people import People

SEVERE_A_YEAR = 0.009
DISEASES = np.array(["肺癌", "肝癌", "白血病", "尿毒症", "重性精神病", "脑卒中", "先天性心脏病"])
DISASTERS = np.array(["洪涝", "地质灾害", "火灾", "风雹", "干旱"])


@dataclass
class Shocks:
    """Months of shocks; OPEN where there is none."""

    severe: NDArray[np.int64]
    """By person: month of diagnosis."""
    disease: NDArray[np.str_]
    disaster: NDArray[np.int64]
    """By home."""
    damage: NDArray[np.str_]
    event: NDArray[np.str_]
    crop_loss: NDArray[np.float64]

    def serious(self) -> NDArray[np.bool_]:
        """Homes that a disaster damaged seriously."""
        return np.asarray((self.damage == "C") | (self.damage == "D"), dtype=bool)


def draw_shocks(rng: Generator, people: People, homes: Homes, villages: int) -> Shocks:
    """Shocks of sixty months, before anybody is protected from them."""
    count = len(people)
    home = np.where(people.home < 0, 0, people.home)
    age = people.age(24)
    yearly = (
        SEVERE_A_YEAR * homes.frailty[home] * np.interp(age, [10, 40, 60, 80], [0.2, 0.7, 1.6, 2.2])
    )
    month = np.floor(rng.exponential(1.0, count) / (yearly / 12)).astype(np.int64)
    falls_ill = (month <= months.FUTURE) & (month < people.dead_month() - 1) & (people.home >= 0)
    disease = rng.choice(DISEASES, count, p=[0.2, 0.12, 0.06, 0.17, 0.13, 0.28, 0.04])
    disaster = np.full(len(homes), months.OPEN)
    event = np.full(len(homes), "", dtype="U4")
    for _ in range(max(10, villages * 2 // 3)):
        hit = (homes.village == rng.integers(villages)) & (rng.random(len(homes)) < 0.3)
        hit &= ~homes.urban & (disaster == months.OPEN)
        disaster[hit] = rng.integers(2, months.FUTURE)
        event[hit] = rng.choice(DISASTERS)
    damage = rng.choice(
        np.array(["无", "A", "B", "C", "D"]), len(homes), p=[0.2, 0.15, 0.2, 0.3, 0.15]
    )
    loss = np.where(
        damage == "无", rng.uniform(80, 300, len(homes)), rng.uniform(100, 500, len(homes))
    )
    return Shocks(
        np.where(falls_ill, month, months.OPEN),
        disease,
        disaster,
        damage,
        event,
        np.asarray(np.round(loss, -1), dtype=np.float64),
    )
