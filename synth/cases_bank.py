"""Planted: money (E25), sales into accounts (E26) and large premiums (E27) of members."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months, parameters
from doudi.synth.bank import BANKS, balance, deposit, securities
from doudi.synth.flows import bank_year
from doudi.synth.folk import outsiders
from doudi.synth.insurance import life
from doudi.synth.market import licence
from doudi.synth.people import NOBODY
from doudi.synth.rounds import (
    Plan,
    bearable,
    declare,
    grown,
    hand,
    line,
    note,
    plant_each,
    since,
)

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from doudi.synth.benefits import Dibao
    from doudi.synth.plant import Pool
    from doudi.synth.world import World

TOLD = months.SNAPSHOT - 1
"""The month of the day that the banks' answers are about."""
YEARS = 2.0
"""Money a head in yearly standards from which it is too much."""
COST = 0.6
"""Share of sales that the rule takes for cost."""
PREMIUM = 13_600.0


def plant_money(world: World, active: Pool) -> None:
    """E25, E26 and E27 with their lookalikes."""
    plant_each(
        world,
        active,
        (
            Plan("E25", ("X09", "X10", "X18"), _money, grown),
            Plan("E26", ("X09", "X05", "X18"), _sales, grown),
            Plan("E27", ("X13",), _premium, grown),
        ),
    )


def limit(case: Dibao) -> float:
    """The money that a household may have: two years of its line."""
    standard = parameters.standards().of(months.LAST, urban=case.urban)
    return standard * 12 * YEARS * len(case.members)


def _money(world: World, rng: Generator, case: Dibao, clearing: str, turn: int) -> None:
    """Far too much in the bank; or held for others, frozen, or a trifle too much on the day."""
    person = hand(world, case)
    amount = round(limit(case) * float(rng.uniform(1.6, 2.6)), 2)
    asked, who = np.array([months.SNAPSHOT]), np.array([person])
    flag, held, usual = "正常", amount, 0.97
    if clearing == "X09":
        flag = "代管"
    elif clearing == "X10":
        flag = "冻结"
    elif clearing == "X18":
        held, usual = round(limit(case) * 1.015, 2), 0.8
    elif turn % 3 == 1:
        held = round(amount * 0.2, 2)
        deposit(world, who, "理财产品", amount - held, np.array([TOLD - 14]), 36, asked=asked)
    elif turn % 3 == 2:
        held = round(amount * 0.2, 2)
        traded = months.day(TOLD, 11)
        securities(world, who, amount - held, 1_250.5, traded, asked=asked)
    _balances(world, person, held, flag, usual)
    note(world, "E25", case, person, TOLD, clearing, known=months.SNAPSHOT)


def _balances(world: World, person: int, held: float, flag: str, usual: float) -> None:
    """One account on the day and, as a share of it, over the year."""
    balance(
        world,
        np.array([person]),
        [str(world.people.account[person])],
        held,
        round(held * usual, 2),
        asked=np.array([months.SNAPSHOT]),
        flag=flag,
        bank=BANKS[3],
    )


def _sales(world: World, rng: Generator, case: Dibao, clearing: str, turn: int) -> None:
    """Many small payments every month; or collected for neighbours, declared, or a trifle."""
    person, first = hand(world, case), since(rng, case)
    needed = (line(case) + case.declared_pc() * len(case.members)) / (1 - COST)
    monthly = round(needed * float(rng.uniform(1.4, 1.9)), 2)
    if clearing == "X05":
        first = case.start
        monthly = round(min(line(case, 0) * 0.85, bearable(case)) / (1 - COST) - 0.01, 2)
        declare(case, person, round(monthly * (1 - COST), 2))
    elif clearing == "X18":
        monthly = round(line(case) * 0.08 / (1 - COST), 2)
    when = np.arange(max(first, months.FIRST_PAID), months.LAST + 1)
    joint = clearing == "X09"
    count = int(rng.integers(60, 240))
    bank_year(world, rng, person, when, monthly, passed_on=joint, sales=True, count=count)
    if not clearing and turn % 2:
        licence(world, np.array([person]), np.array([first]), purchase=round(monthly * 0.5, 2))
    note(world, "E26", case, person, first, clearing, known=first + 5)


def _premium(world: World, rng: Generator, case: Dibao, clearing: str, turn: int) -> None:
    """A premium that nobody with this income pays; or that a relative pays."""
    person = hand(world, case)
    years = np.array([1 + turn % 2])
    payer = relative_outside(world, rng, person) if clearing else person
    life(
        world,
        np.array([person]),
        ("年金保险", "重疾险")[turn % 2],
        np.array([PREMIUM]),
        years,
        payer=[str(world.people.account[payer])],
        asked=np.array([months.SNAPSHOT]),
        holder=np.array([payer]),
        serial=9,
        worth=0.12,
    )
    begun = months.SNAPSHOT + 2 - 12 * int(years[0])
    note(world, "E27", case, person, begun + 1, clearing, known=months.SNAPSHOT)


def relatives_outside(world: World, person: int) -> list[int]:
    """Grown parents, children, brothers and sisters outside the registers, a living spouse's too."""
    people, near = world.people, set()
    spouse = int(people.spouse[person])
    for own in {person, spouse} if spouse != NOBODY and people.lives(spouse) else {person}:
        parents = {int(people.father[own]), int(people.mother[own])} - {NOBODY}
        near |= parents | {c for p in (own, *parents) for c in world.kin.children(p)}
    near -= {person}
    if not near:
        return []
    free = _grown_outsiders(world)
    return [relative for relative in sorted(near) if free[relative]]


def _grown_outsiders(world: World) -> NDArray[np.bool_]:
    """Who lives outside the registers and is of an age to own and to pay."""
    age = world.people.age()
    return outsiders(world) & (age > 24) & (age < 64)


def relative_outside(world: World, rng: Generator, person: int) -> int:
    """A relative outside the registers, else somebody else there."""
    near = relatives_outside(world, person)
    chosen = near[0] if near else int(rng.choice(np.flatnonzero(_grown_outsiders(world))))
    world.reserved.add(chosen)
    return chosen
