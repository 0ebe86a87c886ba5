"""Who works away from home, since when, where and for how much."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months, work
from doudi.synth.people import NOBODY

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from doudi.synth.homes import Homes
    from doudi.synth.people import People
    from doudi.synth.work import Jobs

AWAY = 0.6
"""Share of rural people aged 18 to 60 without an insured job who work away; men more often."""
OTHER_PROVINCE = 0.45
BUILDERS = 0.27
WAGE = (8.54, 0.45)
"""Mean and spread of the logarithm of a month's wage, CNY."""
MONTHS_A_YEAR = 9.2
PLACES = np.array(["330100", "440300", "440100", "320500", "310100", "530100"])
"""Cities that people go to; the last one lies in the county's own province."""


@dataclass(frozen=True)
class Migrants:
    """One entry a person who works away.

    Attributes:
        person: Positions of people, in order.
        since: First month away; negative before the timeline.
        until: Last month away, OPEN while it lasts.
        wage: CNY a month of work.
        builds: Whether on building sites, paid through a project's wage account.
        place: Code of the city, six digits.
        rests: Month of the year, 0 to 11, in which the months at home begin; about three a year.
    """

    person: NDArray[np.int64]
    since: NDArray[np.int64]
    until: NDArray[np.int64]
    wage: NDArray[np.float64]
    builds: NDArray[np.bool_]
    place: NDArray[np.str_]
    rests: NDArray[np.int64]

    def away(self, month: int) -> NDArray[np.bool_]:
        """Who is away in a month, the months at home left out."""
        calendar = (month + 6) % 12
        at_home = (calendar - self.rests) % 12 < round(12 - MONTHS_A_YEAR)
        return (self.since <= month) & (self.until >= month) & ~at_home


def make_migrants(
    rng: Generator, people: People, homes: Homes, jobs: Jobs, may_leave: NDArray[np.bool_]
) -> Migrants:
    """Migrants from rural homes on no register; most come home for the new year."""
    home = np.where(people.home == NOBODY, 0, people.home)
    age = people.age(0)
    able = (people.home != NOBODY) & may_leave[home] & ~homes.urban[home]
    able &= (jobs.kind == work.NONE) & (people.dead_month() > months.FUTURE)
    able &= (age >= 18) & (age < 60) & (people.status == "正常")
    odds = (
        AWAY
        * np.where(people.male, 1.25, 0.75)
        * np.interp(age, [18, 25, 45, 60], [0.8, 1.3, 1, 0.4])
    )
    person = np.flatnonzero(able & (rng.random(len(people)) < odds))
    count = len(person)
    leaves = rng.random(count) < 0.2
    near = rng.random(count) >= OTHER_PROVINCE
    wage = np.exp(rng.normal(*WAGE, count) + 0.1 * homes.comfort[home[person]])
    since = np.where(age[person] < 20, 6, -rng.integers(1, 100, count))
    until = np.maximum(rng.integers(6, months.LAST, count), since + 2)
    return Migrants(
        person=person,
        since=since,
        until=np.where(leaves, until, months.OPEN),
        wage=np.round(wage / 10) * 10,
        builds=people.male[person] & (rng.random(count) < BUILDERS * 1.6),
        place=np.where(near, PLACES[-1], PLACES[rng.integers(0, len(PLACES) - 1, count)]),
        rests=rng.integers(0, 2, count),
    )
