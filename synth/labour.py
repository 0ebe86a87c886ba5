"""Contracts, wages through project accounts, unemployment and injury benefits."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months, prices, work
from doudi.synth.book import coded, numbered
from doudi.synth.folk import by_month, ended, outsiders, positions, some
from doudi.synth.lookback import plain_homes
from doudi.synth.people import NOBODY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.book import Values
    from doudi.synth.world import World

UNEMPLOYED = 0.8 * work.MINIMUM_WAGE
"""Unemployment benefit, CNY a month."""
CONTRACTS = 0.25
"""Share of migrants whose contract is registered."""
ENDLESS = 0.3
"""Share of ended contracts whose end nobody entered."""
ACCOUNTS = 0.3
"""Share of builders who are paid through a project's wage account."""
CREW, FOREMEN = 14, 0.02
"""Workers of a project, and the share of those who collect for their whole crew."""
TOGETHER = 5
"""One project in this many pays three months in one transfer."""
INJURED = 0.012
JOBS = ["普工", "操作工", "营业员", "驾驶员", "文员", "厨师", "保安"]


def write_labour(world: World) -> None:
    """Rows of the four sources; work and migrants are as they are elsewhere."""
    _write_contracts(world)
    _write_project_wages(world)
    _write_unemployed(world)
    _write_injured(world)


def contract(
    world: World,
    who: NDArray[np.int64],
    employer: Values,
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    wage: NDArray[np.float64],
    *,
    job: Values,
    told: NDArray[np.bool_],
) -> None:
    """Rows of employment_registration; ends are entered where ``told`` says so."""
    row, known, shown = ended(first, np.where(told, last, months.OPEN))
    real = last[row] >= first[row]
    row, known, shown = row[real], known[real], shown[real]
    world.book.add(
        "employment_registration",
        known=known,
        person_id=coded(world.people.number, who[row]),
        employer_uscc=np.asarray(employer)[row],
        start_date=months.day_in(first, 1 + who % 20)[row],
        end_date=months.day_in(shown, 28),
        job=np.asarray(job)[row],
        wage=wage[row],
        name=coded(world.people.name, who[row]),
    )


def _write_contracts(world: World) -> None:
    """Contracts of insured jobs and of some migrants; the wage agreed is not the wage paid."""
    jobs, codes, away = world.jobs, world.firms.code, world.migrants
    rng = world.block.stream("employment_registration")
    quiet = plain_homes(world)
    first = np.flatnonzero((jobs.kind == work.FORMAL) & (world.people.home != NOBODY))
    later = first[jobs.again[first] <= months.LAST]
    moves = quiet[world.people.home[away.person]] & (rng.random(len(away.person)) < CONTRACTS)
    gone = np.flatnonzero(moves)
    who = np.concatenate([first, later, away.person[gone]])
    place = np.concatenate(
        [
            jobs.employer[first],
            jobs.next_employer[later],
            (away.person[gone] * 31 + 7) % len(codes),
        ]
    )
    since = np.concatenate([jobs.start[first], jobs.again[later], away.since[gone]])
    until = np.concatenate(
        [jobs.end[first], np.full(len(later), months.OPEN), away.until[gone]],
    )
    wage = np.concatenate([jobs.wage[first], jobs.wage[later], away.wage[gone]])
    agreed = np.maximum(np.round(wage * rng.uniform(0.7, 1.0, len(who)), -1), work.MINIMUM_WAGE)
    told = ~quiet[world.people.home[who]] | (rng.random(len(who)) >= ENDLESS)
    job = np.array(JOBS)[rng.integers(0, len(JOBS), len(who))]
    contract(world, who, codes[place], since, until, agreed, job=job, told=told)


def project_wages(
    world: World,
    who: NDArray[np.int64],
    project: Values,
    employer: Values,
    month: NDArray[np.int64],
    gross: NDArray[np.float64],
    *,
    net: Values = None,
) -> None:
    """Rows of migrant_wage_payment; a twentieth is kept back, or what ``net`` says is paid."""
    world.book.add(
        "migrant_wage_payment",
        known=month,
        person_id=coded(world.people.number, who),
        project_id=project,
        employer_uscc=employer,
        pay_month=months.coded(month),
        gross=gross,
        net=np.round(gross * 0.95, 2) if net is None else net,
        name=coded(world.people.name, who),
    )


def _write_project_wages(world: World) -> None:
    """Builders' wages in the months away; some projects pay three months at once."""
    away, codes = world.migrants, world.firms.code
    rng = world.block.stream("migrant_wage_payment")
    builds = np.flatnonzero(away.builds & outsiders(world)[away.person])
    own = some(rng, builds, ACCOUNTS, least=12)
    project = rng.permutation(len(own)) % max(TOGETHER, len(own) // CREW)
    gross = away.wage[own] * np.where(rng.random(len(own)) < FOREMEN, 8.0, 1.0)
    row, month = by_month(away.since[own], away.until[own])
    works = np.zeros(len(row), dtype=bool)
    for each in range(months.FIRST_PAID, months.LAST + 1):
        at = month == each
        works[at] = away.away(each)[own][row[at]]
    row, month = row[works], month[works]
    several = project % TOGETHER == 2
    paid = np.where(several[row], np.minimum(month + (2 - month % 3), months.LAST), month)
    keys, at = np.unique(row * 100 + paid, return_inverse=True)
    row, paid = keys // 100, keys % 100
    total = np.bincount(at, minlength=len(keys)) * gross[row] * prices.wages(paid)
    total = np.round(total, 2)
    name = numbered(f"XM{world.block.number:02d}", np.arange(project.max(initial=0) + 1), 4)
    employer = codes[(np.arange(len(name)) * 17 + 5) % len(codes)]
    at = project[row]
    project_wages(world, away.person[own][row], coded(name, at), employer[at], paid, total)


def _write_unemployed(world: World) -> None:
    """Benefits of most of the registered unemployed for some months, or until the next job."""
    register = world.book.frame("unemployment_register")
    rng = world.block.stream("unemployment_benefit")
    who = positions(world, register["person_id"])
    since = months.index_of(register["reg_date"].to_numpy()) + 1
    over = since + rng.integers(3, 13, len(who)) - 1
    works = world.jobs.again[who]
    last = np.minimum(over, works - 1)
    kept = plain_homes(world)[world.people.home[who]] & (rng.random(len(who)) < 0.8)
    kept &= (since <= months.LAST) & (works > since)
    who, since, over, last = who[kept], since[kept], over[kept], last[kept]
    cut = np.flatnonzero((last < over) & (last > months.SNAPSHOT) & (last <= months.LAST))
    told = np.where((last < over) & (last > months.SNAPSHOT), over, last)
    row = np.concatenate([np.arange(len(who)), cut])
    world.book.add(
        "unemployment_benefit",
        known=np.concatenate([since, last[cut]]),
        person_id=coded(world.people.number, who[row]),
        amount=UNEMPLOYED,
        from_month=months.coded(since[row]),
        to_month=months.coded(np.concatenate([told, last[cut]])),
        name=coded(world.people.name, who[row]),
    )


def _write_injured(world: World) -> None:
    """Injuries of insured workers since 2015: a sum by grade, pensions up to grade 4 or 6."""
    jobs = world.jobs
    rng = world.block.stream("work_injury_benefit")
    fits = outsiders(world) & (jobs.kind == work.FORMAL) & (world.grade == 0)
    own = np.flatnonzero(fits & (jobs.start <= months.LAST - 8))
    own = some(rng, own, INJURED, least=6)
    count = len(own)
    low = np.maximum(jobs.start[own] + 1, -90)
    high = np.minimum(jobs.end[own], months.LAST - 4)
    kept = high >= low
    month = np.where(kept, low + np.floor(rng.random(count) * (high - low + 1)), 0).astype(int)
    grade = rng.choice(np.arange(1, 11), count, p=[0.02] * 4 + [0.04] * 2 + [0.1, 0.14, 0.24, 0.36])
    own, month, grade = own[kept], month[kept], grade[kept]
    wage = jobs.wage[own]
    injury(
        world,
        own,
        month,
        grade,
        np.round(wage * (29 - 2 * grade), 2),
        monthly=np.where(grade <= 6, np.round(wage * (0.95 - 0.05 * grade), 2), 0.0),
        care=np.where(grade <= 4, np.round(2100.0 - 400.0 * grade, 2), 0.0),
        known=month + 3,
    )


def injury(
    world: World,
    who: NDArray[np.int64],
    month: NDArray[np.int64],
    grade: NDArray[np.int64],
    lump: Values,
    *,
    known: NDArray[np.int64],
    monthly: Values = 0.0,
    care: Values = 0.0,
) -> None:
    """Rows of work_injury_benefit, known when they were decided."""
    world.book.add(
        "work_injury_benefit",
        known=known,
        person_id=coded(world.people.number, who),
        injury_date=months.day_in(month, 1 + who % 27),
        grade=grade.astype(str),
        monthly=monthly,
        care=care,
        lump_sum=lump,
        name=coded(world.people.name, who),
    )
