"""Planted: a way of life that the declared income does not pay (E28)."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.cases_bank import relative_outside
from doudi.synth.flows import bank_year
from doudi.synth.quiet import home_places
from doudi.synth.rounds import Plan, grown, hand, line, note, plant_each

if TYPE_CHECKING:
    from numpy.random import Generator

    from doudi.synth.benefits import Dibao
    from doudi.synth.plant import Pool
    from doudi.synth.world import World

KWH = 640.0
"""Electricity a month, more than nine in ten homes use."""
FEE = 18_600.0
SPENT = 5_200.0
"""Money that goes through the account a month, CNY."""
YEAR = 2025
FIRST = months.LAST - 11
"""The twelve months in which the signs come together."""


def plant_living(world: World, active: Pool) -> None:
    """E28 with its lookalikes."""
    plant_each(world, active, (Plan("E28", ("X13",), _lives_well, _has_pupil),))


def _pupil(world: World, case: Dibao) -> int | None:
    """A member of school age."""
    age = world.people.age()
    return next((m.person for m in case.members if 8 <= age[m.person] < 17), None)


def _has_pupil(world: World, clearing: str, case: Dibao) -> bool:
    """Whether a household has a pupil and somebody who can work."""
    return grown(world, clearing, case, most=5) and _pupil(world, case) is not None


def _lives_well(world: World, rng: Generator, case: Dibao, clearing: str, turn: int) -> None:
    """Private school, much electricity and much money spent; or paid for by a relative."""
    del turn
    people, person, pupil = world.people, hand(world, case), _pupil(world, case)
    payer = relative_outside(world, rng, person) if clearing else person
    world.book.add(
        "private_school_fees",
        known=FIRST + 3,
        person_id=[str(people.number[person if pupil is None else pupil])],
        school="合成县私立实验学校",
        fee=FEE,
        payer_id=str(people.number[payer]),
        year=str(YEAR),
        name=str(people.name[person if pupil is None else pupil]),
    )
    _power(world, rng, case, payer, shop=bool(clearing))
    if not clearing:
        spent = max(SPENT, 1.8 * line(case))
        bank_year(world, rng, person, np.arange(FIRST, months.LAST + 1), spent, passed_on=True)
    note(
        world, "E28", case, person, FIRST, clearing, known=months.SNAPSHOT, difficulty="statistical"
    )


def _power(world: World, rng: Generator, case: Dibao, payer: int, *, shop: bool) -> None:
    """A second meter at the dwelling; that of a shop is a relative's."""
    month = np.arange(months.FIRST_PAID, months.LAST + 1)
    world.book.add(
        "electricity_usage",
        known=month,
        meter_no=f"DB9{world.homes.first + case.home + 1:08d}",
        account_holder=str(world.people.number[payer]),
        address=str(home_places(world)[case.home]),
        month=months.text_of(month),
        kwh=np.round(KWH * rng.uniform(0.85, 1.25, len(month)), 1),
        vacant=False,
        tariff="商业" if shop else "居民",
        address_code=str(world.homes.address[case.home]),
    )
