"""Jobs: insured work, flexible work, public payroll; wages, losses and new jobs."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months, prices

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from doudi.synth.homes import Homes
    from doudi.synth.people import People
    from doudi.synth.world import World

NONE, FORMAL, FLEXIBLE, PUBLIC, RETIRED = range(5)
MINIMUM_WAGE = 1960.0
LOSS_A_YEAR = 0.05
FUND_SHARE = 0.4
UNITS = [
    "县第一中学",
    "县人民医院",
    "县财政局",
    "县农业农村局",
    "镇中心小学",
    "县水利局",
    "县住建局",
]


@dataclass
class Jobs:
    """One entry a person: the job held first, and the one after a loss."""

    kind: NDArray[np.int64]
    wage: NDArray[np.float64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    """Last month with wages; OPEN while it lasts."""
    employer: NDArray[np.int64]
    again: NDArray[np.int64]
    """First month of the next job; OPEN where there is none."""
    next_employer: NDArray[np.int64]
    funded: NDArray[np.bool_]
    """Whether the employer pays into the provident fund."""

    def lost(self) -> NDArray[np.bool_]:
        """Whose insured job ends within the simulated months."""
        return np.asarray((self.kind == FORMAL) & (self.end < months.OPEN), dtype=bool)

    def stop(self, person: int, last: int) -> None:
        """End whatever a person earns with a month."""
        self.end[person] = min(int(self.end[person]), last)
        self.again[person] = months.OPEN
        if self.start[person] > self.end[person]:
            self.kind[person] = NONE


def make_jobs(
    rng: Generator, people: People, homes: Homes, may_work: NDArray[np.bool_], employers: int
) -> Jobs:
    """Jobs of people whose homes are on no register; wages follow permanent income."""
    count = len(people)
    home = np.where(people.home < 0, 0, people.home)
    age = people.age(0)
    able = (people.home >= 0) & may_work[home] & (people.dead_month() > months.FUTURE)
    able &= people.status == "正常"
    adult = able & (age >= 19) & (age <= 52)
    urban, comfort = homes.urban[home], homes.comfort[home]
    draw = rng.random(count)
    public = adult & (draw < np.where(urban, 0.09, 0.03)) & (comfort > -0.3)
    formal = adult & ~public & (draw < np.where(urban, 0.5, 0.22) + 0.06 * comfort)
    flexible = adult & ~public & ~formal & (draw > 0.94)
    retired = able & (age > 60) & (draw < 0.05) & (comfort > 0)
    kind = np.select([public, formal, flexible, retired], [PUBLIC, FORMAL, FLEXIBLE, RETIRED], NONE)
    wage = np.exp(8.25 + 0.22 * comfort + 0.25 * urban + rng.normal(0, 0.25, count))
    wage = np.round(np.maximum(wage, MINIMUM_WAGE) / 10) * 10
    loses = formal & (rng.random(count) < LOSS_A_YEAR * 5)
    end = np.where(loses, rng.integers(2, months.FUTURE, count), months.OPEN)
    gap = rng.integers(2, 8, count)
    finds = loses & (rng.random(count) < 0.6)
    again = np.where(finds, end + gap, months.OPEN)
    again = np.where(again > months.LAST - 1, months.OPEN, again)
    return Jobs(
        kind=kind,
        wage=wage,
        start=np.maximum(
            np.where(age < 23, rng.integers(0, 8, count), -rng.integers(1, 120, count)),
            months.index_of(people.birth) + 18 * 12 + 1,
        ),
        end=np.asarray(end, dtype=np.int64),
        employer=rng.integers(0, employers, count),
        again=np.asarray(again, dtype=np.int64),
        next_employer=rng.integers(0, employers, count),
        funded=public | (formal & (rng.random(count) < FUND_SHARE)),
    )


def write_jobs(world: World) -> None:
    """Rows of social insurance, provident fund, public payroll and unemployment."""
    _write_insurance(world)
    _write_fund(world)
    _write_payroll(world)
    _write_unemployment(world)


def insured(
    world: World,
    who: NDArray[np.int64],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    employer: NDArray[np.str_],
    wage: NDArray[np.float64],
    *,
    flexible: bool = False,
) -> None:
    """Monthly contribution rows; wages rise every July."""
    first = np.maximum(first, months.FIRST_PAID)
    span = np.maximum(np.minimum(last, months.LAST) - first + 1, 0)
    row = np.repeat(np.arange(len(who)), span)
    month = first[row] + np.arange(len(row)) - np.repeat(np.cumsum(span) - span, span)
    base = wage[row] * prices.wages(month)
    world.book.add(
        "employee_social_insurance",
        known=month,
        person_id=world.people.number[who[row]],
        employer_uscc=np.asarray(employer)[row],
        insurance_type="企业职工基本养老保险",
        pay_month=months.text_of(month),
        base=np.round(base, 0),
        status="正常缴费",
        flexible=flexible,
        name=world.people.name[who[row]],
    )


def _write_insurance(world: World) -> None:
    """Contributions of first and next jobs, and of flexible workers through an agency."""
    jobs, codes = world.jobs, world.firms.code
    first = np.flatnonzero(jobs.kind == FORMAL)
    insured(
        world,
        first,
        jobs.start[first],
        jobs.end[first],
        codes[jobs.employer[first]],
        jobs.wage[first],
    )
    later = np.flatnonzero((jobs.kind == FORMAL) & (jobs.again <= months.LAST))
    still = np.full(len(later), months.OPEN)
    insured(
        world, later, jobs.again[later], still, codes[jobs.next_employer[later]], jobs.wage[later]
    )
    free = np.flatnonzero(jobs.kind == FLEXIBLE)
    floor = np.full(len(free), 2100.0)
    agency = np.full(len(free), world.firms.agency)
    insured(world, free, jobs.start[free], jobs.end[free], agency, floor, flexible=True)


def fund_rows(
    world: World,
    who: NDArray[np.int64],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    employer: NDArray[np.str_],
    wage: NDArray[np.float64],
) -> None:
    """Provident-fund accounts as they stood at each delivery."""
    nat_free = np.maximum(first, -60)
    for cut in range(months.SNAPSHOT, months.LAST + 1):
        paid_in = (first <= cut) & (first <= last)  # some jobs end before they begin
        shown = paid_in & ((cut == months.SNAPSHOT) | (last >= cut - 1))
        own, until = who[shown], np.minimum(last[shown], cut)
        paid = until - nat_free[shown] + 1
        world.book.add(
            "provident_fund_contribution",
            known=np.full(len(own), cut),
            person_id=world.people.number[own],
            employer_uscc=np.asarray(employer)[shown],
            base=wage[shown],
            rate=0.08,
            monthly=np.round(wage[shown] * 0.16, 2),
            balance=np.round(wage[shown] * 0.16 * paid, 2),
            status=np.where(last[shown] < cut, "封存", "正常"),
            last_month=months.text_of(until),
            first_month=months.text_of(first[shown]),
            name=world.people.name[own],
        )


def _write_fund(world: World) -> None:
    """Accounts of funded jobs."""
    jobs = world.jobs
    own = np.flatnonzero(jobs.funded & (jobs.kind == FORMAL))
    fund_rows(
        world,
        own,
        jobs.start[own],
        jobs.end[own],
        world.firms.code[jobs.employer[own]],
        jobs.wage[own],
    )
    staff = np.flatnonzero(jobs.funded & (jobs.kind == PUBLIC))
    unit = world.firms.public_code[jobs.employer[staff] % len(UNITS)]
    fund_rows(world, staff, jobs.start[staff], jobs.end[staff], unit, jobs.wage[staff])


def _write_payroll(world: World) -> None:
    """Public payroll: staff in post and the retired."""
    jobs, people = world.jobs, world.people
    own = np.flatnonzero((jobs.kind == PUBLIC) | (jobs.kind == RETIRED))
    start = np.where(jobs.kind[own] == RETIRED, -60, jobs.start[own])
    world.book.add(
        "public_payroll",
        known=start,
        person_id=people.number[own],
        unit=np.array(UNITS)[jobs.employer[own] % len(UNITS)],
        post_type=np.where(jobs.kind[own] == RETIRED, "退休", "在编"),
        monthly=jobs.wage[own] + 800,
        from_month=months.text_of(start),
        to_month="",
        name=people.name[own],
    )


def _write_unemployment(world: World) -> None:
    """Six in ten of those who lose an insured job register, within a month."""
    jobs, people, rng = world.jobs, world.people, world.rng
    own = np.flatnonzero(jobs.lost() & (jobs.end + 1 <= months.LAST))
    own = own[rng.random(len(own)) < 0.8]
    day = rng.integers(5, 28, len(own))
    registered = jobs.end[own] + 1
    world.book.add(
        "unemployment_register",
        known=registered,
        person_id=people.number[own],
        reg_date=months.day_in(registered, day),
        reason=rng.choice(["单位解除", "合同到期", "企业破产", "其他"], len(own)),
        last_employer=world.firms.name[jobs.employer[own]],
        cancel_date=months.day_in(jobs.again[own], 3),
        name=people.name[own],
    )
