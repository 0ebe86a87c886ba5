"""Planted: households split on paper (E07), and divorces on paper (E06)."""

# ruff: noqa: PLR2004 - ages and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months, work
from doudi.synth.cases_gaps import single
from doudi.synth.cases_plan import modest_homes, role_of, turns
from doudi.synth.people import NOBODY
from doudi.synth.police import move
from doudi.synth.residence import permit
from doudi.synth.service import ticket
from doudi.synth.truth import about_case
from doudi.synth.wards import take_away
from doudi.synth.work import insured

if TYPE_CHECKING:
    from numpy.random import Generator

    from doudi.synth.benefits import Dibao
    from doudi.synth.plant import Pool
    from doudi.synth.world import World

WAGE = 5_600.0
LAND = "土地确权"


def plant_split(world: World, active: Pool) -> None:
    """E06 and E07 with their lookalikes."""
    _plant_divorced(world, active)
    _plant_parents(world)


def _couple(world: World, case: Dibao) -> tuple[int, int] | None:
    """Husband and wife among the members who could have divorced just before applying."""
    people, age = world.people, world.people.age()
    inside = {m.person for m in case.members}
    for one in sorted(inside):
        other = int(people.spouse[one])
        fits = other in inside and 25 < age[one] < 66 and 25 < age[other] < 60
        fits &= bool(np.isnat(people.again[one])) and bool(
            (world.shocks.severe[[one, other]] > months.LAST).all()
        )
        wed = int(months.index_of(people.wed[[one]])[0])
        if fits and case.start > -90 and wed < case.start - 30 and world.grade[other] == 0:
            return one, other
    return None


def _plant_divorced(world: World, active: Pool) -> None:
    """E06: divorced within a year of applying, still one dwelling; violence in the lookalikes."""
    rng = world.block.stream("E06")
    for _, clearing in turns(world, "E06", len(world.dibao), ("X16",)):
        case = active.take(lambda c: _couple(world, c) is not None)
        pair = None if case is None else _couple(world, case)
        if case is None or pair is None:
            return
        one, other = pair if pair[0] == case.head else pair[::-1]
        day = months.day(case.start - int(rng.integers(5, 9)), int(rng.integers(2, 27)))
        _divorce(world, case, one, other, day)
        who, begin = np.array([other]), np.array([case.start - 20])
        firm = np.array([world.firms.code[int(rng.integers(len(world.firms.code)))]])
        never = np.array([months.OPEN])
        insured(world, who, begin, never, firm, np.array([WAGE]))
        if clearing:
            code = str(world.areas.code[case.village])
            when = np.array([day - np.timedelta64(40, "D")])
            told = ("求助", "家庭暴力", "属实")
            ticket(world, world.people.number[[one]], code, told, when)
            _live_away(world, other, case.start - 4)
        about_case(
            world,
            "E06",
            case,
            one,
            case.start,
            role=role_of(clearing),
            clearing=clearing,
            difficulty="kin",
            known=max(case.start, 0) + 6,
        )


def _divorce(world: World, case: Dibao, one: int, other: int, day: np.datetime64) -> None:
    """A registered divorce; the other is not a member of the household."""
    people = world.people
    for a, b in ((one, other), (other, one)):
        people.former[a], people.spouse[a], people.split[a] = b, NOBODY, day
    case.members = [m for m in case.members if m.person != other]
    if case.head == other:
        case.head, case.account = one, str(people.account[one])
        case.account_name = str(people.name[one])


def _live_away(world: World, person: int, month: int) -> None:
    """A residence permit in another city."""
    people = world.people
    number, name = people.number[[person]], people.name[[person]]
    since, never = np.array([month]), np.array([months.OPEN])
    permit(world, number, name, "530100000000", "云南昆明外来人口公寓12", since, never)


def _elder(world: World, home: int) -> tuple[int, int] | None:
    """An old parent without a pension from work, and the grown child in whose home it lives."""
    people, age = world.people, world.people.age()
    who = [int(p) for p in world.homes.people_of(home)]
    for old in who:
        grown = [c for c in world.kin.children(old) if c in who and 26 < age[c] < 55]
        spouse = int(people.spouse[old])
        alone = spouse < 0 or not people.lives(spouse)
        poor = world.grade[old] == 0 and world.jobs.kind[old] == work.NONE
        if age[old] > 64 and grown and alone and poor and people.lives(old):
            return old, grown[0]
    return None


def _plant_parents(world: World) -> None:
    """E07: an old parent with a book of its own since shortly before, under an earner's roof."""
    rng = world.block.stream("E07")
    pairs = {h: two for h in modest_homes(world, "E07") if (two := _elder(world, h))}
    waiting = iter(pairs)
    for _, clearing in turns(world, "E07", len(world.dibao), ("X16", "X08")):
        home = next((h for h in waiting if world.is_free(h)), None)
        if home is None:
            return
        old, child = pairs[home]
        start = int(rng.integers(8, 34))
        case = single(world, old, start)
        world.dibao.append(case)
        world.aid.dibao_from[home] = start
        _split(world, old, home, start - int(rng.integers(4, 14)), clearing)
        _earn(world, rng, child, start, clearing)
        about_case(
            world,
            "E07",
            case,
            old,
            start,
            role=role_of(clearing),
            clearing=clearing,
            difficulty="kin",
            known=start,
        )


def _unused_book(world: World) -> str:
    """The number of a hukou book that lists nobody: of a home whose people are in another's."""
    homes = world.homes
    free = np.flatnonzero(homes.book != np.arange(len(homes)))
    drawn = world.block.stream("own books").permutation(free)
    return str(homes.book_no[drawn[len(world.own_books) % len(drawn)]])


def _split(world: World, old: int, home: int, month: int, clearing: str) -> None:
    """The parent leaves the common hukou book for one of its own at the same address."""
    homes = world.homes
    own = _unused_book(world)
    world.own_books[old] = (own, old)
    book = str(homes.book_no[homes.book[home]])
    day = months.day_in(np.array([month]), months.any_day(old))
    move(world, np.array([old]), "分户", day, (book, own), LAND if clearing == "X16" else "分家")


def _earn(world: World, rng: Generator, child: int, start: int, clearing: str) -> None:
    """The child earns at home, or works in a city and lives there."""
    take_away(world, child)
    if clearing == "X08":
        _live_away(world, child, start - 30)
        return
    world.jobs.kind[child], world.jobs.start[child] = work.FORMAL, start - 24
    world.jobs.wage[child] = round(float(rng.uniform(0.9, 1.3)) * WAGE, 0)
