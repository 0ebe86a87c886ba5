"""Whom ordinary things may be given to without contradicting a benefit or a planted fact."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months, work
from doudi.synth.folk import marked, positions

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from doudi.synth.world import World

LARGE_SCALE = 0.02
"""Share of quiet rural homes that farm on a large scale."""


def told_of(world: World) -> NDArray[np.bool_]:
    """Homes that planted facts are in or rest on, or that get no help on purpose."""
    rests = {int(world.people.home[p]) for p in world.reserved}
    return marked(len(world.homes), world.used | world.unaided | rests)


def emptied(world: World) -> NDArray[np.int64]:
    """Since which month each home stands empty on purpose, OPEN where it does not."""
    found = np.full(len(world.homes), months.OPEN)
    found[list(world.vacated)] = list(world.vacated.values())
    return found


def quiet_homes(world: World) -> NDArray[np.bool_]:
    """Homes on no register and with nothing planted, whose head lives to the last month."""
    living = world.people.living()[world.homes.head]
    return np.asarray(living & ~world.aid.ever() & ~told_of(world), dtype=bool)


def helped_homes(world: World) -> NDArray[np.bool_]:
    """Homes that some register lists, with nothing planted, whose head lives to the last month."""
    living = world.people.living()[world.homes.head]
    return np.asarray(living & world.aid.ever() & ~told_of(world), dtype=bool)


def drawn(
    rng: Generator, fits: NDArray[np.bool_], share: float | NDArray[np.float64]
) -> NDArray[np.int64]:
    """Positions of a share of what fits, a number or one a position."""
    return np.flatnonzero(fits & (rng.random(len(fits)) < share))


def homes_in(world: World, source: str, column: str) -> NDArray[np.bool_]:
    """Homes of the people whom the rows of a source, written before, name in a column."""
    who = positions(world, world.book.frame(source)[column])
    home = world.people.home[who[who >= 0]]
    return marked(len(world.homes), home[home >= 0].tolist())


def places(world: World, village: NDArray[np.int64], door: NDArray[np.int64]) -> NDArray[np.str_]:
    """Addresses in words: county, township, village and door number."""
    areas = world.areas
    told = np.char.add(areas.town_name[areas.town], areas.name)
    street = np.char.add("合成县", told)[village]
    return np.char.add(np.char.add(street, door.astype("U4")), "号")


def home_places(world: World) -> NDArray[np.str_]:
    """The addresses of all homes in words."""
    door = world.homes.address.astype("U16").view("U1").reshape(-1, 16)[:, 12:]
    digits = np.ascontiguousarray(door).view("U4").reshape(-1).astype(np.int64)
    return places(world, world.homes.village, digits)


def scale_farmers(world: World) -> NDArray[np.int64]:
    """Heads of rural homes on no register who farm on a large scale."""
    people, homes, rng = world.people, world.homes, world.block.stream("scale_farmers")
    head, age = homes.head, people.age()[homes.head]
    fits = quiet_homes(world) & ~homes.urban & (age > 25) & (age < 66)
    fits &= (world.jobs.kind[head] == work.NONE) & ~np.isin(head, world.migrants.person)
    return head[drawn(rng, fits, LARGE_SCALE)]


def at_home(
    world: World, *, low: float, high: float
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """People of quiet archived homes who neither work away nor have a job; everyone's home."""
    people, age = world.people, world.people.age()
    home = np.where(people.home < 0, 0, people.home)
    fits = (people.home >= 0) & (world.aid.archived & quiet_homes(world))[home] & people.living()
    fits &= (age > low) & (age < high) & (world.jobs.kind == work.NONE)
    fits[world.migrants.person] = False
    return fits, home
