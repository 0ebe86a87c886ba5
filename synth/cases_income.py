"""Planted: public payroll (E09), insured wages (E10) and provident fund (E11) of members."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.plant import early, has_adult, lookalikes, wanted, worker
from doudi.synth.registers import put_off
from doudi.synth.rounds import bearable, declare, line
from doudi.synth.truth import about_case
from doudi.synth.work import NONE, UNITS, fund_rows, insured

if TYPE_CHECKING:
    from collections.abc import Callable

    from doudi.synth.benefits import Dibao
    from doudi.synth.plant import Pool
    from doudi.synth.world import World

PAY, WAGE, BASE = 4300.0, 4500.0, 4800.0
SMALL_BASE = 3000.0
NET = 0.9
"""Share of a wage that is left after the cost of employment."""
FLEXIBLE_BASE = 2600.0
SINCE_JULY = 36
"""The month since which wages and standards have been as they are."""


def plant_income(world: World, active: Pool) -> None:
    """E09, E10 and E11 with their lookalikes; those that need large households come first."""
    for code, clearings in (
        ("E11", ("X05", "X15")),
        ("E10", ("X07", "X05", "X06", "X21")),
        ("E09", ("X05", "X06", "X17", "X15", "X24")),
    ):
        cases = wanted(world, code, len(world.dibao))
        for turn in range(lookalikes(cases, len(clearings))):
            clearing = clearings[turn % len(clearings)]
            case = active.take(partial(_idle, world, _fits(world, code, clearing)))
            if case is not None:
                _plant(world, code, case, clearing)
        for _ in range(cases):
            _plant(
                world, code, active.must(code, partial(_idle, world, has_adult(world, most=3))), ""
            )


def _idle(world: World, fits: Callable[[Dibao], bool], case: Dibao) -> bool:
    """Whether a household fits, and its worker has never had a job that a register shows."""
    return fits(case) and world.jobs.kind[worker(world, case)] == NONE


def _fits(world: World, code: str, clearing: str) -> Callable[[Dibao], bool]:
    """Which households a lookalike can be planted in."""
    grown = has_adult(world)
    if clearing == "X07":
        return lambda c: grown(c) and c.size_in(SINCE_JULY) == len(c.members) >= 3
    if clearing == "X05":
        least = {"E09": 1500.0, "E10": 1500.0, "E11": SMALL_BASE * NET}[code]
        return lambda c: grown(c) and bearable(c) > least
    if clearing == "X15":
        return lambda c: grown(c) and c.start > -40
    return has_adult(world, most=2)


def _plant(world: World, code: str, case: Dibao, clearing: str) -> None:
    """One household whose member earns, with or without an explanation."""
    person = worker(world, case)
    first, last = early(world, case), months.OPEN
    amount = {"E09": PAY, "E10": WAGE, "E11": BASE}[code] + person % 31 * 20
    if clearing == "X15":
        first, last = case.start - 40, case.start - 2
    if clearing == "X05":
        amount = {"E09": 1500.0, "E10": 1960.0, "E11": SMALL_BASE}[code]
        amount = amount if code == "E11" else min(amount, bearable(case))
        declare(case, person, round(min(amount, bearable(case)), 2))
        first = case.start
    if clearing == "X06":
        first = months.LAST - 4
        put_off(world, case, first, months.LAST + 2)
    if clearing == "X07":
        first, amount = SINCE_JULY, round(line(case) + 100, 0)
        declare(case, person, 0.0)
    if clearing == "X21":
        amount = FLEXIBLE_BASE
    _write(world, code, person, first, last, amount, clearing)
    begin = case.start if clearing == "X15" else first
    if clearing == "X07":
        case.members[0].declared = 0.0
    role = "decoy" if clearing else "case"
    known = max(begin + (2 if code == "E10" else 0), 0)
    about_case(world, code, case, person, begin, role=role, clearing=clearing, known=known)


def _write(
    world: World, code: str, person: int, first: int, last: int, amount: float, clearing: str
) -> None:
    """The rows of the source that shows the income."""
    who, begin, end = np.array([person]), np.array([first]), np.array([last])
    employer = np.array([world.firms.code[int(world.rng.integers(len(world.firms.code)))]])
    wage = np.array([amount])
    if code == "E10":
        place = np.array([world.firms.agency]) if clearing == "X21" else employer
        insured(world, who, begin, end, place, wage, flexible=clearing == "X21")
    elif code == "E11":
        fund_rows(world, who, begin, end, employer, wage)
    elif clearing == "X17":
        _post(world, person, first)
    else:
        _payroll(world, person, first, last, 620.0 if clearing == "X24" else amount, clearing)


def _post(world: World, person: int, first: int) -> None:
    """A public-welfare post."""
    people = world.people
    village = world.homes.village[people.home[person]]
    world.book.add(
        "public_welfare_post",
        known=first,
        person_id=[str(people.number[person])],
        post="乡村保洁员",
        village=str(world.areas.name[village]),
        monthly=800.0,
        from_month=str(months.text_of(first)),
        to_month="",
        name=str(people.name[person]),
    )


def _payroll(
    world: World, person: int, first: int, last: int, amount: float, clearing: str
) -> None:
    """A row of the public payroll."""
    people = world.people
    old = people.age()[person] >= 60
    kind = "遗属" if clearing == "X24" else ("退休" if old else "在编")
    world.book.add(
        "public_payroll",
        known=first,
        person_id=[str(people.number[person])],
        unit=UNITS[int(world.rng.integers(len(UNITS)))],
        post_type=kind,
        monthly=amount,
        from_month=str(months.text_of(first)),
        to_month=str(months.text_of(last)),
        name=str(people.name[person]),
    )


def write_posts(world: World) -> None:
    """Public-welfare posts of people whose homes are on no register."""
    people, rng = world.people, world.rng
    age = people.age()
    fits = (people.home >= 0) & (age > 40) & (age < 64) & people.living() & (world.jobs.kind == 0)
    fits &= ~world.aid.ever()[np.where(people.home < 0, 0, people.home)]
    own = np.flatnonzero(fits & (rng.random(len(people)) < 0.015))
    since = rng.integers(0, months.LAST, len(own))
    village = world.homes.village[people.home[own]]
    world.book.add(
        "public_welfare_post",
        known=since,
        person_id=people.number[own],
        post=rng.choice(["乡村保洁员", "护林员", "河道巡查员"], len(own)),
        village=world.areas.name[village],
        monthly=800.0,
        from_month=months.text_of(since),
        to_month="",
        name=people.name[own],
    )
