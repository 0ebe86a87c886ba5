"""Generations of children: when they are born, and which of them are twins."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from doudi.synth.people import NEVER, NOBODY, TODAY, YEAR

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

TWINS = 0.0164
"""Share of children born as twins: 16.4 per 1000 births in 2007, 18.8 from 2007 to 2014.

Deng C. and others, PLoS ONE 14(1), 2019, e0209962, from the national surveillance of birth defects.
"""
SAME_SEX = 0.75
"""Share of pairs of one sex: half of all are identical, and half of the others happen to be."""
APART = (330, 900)
"""Days from one birth of a mother to the next, where the years drawn lie closer together."""
LATEST = TODAY - np.timedelta64(7, "D")


@dataclass
class Tree:
    """People while the generations grow."""

    male: NDArray[np.bool_]
    birth: NDArray[Any]
    father: NDArray[np.int64]
    mother: NDArray[np.int64]
    spouse: NDArray[np.int64]
    wed: NDArray[Any]
    generation: NDArray[np.int64]

    def grow(self, more: Tree) -> Tree:
        """This tree with one more generation."""
        fields = self.__dataclass_fields__
        return Tree(
            **{name: np.concatenate([getattr(self, name), getattr(more, name)]) for name in fields}
        )


def founders(rng: Generator, couples: int) -> Tree:
    """Old couples, men first, then their wives."""
    age = rng.normal(70.5, 8, couples)
    age = np.where((age < 57) | (age > 94), rng.uniform(60, 88, couples), age)
    man = TODAY - (age * YEAR).astype("timedelta64[D]")
    wife = man + (rng.normal(2, 2.5, couples) * YEAR).astype("timedelta64[D]")
    wed = np.maximum(man, wife) + (rng.uniform(20, 25, couples) * YEAR).astype("timedelta64[D]")
    none = np.full(2 * couples, NOBODY)
    order = np.arange(couples)
    return Tree(
        male=np.arange(2 * couples) < couples,
        birth=np.concatenate([man, wife]),
        father=none,
        mother=none.copy(),
        spouse=np.concatenate([order + couples, order]),
        wed=np.concatenate([wed, wed]),
        generation=np.zeros(2 * couples, dtype=np.int64),
    )


def children(
    rng: Generator, twins: Generator, tree: Tree, generation: int, shares: tuple[float, ...]
) -> Tree:
    """Children of the couples of the generation before.

    ``twins`` is the stream that says which of them are, and how far apart the others are born.
    """
    mothers = np.flatnonzero(
        ~tree.male & (tree.spouse != NOBODY) & (tree.generation == generation - 1)
    )
    mother = np.repeat(mothers, rng.choice(len(shares), len(mothers), p=shares))
    age = rng.uniform(20.5, 35 if generation == 1 else 33, len(mother))
    birth = tree.birth[mother] + (age * YEAR).astype("timedelta64[D]")
    after = tree.wed[mother] + rng.integers(280, 900, len(mother)).astype("timedelta64[D]")
    birth = np.maximum(birth, after)
    kept = (birth < TODAY) & ((birth - tree.birth[mother]).astype(np.int64) < 44 * YEAR)
    mother, birth = mother[kept], birth[kept]
    count = len(mother)
    male = rng.random(count) < 0.511
    return Tree(
        male=male,
        birth=_spaced(twins, mother, birth, male),
        father=tree.spouse[mother],
        mother=mother,
        spouse=np.full(count, NOBODY),
        wed=np.full(count, NEVER),
        generation=np.full(count, generation, dtype=np.int64),
    )


def _spaced(
    rng: Generator, mother: NDArray[np.int64], birth: NDArray[Any], male: NDArray[np.bool_]
) -> NDArray[Any]:
    """Births of a mother on one day, or most of a year apart and more."""
    order = np.lexsort((np.arange(len(mother)), birth, mother))
    days, whose = birth[order].astype("datetime64[D]").astype(np.int64), mother[order]
    ranks = np.arange(len(order)) - np.searchsorted(whose, whose)
    twin = _twins(rng, whose, days, male[order])
    least = np.where(twin, 0, rng.integers(*APART, len(order)))
    for rank in range(1, int(ranks.max(initial=0)) + 1):
        at = np.flatnonzero(ranks == rank)
        gap = days[at] - days[at - 1]
        near = twin[at] | (gap < APART[0])
        days[at] = np.where(near, days[at - 1] + least[at], days[at])
    last = LATEST.astype(np.int64)
    for rank in range(int(ranks.max(initial=0)), 0, -1):
        at = np.flatnonzero(ranks == rank)
        days[at] = np.minimum(days[at], last)
        room = np.where(twin[at], 0, APART[0])
        days[at - 1] = np.minimum(days[at - 1], days[at] - room)
    found = np.empty(len(order), dtype="datetime64[D]")
    found[order] = days.astype("datetime64[D]")
    return found


def _twins(
    rng: Generator, mother: NDArray[np.int64], days: NDArray[np.int64], male: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Whether each child, in order of mothers and births, is the twin of the one before it.

    Pairs are made of brothers and sisters drawn less than a year apart, so that families keep
    their size; no mother has two.
    """
    second = np.flatnonzero((mother[1:] == mother[:-1]) & (np.diff(days) < 365)) + 1
    second = rng.permutation(second)
    _, first = np.unique(mother[second], return_index=True)
    second = second[np.sort(first)]
    wanted = round(TWINS / 2 * len(mother))
    alike = male[second] == male[second - 1]
    same = round(SAME_SEX * wanted)
    found = np.zeros(len(mother), dtype=bool)
    found[second[alike][:same]] = True
    found[second[~alike][: wanted - same]] = True
    return found
