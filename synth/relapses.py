"""Who falls back into poverty: monthly hazards, and what the county sees of it."""

# ruff: noqa: PLR2004 - shares of the model explain themselves where they stand
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.people import NOBODY

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from doudi.synth.homes import Homes
    from doudi.synth.people import People
    from doudi.synth.world import Aid, World

LASTS = 11
"""Months for which a shock raises the hazard."""
ILL, IDLE, STRUCK = 6.0, 3.0, 2.5
"""Times the hazard: severe illness, lost work, disaster."""
KIN_SHOCK, CARRIES = 2.5, 3.0
"""Times the hazard: a shock in a parent's or child's home; frail parents elsewhere to care for.

The domain model names both (shocks spread among kin, dependants are carried across households)
and gives no figure; these are ours.
"""
FRAIL_AGE, ABLE_AGE, SEVERE = 75, 65, 2
ASSETS, BUFFER = 0.5, 0.7
"""Times the hazard: what can be sold or used to earn; well-off near kin."""
WELL_OFF = 0.4
"""Comfort from which kin can help."""
A_YEAR = {"former": 0.006, "rural": 0.0012, "urban": 0.0006}
"""Share of homes a year that falls back; of urban homes nothing is published, so half the rural."""
STRESS_A_YEAR, STRESS_FORMER = 0.065, 1.6
"""Stress setting: with shocks two to three per cent of homes a year, archived ones more often."""
SEEN = (0.35, 0.85)
"""Share of relapses that the county recognises, without and with a visible shock or file."""


@dataclass(frozen=True)
class Relapses:
    """One entry a household that falls back; months go on beyond the delivered ones."""

    home: NDArray[np.int64]
    month: NDArray[np.int64]
    cause: NDArray[np.str_]
    register: NDArray[np.str_]
    observed: NDArray[np.bool_]


@dataclass(frozen=True)
class Troubles:
    """By month and home: what weighs on a home in a month."""

    ill: NDArray[np.bool_]
    idle: NDArray[np.bool_]
    struck: NDArray[np.bool_]
    kin: NDArray[np.bool_]

    def cause(self, month: NDArray[np.int64], home: NDArray[np.int64]) -> NDArray[np.str_]:
        """What made homes fall in months, in the words of the registers."""
        told = [self.ill[month, home], self.struck[month, home], self.idle[month, home]]
        return np.select(told, ["因病", "因灾", "就业不稳"], "收入骤减")

    def times(self) -> NDArray[np.float64]:
        """By how much they raise the hazard."""
        raised = np.where(self.ill, ILL, 1) * np.where(self.idle, IDLE, 1)
        return raised * np.where(self.struck, STRUCK, 1) * np.where(self.kin, KIN_SHOCK, 1)


def kin_homes(people: People) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of homes of parents and their children who live apart: the elder's, the child's."""
    pairs = []
    for parent in (people.father, people.mother):
        child = np.flatnonzero((parent != NOBODY) & (people.home >= 0))
        pairs.append(np.stack([people.home[parent[child]], people.home[child]]))
    elder, child = np.unique(np.concatenate(pairs, axis=1), axis=1)
    apart = (elder >= 0) & (elder != child)
    return elder[apart], child[apart]


def _buffered(world: World) -> NDArray[np.bool_]:
    """Homes with a well-off parent's or child's home."""
    homes = world.homes
    held = np.zeros(len(homes), dtype=bool)
    elder, child = kin_homes(world.people)
    held[elder[homes.comfort[child] > WELL_OFF]] = True
    held[child[homes.comfort[elder] > WELL_OFF]] = True
    return held


def _carrying(world: World) -> NDArray[np.bool_]:
    """Homes that care for a parent's home: somebody frail in it, and nobody able."""
    people, homes, grade = world.people, world.homes, world.grade
    at, age = people.home, people.age(months.LAST // 2)
    frail, able = np.zeros(len(homes), dtype=bool), np.zeros(len(homes), dtype=bool)
    hard = (grade > 0) & (grade <= SEVERE)
    frail[at[(at >= 0) & ((age >= FRAIL_AGE) | hard)]] = True
    able[at[(at >= 0) & (age >= 18) & (age < ABLE_AGE) & ~hard]] = True
    elder, child = kin_homes(people)
    held = np.zeros(len(homes), dtype=bool)
    held[child[frail[elder] & ~able[elder]]] = True
    return held


def _since(homes: int, home: NDArray[np.int64], month: NDArray[np.int64]) -> NDArray[np.bool_]:
    """By month and home, whether something happened there one to LASTS months before."""
    found = np.zeros((months.FUTURE + 1, homes), dtype=bool)
    for lag in range(1, LASTS + 1):
        shown = (month + lag >= 0) & (month + lag <= months.FUTURE)
        found[month[shown] + lag, home[shown]] = True
    return found


def troubles(world: World) -> Troubles:
    """What weighs on each home in each month."""
    people, jobs, shocks, count = world.people, world.jobs, world.shocks, len(world.homes)
    sick = np.flatnonzero((people.home >= 0) & (shocks.severe < months.OPEN))
    ill = _since(count, people.home[sick], shocks.severe[sick])
    hit = np.flatnonzero(shocks.serious() & (shocks.disaster < months.OPEN))
    struck = _since(count, hit, shocks.disaster[hit])
    out = np.flatnonzero((people.home >= 0) & jobs.lost())
    idle = np.zeros_like(ill)
    for lag in range(1, LASTS + 1):
        still = out[
            (jobs.end[out] + lag <= months.FUTURE) & (jobs.again[out] > jobs.end[out] + lag)
        ]
        idle[jobs.end[still] + lag, people.home[still]] = True
    elder, child = kin_homes(people)
    kin = np.zeros_like(ill)
    for own, other in ((elder, child), (child, elder)):
        month, pair = np.nonzero((ill | struck)[:, other])
        kin[month, own[pair]] = True
    return Troubles(ill, idle, struck, kin)


def draw_relapses(world: World, clean: NDArray[np.bool_], *, stress: bool) -> Relapses:
    """Relapses of homes on no register, once each.

    ``clean`` homes own nothing that would help, and nothing that would bar them from 低保. Under
    ``stress`` many fall back, so that a ranking has something to learn from in a small county.
    """
    rng, homes, aid = world.rng, world.homes, world.aid
    open_to = ~aid.in_register(0) & (clean | ~homes.urban)
    weights = troubles(world)
    hazard = _proneness(world, clean) * weights.times()
    hazard *= _stressed(aid) if stress else _usual(hazard, homes, aid, open_to)
    found: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
    for month in range(months.FUTURE + 1):
        falls = np.flatnonzero(open_to & (rng.random(len(homes)) < hazard[month]))
        open_to[falls] = False
        found.append((falls, np.full(len(falls), month)))
    home, when = (np.concatenate(parts) for parts in zip(*found, strict=True))
    cause = weights.cause(when, home)
    flagged = (cause != "收入骤减") | aid.archived[home]
    seen = rng.random(len(home)) < np.where(flagged, SEEN[1], SEEN[0])
    return Relapses(home, when, cause, _registers(rng, homes, clean, home), seen)


def _proneness(world: World, clean: NDArray[np.bool_]) -> NDArray[np.float64]:
    """How easily each home falls, whatever happens."""
    homes = world.homes
    poor = np.exp(-0.9 * homes.comfort) * (0.4 + 0.6 * homes.frailty)
    poor *= np.where(clean, 1.0, ASSETS) * np.where(_buffered(world), BUFFER, 1.0)
    return np.asarray(poor * np.where(_carrying(world), CARRIES, 1.0), dtype=np.float64)


def _stressed(aid: Aid) -> NDArray[np.float64]:
    """Monthly hazards of the stress setting, by home."""
    return np.asarray(STRESS_A_YEAR / 12 * np.where(aid.archived, STRESS_FORMER, 1.0))


def _usual(
    hazard: NDArray[np.float64], homes: Homes, aid: Aid, open_to: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """What makes the yearly shares of each kind of home those that are published, by home."""
    scale = np.zeros(len(homes))
    former = aid.former_poor
    kinds = {"former": former, "rural": ~homes.urban & ~former, "urban": homes.urban & ~former}
    for kind, own in kinds.items():
        own_open = own & open_to
        if own_open.any():
            wanted = A_YEAR[kind] / 12 * own.sum() / own_open.sum()
            scale[own_open] = wanted / hazard[:, own_open].mean()
    return scale


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
