"""Planted: companies in the name of recipients (E24), and money drawn after a death (E02)."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months, numbers
from doudi.synth.bank import BANKS, balance
from doudi.synth.firms import called, company
from doudi.synth.flows import summary
from doudi.synth.market import change
from doudi.synth.people import NOBODY
from doudi.synth.plant import lookalikes, wanted
from doudi.synth.rounds import Plan, grown, hand, note, plant_each, since, temper

if TYPE_CHECKING:
    from numpy.random import Generator

    from doudi.synth.benefits import Dibao, Member
    from doudi.synth.plant import Pool
    from doudi.synth.world import World

FRONTS, EACH = 2, 2
"""Recipients of a circle, and companies in the name of each."""
WITHDRAWALS = 4


def plant_fronts(world: World, active: Pool) -> None:
    """E24 by circles of two households, then E02."""
    rng = world.block.stream("E24")
    cases = wanted(world, "E24", len(world.dibao))
    circles = (cases + 1) // FRONTS
    for clearing, count in (("", circles), ("X01", lookalikes(circles, 1))):
        for _ in range(count):
            _circle(world, rng, active, clearing)
    plant_each(world, active, (Plan("E02", ("X09", "X14"), _drawn, _has_elder),))


def _circle(world: World, rng: Generator, active: Pool, clearing: str) -> None:
    """Companies of one day and one telephone, headed by people who have no money for them."""
    found = [active.take(partial(grown, world, clearing)) for _ in range(FRONTS)]
    cases = [case for case in found if case is not None]
    if len(cases) < FRONTS:
        return
    phone, agent = (str(told) for told in numbers.hashes(rng, 2))
    first = int(rng.integers(16, 32))
    for case in cases:
        first = max(first, case.start + 2)
    for case in cases:
        _companies(world, case, (phone, agent), first, clearing)


def _companies(
    world: World, case: Dibao, contact: tuple[str, str], first: int, clearing: str
) -> None:
    """The companies of one front, struck off later where the number was misused."""
    person = hand(world, case)
    owner = str(world.people.number[person]), str(world.people.name[person])
    day = months.day(first, 12)
    for turn in range(EACH):
        code = world.firms.new_code()
        name = called(code)
        phone = contact[0]
        status = "异常" if clearing else "存续"
        company(
            world.book,
            code,
            name,
            owner=owner,
            setup=day,
            phone=phone,
            address=str(world.homes.address[case.home]),
            status=status,
            capital=500.0,
        )
        if clearing:
            struck = months.day(first + 7, 20 + turn)
            change(world, [code], "撤销冒名登记", struck, owner[1], "撤销设立登记")
    last = first + 7 if clearing else None
    note(
        world,
        "E24",
        case,
        person,
        first + 1,
        clearing,
        known=first,
        last=last,
        difficulty="circle",
    )


def _elders(world: World, case: Dibao) -> list[Member]:
    """Members over 60 who are not the head and keep no benefit of their own."""
    held = {stipend.person for stipend in world.stipends}
    age = world.people.age()
    return [
        m
        for m in case.members
        if m.person != case.head and age[m.person] > 62 and m.person not in held
    ]


def _has_elder(world: World, clearing: str, case: Dibao) -> bool:
    """Whether a household lives to the end, began early and has an elder beside the head."""
    del clearing
    alive = all(world.people.lives(m.person) for m in case.members)
    return alive and case.start < 18 and bool(_elders(world, case))


def _drawn(world: World, rng: Generator, case: Dibao, clearing: str, turn: int) -> None:
    """An elder dies and leaves the household; somebody goes on drawing, or just buries him."""
    del turn
    member = _elders(world, case)[0]
    person, dies = member.person, since(rng, case, 22, 34)
    member.removed = dies + 1
    temper(case)
    _let_die(world, person, dies, int(rng.integers(3, 9)))
    first = dies if clearing == "X09" else dies + 2
    month = np.arange(months.FIRST_PAID, months.LAST + 1)
    drawn = np.isin(month, first + np.arange(1 if clearing == "X09" else WITHDRAWALS))
    alive = month <= dies
    summary(
        world,
        [str(world.people.account[person])] * len(month),
        month,
        alive.astype(int),
        np.where(alive, 180.0, 0.0),
        np.round(np.where(drawn, rng.uniform(800, 1500, len(month)), np.where(alive, 120.0, 0)), 2),
        merchant=np.zeros(len(month)),
        dead=drawn,
    )
    if clearing == "X14":
        _joint(world, person)
    last = first + (0 if clearing == "X09" else WITHDRAWALS - 1)
    known = first + (0 if clearing == "X09" else 1)
    note(world, "E02", case, person, first, clearing, known=known, last=last)


def _joint(world: World, person: int) -> None:
    """The account is the couple's or the family's own."""
    balance(
        world,
        np.array([person]),
        [str(world.people.account[person])],
        85.2,
        160.0,
        asked=np.array([months.SNAPSHOT]),
        flag="共有",
        bank=BANKS[0],
    )


def _let_die(world: World, person: int, month: int, day: int) -> None:
    """A death that police, hospital and funeral home recorded; work and illness end before."""
    people = world.people
    people.death[person] = months.day(month, day)
    world.deaths[person] = "PFH"
    if world.shocks.severe[person] >= month - 1:
        world.shocks.severe[person] = months.OPEN
    spouse = int(people.spouse[person])
    if spouse != NOBODY:
        world.reserved.add(spouse)
