"""Planted: children who could support their parents, and whose support nobody counted (E30)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months, work
from doudi.synth.cases_lump import SERIALS
from doudi.synth.courts import case_numbers
from doudi.synth.judgments import judgment
from doudi.synth.obligors import child_homes, noticed
from doudi.synth.rounds import Plan, bearable, declare, note, plant_each

if TYPE_CHECKING:
    from numpy.random import Generator

    from doudi.synth.benefits import Dibao
    from doudi.synth.plant import Pool
    from doudi.synth.world import World

WAGE = 11_800.0
"""CNY a month: thirty per cent of what exceeds the edge line of a family is over any line."""
YOUNG, OLD = 27, 50


def plant_obligors(world: World, active: Pool) -> None:
    """E30: the child earns well; lookalikes pay by a judgment, or were adopted by others."""
    plans = (Plan("E30", ("X05", "X08"), _capable, _has_child),)
    plant_each(world, active, plans)


def _child(world: World, case: Dibao) -> int | None:
    """A grown child of the head who lives apart, in nobody's plans and on no register."""
    people, age = world.people, world.people.age()
    for home in child_homes(world, case):
        if world.aid.knows(home) or not world.is_free(home):
            continue
        for person in world.homes.people_of(home).tolist():
            own = case.head in {int(people.father[person]), int(people.mother[person])}
            fits = YOUNG < age[person] < OLD and people.lives(person)
            if own and fits and person not in world.reserved and not world.jobs.kind[person]:
                return int(person)
    return None


def _has_child(world: World, clearing: str, case: Dibao) -> bool:
    """Whether an old head lives without grown children and has one elsewhere.

    A child that owes nothing is the only one, or another could pay.
    """
    if clearing == "X08" and len(child_homes(world, case)) != 1:
        return False
    alone = all(m.person in {case.head, int(world.people.spouse[case.head])} for m in case.members)
    return alone and case.start < months.LAST - 12 and _child(world, case) is not None


def _capable(world: World, rng: Generator, case: Dibao, clearing: str, turn: int) -> None:
    """Give the child a well-paid job from before the benefit, and what explains it."""
    del turn
    child = _child(world, case)
    if child is None:
        return
    world.reserved.add(child)
    world.used.add(world.home_of(child))
    jobs = world.jobs
    jobs.kind[child], jobs.wage[child] = work.FORMAL, WAGE + float(rng.integers(0, 20) * 100)
    jobs.start[child], jobs.end[child] = min(case.start, 0) - 20, months.OPEN
    jobs.again[child], jobs.funded[child] = months.OPEN, False
    if clearing == "X05":
        _ordered_to_pay(world, case, child)
    if clearing == "X08":
        _adopted_away(world, rng, child)
    note(world, "E30", case, case.head, case.start, clearing, known=0, difficulty="kin hop")


def _ordered_to_pay(world: World, case: Dibao, child: int) -> None:
    """A court has set a sum, which the parent declares."""
    paid = float(min(round(noticed(case) * 1.4, 0), bearable(case)))
    declare(case, case.head, paid)
    payer, payee = np.array([child]), np.array([case.head])
    day = months.day_in(np.array([min(case.start, 0) - 6]), 17)
    number = case_numbers(world, np.array([SERIALS + child]), np.array([0]), "民初")
    judgment(
        world, payer, payee, "赡养", day, alimony=paid, payer=payer, payee=payee, number=number
    )


def _adopted_away(world: World, rng: Generator, child: int) -> None:
    """Somebody else adopted the child when it was small, and it owes its first parents nothing."""
    people, age = world.people, world.people.age()
    old = (age > age[child] + 25) & (age < age[child] + 40) & people.living()
    old[sorted(world.kin.within(child, 1))] = False
    adopter = int(rng.choice(np.flatnonzero(old)))
    world.book.add(
        "adoption_registration",
        known=0,
        adopter_ids=[str(people.number[adopter])],
        adoptee_id=[str(people.number[child])],
        adoption_date=people.birth[child] + np.timedelta64(900, "D"),
        dissolved_date=np.datetime64("NaT", "D"),
        adoptee_name=str(people.name[child]),
    )
