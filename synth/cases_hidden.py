"""Planted needs that no single alarm shows: L18 and L21, and such as were met."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.care import help_once
from doudi.synth.cases_absent import unknown_people
from doudi.synth.cases_leak import household_of
from doudi.synth.farms import livestock
from doudi.synth.people import NOBODY
from doudi.synth.plant import lookalikes, wanted
from doudi.synth.quiet import quiet_homes
from doudi.synth.relief import sheltered
from doudi.synth.residence import INCOMERS, permit
from doudi.synth.rural import borrow
from doudi.synth.service import ticket
from doudi.synth.truth import Planted, about_need

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from doudi.synth.world import World

RESIDENT = (16, 34)
"""Months in which planted people from elsewhere came to live in the county."""
SPAN = 12
"""Months within which mild signs add up."""
MODEST = 0.5
"""Comfort up to which a home is no better off than most."""


EARLY = 17
"""Last day of the month on which something befalls somebody who is helped in the same month."""


def plant_hidden(world: World) -> None:
    """L18 and L21 with needs of the same kind that were met."""
    _outsiders(world, world.block.stream("L18"))
    _mild_signs(world, world.block.stream("L21"))


def _outsiders(world: World, rng: Generator) -> None:
    """L18: at home in the county and in no hukou book of it; lookalikes were helped or left."""
    people = world.people
    cases = wanted(world, "L18", round(INCOMERS * int((people.home != NOBODY).sum())))
    taken = {case.head for case in world.ghosts}
    pool = [p for p in rng.permutation(unknown_people(world)).tolist() if p not in taken]
    for turn, person in enumerate(pool[: cases + lookalikes(cases, 2)]):
        month = int(rng.integers(months.LAST - 2, months.LAST + 1))
        met = ("", "helped", "left")[0 if turn < cases else 1 + turn % 2]
        _settle(world, rng, person, month - 2 if met == "left" else months.OPEN)
        homeless = turn % 2 == 1 and met != "left"
        _strike(world, person, month, homeless=homeless)
        if met == "helped":
            _help(world, person, month)
        for code in ("L18",) if met or homeless else ("L18", "L01"):
            _note(world, code, person, month, met)


def _note(world: World, code: str, person: int, month: int, met: str) -> None:
    """The truth about somebody without a household; the severely ill are L01 as well."""
    world.truth.add(
        Planted(
            code,
            "decoy" if met else "case",
            f"person:{world.people.number[person]}",
            "residence_permit",
            person,
            month,
            months.LAST,
            difficulty=met or ("no hukou" if code == "L18" else "overlap"),
            known=month,
        )
    )


def _settle(world: World, rng: Generator, person: int, until: int) -> None:
    """A residence permit in a village of the county."""
    areas, people, own = world.areas, world.people, np.array([person])
    village = int(rng.integers(len(areas.code)))
    permit(
        world,
        people.number[own],
        people.name[own],
        str(areas.code[village]),
        f"{areas.name[village]}出租屋{int(rng.integers(1, 90))}",
        np.array([int(rng.integers(*RESIDENT))]),
        np.array([until]),
    )


def _strike(world: World, person: int, month: int, *, homeless: bool) -> None:
    """A severe illness, or days in the shelter."""
    people, own = world.people, np.array([person])
    if homeless:
        sheltered(
            world,
            own,
            months.day_in(np.array([month]), months.any_day(person, EARLY)),
            np.array([True]),
        )
        return
    world.book.add(
        "severe_disease_register",
        known=month,
        person_id=people.number[own],
        disease="尿毒症",
        confirmed_date=months.day_in(np.array([month]), months.any_day(person, EARLY)),
        status="治疗中",
        hospital="县人民医院",
        name=people.name[own],
    )


def _help(world: World, person: int, month: int) -> None:
    """Temporary assistance where the person lives."""
    world.book.add(
        "temporary_assistance",
        known=month,
        case_id=[f"LS{world.next_serial():07d}"],
        person_id=str(world.people.number[person]),
        type="急难",
        cause="生活困难",
        amount=2_000.0,
        pay_date=months.day(month, 21),
        township_fund=True,
        area_code=str(world.areas.town_code[0]),
        account_hash=str(world.people.account[person]),
    )


def _calm(world: World) -> NDArray[np.bool_]:
    """Modest rural homes with an archive and no blow within the simulated months."""
    people, shocks, homes = world.people, world.shocks, world.homes
    fits = quiet_homes(world) & world.aid.archived & ~homes.urban & (homes.comfort < MODEST)
    fits &= (shocks.disaster > months.LAST) & ~world.assets.car & ~world.assets.second
    hit = (people.home != NOBODY) & (
        (shocks.severe <= months.LAST) | world.jobs.lost() | (people.dead_month() <= months.LAST)
    )
    fits[people.home[hit]] = False
    later = [h for h, month in world.relapse_months.items() if month <= months.LAST + 1]
    fits[np.array(later, dtype=np.int64)] = False
    return fits


def _mild_signs(world: World, rng: Generator) -> None:
    """L21: three mild signs within a year; lookalikes have two, or were helped."""
    cases = wanted(world, "L21", len(world.homes))
    pool = rng.permutation(np.flatnonzero(_calm(world))).tolist()
    for turn, home in enumerate(pool[: cases + lookalikes(cases, 2)]):
        head, last = (
            int(world.homes.head[home]),
            max(int(rng.integers(months.LAST - 3, months.LAST + 1)), months.SNAPSHOT),
        )
        met = ("", "two signs", "helped")[0 if turn < cases else 1 + turn % 2]
        world.unaided.add(home)
        world.well |= {home} if met == "two signs" else set()
        _show(world, rng, head, last, every=met != "two signs")
        if met == "helped":
            help_once(world, head, last, "生活困难", 1_500.0, day=27)
        about_need(
            world,
            "L21",
            household_of(world, head),
            head,
            last,
            role="decoy" if met else "case",
            difficulty=met or "weak signs",
        )


def _show(world: World, rng: Generator, head: int, last: int, *, every: bool) -> None:
    """A loan overdue, an empty sty and, where every sign shows, a call that led to nothing."""
    who, village = np.array([head]), world.homes.village[world.people.home[head]]
    due = last - int(rng.integers(2, SPAN - 2))
    begun = np.array([due - 36])
    borrow(
        world,
        who,
        begun,
        20_000.0,
        due=begun + 36,
        day=months.any_day(head),
        use="养殖",
        overdue=True,
    )
    for stock, known in ((45.0, begun + 1), (0.0, np.array([last - 1]))):
        livestock(
            world,
            who,
            kind=np.array([0]),
            stock=np.array([stock]),
            registered=begun + 1,
            insured=False,
            known=known,
        )
    if every:
        asked = months.day_in(np.array([last]), months.any_day(head, EARLY))
        told = ("求助", "临时救助", "已解释")
        code = str(world.areas.code[village])
        ticket(world, str(world.people.number[head]), code, told, asked)
