"""Planted: undeclared spouses (E05)."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months, work
from doudi.synth.civil import divorce, marriage
from doudi.synth.justice import PROVINCES, inmate
from doudi.synth.lookback import without_work
from doudi.synth.people import NOBODY
from doudi.synth.plant import lookalikes, wanted
from doudi.synth.truth import about_case

if TYPE_CHECKING:
    from doudi.synth.plant import Pool
    from doudi.synth.world import World

SPOUSE_WAGE = 4600.0
SETTLED = 36
"""Age of those whose marriage began and ended long before the benefit."""


def plant_spouses(world: World, active: Pool) -> None:
    """E05: a marriage on file, the spouse earning, and only the applicant listed."""
    count = wanted(world, "E05", len(world.dibao))
    for _ in range(count):
        _one_spouse(world, active, "case", "")
    for turn in range(lookalikes(count, 4)):
        _one_spouse(world, active, "decoy", ("X07", "X16", "X03", "X08")[turn % 4])


def _one_spouse(world: World, active: Pool, role: str, clearing: str) -> None:
    """Marry a single applicant to somebody of another home."""
    people = world.people
    age = people.age()
    low = SETTLED if clearing == "X16" else 24
    case = active.must(
        "E05",
        lambda c: (
            len(c.members) <= 2
            and people.spouse[c.head] == NOBODY
            and people.former[c.head] == NOBODY
            and low < age[c.head] < 72
            and c.start < 26
        ),
    )
    applicant = case.head
    spouse = _bachelor(world, applicant, earns=clearing not in {"X07", "X08"}, low=low)
    month = max(case.start + 3, int(world.rng.integers(14, 32)))
    day = months.day(month, months.any_day(applicant))
    if clearing == "X16":
        day = max(people.birth[applicant], people.birth[spouse]) + np.timedelta64(22 * 365, "D")
    pair = (applicant, spouse) if people.male[applicant] else (spouse, applicant)
    man, wife = np.array([pair[0]]), np.array([pair[1]])
    names = {}
    if clearing == "X03":
        key = "husband_name" if people.male[applicant] else "wife_name"
        names[key] = "欧" + str(people.name[applicant])[1:] + "安"
    marriage(world, man, wife, np.array([day], dtype="datetime64[D]"), **names)
    if clearing != "X16":
        world.kin.wed(applicant, spouse)
    if clearing == "X16":
        world.divorced |= {applicant, spouse}
        ended = np.minimum(day + np.timedelta64(1100, "D"), months.day(min(case.start, 0) - 2, 5))
        divorce(world, man, wife, np.array([max(ended, day + np.timedelta64(60, "D"))]))
    if clearing == "X08":
        _imprison(world, spouse, month + 1)
    first = case.start if clearing == "X16" else month + 1
    about_case(world, "E05", case, applicant, first, role=role, clearing=clearing)


def _imprison(world: World, person: int, month: int) -> None:
    """A long term in prison, of which nothing else is seen outside."""
    who = np.array([person])
    never = np.array([months.OPEN])
    inmate(world, who, np.array([month]), np.array([month + 96]), never, PROVINCES[0])
    world.at_school[person] = False
    world.well.add(world.home_of(person))


def _bachelor(world: World, applicant: int, *, earns: bool, low: float = 24) -> int:
    """An unmarried person of the other sex and another home who earns, or does not."""
    people, jobs = world.people, world.jobs
    age = people.age()
    fits = (people.home >= 0) & (people.male != people.male[applicant]) & people.living()
    fits &= (people.spouse == NOBODY) & (people.former == NOBODY) & (age > low)
    fits &= ~world.aid.ever()[np.where(people.home < 0, 0, people.home)]
    fits &= people.status == "正常"
    steady = (jobs.kind == work.FORMAL) & (jobs.start <= 10) & (jobs.end == months.OPEN)
    fits &= steady if earns else without_work(world)
    fits[world.migrants.person] = False
    fits[sorted(world.reserved | set(world.kin.within(applicant, 4)))] = False
    found = np.flatnonzero(fits)
    found = found[np.argsort(np.abs(age[found] - age[applicant]), kind="stable")][:6]
    chosen = int(world.rng.choice(found))
    if earns:
        jobs.wage[chosen] = max(jobs.wage[chosen], SPOUSE_WAGE)
    world.reserved.add(chosen)
    return chosen
