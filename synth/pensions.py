"""Pensions of former employees and of residents, by month."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from doudi.synth import months, work
from doudi.synth.book import coded
from doudi.synth.folk import birthday, by_month, ended, listed, marked
from doudi.synth.lookback import plain_homes
from doudi.synth.people import NOBODY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.world import World

EMPLOYEES = 0.2
"""Share of elders outside the registers with an employee pension; more in town."""
PENSION = (8.0, 0.33)
"""Mean and spread of the logarithm of an employee pension, CNY a month."""
BASIC = ((months.FIRST_PAID, 123.0), (24, 143.0), (36, 163.0))
"""Basic part of the resident pension from a month on, CNY a month."""
MERGED = 0.03
"""Share of accounts whose basic part holds both parts."""


def write_pensions(world: World) -> None:
    """Rows of employee_pension_payment and resident_pension_payment."""
    _write_employees(world)
    _write_residents(world)


def pension(
    world: World,
    who: NDArray[np.int64],
    amount: NDArray[Any],
    start: NDArray[np.int64],
    stop: NDArray[np.int64],
) -> None:
    """Rows of employee_pension_payment; ends become known when they come."""
    people = world.people
    row, known, shown = ended(start, stop)
    world.book.add(
        "employee_pension_payment",
        known=known,
        person_id=coded(people.number, who[row]),
        amount=amount[row],
        start_month=months.coded(start[row]),
        stop_month=months.coded(shown),
        account_hash=coded(people.account, who[row]),
        name=coded(people.name, who[row]),
    )


def _write_employees(world: World) -> None:
    """Employee pensions from 60, women's from 55 or 50, to the month of death."""
    people, jobs, homes = world.people, world.jobs, world.homes
    rng = world.block.stream("employee_pension_payment")
    retires = np.where(people.male, 60, rng.choice([50, 55], len(people), p=[0.35, 0.65]))
    odds = EMPLOYEES * np.where(homes.urban[people.home], 1.7, 0.6)
    odds *= np.exp(0.5 * homes.comfort[people.home])
    fits = (people.home != NOBODY) & (jobs.kind == work.NONE) & (people.status == "正常")
    fits &= plain_homes(world)[people.home] & (people.age() >= np.maximum(retires, 58))
    fits &= ~marked(len(people), world.reserved)
    who = np.flatnonzero(fits & (rng.random(len(people)) < odds))
    amount = np.round(np.exp(rng.normal(*PENSION, len(who))), 2)
    start, dies = birthday(world, who, retires[who]) + 1, people.dead_month()[who]
    kept = start < dies
    pension(world, who[kept], amount[kept], start[kept], dies[kept])


def _write_residents(world: World) -> None:
    """Resident pensions from 60 on of everyone whom nobody else pays a pension."""
    people = world.people
    rng = world.block.stream("resident_pension_payment")
    draws = (people.home != NOBODY) & (people.age() >= 60)
    draws &= ~listed(world, "employee_pension_payment") & ~listed(world, "public_payroll")
    draws &= (world.jobs.kind != work.PUBLIC) & (world.jobs.kind != work.RETIRED)
    who = np.flatnonzero(draws)
    personal = np.round(rng.gamma(2.2, 14.0, len(who)) + 3.0, 2)
    merged = rng.random(len(who)) < MERGED
    row, month = by_month(birthday(world, who, 60) + 1, people.dead_month()[who])
    basic = np.select([month >= since for since, _ in BASIC[::-1]], [cny for _, cny in BASIC[::-1]])
    both = merged[row]
    world.book.add(
        "resident_pension_payment",
        known=month,
        person_id=coded(people.number, who[row]),
        basic=np.where(both, basic + personal[row], basic),
        personal=np.where(both, np.nan, personal[row]),
        pay_month=months.coded(month),
        account_hash=coded(people.account, who[row]),
        name=coded(people.name, who[row]),
    )
