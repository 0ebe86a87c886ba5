"""What several planted codes share: the order of cases and lookalikes, and which homes are modest."""

# ruff: noqa: PLR2004 - ages and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.lookback import plain_homes
from doudi.synth.plant import LOOKALIKES, lookalikes, wanted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from doudi.synth.benefits import Dibao
    from doudi.synth.world import World

CASE = ""
"""Instead of a lookalike's reason."""


def turns(
    world: World, code: str, base: int, clearings: Sequence[str]
) -> Iterator[tuple[int, str]]:
    """Each case with its two lookalikes behind it, whose reasons come in turn."""
    cases = wanted(world, code, base)
    wished = lookalikes(cases, len(clearings))
    for turn in range(cases):
        yield turn, CASE
        last = wished if turn == cases - 1 else LOOKALIKES * (turn + 1)
        for place in range(LOOKALIKES * turn, last):
            yield place, clearings[place % len(clearings)]


def role_of(clearing: str) -> str:
    """Whether this is a case or a lookalike."""
    return "decoy" if clearing else "case"


def is_idle(world: World, person: int) -> bool:
    """Whether somebody lives here, has no job and no minor children."""
    people = world.people
    young = [c for c in world.kin.children(person) if people.age()[c] < 18]
    return people.lives(person) and world.jobs.kind[person] == 0 and not young


def idle_member(world: World, case: Dibao, *, low: float, high: float) -> int | None:
    """A member in years of age without job and minor children; not the head if there is another."""
    age = world.people.age()
    found = [
        m.person
        for m in case.members
        if low <= age[m.person] < high and is_idle(world, m.person) and m.added <= case.start
    ]
    others = [p for p in found if p != case.head]
    return next(iter(others or found), None)


def modest_homes(world: World, code: str, *, comfort: float = 0.6, cars: bool = False) -> list[int]:
    """Modest homes on no register, in a hukou book of their own, with nothing else to tell."""
    people, homes, shocks = world.people, world.homes, world.shocks
    fits = plain_homes(world) & (homes.comfort < comfort) & (cars | ~world.assets.car)
    fits &= ~world.assets.second
    fits &= (shocks.disaster > months.LAST) & people.living()[homes.head]
    fits &= np.bincount(homes.book, minlength=len(homes))[homes.book] == 1
    owners = np.concatenate([world.firms.owner, world.firms.business_owner])
    taken = [*world.reserved, *world.officials.person, *owners[owners >= 0].tolist()]
    here = people.home >= 0
    troubled = here & ((shocks.severe <= months.LAST) | (people.dead_month() <= months.LAST))
    troubled |= here & world.jobs.lost()
    fits[people.home[troubled]] = False
    fits[[int(people.home[p]) for p in taken if people.home[p] >= 0]] = False
    fits[[h for h, month in world.relapse_months.items() if month <= months.LAST + 1]] = False
    rng = world.block.stream(f"{code} homes")
    return [int(h) for h in rng.permutation(np.flatnonzero(fits))]
