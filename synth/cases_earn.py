"""Planted: employee pensions (E13), wages of projects (E14) and taxed income (E12) of members."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months, work
from doudi.synth.flows import bank_year
from doudi.synth.labour import project_wages
from doudi.synth.pensions import pension
from doudi.synth.plant import adult
from doudi.synth.registers import put_off
from doudi.synth.rounds import (
    Plan,
    bearable,
    declare,
    grown,
    hand,
    line,
    note,
    over,
    plant_each,
    since,
)
from doudi.synth.service import ticket
from doudi.synth.taxes import income

if TYPE_CHECKING:
    from numpy.random import Generator

    from doudi.synth.benefits import Dibao
    from doudi.synth.plant import Pool
    from doudi.synth.world import World

PENSION, WAGE, FEE = 2_700.0, 4_800.0, 3_600.0
"""The least that planted cases earn, CNY a month."""
BEREAVED = 620.0
CREW = 42_000.0
"""What a foreman is paid for his crew, CNY a month."""
CREW_MONTHS = 5
GRACE_SINCE = months.LAST - 4


def plant_earnings(world: World, active: Pool) -> None:
    """E13, E14 and E12 with their lookalikes."""
    plant_each(
        world,
        active,
        (
            Plan("E13", ("X06", "X05", "X24"), _pension, _retired),
            Plan("E14", ("X09", "X01", "X07"), _wages, _can_build),
            Plan("E12", ("X01", "X06"), _taxed, grown),
        ),
    )


def _elder(world: World, case: Dibao) -> int | None:
    """A member who was sixty when the county's months begin."""
    person = adult(world, case, low=66, high=88)
    return None if person is None or world.jobs.kind[person] else person


def _retired(world: World, clearing: str, case: Dibao) -> bool:
    """Whether a household has an elder, and for a declared pension a line above the pension."""
    alive = all(world.people.lives(m.person) for m in case.members)
    fits = alive and len(case.members) <= 3 and _elder(world, case) is not None
    return fits and (clearing != "X05" or line(case) > 900.0)


def _pension(world: World, rng: Generator, case: Dibao, clearing: str, turn: int) -> None:
    """A pension over the line; or within grace, declared, or an allowance of the bereaved."""
    del turn
    elder, first = _elder(world, case), since(rng, case)
    person = case.head if elder is None else elder
    amount = over(case, PENSION)
    if clearing == "X06":
        first, amount = GRACE_SINCE, round(line(case) * 1.5, 2)
        put_off(world, case, first, first + 6)
    elif clearing == "X05":
        first, amount = case.start, round(min(line(case, 0) * 0.9, bearable(case)), 2)
        declare(case, person, amount)
    who = np.array([person])
    if clearing == "X24":
        _bereaved(world, person, first)
    else:
        end = np.array([months.OPEN])
        pension(world, who, np.array([amount]), np.array([first]), end)
    note(world, "E13", case, person, first, clearing)


def _bereaved(world: World, person: int, first: int) -> None:
    """An allowance for the family of public staff who died."""
    people = world.people
    world.book.add(
        "public_payroll",
        known=first,
        person_id=[str(people.number[person])],
        unit=work.UNITS[person % len(work.UNITS)],
        post_type="遗属",
        monthly=BEREAVED,
        from_month=str(months.text_of(first)),
        to_month="",
        name=str(people.name[person]),
    )


def misused(world: World, case: Dibao, person: int, month: int, topic: str) -> None:
    """A complaint that a number was misused, found true."""
    code = world.areas.code[case.village]
    day = months.day_in(np.array([month]), months.any_day(person))
    told = ("投诉", topic, "属实")
    ticket(world, [str(world.people.number[person])], [str(code)], told, day)


def _can_build(world: World, clearing: str, case: Dibao) -> bool:
    """Whether a member can work, and for deductions whether the line is about the least wage."""
    if clearing == "X07":
        return grown(world, clearing, case, most=6) and line(case) >= 1_870.0 and case.start < 30
    return grown(world, clearing, case)


def _wages(world: World, rng: Generator, case: Dibao, clearing: str, turn: int) -> None:
    """Wages of a project: kept, paid on to a crew, in a borrowed name, or under the line."""
    del turn
    person = hand(world, case)
    first, last = since(rng, case), months.LAST
    gross = over(case, WAGE)
    if clearing == "X09":
        last, gross = first + CREW_MONTHS - 1, CREW
        bank_year(world, rng, person, np.arange(first, last + 1), CREW * 0.95, passed_on=True)
    elif clearing == "X01":
        misused(world, case, person, first + 5, "冒名")
        last = first + 4
    elif clearing == "X07":
        first, gross = 36, round(line(case) + 100.0, 0)
        declare(case, person, 0.0)
    month = np.arange(first, last + 1)
    project = f"XM{world.block.number:02d}9{person:06d}"
    firm = str(world.firms.code[int(rng.integers(len(world.firms.code)))])
    who = np.full(len(month), person)
    project_wages(world, who, project, firm, month, np.full(len(month), gross))
    end = None if last == months.LAST else last
    note(world, "E14", case, person, first, clearing, known=first + 3, last=end)


def _taxed(world: World, rng: Generator, case: Dibao, clearing: str, turn: int) -> None:
    """Fees or wages that a payer declares; misused numbers and incomes within grace."""
    person, first = hand(world, case), since(rng, case)
    last = months.LAST
    if clearing == "X06":
        first = GRACE_SINCE
        put_off(world, case, first, first + 6)
    elif clearing == "X01":
        last = first + 6
        misused(world, case, person, first + 8, "个税身份冒用")
    month = np.arange(first, last + 1)
    who = np.full(len(month), person)
    firm = str(world.firms.code[int(rng.integers(len(world.firms.code)))])
    kind = ("劳务报酬所得", "工资薪金所得")[turn % 2]
    amount = np.full(len(month), over(case, FEE))
    income(world, who, firm, month, amount, kind=kind)
    end = None if last == months.LAST else last
    note(world, "E12", case, person, first, clearing, known=first + 2, last=end)
