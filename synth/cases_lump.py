"""Planted: sums that came at once (E47), and what courts know of members (E46)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.care import HOSPITALS
from doudi.synth.cases_bank import limit
from doudi.synth.courts import ROLES, auction, case_numbers, dishonest, enforcement
from doudi.synth.insurance import claim
from doudi.synth.labour import injury
from doudi.synth.rounds import Plan, grown, hand, note, plant_each, since

if TYPE_CHECKING:
    from numpy.random import Generator

    from doudi.synth.benefits import Dibao
    from doudi.synth.plant import Pool
    from doudi.synth.world import World

SERIALS = 50_000
"""Planted court cases are numbered from here on."""
STAYS = 3
"""Stays over which the money for a treatment is spent."""


def plant_sums(world: World, active: Pool) -> None:
    """E46 and E47 with their lookalikes."""
    plant_each(
        world,
        active,
        (
            Plan("E46", ("X09",), _court, grown),
            Plan("E47", ("X09",), _lump, grown),
        ),
    )


def treated(world: World, rng: Generator, person: int, first: int, cost: float) -> None:
    """Stays in three months for which the patient paid this much in all."""
    month = first + np.arange(STAYS)
    admit = months.day_in(month, 2 + month * 5 % 11)
    own = np.full(STAYS, round(cost / STAYS, 2))
    fund = np.round(own * 0.4, 2)
    world.book.add(
        "inpatient_settlement",
        known=month,
        person_id=[str(world.people.number[person])] * STAYS,
        hospital=str(rng.choice(HOSPITALS[2:])),
        admit=admit,
        discharge=admit + np.timedelta64(16, "D"),
        total=own + fund,
        fund_paid=fund,
        serious_illness_paid=0.0,
        assistance_paid=0.0,
        self_pay=own,
        disease_group="骨科",
        settlement_no=[f"ZY{number:08d}" for number in world.next_serials(STAYS).tolist()],
        reverses="",
        name=str(world.people.name[person]),
    )


def _amount(rng: Generator, case: Dibao) -> float:
    """A sum well over the money that the household may have."""
    return float(round(limit(case) * float(rng.uniform(1.6, 2.4)), -2))


def _lump(world: World, rng: Generator, case: Dibao, clearing: str, turn: int) -> None:
    """A claim, an injury's sum or a compensation within the benefit; or spent on treatment."""
    person, first = hand(world, case), since(rng, case)
    who, when, amount = np.array([person]), np.array([first]), _amount(rng, case)
    if clearing:
        claim(world, who, "意外伤残", amount, when - 2, when)
        treated(world, rng, person, first + 1, amount * 0.97)
    elif turn % 3 == 0:
        claim(world, who, "交通意外", amount, when - 2, when)
    elif turn % 3 == 1:
        injury(world, who, when - 3, np.array([8]), np.array([amount]), known=when)
    else:
        _demolished(world, case, person, first, amount)
    note(world, "E47", case, person, first + 1, clearing, known=first)


def _demolished(world: World, case: Dibao, person: int, first: int, amount: float) -> None:
    """Money for a house that was torn down."""
    people = world.people
    world.book.add(
        "demolition_compensation",
        known=first,
        owner_id=[str(people.number[person])],
        amount=amount,
        resettled_units="0",
        agreement_date=months.day(first - 2, months.any_day(person)),
        pay_date=months.day(first, months.any_day(person + 1)),
        owner_name=str(people.name[person]),
    )
    del case


def _court(world: World, rng: Generator, case: Dibao, clearing: str, turn: int) -> None:
    """A creditor who was paid, a buyer at an auction, a debtor who hides; or money for treatment."""
    person, first = hand(world, case), since(rng, case)
    who, when, amount = np.array([person]), np.array([first]), _amount(rng, case)
    number = case_numbers(world, np.array([SERIALS + person]), when - 6, "执")
    kind = 0 if clearing else turn % 3
    sum_ = np.array([amount])
    if kind == 0:
        enforcement(world, who, ROLES[0], number, sum_, when - 6, when, status="执行完毕")
    elif kind == 1:
        auction(world, who, "林权一宗", amount, when, role="买受人")
    else:
        enforcement(world, who, ROLES[1], number, sum_, when - 6, when, status="终结本次执行")
        still = np.array([months.OPEN])
        dishonest(world, who, when, still, duty="有履行能力而拒不履行")
    if clearing:
        treated(world, rng, person, first + 1, amount * 0.97)
    else:
        world.well.add(case.home)
    note(world, "E46", case, person, first + 1, clearing, known=first)
