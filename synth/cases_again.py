"""Planted: refused and worse off since (L13), removed after a comparison of data and in need (L23)."""

# ruff: noqa: PLR2004 - ages and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months, work
from doudi.synth.care import help_once
from doudi.synth.cases_burden import needs, note
from doudi.synth.cases_leak import household_of
from doudi.synth.cases_plan import modest_homes, role_of, turns
from doudi.synth.registers import event
from doudi.synth.service import ticket
from doudi.synth.truth import DIBAO, about_case, about_need
from doudi.synth.wards import take_away

if TYPE_CHECKING:
    from doudi.synth.benefits import Dibao
    from doudi.synth.plant import Pool
    from doudi.synth.world import World

SHOCK = months.LAST - 6
"""Month of the illness after a refusal or a removal."""
HIGH_WAGE, FED = 7_800.0, 6
"""A wage that is far too much for a family of so many, CNY a month."""
COMPARED = "数据比对收入超标"


def plant_again(world: World, active: Pool) -> None:
    """L13 and L23 with their lookalikes."""
    _plant_refused(world)
    _plant_removed(world, active)


def _worker(world: World, home: int) -> int:
    """A grown member in working years, or -1."""
    age = world.people.age()
    found = [int(p) for p in world.homes.people_of(home) if 24 < age[p] < 56]
    return found[0] if found else -1


def _employ(world: World, person: int, first: int) -> None:
    """An insured job with a high wage."""
    take_away(world, person)
    jobs = world.jobs
    jobs.kind[person], jobs.wage[person], jobs.start[person] = work.FORMAL, HIGH_WAGE, first


def _plant_refused(world: World) -> None:
    """L13: refused within two years, then ill; lookalikes were helped, or earn far too much."""
    rng = world.block.stream("L13")
    pool = [h for h in modest_homes(world, "L13") if _worker(world, h) >= 0]
    pool = [h for h in pool if len(world.homes.people_of(h)) <= FED]
    for _, kind, home in needs(world, "L13", len(world.homes), pool, ("helped", "earns")):
        person, month = _worker(world, home), int(rng.integers(26, 38))
        number, village = household_of(world, person)[1], int(world.homes.village[home])
        who = [int(p) for p in world.homes.people_of(home)]
        for step, told, reason in ((-2, "申请", "新申请"), (0, "不予确认", "收入超标")):
            event(world, number, "低保", told, month + step, reason, people=who, village=village)
        take_away(world, person)
        if kind == "earns":
            _employ(world, person, -10)
        world.shocks.severe[person] = SHOCK
        world.unaided.add(home)
        if kind == "helped":
            help_once(world, person, SHOCK + 1, "重病", 5_000.0, kind="支出")
        note(world, "L13", person, SHOCK, kind)


def _plant_removed(world: World, active: Pool) -> None:
    """L23: removed within a year, then ill or complaining; the removal was upheld with reason."""
    rng = world.block.stream("L23")
    base = sum(case.end <= months.LAST for case in world.dibao)
    for turn, kind in turns(world, "L23", base, ("upheld",)):
        case = active.take(lambda c: _worker(world, c.home) >= 0 and world.people.lives(c.head))
        if case is None:
            return
        case.end, case.reason = months.LAST - int(rng.integers(8, 11)), COMPARED
        world.aid.dibao_to[case.home] = case.end + 1
        world.shocks.severe[world.homes.people_of(case.home)] = months.OPEN
        world.shocks.disaster[case.home] = months.OPEN
        world.unaided.add(case.home)
        inside = [m.person for m in case.members]
        grown = _worker(world, case.home)
        person = grown if grown in inside else case.head
        first = months.LAST - 5
        if kind:
            _uphold(world, case, person, first)
        elif turn % 2:
            _complain(world, case, first)
        else:
            world.shocks.severe[person] = first
            about_need(world, "L12", (DIBAO, case.number), person, first, difficulty="overlap")
        about_need(world, "L23", (DIBAO, case.number), person, first, role=role_of(kind))


def _uphold(world: World, case: Dibao, person: int, month: int) -> None:
    """A complaint, a review that upholds the removal, and the wage (E10) that it rests on."""
    _complain(world, case, month)
    hired = case.end - 4
    _employ(world, person, hired)
    about_case(world, "E10", case, person, hired, known=hired + 2, difficulty="overlap")
    people = [m.person for m in case.members]
    event(
        world,
        case.number,
        "低保",
        "调整",
        month + 2,
        "维持停发",
        people=people,
        village=case.village,
    )


def _complain(world: World, case: Dibao, month: int) -> None:
    """A complaint about the removal, with the subject's number."""
    code = str(world.areas.code[case.village])
    day = np.array([months.day(month, months.any_day(case.home))])
    number = world.people.number[[case.head]]
    ticket(world, number, code, ("投诉", "停保申诉", "核查中"), day)
