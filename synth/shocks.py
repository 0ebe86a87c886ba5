"""Illness, disasters and job losses, and the hazard of falling back into poverty."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from doudi.synth import months

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from doudi.synth.homes import Homes
    from doudi.synth.people import People
    from doudi.synth.work import Jobs
    from doudi.synth.world import Aid

SEVERE_A_YEAR = 0.009
DISEASES = np.array(["肺癌", "肝癌", "白血病", "尿毒症", "重性精神病", "脑卒中", "先天性心脏病"])
DISASTERS = np.array(["洪涝", "地质灾害", "火灾", "风雹", "干旱"])
LASTS = 11
"""Months for which a shock raises the hazard."""
BASE_A_YEAR = 0.065
"""Stress setting: together with shocks about three per cent of homes a year fall back."""
SEEN = (0.35, 0.85)
"""Share of relapses that the county recognises, without and with a visible shock or file."""


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


@dataclass(frozen=True)
class Relapses:
    """One entry a household that falls back; months go on beyond the delivered ones."""

    home: NDArray[np.int64]
    month: NDArray[np.int64]
    cause: NDArray[np.str_]
    register: NDArray[np.str_]
    observed: NDArray[np.bool_]


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


def _recent(since: NDArray[np.int64], month: int) -> NDArray[np.bool_]:
    """Whether something happened one to LASTS months before a month."""
    return np.asarray((since < month) & (since >= month - LASTS), dtype=bool)


def draw_relapses(
    rng: Generator,
    people: People,
    homes: Homes,
    aid: Aid,
    jobs: Jobs,
    shocks: Shocks,
    clean: NDArray[np.bool_],
    buffered: NDArray[np.bool_],
) -> Relapses:
    """Monthly hazards: illness x6, no work x3, disaster x2.5, assets x0.5, kin x0.7."""
    count = len(homes)
    live = np.flatnonzero((people.home >= 0) & (shocks.severe < months.OPEN))
    workers = np.flatnonzero((people.home >= 0) & jobs.lost())
    hit_by = shocks.disaster.copy()
    hit_by[~shocks.serious()] = months.OPEN
    open_to = ~aid.in_register(0) & (clean | ~homes.urban)
    poor = np.exp(-0.9 * homes.comfort) * (0.4 + 0.6 * homes.frailty)
    poor *= np.where(aid.archived, 1.6, 1.0)
    still = poor * np.where(clean, 1.0, 0.5) * np.where(buffered, 0.7, 1.0) * BASE_A_YEAR / 12
    found: list[tuple[Any, ...]] = []
    for month in range(months.FUTURE + 1):
        ill = np.zeros(count, dtype=bool)
        ill[people.home[live[_recent(shocks.severe[live], month)]]] = True
        idle = np.zeros(count, dtype=bool)
        gone = _recent(jobs.end[workers], month) & (jobs.again[workers] > month)
        idle[people.home[workers[gone]]] = True
        struck = _recent(hit_by, month)
        hazard = still * np.where(ill, 6, 1) * np.where(idle, 3, 1) * np.where(struck, 2.5, 1)
        falls = np.flatnonzero(open_to & (rng.random(count) < hazard))
        open_to[falls] = False
        cause = np.select(
            [ill[falls], struck[falls], idle[falls]], ["因病", "因灾", "就业不稳"], "收入骤减"
        )
        found.append((falls, np.full(len(falls), month), cause))
    home, when, cause = (np.concatenate(parts) for parts in zip(*found, strict=True))
    flagged = (cause != "收入骤减") | aid.archived[home]
    seen = rng.random(len(home)) < np.where(flagged, SEEN[1], SEEN[0])
    return Relapses(home, when, cause, _registers(rng, homes, clean, home), seen)


def _registers(
    rng: Generator, homes: Homes, clean: NDArray[np.bool_], home: NDArray[np.int64]
) -> NDArray[np.str_]:
    """Where a relapse is recognised: in the country mostly by monitoring, in town by the edge."""
    draw = rng.random(len(home))
    rural = ~homes.urban[home]
    told = np.select(
        [~clean[home], rural & (draw < 0.6), rural & (draw < 0.8), ~rural & (draw < 0.55)],
        ["monitored", "monitored", "edge", "edge"],
        "dibao",
    )
    return np.asarray(told, dtype="U9")
