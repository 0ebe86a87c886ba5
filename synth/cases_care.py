"""Planted: custody (E37), lapsed certificates (E40), age limits (E43), institutions (E45)."""

# ruff: noqa: PLR2004 - ages and months of the model explain themselves where they stand
from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.cases_leak import household_of
from doudi.synth.cases_plan import idle_member, role_of, turns
from doudi.synth.children import PROGRAMME
from doudi.synth.justice import DETOX, PROVINCES, corrected, held, inmate
from doudi.synth.payments import PROGRAMMES
from doudi.synth.registers import event
from doudi.synth.relief import stay
from doudi.synth.truth import about_case, about_person
from doudi.synth.wards import DEAD, make_wards, ward_homes

if TYPE_CHECKING:
    from doudi.synth.benefits import Stipend
    from doudi.synth.plant import Pool
    from doudi.synth.world import World

NAT = np.datetime64("NaT", "D")
TEKUN = ("特困供养", "特困照护")
VALID = 240
"""Months for which a certificate is valid."""
AWAY = 2
"""Months in hospital of somebody who keeps the place in the institution."""


def plant_care(world: World, active: Pool) -> None:
    """E37, E40, E43 and E45 with their lookalikes."""
    _plant_custody(world, active)
    _plant_lapsed(world)
    _plant_grown(world)
    _plant_checked_out(world)


def _plant_custody(world: World, active: Pool) -> None:
    """E37: a member in prison or detox; released on probation; released before the benefit."""
    rng = world.block.stream("E37")
    for turn, clearing in turns(world, "E37", len(world.dibao), ("X04", "X15")):
        case = active.take(lambda c: idle_member(world, c, low=19, high=58) is not None)
        person = None if case is None else idle_member(world, case, low=19, high=58)
        if case is None or person is None:
            continue
        who, first = np.array([person]), max(case.start + 1, int(rng.integers(16, 38)))
        never = np.array([months.OPEN])
        if clearing == "X15":
            first, out = case.start, np.array([case.start - 6])
            inmate(world, who, out - 24, out, out, PROVINCES[0])
        elif clearing == "X04":
            inmate(world, who, np.array([first - 14]), np.array([first + 40]), never, PROVINCES[0])
            corrected(world, who, np.array([first - 1]), np.array([first + 40]))
        elif turn % 3 == 2:
            held(world, who, DETOX, np.array([first]), np.array([first + 36]))
        else:
            inmate(
                world, who, np.array([first]), np.array([first + 72]), never, PROVINCES[turn % 5]
            )
        world.at_school[person] = False
        world.well.add(case.home)
        if not clearing:
            world.wards.held[person] = first
        about_case(
            world,
            "E37",
            case,
            person,
            first + (clearing != "X15"),
            role=role_of(clearing),
            clearing=clearing,
            known=first + 1,
        )


def _disabled(world: World) -> list[Stipend]:
    """Allowances of grown people in free homes who draw only this one, in random order."""
    age, dead = world.people.age(), world.people.dead_month()
    both = Counter(s.person for s in world.stipends if s.kind in {"care", "living"})
    own = [
        s
        for s in world.stipends
        if s.kind in {"care", "living"}
        and s.active()
        and s.start < 10
        and both[s.person] == 1
        and age[s.person] > 28
        and dead[s.person] > months.LAST
        and world.is_free(world.home_of(s.person))
    ]
    order = world.block.stream("E40 people").permutation(len(own))
    return [own[i] for i in order.tolist()]


def _plant_lapsed(world: World) -> None:
    """E40: an allowance beyond the certificate's validity; renewal asked for; given back."""
    rng, pool = world.block.stream("E40"), _disabled(world)
    for _, clearing in turns(world, "E40", len(world.dibao), ("X23", "X19")):
        stipend = next((s for s in pool if world.is_free(world.home_of(s.person))), None)
        if stipend is None:
            return
        person, ends = stipend.person, int(rng.integers(20, 40))
        world.cert_from[person] = ends - VALID
        if clearing == "X23":
            _ask(world, person, ends - 1)
        if clearing == "X19":
            stipend.end, stipend.returned = ends + 3, (ends + 1, ends + 3)
        about_person(
            world,
            "E40",
            person,
            "disability_two_subsidies",
            ends + 1,
            stipend.last_paid(),
            role=role_of(clearing),
            clearing=clearing,
            programmes=(PROGRAMMES[stipend.kind],),
            known=ends + 1,
        )


def _ask(world: World, person: int, month: int) -> None:
    """A renewal that was applied for in time and is not decided yet."""
    event(
        world,
        household_of(world, person)[1],
        "残疾人两项补贴",
        "申请",
        month,
        "残疾证到期换证",
        people=[person],
        village=int(world.homes.village[world.home_of(person)]),
    )


def _plant_grown(world: World) -> None:
    """E43: an orphan's allowance beyond eighteen; lookalikes are still at school."""
    rng, waiting = world.block.stream("E43"), iter(_grown_orphans(world))
    for _, clearing in turns(world, "E43", len(world.dibao), ("X06",)):
        home, grown, guardian = next(waiting, (-1, -1, -1))
        if home < 0:
            return
        made = make_wards(world, rng, home, (DEAD, DEAD), guardian=guardian)
        ward = next(w for w in made if w.child == grown)
        world.at_school[ward.child] = bool(clearing)
        first = int(months.index_of(world.people.birth[[ward.child]])[0]) + 18 * 12 + 1
        about_person(
            world,
            "E43",
            ward.child,
            "orphan_child_register",
            first,
            months.LAST,
            role=role_of(clearing),
            clearing=clearing,
            programmes=(PROGRAMME,),
        )


def _grown_orphans(world: World) -> list[tuple[int, int, int]]:
    """Homes with a child of just eighteen, that child, and a grandparent who is its guardian."""
    people, age, found = world.people, world.people.age(), []
    for home in ward_homes(world, "E43", high=18.88, own_book=False, inside=False):
        grown = [int(p) for p in world.homes.people_of(home) if 18.05 < age[p] < 18.88]
        for child in grown[:1]:
            line = (people.father, people.mother)
            elders = [int(own[p[child]]) for p in line for own in line]
            fits = [e for e in elders if e >= 0 and people.lives(e) and age[e] < 75]
            found += [(home, child, elder) for elder in fits[:1]]
    return found


def _plant_checked_out(world: World) -> None:
    """E45: support in an institution after leaving it; moved to another; in hospital meanwhile."""
    rng = world.block.stream("E45")
    own = [s for s in world.stipends if s.kind == "tekun" and s.active() and not s.institution]
    pool = [s for s in own if s.start < 10 and world.people.lives(s.person)]
    pool.sort(key=lambda s: not world.kin.children(s.person))  # who has none is needed for L16
    for _, clearing in turns(world, "E45", len(world.dibao), ("X15", "X20")):
        stipend = next((s for s in pool if world.is_free(world.home_of(s.person))), None)
        if stipend is None:
            return
        place, month = world.firms.institutions[0][0], int(rng.integers(22, 38))
        _leave(world, stipend, place, month, clearing)
        about_person(
            world,
            "E45",
            stipend.person,
            "tekun_register",
            month + (clearing == ""),
            stipend.last_paid() if not clearing else month + AWAY * (clearing == "X20"),
            role=role_of(clearing),
            clearing=clearing,
            programmes=TEKUN,
            known=month + 1,
        )


def _leave(world: World, stipend: Stipend, place: str, month: int, clearing: str) -> None:
    """The rows of a stay that ended while the register still has the person inside."""
    who, out = np.array([stipend.person]), np.array([months.day(month, 12)])
    stipend.institution = place
    world.placed.add(stipend.person)
    begin = months.day_in(np.array([stipend.start]), 4)
    if clearing == "X15":
        stay(world, who, world.firms.institutions[1][0], begin, out, known=month)
        stay(world, who, place, out, NAT, known=month)
        return
    stay(world, who, place, begin, out, known=month)
    if clearing == "X20":
        back = np.array([months.day(month + AWAY, 6)])
        stay(world, who, place, back, NAT, known=month + AWAY)
        _hospital(world, stipend.person, out[0], back[0])


def _hospital(world: World, person: int, admit: np.datetime64, leave: np.datetime64) -> None:
    """A long stay in hospital, paid by fund and assistance."""
    world.book.add(
        "inpatient_settlement",
        known=int(months.index_of(np.array([leave]))[0]),
        person_id=[str(world.people.number[person])],
        hospital="县人民医院",
        admit=admit,
        discharge=leave,
        total=31_000.0,
        fund_paid=24_000.0,
        serious_illness_paid=0.0,
        assistance_paid=7_000.0,
        self_pay=0.0,
        disease_group="骨科",
        settlement_no=f"ZY{world.next_serial():08d}",
        reverses="",
        name=str(world.people.name[person]),
    )
