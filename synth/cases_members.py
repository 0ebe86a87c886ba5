"""Planted: omitted earners (E08), members who are gone (E38), journeys abroad (E29)."""

# ruff: noqa: PLR2004 - ages and months of the model explain themselves where they stand
from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.cases_plan import idle_member, is_idle, role_of, turns
from doudi.synth.police import journey, move
from doudi.synth.registers import put_off
from doudi.synth.residence import permit
from doudi.synth.service import enlist, serve
from doudi.synth.truth import about_case
from doudi.synth.work import insured

if TYPE_CHECKING:
    from numpy.random import Generator

    from doudi.synth.benefits import Dibao
    from doudi.synth.plant import Pool
    from doudi.synth.world import World

WAGE = 5_200.0
GRADUATE, STUDENT = 21.2, 25
"""Ages today of those who went to college in 2022 and are through with it."""
COLLEGE = (2, 36)
"""September 2022 and July 2025: the three years of a college."""
AWAY = 24
"""Months after which somebody who moved to the city for work came back."""
UNIVERSITY = "530100000000"
TOUR, CROSSING = 0, 2


def plant_members(world: World, active: Pool) -> None:
    """E08 first, since it needs large households, then E38 and E29."""
    _plant_omitted(world, active)
    _plant_gone(world, active)
    _plant_journeys(world, active)


def _earner(world: World, case: Dibao) -> int | None:
    """A grown child of the head who could work, in a household that goes on without it."""
    age = world.people.age()
    children = set(world.kin.children(case.head))
    found = [
        m.person
        for m in case.members
        if m.person in children
        and 20 < age[m.person] < 50
        and is_idle(world, m.person)
        and world.grade[m.person] == 0
        and world.people.spouse[m.person] < 0
    ]
    return found[0] if found and len(case.members) > 1 else None


def _plant_omitted(world: World, active: Pool) -> None:
    """E08: a grown child at home who earns and is not listed; away for years; back for months only."""
    rng = world.block.stream("E08")
    for _, clearing in turns(world, "E08", len(world.dibao), ("X08", "X15")):
        case = active.take(lambda c: _earner(world, c) is not None)
        person = None if case is None else _earner(world, case)
        if case is None or person is None:
            return
        case.members = [m for m in case.members if m.person != person]
        first = max(case.start + 1, int(rng.integers(16, 34)))
        if clearing == "X15":
            first = months.LAST - 5
            _come_home(world, case, person, first)
        if clearing == "X08":
            _live_elsewhere(world, person, min(first, case.start) - 26)
        who = np.array([person])
        firm = world.firms.code[int(rng.integers(len(world.firms.code)))]
        wage = np.array([WAGE])
        insured(world, who, np.array([first]), np.array([months.OPEN]), np.array([firm]), wage)
        begin = first
        about_case(
            world,
            "E08",
            case,
            person,
            begin,
            role=role_of(clearing),
            clearing=clearing,
            known=begin + 3,
        )


def _come_home(world: World, case: Dibao, person: int, month: int) -> None:
    """A child that came back from the city some months ago."""
    homes = world.homes
    book, code = homes.book_no[homes.book[case.home]], world.areas.code[homes.village[case.home]]
    day, places = months.day_in(np.array([month]), months.any_day(person)), (UNIVERSITY, str(code))
    move(world, np.array([person]), "迁入", day, ("", str(book)), "返乡", places)


def _live_elsewhere(world: World, person: int, month: int) -> None:
    """A residence permit in a city since long before the benefit."""
    people = world.people
    number, name = people.number[[person]], people.name[[person]]
    since, never = np.array([month]), np.array([months.OPEN])
    permit(world, number, name, "440300000000", "广东深圳外来人口公寓8", since, never)


def _gone(world: World, case: Dibao, turn: int) -> int | None:
    """A member of a household of several for whom an event ends the membership."""
    low, high = ((18, 25), (19, 60), (30, 75))[turn % 3]
    if len(case.members) < 2:
        return None
    person = idle_member(world, case, low=low, high=high)
    if person is None or (turn % 3 == 0 and not world.people.male[person]):
        return None
    return person if person != case.head else None


def _fits(world: World, case: Dibao, turn: int, *, early: bool = False) -> bool:
    """Whether a household has such a member; and, early, whether one could be back by now."""
    in_time = not early or case.start < months.LAST - AWAY - 4
    return in_time and _gone(world, case, turn) is not None


def _plant_gone(world: World, active: Pool) -> None:
    """E38: a soldier, somebody who moved away, a monk; lookalikes moved to study, or are back."""
    rng = world.block.stream("E38")
    for turn, clearing in turns(world, "E38", len(world.dibao), ("X08", "X06")):
        kind = 1 if clearing else turn
        found = active.take(partial(_fits, world, turn=kind, early=clearing == "X08"))
        if found is None and not clearing:
            kind = 1
            found = active.take(partial(_fits, world, turn=kind))
        person = None if found is None else _gone(world, found, kind)
        if found is None or person is None:
            return
        month = max(found.start + 2, int(rng.integers(16, 30)))
        if clearing == "X06":
            month = months.LAST - 3
        if clearing == "X08":
            month = min(month, months.LAST - AWAY - 2)
            month = COLLEGE[0] if _studied(world, found, person) else month
        _leave_home(world, found, person, month, kind % 3, clearing)
        about_case(
            world,
            "E38",
            found,
            person,
            month + 1,
            role=role_of(clearing),
            clearing=clearing,
            known=month + 1,
        )


def _studied(world: World, case: Dibao, person: int) -> bool:
    """Whether a member could have gone to college as one and have come home since."""
    return case.start < 0 and GRADUATE <= world.people.age()[person] < STUDENT


def _leave_home(
    world: World, case: Dibao, person: int, month: int, kind: int, clearing: str
) -> None:
    """The rows that show why a member no longer belongs to the household, or still does."""
    who, homes = np.array([person]), world.homes
    if kind == 0:
        enlist(world, who, np.array([month]))
        return
    if kind == 2:
        serve(world, who, np.array([month - 40]))
        return
    book = str(homes.book_no[homes.book[case.home]])
    code = str(world.areas.code[homes.village[case.home]])
    young = _studied(world, case, person)
    reason = "购房落户" if clearing != "X08" else "升学" if young else "随迁务工"
    day = months.day_in(np.array([month]), months.any_day(person))
    move(world, who, "迁出", day, (book, ""), reason, (code, UNIVERSITY))
    if not clearing:
        world.people.status[person] = "迁出"
    if clearing == "X08":
        move(
            world,
            who,
            "迁入",
            months.day_in(
                np.array([COLLEGE[1] if young else month + AWAY]), months.any_day(person + 1)
            ),
            ("", book),
            "毕业回原籍" if young else "返乡",
            (UNIVERSITY, code),
        )
    if clearing == "X06":
        put_off(world, case, month, months.LAST + 2)


def _plant_journeys(world: World, active: Pool) -> None:
    """E29: long or repeated journeys; treatment abroad, and market days across the border."""
    rng = world.block.stream("E29")
    for turn, clearing in turns(world, "E29", len(world.dibao), ("X20", "X18")):
        case = active.take(lambda c: idle_member(world, c, low=22, high=70) is not None)
        person = None if case is None else idle_member(world, case, low=22, high=70)
        if case is None or person is None:
            return
        first = max(case.start + 2, int(rng.integers(18, 30)))
        last = _travel(world, rng, person, first, clearing, long=turn % 2 == 1)
        about_case(
            world,
            "E29",
            case,
            person,
            first,
            role=role_of(clearing),
            clearing=clearing,
            last=last,
            known=last + 1,
        )


def _travel(
    world: World, rng: Generator, person: int, first: int, clearing: str, *, long: bool
) -> int:
    """The rows of the journeys; returns the month of the last way back."""
    count = {"": 1 if long else 3, "X20": 1, "X18": 4}[clearing]
    who, gap = np.full(count, person), 3
    leaves = months.day_in(first + gap * np.arange(count), rng.integers(2, 18, count))
    span = {"": 230 if long else 7, "X20": 200, "X18": 0}[clearing]
    kind = np.full(count, CROSSING if clearing == "X18" else TOUR)
    purpose = "就医" if clearing == "X20" else None
    journey(world, who, leaves, np.full(count, span), kind, lost=False, purpose=purpose)
    back = leaves[-1] + np.timedelta64(span, "D")
    return int(months.index_of(np.array([back]))[0])
