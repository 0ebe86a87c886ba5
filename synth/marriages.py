"""Who marries whom, whose marriage ends, and who marries again."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from doudi.synth.people import NEVER, NOBODY, YEAR

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from doudi.synth.births import Tree
    from doudi.synth.people import People

MARRIED = 0.9
DIVORCED = 0.06
TIMELINE = np.datetime64("2022-01-01")
"""Divorces are older than that."""
LAST_WEDDING = np.datetime64("2024-06-01")
RECONCILED = 0.08
"""Share of divorced couples who marry each other again; ours, no figure was found."""
AGAIN = 0.5
"""Share of the other divorced people who look for somebody else; ours.

In the nation 22.3 % of all who married in 2023 had been married before: 7.6821 million couples, of
whom 11.9398 million people for the first time (China Statistical Yearbook 2024).
"""
WIDOWED_AGAIN = 0.08
"""Share of the old and widowed who do; ours: few of the old register it."""


def marry(rng: Generator, tree: Tree, generation: int) -> None:
    """Pair men and women of a generation by age; brothers and sisters never."""
    own = tree.generation == generation
    men = np.flatnonzero(own & tree.male & (rng.random(len(own)) < MARRIED))
    women = np.flatnonzero(own & ~tree.male & (rng.random(len(own)) < MARRIED + 0.04))
    years = tree.birth.astype(np.int64) / YEAR
    men = men[np.argsort(years[men] + rng.normal(0, 1.5, len(men)))]
    women = women[np.argsort(years[women] - 2 + rng.normal(0, 1.5, len(women)))]
    count = min(len(men), len(women))
    man, woman = men[:count], women[:count]
    older = np.maximum(tree.birth[man], tree.birth[woman])
    wed = older + (rng.uniform(21, 27, count) * YEAR).astype("timedelta64[D]")
    fits = (tree.father[man] != tree.father[woman]) & (wed < LAST_WEDDING)
    fits &= np.abs(years[man] - years[woman]) < 11
    man, woman, wed = man[fits], woman[fits], wed[fits]
    tree.spouse[man], tree.spouse[woman] = woman, man
    tree.wed[man], tree.wed[woman] = wed, wed


def divorce(
    rng: Generator, later: Generator, people: People, generation: NDArray[np.int64]
) -> None:
    """Some marriages of the middle generations end, after the last common child was born."""
    men = np.flatnonzero(
        people.male
        & (people.spouse != NOBODY)
        & (generation > 0)
        & (rng.random(len(people)) < DIVORCED)
    )
    split = people.wed[men] + rng.integers(900, 5000, len(men)).astype("timedelta64[D]")
    lag = later.integers(200, 1500, len(men)).astype("timedelta64[D]")
    split = np.maximum(split, _last_birth(people)[men] + lag)
    men, split = men[split < TIMELINE], split[split < TIMELINE]
    women = people.spouse[men]
    people.former[men], people.former[women] = women, men
    people.spouse[men] = people.spouse[women] = NOBODY
    people.split[men], people.split[women] = split, split


def _last_birth(people: People) -> NDArray[Any]:
    """When each man's last child was born; long ago for those who have none."""
    days = np.full(len(people), -100_000)
    child = np.flatnonzero(people.father != NOBODY)
    np.maximum.at(days, people.father[child], people.birth[child].astype(np.int64))
    found: NDArray[Any] = days.astype("datetime64[D]")
    return found


def remarry(rng: Generator, people: People, generation: NDArray[np.int64]) -> None:
    """Some of the divorced marry each other again, others somebody else; some of the widowed too."""
    men = np.flatnonzero(people.male & people.parted())
    day = people.split[men] + rng.integers(150, 1600, len(men)).astype("timedelta64[D]")
    back = (rng.random(len(men)) < RECONCILED) & _alive(people, men, people.former[men], day)
    _wed_again(people, men[back], people.former[men[back]], day[back])
    looks = people.parted() & (people.spouse == NOBODY) & (rng.random(len(people)) < AGAIN)
    widowed = _widowed(people) & (rng.random(len(people)) < WIDOWED_AGAIN)
    for each in range(int(generation.max()) + 1):
        own = np.flatnonzero((looks | widowed) & (generation == each))
        _pair_again(rng, people, own)


def _widowed(people: People) -> NDArray[np.bool_]:
    """Who outlived a spouse before the timeline, and is not too old for another."""
    spouse = people.spouse
    left = ~people.gone & (spouse != NOBODY) & people.gone[spouse]
    return np.asarray(left & (people.age(0) < 78), dtype=bool)


def _pair_again(rng: Generator, people: People, own: NDArray[np.int64]) -> None:
    """Pair men and women who look for somebody by age; never with the former one or with kin."""
    years = people.birth.astype(np.int64) / YEAR
    men, women = own[people.male[own]], own[~people.male[own]]
    men = men[np.argsort(years[men] + rng.normal(0, 1.5, len(men)))]
    women = women[np.argsort(years[women] - 2 + rng.normal(0, 1.5, len(women)))]
    count = min(len(men), len(women))
    man, woman = men[:count], women[:count]
    free = np.maximum(_free_since(people, man), _free_since(people, woman))
    day = free + rng.integers(300, 2600, count).astype("timedelta64[D]")
    fits = _alive(people, man, woman, day) & (np.abs(years[man] - years[woman]) < 11)
    fits &= (people.former[man] != woman) & (people.spouse[man] != woman)
    fits &= (people.father[man] == NOBODY) | (people.father[man] != people.father[woman])
    man, woman, day = man[fits], woman[fits], day[fits]
    for who in (man, woman):
        lost = who[people.spouse[who] != NOBODY]
        dead = people.spouse[lost]
        people.former[lost], people.former[dead] = dead, lost
        people.spouse[dead] = NOBODY
    _wed_again(people, man, woman, day)


def _free_since(people: People, who: NDArray[np.int64]) -> NDArray[Any]:
    """Since when people could marry again: the divorce, or for the widowed their fifty-eighth birthday."""
    old = people.birth[who].astype("datetime64[D]") + np.timedelta64(int(58 * YEAR), "D")
    return np.asarray(np.where(np.isnat(people.split[who]), old, people.split[who]))


def _alive(
    people: People, man: NDArray[np.int64], woman: NDArray[np.int64], day: NDArray[Any]
) -> NDArray[np.bool_]:
    """Whether a wedding is early enough, and both live to see it."""
    fits = day < LAST_WEDDING
    for who in (man, woman):
        fits &= np.isnat(people.death[who]) | (day < people.death[who])
    return np.asarray(fits & ~people.gone[man] & ~people.gone[woman], dtype=bool)


def _wed_again(
    people: People, man: NDArray[np.int64], woman: NDArray[np.int64], day: NDArray[Any]
) -> None:
    """A second wedding; the day of the first stays."""
    people.spouse[man], people.spouse[woman] = woman, man
    people.again[man], people.again[woman] = day, day


def never_parted(people: People, homes: NDArray[np.bool_]) -> None:
    """Take divorce and second wedding from couples of some homes who married each other again.

    Nothing in the files could tell theirs from a divorce on paper.
    """
    back = np.flatnonzero(~np.isnat(people.again) & (people.spouse == people.former))
    back = back[(people.home[back] != NOBODY) & homes[people.home[back]]]
    people.former[back] = NOBODY
    people.split[back], people.again[back] = NEVER, NEVER
