"""Planted: one adult who carries dependants in several homes (L22), and such as are helped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months, work
from doudi.synth.care import help_once
from doudi.synth.cases_leak import household_of
from doudi.synth.folk import marked
from doudi.synth.people import NOBODY
from doudi.synth.plant import lookalikes, wanted
from doudi.synth.quiet import quiet_homes
from doudi.synth.truth import about_need

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from doudi.synth.world import World

CHILD, OLD = 16, 75
"""Age below and from which somebody depends on others."""
CARER = (22, 66)
SEVERE = 2
CARRIED = 3
"""Dependants that are too many for one adult."""


def plant_carers(world: World) -> None:
    """L22 with needs of the same kind that are shared or were met."""
    _carers(world, world.block.stream("L22"))


def _dependants(world: World) -> NDArray[np.int64]:
    """By person: the month since which others must care for them, OPEN where nobody must."""
    people, age = world.people, world.people.age(months.LAST + 1)
    here = (people.home != NOBODY) & people.living()
    taken = world.aid.ever() | marked(len(world.homes), world.used)
    here &= ~taken[np.where(people.home == NOBODY, 0, people.home)]
    born = months.index_of(people.birth)
    severe = (world.grade > 0) & (world.grade <= SEVERE)
    since = np.select(
        [age < CHILD, age >= OLD, severe], [born, born + 12 * OLD, world.cert_from], months.OPEN
    )
    return np.where(here, since, months.OPEN)


def _burdens(world: World) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of an adult and a child, parent or spouse who depends on somebody."""
    people, since = world.people, _dependants(world)
    every = np.arange(len(people))
    pairs = []
    for kin in (people.father, people.mother):
        known = every[kin != NOBODY]
        pairs += [(kin[known], known), (known, kin[known])]
    married = every[people.spouse != NOBODY]
    pairs.append((married, people.spouse[married]))
    carer, other = (np.concatenate(column) for column in zip(*pairs, strict=True))
    kept = since[other] < months.OPEN
    return carer[kept], other[kept]


def _carers(world: World, rng: Generator) -> None:
    """L22: one adult, three dependants in several homes; lookalikes share it or were helped."""
    alone, shared, since = _carrying(world)
    cases = wanted(world, "L22", len(alone))
    own_book = np.bincount(world.homes.book, minlength=len(world.homes)) == 1
    alone = rng.permutation(alone)
    fits = alone[own_book[world.homes.book[world.people.home[alone]]]]
    chosen = fits[:cases].tolist()
    carer, other = _burdens(world)
    world.reserved |= set(other[np.isin(carer, chosen)].tolist())
    others = alone[~np.isin(alone, chosen)].tolist()
    count = lookalikes(cases, 2)
    for person in others:  # few: whoever is not planted has been helped
        help_once(world, person, months.LAST - 3, "照护负担", 1_800.0, day=13)
    siblings = rng.permutation(shared).tolist()
    helped = others[: count // 2]
    plans = [(p, "case", "several homes") for p in chosen]
    plans += [(p, "decoy", "helped") for p in helped]
    plans += [(p, "decoy", "siblings share") for p in siblings[: count - len(helped)]]
    for person, role, difficulty in plans:
        home = world.home_of(person)
        if not world.is_free(home):
            continue
        if role == "case":
            world.unaided.add(home)
            world.well.add(home)
        about_need(
            world,
            "L22",
            household_of(world, person),
            person,
            max(int(since[person]), months.FIRST_PAID),
            role=role,
            difficulty=difficulty,
        )


def _carrying(
    world: World,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Who carries three or more alone, who with living siblings, and since which month."""
    people, count = world.people, len(world.people)
    carer, other = _burdens(world)
    begun = _dependants(world)[other]
    order = np.lexsort((begun, carer))
    carer, other, begun = carer[order], other[order], begun[order]
    many = np.bincount(carer, minlength=count)
    apart = np.zeros(count, dtype=bool)
    apart[carer[people.home[carer] != people.home[other]]] = True
    rank = np.arange(len(carer)) - np.searchsorted(carer, carer)
    since = np.full(count, months.OPEN)
    since[carer[rank == CARRIED - 1]] = begun[rank == CARRIED - 1]
    home, age = np.where(people.home == NOBODY, 0, people.home), people.age()
    fits = (people.home != NOBODY) & quiet_homes(world)[home] & people.living()
    fits &= (age > CARER[0]) & (age < CARER[1]) & (many >= CARRIED) & apart
    fits &= (_dependants(world) == months.OPEN) & (_earners(world)[home] <= 1)
    fits[
        np.setdiff1d(np.arange(count), np.unique(np.where(fits, home, -1), return_index=True)[1])
    ] = False
    sharing = _siblings(world)
    return np.flatnonzero(fits & ~sharing), np.flatnonzero(fits & sharing), since


def _earners(world: World) -> NDArray[np.int64]:
    """People with a wage in each home."""
    people, jobs = world.people, world.jobs
    earns = (jobs.kind != work.NONE) & (people.home != NOBODY) & people.living()
    earns[world.migrants.person] = True
    return np.bincount(people.home[earns & (people.home != NOBODY)], minlength=len(world.homes))


def _siblings(world: World) -> NDArray[np.bool_]:
    """Whose parents have another living child in the county."""
    people = world.people
    here = (people.father != NOBODY) & (people.home != NOBODY) & people.living()
    children = np.bincount(people.father[here], minlength=len(people))
    father = np.where(people.father == NOBODY, 0, people.father)
    return np.asarray((people.father != NOBODY) & (children[father] > 1), dtype=bool)
