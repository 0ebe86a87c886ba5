"""Planted needs: medical costs (L02), a death of the earner (L04), school costs (L07), old age (L08)."""

# ruff: noqa: PLR2004 - ages and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.burden import assist, income_of
from doudi.synth.care import HOSPITALS, help_once
from doudi.synth.cases_leak import household_of
from doudi.synth.cases_plan import modest_homes, role_of, turns
from doudi.synth.health import living_alone
from doudi.synth.lookback import plain_homes
from doudi.synth.relief import stay
from doudi.synth.rigid import rigid
from doudi.synth.truth import about_need
from doudi.synth.wards import die, take_away

if TYPE_CHECKING:
    from collections.abc import Iterator

    from doudi.synth.world import World

NAT = np.datetime64("NaT", "D")
OWN_PART = 9_400.0
"""What each of three stays costs the patient; together well over the yearly line."""
MET = "met"
"""Instead of a clearing code, which needs have none."""
SCHOOL_MONTH = 39
ROUND = 44
"""Month of the last delivered round in which old people were assessed."""


def plant_burdens(world: World) -> None:
    """L02, L04, L07 and L08 with their lookalikes."""
    _plant_students(world)
    _plant_lonely(world)
    _plant_bereaved(world)
    _plant_medical(world)


def needs(
    world: World, code: str, base: int, pool: list[int], kinds: tuple[str, ...]
) -> Iterator[tuple[int, str, int]]:
    """Turn, kind of lookalike and a free home for each planted need, as long as there are homes."""
    waiting = iter(pool)
    for turn, kind in turns(world, code, base, kinds):
        home = next((h for h in waiting if world.is_free(h)), None)
        if home is None:
            return
        yield turn, kind, home


def note(world: World, code: str, person: int, first: int, kind: str) -> None:
    """The truth about a need of a person's household."""
    household = household_of(world, person)
    about_need(world, code, household, person, first, role=role_of(kind))
    if not kind:
        world.unaided.add(world.home_of(person))


def _plant_medical(world: World) -> None:
    """L02: three dear stays; lookalikes are on the register of rigid spending, or got aid."""
    pool, age = modest_homes(world, "L02"), world.people.age()
    for turn, kind, home in needs(world, "L02", len(world.homes), pool, ("rigid", "aid")):
        grown = [int(p) for p in world.homes.people_of(home) if age[p] >= 18]
        grown = grown or [int(world.homes.head[home])]
        person, first = grown[turn % len(grown)], months.LAST - 5 - turn % 3
        paid = [_stay(world, person, month) for month in (first - 3, first - 1, first)]
        who, when = np.array([home]), np.array([first])
        cost = np.array([round(sum(paid), 2)])
        if kind == "rigid":
            income = np.minimum(income_of(world)[who], cost / 0.72)
            rigid(world, who, when, cost, income, np.zeros(1))
        if kind == "aid":
            day = months.day_in(when, 28)
            amount = np.round(cost * 0.4, 2)
            assist(world, np.array([person]), day, amount, "因病致贫重病患者", "", direct=False)
        note(world, "L02", person, first, kind)


def _stay(world: World, person: int, month: int) -> float:
    """A stay of some ten days of which the patient pays much; returns how much."""
    rng = world.block.stream(f"L02 {person} {month}")
    own = round(OWN_PART * float(rng.uniform(0.92, 1.25)), 2)
    fund = round(own * float(rng.uniform(1.3, 2.1)), 2)
    admit = months.day(month, int(rng.integers(2, 14)))
    world.book.add(
        "inpatient_settlement",
        known=month,
        person_id=[str(world.people.number[person])],
        hospital=HOSPITALS[int(rng.integers(len(HOSPITALS)))],
        admit=admit,
        discharge=admit + np.timedelta64(int(rng.integers(6, 14)), "D"),
        total=round(own + fund, 2),
        fund_paid=fund,
        serious_illness_paid=0.0,
        assistance_paid=0.0,
        self_pay=own,
        disease_group=str(rng.choice(["循环系统", "消化系统", "骨科"])),
        settlement_no=f"ZY{world.next_serial():08d}",
        reverses="",
        name=str(world.people.name[person]),
    )
    return own


def _plant_bereaved(world: World) -> None:
    """L04: a parent of minor children dies; lookalikes got temporary assistance at once."""
    rng = world.block.stream("L04")
    pool = [h for h in modest_homes(world, "L04") if _breadwinner(world, h) >= 0]
    for turn, kind, home in needs(world, "L04", len(world.homes), pool, (MET,)):
        person, month = _breadwinner(world, home), months.LAST - turn % 2
        widow = int(world.people.spouse[person])
        take_away(world, person)
        die(world, person, month, int(rng.integers(2, 8)), ("FH", "F", "PF")[turn % 3])
        world.homes.head[home] = widow
        world.assets.bike[home] = False
        if kind:
            help_once(world, widow, month, "主要劳动力死亡", 4_000.0, day=27)
        note(world, "L04", widow, month, kind)


def _breadwinner(world: World, home: int) -> int:
    """A father or mother below fifty of a child at home, whose spouse lives there too; or -1."""
    people, age = world.people, world.people.age()
    who = [int(p) for p in world.homes.people_of(home)]
    for person in who:
        spouse = int(people.spouse[person])
        young = [c for c in world.kin.children(person) if age[c] < 16 and c in who]
        if 25 < age[person] < 50 and young and spouse in who and people.male[person]:
            return person
    return -1


def _plant_students(world: World) -> None:
    """L07: two children beyond compulsory school without aid or loan; lookalikes got aid."""
    modest = modest_homes(world, "L07", comfort=1.2, cars=True)
    pool = [h for h in modest if len(_students(world, h)) > 1]
    for _, kind, home in needs(world, "L07", len(world.homes), pool, (MET,)):
        students = _students(world, home)
        world.at_school |= dict.fromkeys(students, True)
        world.studying.add(home)
        if not kind:
            world.unschooled.add(home)
        person = students[0]
        for student in students:
            take_away(world, student)
        note(world, "L07", person, SCHOOL_MONTH, kind)


def _students(world: World, home: int) -> list[int]:
    """Children of a home who could study, one of them at a tertiary school; else nobody."""
    people, age = world.people, world.people.age(months.SNAPSHOT)
    who = world.homes.people_of(home)
    found = [
        int(p)
        for p in who
        if 16 <= age[p] < 22 and people.spouse[p] < 0 and p != world.homes.head[home]
    ]
    found.sort(key=lambda p: -age[p])
    return found if found and age[found[0]] >= 19.0 else []


def _plant_lonely(world: World) -> None:
    """L08: an old person alone and frail on whom nobody calls; called on, or in an institution."""
    people, age = world.people, world.people.age()
    homes, book = world.homes, world.homes.book
    fits = plain_homes(world) & (np.bincount(book, minlength=len(homes))[book] == 1)
    alone = living_alone(world) & (age >= 70.5) & people.living() & fits[people.home]
    rng = world.block.stream("L08")
    own = [int(p) for p in rng.permutation(np.flatnonzero(alone)) if not _has_child(world, int(p))]
    pool, lives = [world.home_of(p) for p in own], {world.home_of(p): p for p in own}
    base = int((living_alone(world) & (age >= 70)).sum())
    for _, kind, home in needs(world, "L08", base, pool, ("called", "lodger")):
        person = lives[home]
        _assess(world, person)
        if kind != "called":
            world.uncalled.add(home)
        if kind == "lodger":
            place = world.firms.institutions[0][0]
            begin = np.array([months.day(30, months.any_day(person))])
            stay(
                world,
                np.array([person]),
                place,
                begin,
                NAT,
                known=30,
                fee=1_500.0 + person % 7 * 100,
            )
        note(world, "L08", person, ROUND, kind)


def _has_child(world: World, person: int) -> bool:
    """Whether a child lives in the county."""
    return any(world.people.lives(c) for c in world.kin.children(person))


def _assess(world: World, person: int) -> None:
    """An assessment that shows severe dependence."""
    world.book.add(
        "elderly_disability_assessment",
        known=ROUND,
        person_id=[str(world.people.number[person])],
        disability_level="重度失能",
        assess_date=months.day(ROUND, months.any_day(person)),
        living_alone=True,
        name=str(world.people.name[person]),
    )
