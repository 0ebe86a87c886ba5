"""People of four generations: births, marriages, divorces, names and deaths."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months, names, numbers
from doudi.synth.births import Tree, children, founders
from doudi.synth.marriages import divorce, marry, remarry
from doudi.synth.people import NEVER, NOBODY, People

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator
    from numpy.typing import NDArray

FOUNDERS_PER_HOUSEHOLD = 0.584
SIBLINGS = 4
"""No mother has more children."""


def grow_people(
    stream: Callable[[str], Generator], rng: Generator, households: int, area: int
) -> tuple[People, NDArray[np.int64]]:
    """People for somewhat more than the wanted households, and each one's generation.

    ``area`` is the first six digits of their numbers; ``stream`` gives the random stream of a name.
    """
    tree = founders(rng, round(households * FOUNDERS_PER_HOUSEHOLD))
    twins = stream("twins")
    for number, shares in ((1, (0.03, 0.2, 0.42, 0.35)), (2, (0.08, 0.36, 0.42, 0.14))):
        tree = tree.grow(children(rng, twins, tree, number, shares))
        marry(rng, tree, number)
    tree = tree.grow(children(rng, twins, tree, 3, (0.25, 0.5, 0.25, 0.0)))
    people = _named(rng, stream("twins' names"), tree, area)
    divorce(rng, stream("divorces"), people, tree.generation)
    _let_die(rng, people, tree.generation)
    remarry(stream("second marriages"), people, tree.generation)
    return people, tree.generation


def _named(rng: Generator, twins: Generator, tree: Tree, area: int) -> People:
    """Numbers, names, accounts and telephones for everyone."""
    count = len(tree.male)
    surname = names.surnames(rng, count)
    for generation in (1, 2, 3):
        own = np.flatnonzero(tree.generation == generation)
        surname[own] = surname[tree.father[own]]
    given = names.given_names(rng, tree.male)
    _name_apart(twins, tree, given)
    return People(
        number=numbers.person_numbers(tree.birth, tree.male, area=area),
        name=np.char.add(surname, given),
        male=tree.male,
        birth=tree.birth,
        father=tree.father,
        mother=tree.mother,
        spouse=tree.spouse,
        former=np.full(count, NOBODY),
        wed=tree.wed,
        split=np.full(count, NEVER),
        again=np.full(count, NEVER),
        death=np.full(count, NEVER),
        gone=np.zeros(count, dtype=bool),
        home=np.full(count, NOBODY),
        account=numbers.hashes(rng, count),
        phone=numbers.hashes(rng, count),
        status=np.full(count, "正常", dtype="U3"),
    )


def _name_apart(rng: Generator, tree: Tree, given: NDArray[np.str_]) -> None:
    """Twins often share a sign; nobody is named like the father, a brother or a sister."""
    born = np.flatnonzero(tree.mother != NOBODY)
    order = born[np.lexsort((born, tree.birth[born], tree.mother[born]))]
    mother, birth = tree.mother[order], tree.birth[order]
    second = np.flatnonzero((mother[1:] == mother[:-1]) & (birth[1:] == birth[:-1])) + 1
    names.share_sign(rng, given, order[second - 1], order[second])
    ranks = np.arange(len(order)) - np.searchsorted(mother, mother)
    for generation in (1, 2, 3):
        for rank in range(SIBLINGS):
            at = np.flatnonzero((ranks == rank) & (tree.generation[order] == generation))
            elders = [tree.father[order[at]], *(order[at - back] for back in range(1, rank + 1))]
            names.tell_apart(given, tree.male, order[at], elders)


def _let_die(rng: Generator, people: People, generation: NDArray[np.int64]) -> None:
    """Founders who died before the timeline, and deaths of the aged during it."""
    age = people.age(0)
    early = np.interp(age, [60, 70, 80, 90], [0.05, 0.16, 0.4, 0.65])
    people.gone |= (generation == 0) & (rng.random(len(people)) < early)
    yearly = np.interp(age, [55, 65, 75, 85, 95], [0.002, 0.015, 0.042, 0.105, 0.22])
    month = np.floor(rng.exponential(1.0, len(people)) / np.maximum(yearly / 12, 1e-9))
    dies = (month <= months.FUTURE) & ~people.gone & (month > months.index_of(people.birth))
    day = rng.integers(1, 29, len(people))
    people.death[dies] = months.day_in(month[dies].astype(np.int64), day[dies])
