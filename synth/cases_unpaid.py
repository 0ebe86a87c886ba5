"""Planted needs: wages that were not paid (L19), and files that nobody handed on (L14)."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months, work
from doudi.synth.cases_leak import household_of
from doudi.synth.cases_plan import modest_homes
from doudi.synth.courts import ROLES, case_numbers, enforcement
from doudi.synth.folk import marked, outsiders
from doudi.synth.labour import project_wages
from doudi.synth.plant import lookalikes, wanted
from doudi.synth.registers import event
from doudi.synth.truth import about_need
from doudi.synth.union import files

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from doudi.synth.world import World

SERIALS = 70_000
"""Planted court cases of needs are numbered from here on."""
UNPAID = 3
"""Months without pay before somebody should ask."""
OWED = 34_000.0


def plant_unpaid(world: World) -> None:
    """L19 and L14 with needs that were met."""
    _plant_wages(world)
    _plant_files(world)


def modest_people(world: World, code: str, fits: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Who fits in modest homes in which nothing else happens, one a home, in random order."""
    people = world.people
    order = np.full(len(world.homes), months.OPEN)
    chosen = np.array(modest_homes(world, code), dtype=np.int64)
    order[chosen] = np.arange(len(chosen))
    fits = fits & outsiders(world) & (people.age() > 24) & (people.age() < 56)
    own = np.flatnonzero(fits & (order[people.home] < months.OPEN))
    own = own[np.unique(people.home[own], return_index=True)[1]]
    return own[np.argsort(order[people.home[own]])]


def _plant_wages(world: World) -> None:
    """Builders whose project stopped paying, and creditors of whom nothing could be seized."""
    rng = world.block.stream("L19 rows")
    cases = wanted(world, "L19", len(world.homes))
    away = world.migrants
    builds = marked(
        len(world.people), away.person[away.builds & (away.until > months.LAST)].tolist()
    )
    pool = modest_people(world, "L19", builds)
    turns = cases + lookalikes(cases, 1)
    for turn, person in enumerate(pool[:turns].tolist()):
        met = turn >= cases
        if turn % 2:
            first = _creditor(world, person, paid=met)
        else:
            first = _project(world, rng, person, paid=met)
        if not met:
            world.unaided.add(world.home_of(person))
        role = "decoy" if met else "case"
        about_need(world, "L19", household_of(world, person), person, first, role=role)


def _project(world: World, rng: Generator, person: int, *, paid: bool) -> int:
    """Wages of which the last months, or for met needs some earlier ones, were paid late or never.

    Returns:
        The second month without pay.
    """
    month = np.arange(months.LAST - 14, months.LAST + 1)
    last = months.LAST - (4 if paid else 0)
    owed = (month > last - UNPAID) & (month <= last)
    gross = np.full(len(month), round(float(rng.uniform(4_600, 6_400)), -1))
    if paid:
        gross[month == last + 1] *= UNPAID + 1
    firm = str(world.firms.code[int(rng.integers(len(world.firms.code)))])
    project_wages(
        world,
        np.full(len(month), person),
        f"XM{world.block.number:02d}8{person:06d}",
        firm,
        month,
        gross,
        net=np.where(owed, 0.0, np.round(gross * 0.95, 2)),
    )
    return last - UNPAID + 2


def _creditor(world: World, person: int, *, paid: bool) -> int:
    """Owed wages that a court could not, or could, bring in."""
    filed, closed = np.array([months.LAST - 15]), np.array([months.LAST - 5])
    number = case_numbers(world, np.array([SERIALS + person]), filed, "执")
    status = "执行完毕" if paid else "终结本次执行"
    enforcement(
        world,
        np.array([person]),
        ROLES[0],
        number,
        np.array([OWED + person % 97 * 113.5]),
        filed,
        closed,
        status=status,
    )
    return int(closed[0])


def _plant_files(world: World) -> None:
    """Workers on the union's list whom nobody asked to apply; some were tested, or need no more."""
    cases = wanted(world, "L14", len(world.homes))
    jobs = world.jobs
    pool = modest_people(world, "L14", (jobs.kind == work.FORMAL) & (jobs.start < 20))
    turns = cases + lookalikes(cases, 2)
    for turn, person in enumerate(pool[:turns].tolist()):
        met = turn >= cases
        since = months.LAST - 9 + turn % 3
        over = months.LAST - 3 if met and turn % 2 else months.OPEN
        who, degree = np.array([person]), np.array([turn % 3])
        files(
            world, who, np.array([since]), np.array([over]), degree, aid=1_200.0 + person % 7 * 200
        )
        if met and turn % 2 == 0:
            _refused(world, person, since + 2)
        if not met:
            world.unaided.add(world.home_of(person))
        role = "decoy" if met else "case"
        about_need(world, "L14", household_of(world, person), person, since + 1, role=role)


def _refused(world: World, person: int, month: int) -> None:
    """An application for 低保 that was tested and refused because of the income."""
    home = world.home_of(person)
    village = int(world.homes.village[home])
    case = f"SQ{world.next_serial():07d}"
    number = household_of(world, person)[1]
    for kind, at, why in (("申请", month, "新申请"), ("不予确认", month + 1, "收入超标")):
        event(world, number, "低保", kind, at, why, people=[person], village=village, case=case)
