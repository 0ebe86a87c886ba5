"""Children whom couples without kinship adopted, mostly from a children's home."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.folk import outsiders, some
from doudi.synth.people import NOBODY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.world import World

SHARE = 0.0015
"""Share of children under age; ours: about one adoption is registered to a thousand births."""
SOONEST, LATEST = 200, 1600
"""Days from birth to adoption."""


def adopted(world: World) -> NDArray[np.int64]:
    """Children of couples outside the registers who were adopted; once planting is over.

    Their parents are the adoptive ones; nobody knows who bore them, so they have no birth
    certificate.
    """
    people, rng = world.people, world.block.stream("adoption_registration")
    free, age = outsiders(world), people.age()
    return some(rng, np.flatnonzero(_fits(world, free, age)), SHARE)


def _fits(world: World, free: NDArray[np.bool_], age: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Who lives under age with both parents, and is no twin."""
    people = world.people
    father, mother = people.father, people.mother
    young = free & (age < 18) & (age > LATEST / 365) & (father != NOBODY)
    young &= free[father] & free[mother] & (people.spouse[father] == mother)
    young &= (people.home == people.home[father]) & (people.home == people.home[mother])
    return np.asarray(young & ~_twin(world), dtype=bool)


def _twin(world: World) -> NDArray[np.bool_]:
    """Who was born on the day on which a child of the same mother was."""
    people = world.people
    days = people.birth.astype("datetime64[D]").astype(np.int64)
    order = np.lexsort((days, people.mother))
    alike = (people.mother[order][1:] == people.mother[order][:-1]) & (np.diff(days[order]) == 0)
    found = np.zeros(len(people), dtype=bool)
    found[order[1:][alike]] = found[order[:-1][alike]] = True
    return found


def write_adoptions(world: World) -> None:
    """Rows of adoption_registration for them."""
    people = world.people
    child = adopted(world)
    rng = world.block.stream("adoption_registration day")
    lag = rng.integers(SOONEST, LATEST, len(child)).astype("timedelta64[D]")
    day = people.birth[child].astype("datetime64[D]") + lag
    father, mother = people.number[people.father[child]], people.number[people.mother[child]]
    world.book.add(
        "adoption_registration",
        known=np.maximum(months.index_of(day), 0),
        adopter_ids=np.char.add(np.char.add(father, ";"), mother),
        adoptee_id=people.number[child],
        adoption_date=day,
        dissolved_date=np.full(len(child), np.datetime64("NaT", "D")),
        adoptee_name=people.name[child],
    )
