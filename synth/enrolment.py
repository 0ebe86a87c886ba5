"""Medical insurance of everybody, year by year, and who pays for whom."""

# ruff: noqa: PLR2004 - ages and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months, work
from doudi.synth.book import coded
from doudi.synth.lookback import home_of
from doudi.synth.rigid import recognised

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from doudi.synth.book import Values
    from doudi.synth.world import World

SOURCE = "medical_insurance_enrolment"
YEARS = (2023, 2024, 2025, 2026)
CATEGORIES = [
    "特困人员",
    "孤儿",
    "低保对象",
    "低保边缘家庭成员",
    "防止返贫监测对象",
    "重度残疾人",
    "刚性支出困难家庭成员",
]
EMPLOYEE, RESIDENT = range(2)
TWICE = 0.01
ELSEWHERE = 0.12
"""Share of those working away who are insured where they work."""


def january(year: int) -> int:
    """The month number of a year's January."""
    return (year - 2022) * 12 - 6


def write_enrolment(world: World) -> None:
    """Rows of all years; the newly helped get their category when they are helped."""
    rng = world.block.stream(SOURCE)
    since = _supported(world)
    for year in YEARS:
        _write_year(world, rng, year, since)


def _supported(world: World) -> NDArray[np.int64]:
    """First month of each category by person, OPEN where it never applies."""
    people, aid, home = world.people, world.aid, home_of(world)
    nobody = people.home < 0
    found = np.full((len(CATEGORIES), len(people)), months.OPEN)
    for stipend in world.stipends:  # few: one a recipient
        if stipend.kind == "tekun":
            found[0, stipend.person] = stipend.start
    for ward in world.wards.children:  # few: one in a thousand children
        if ward.registered and not ward.adopted:
            found[1, ward.child] = ward.since
    for case in world.dibao:  # few: one a recipient household
        own = [m.person for m in case.members]
        first = [max(m.added, case.start) for m in case.members]
        found[2, own] = np.minimum(found[2, own], first)
    found[3] = aid.edge_from[home]
    found[4] = aid.monitored_from[home]
    severe = (world.grade > 0) & (world.grade <= 2)
    found[5] = np.where(severe, world.cert_from, months.OPEN)
    found[6] = recognised(world)[home]
    found[:, nobody] = months.OPEN
    return found


def _ended(world: World) -> NDArray[np.int64]:
    """Last month of the minimum-living benefit by person, OPEN while it lasts."""
    found = np.full(len(world.people), months.OPEN)
    for case in world.dibao:  # few: one a recipient household
        found[[m.person for m in case.members]] = case.end
    return found


def _category(since: NDArray[np.int64], ended: NDArray[np.int64], month: int) -> NDArray[np.int64]:
    """Which category holds in a month, -1 for none."""
    holds = since <= month
    holds[2] &= ended >= month
    return np.where(holds.any(axis=0), holds.argmax(axis=0), -1)


def _write_year(world: World, rng: Generator, year: int, since: NDArray[np.int64]) -> None:
    """The rows of one year."""
    people, first = world.people, january(year)
    born = months.index_of(people.birth)
    here = (people.home >= 0) & (people.dead_month() >= first) & (born <= first + 11)
    last = year == YEARS[-1]
    here[sorted(world.uninsured if last else ())] = False
    insured = _employed(world, first + 6)
    who = np.flatnonzero(here)
    job = insured[who]
    paid = _paid(world, rng, who, first, job=job)
    ended = _ended(world)
    category = _category(since, ended, months.SNAPSHOT if last else first - 3)[who]
    category[job] = -1
    bare = [p for p, missed in world.unsubsidised.items() if year == missed]
    category[np.isin(who, bare)] = -1
    rows = _Rows(world, year, paid, _area(world, rng, who, first))
    rows.add(who, np.arange(len(who)), category, np.where(job, EMPLOYEE, RESIDENT))
    again = np.flatnonzero(job & (rng.random(len(who)) < TWICE))
    rows.add(who, again, category, np.full(len(who), RESIDENT))
    if last:
        for month in (months.SNAPSHOT + 1, months.LAST):
            later = _category(since, ended, month)[who]
            fresh = np.flatnonzero((later >= 0) & (category < 0) & ~job & ~np.isin(who, bare))
            rows.add(who, fresh, later, np.full(len(who), RESIDENT), known=month)
            category = np.where((later >= 0) & ~job, later, category)


def _employed(world: World, month: int) -> NDArray[np.bool_]:
    """Whose employer insures them in a month."""
    jobs = world.jobs
    kind = np.isin(jobs.kind, (work.FORMAL, work.PUBLIC, work.RETIRED))
    running = (jobs.start <= month) & (jobs.end >= month)
    return np.asarray(kind & (running | (jobs.again <= month)), dtype=bool)


def _paid(
    world: World,
    rng: Generator,
    who: NDArray[np.int64],
    first: int,
    *,
    job: NDArray[np.bool_],
) -> NDArray[np.datetime64]:
    """When the year was paid: from September before, in January by employers, after a birth."""
    start = months.day(first - 4)
    usual = start + rng.integers(0, 115, len(who)).astype("timedelta64[D]")
    usual = np.where(job, months.day(first, 10), usual)
    birth = world.people.birth[who]
    return np.where(birth > usual, birth + np.timedelta64(20, "D"), usual)


def _area(world: World, rng: Generator, who: NDArray[np.int64], first: int) -> NDArray[np.str_]:
    """Where each is insured."""
    code = world.areas.code[world.homes.village[world.people.home[who]]]
    moved = world.migrants
    away = (moved.since <= first) & (moved.until >= first)
    away &= rng.random(len(moved.person)) < ELSEWHERE
    place = np.searchsorted(who, moved.person[away])
    inside = place < len(who)
    place, city = place[inside], moved.place[away][inside]
    same = who[place] == moved.person[away][inside]
    code[place[same]] = np.char.add(city[same], "000000")
    for home, city_code in world.moved_to.items():  # few: planted
        if world.vacated[home] <= first:
            code[world.people.home[who] == home] = f"{city_code}000000"
    return code


class _Rows:
    """Writes rows of one year."""

    def __init__(
        self, world: World, year: int, paid: NDArray[np.datetime64], area: NDArray[np.str_]
    ) -> None:
        """Payment and place are the same in all versions of a row."""
        self._world, self._year, self._paid, self._area = world, year, paid, area
        known = set(world.used)
        dead = world.people.dead_month() <= months.SNAPSHOT
        self._ended = dead & ~np.isin(world.people.home, sorted(known))

    def add(
        self,
        who: NDArray[np.int64],
        own: NDArray[np.int64],
        category: NDArray[np.int64],
        scheme: NDArray[np.int64],
        known: Values = None,
    ) -> None:
        """Rows of some of the people."""
        people = self._world.people
        told = np.maximum(months.index_of(self._paid[own]), 0) if known is None else known
        ended = self._ended[who[own]] & (self._year == YEARS[-1])
        self._world.book.add(
            SOURCE,
            known=told,
            person_id=people.number[who[own]],
            scheme=coded(["职工", "居民"], scheme[own]),
            year=coded([str(self._year)], np.zeros(len(own), dtype=np.int64)),
            subsidised_category=coded(CATEGORIES, category[own]),
            paid_date=self._paid[own],
            area_code=self._area[own],
            status=coded(["正常参保", "终止参保"], ended.astype(np.int64)),
            name=people.name[who[own]],
        )
