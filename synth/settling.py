"""Who lives with whom: couples, their children, the divorced, old parents with a son."""

# ruff: noqa: PLR2004 - ages and shares of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth.people import NOBODY

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from doudi.synth.people import People


def settle(
    rng: Generator, people: People, generation: NDArray[np.int64], households: int
) -> NDArray[np.int64]:
    """Give everyone a home; returns each home's anchor person.

    Couples live alone or with a son; the divorced apart, children with one of them. Exactly
    ``households`` homes with somebody in them are kept; the others have left the county.
    """
    home = np.full(len(people), NOBODY)
    _house_couples(rng, people, generation, home)
    for number in (1, 2, 3):
        _house_single(rng, people, np.flatnonzero((generation == number) & (home == NOBODY)), home)
    _join_parents(rng, people, home)
    _house_adults(people, home)
    lived_in = np.unique(home[~people.gone])
    kept = np.sort(rng.permutation(lived_in)[:households])
    place = np.searchsorted(kept, home)
    place = np.minimum(place, len(kept) - 1)
    stays = kept[place] == home
    people.gone |= ~stays
    people.home = np.where(people.gone, NOBODY, place)
    return kept


def _house_couples(
    rng: Generator, people: People, generation: NDArray[np.int64], home: NDArray[np.int64]
) -> None:
    """A home is named after its husband, or after the person who lives apart."""
    men = np.flatnonzero(people.male & (people.spouse != NOBODY))
    with_parents = (generation[men] == 2) & (rng.random(len(men)) < 0.4)
    own = men[~with_parents]
    home[own] = own
    young = men[with_parents]
    fathers = people.father[young]
    home[young] = np.where(people.spouse[fathers] != NOBODY, fathers, young)
    home[people.spouse[men]] = home[men]
    apart = np.flatnonzero((people.former != NOBODY) & (people.spouse == NOBODY))
    home[apart] = apart


def _house_single(
    rng: Generator, people: People, own: NDArray[np.int64], home: NDArray[np.int64]
) -> None:
    """Unmarried people live with a parent until about thirty, then often alone."""
    parent = np.where(rng.random(len(own)) < 0.6, people.mother[own], people.father[own])
    age = people.age()[own]
    stays = rng.random(len(own)) < np.interp(age, [22, 30, 40], [1.0, 0.6, 0.3])
    home[own] = np.where(stays, home[parent], own)


def _join_parents(rng: Generator, people: People, home: NDArray[np.int64]) -> None:
    """Four in ten old couples live with one of their children's families."""
    child = np.flatnonzero((people.father != NOBODY) & people.male & (people.spouse != NOBODY))
    child = child[people.father[people.father[child]] == NOBODY]
    child = child[rng.permutation(len(child))]
    father, first = np.unique(people.father[child], return_index=True)
    joins = rng.random(len(father)) < 0.42
    father, son = father[joins], child[first[joins]]
    home[father] = home[son]
    mother = people.spouse[father]
    wed = mother != NOBODY
    home[mother[wed]] = home[son[wed]]


def _house_adults(people: People, home: NDArray[np.int64]) -> None:
    """No child is left in a home without adults: it goes to its mother's home."""
    adult = (people.age() >= 18) & ~people.gone
    held = np.zeros(len(people) + 1, dtype=bool)
    held[home[adult]] = True
    alone = np.flatnonzero(~held[home] & ~people.gone)
    home[alone] = home[people.mother[alone]]
