"""What several sources ask: who is an ordinary resident, and what other sources already say."""

# ruff: noqa: PLR2004 - ages of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from doudi.synth import months
from doudi.synth.people import NOBODY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.world import World


def told(world: World, source: str, *fields: str) -> list[NDArray[Any]]:
    """Columns of the rows that a source has so far, one array a field."""
    rows = world.book.frame(source)
    found = []
    for field in fields:
        column = rows[field].combine_chunks()
        if pa.types.is_dictionary(column.type):
            column = column.dictionary_decode()
        found.append(column.to_numpy(zero_copy_only=False))
    return found


def home_of(world: World) -> NDArray[np.int64]:
    """The home of everybody, 0 for those who live nowhere in the county."""
    return np.where(world.people.home < 0, 0, world.people.home)


def plain_homes(world: World) -> NDArray[np.bool_]:
    """Homes on no register in which nothing is planted, needs without help included."""
    fits = ~world.aid.ever()
    fits[sorted(world.used | world.unaided)] = False
    return fits


def ordinary(world: World, *, low: float = 18, high: float = 150) -> NDArray[np.bool_]:
    """Living people in years of age, from plain homes, on whom no planted fact rests."""
    people, age = world.people, world.people.age()
    fits = (people.home >= 0) & plain_homes(world)[home_of(world)] & people.living()
    fits &= (age >= low) & (age < high) & (people.status == "正常")
    fits[sorted(world.reserved | set(world.officials.person))] = False
    return fits


def without_work(world: World) -> NDArray[np.bool_]:
    """Who has no job, no firm and does not work away."""
    people = world.people
    idle = world.jobs.kind == 0
    idle[world.migrants.person] = False
    owners = np.concatenate([world.firms.owner, world.firms.business_owner])
    idle[owners[owners >= 0]] = False
    return np.asarray(idle & (people.home >= 0), dtype=bool)


def parents_of_minors(world: World) -> NDArray[np.bool_]:
    """Who has a child below 18 in the last delivered month."""
    people = world.people
    found = np.zeros(len(people) + 1, dtype=bool)
    young = people.age() < 18
    found[people.father[young]] = True
    found[people.mother[young]] = True
    return found[:-1] & (np.arange(len(people)) >= 0)


def keeper_of(
    world: World, who: NDArray[np.int64], *, low: float, high: float
) -> NDArray[np.int64]:
    """For each person another adult of the home, the oldest below ``high``; NOBODY without one."""
    people, age = world.people, world.people.age()
    fits = (people.home >= 0) & people.living() & (age >= low) & (age < high)
    fits[world.migrants.person] = False
    grown = np.flatnonzero(fits)
    grown = grown[np.lexsort((-age[grown], people.home[grown]))]
    homes, first = np.unique(people.home[grown], return_index=True)
    best = np.full(len(world.homes) + 1, NOBODY)
    best[homes] = grown[first]
    second = np.full(len(world.homes) + 1, NOBODY)
    later = np.setdiff1d(np.arange(len(grown)), first)
    more, at = np.unique(people.home[grown[later]], return_index=True)
    second[more] = grown[later[at]]
    home = people.home[who]
    return np.where(best[home] == who, second[home], best[home])


def draw(
    world: World, source: str, who: NDArray[np.bool_], share: float, least: int = 1
) -> NDArray[np.int64]:
    """A share of the people who fit, in order, and as many as ``least`` if there are so many."""
    rng = world.block.stream(f"{source} people")
    own = np.flatnonzero(who)
    count = min(len(own), max(round(share * len(own)), least))
    return np.asarray(np.sort(rng.permutation(own)[:count]), dtype=np.int64)


def day_of(month: NDArray[np.int64] | int, rng: np.random.Generator) -> NDArray[Any]:
    """A random day of each month; NaT where the month is OPEN."""
    return months.day_in(month, rng.integers(2, 28, np.shape(month)))
