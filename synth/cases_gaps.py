"""Planted gaps: alone on the edge (L15), 特困 unseen (L16), add-ons missing (L17), basics (L20)."""

# ruff: noqa: PLR2004 - ages and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.benefits import Dibao, Member
from doudi.synth.cases_burden import needs, note
from doudi.synth.cases_leak import household_of
from doudi.synth.cases_plan import modest_homes, role_of, turns
from doudi.synth.enrolment import SOURCE as ENROLMENT
from doudi.synth.enrolment import YEARS, january
from doudi.synth.homes import edge_number
from doudi.synth.lookback import plain_homes
from doudi.synth.registers import event
from doudi.synth.schooling import dropout
from doudi.synth.truth import about_need
from doudi.synth.wards import disable, take_away

if TYPE_CHECKING:
    from doudi.synth.benefits import Stipend
    from doudi.synth.plant import Pool
    from doudi.synth.world import World

ALONE, DECLINED = "alone", "declined"
FOREIGN = "440300000000"


def plant_gaps(world: World, active: Pool) -> None:
    """L15, L16, L17 and L20 with their lookalikes."""
    _plant_edge(world)
    _plant_unseen(world)
    _plant_addons(world, active)
    _plant_basics(world)


def _edge_homes(world: World) -> list[tuple[int, int]]:
    """Free homes on the edge register only, each with a severely disabled or ill member."""
    aid, people, shocks = world.aid, world.people, world.shocks
    edge = (aid.edge_from <= months.LAST - 6) & (aid.dibao_from == months.OPEN) & ~aid.tekun
    here = (people.home >= 0) & people.living()
    severe = (world.grade > 0) & (world.grade <= 2) & (world.cert_from < months.LAST - 6)
    hit = here & (severe | (shocks.severe <= months.LAST - 2))
    own = np.flatnonzero(hit & edge[np.where(people.home < 0, 0, people.home)])
    homes, first = np.unique(people.home[own], return_index=True)
    order = world.block.stream("L15").permutation(len(homes))
    found = [(int(homes[i]), int(own[first[i]])) for i in order.tolist()]
    return [(home, person) for home, person in found if world.is_free(home)]


def _plant_edge(world: World) -> None:
    """L15: nobody asked for them; lookalikes are paid alone, or declined in writing, as all others."""
    base = int((world.aid.edge_from <= months.LAST).sum())
    waiting = iter(_edge_homes(world))
    for turn, kind in turns(world, "L15", base, (ALONE, DECLINED)):
        home, person = next(waiting, (-1, -1))
        if home < 0:
            return
        told = "" if not kind else _settle_edge(world, home, person, wanted=turn % 2 == 0)
        first = _visible(world, home, person)
        household = ("low_income_edge_register", edge_number(world.homes, home))
        if told:
            household = ("dibao_household_register", told)
        about_need(world, "L15", household, person, first, role=role_of(kind))


def _visible(world: World, home: int, person: int) -> int:
    """The month in which both the recognition and the illness or disability are known."""
    ill = int(world.shocks.severe[person])
    cause = min(ill, int(world.cert_from[person]) if world.grade[person] else months.OPEN)
    return max(int(world.aid.edge_from[home]), cause, months.FIRST_PAID)


def _settle_edge(world: World, home: int, person: int, *, wanted: bool) -> str:
    """Pay a member of a home without wages, car and second flat alone; else it was declined.

    Returns:
        The case number; empty where the family declined in writing.
    """
    start = min(_visible(world, home, person) + 2, months.LAST)
    who = world.homes.people_of(home)
    owns = world.assets.second[home] or world.assets.car[home] or world.firms.run_by(who)
    if wanted and not owns and not world.jobs.kind[who].any():
        case = single(world, person, start)
        world.dibao.append(case)
        return case.number
    number = edge_number(world.homes, home)
    village = int(world.homes.village[home])
    event(world, number, "单人保", "不予确认", start, "自愿放弃", people=[person], village=village)
    return ""


def settle_edge(world: World) -> None:
    """Whoever else of an edge household is severely ill or disabled is paid alone, or declined.

    Where something is planted it was declined, so that no benefit disturbs it.
    """
    needy = [p for p in world.truth.planted if p.code == "L15" and p.role == "case"]
    told = world.lapsed | {world.home_of(p.person) for p in needy}
    for turn, person in enumerate(_severe_on_edge(world)):
        home = world.home_of(person)
        if home not in told:
            wanted = turn % 2 == 0 and world.is_free(home) and not world.cases_at(home)
            _settle_edge(world, home, person, wanted=wanted)


def _severe_on_edge(world: World) -> list[int]:
    """Severely ill or disabled people of edge households who draw no benefit that rules it out."""
    people, grade, home = world.people, world.grade, world.people.home
    edge = world.aid.edge_from[np.where(home < 0, 0, home)] <= months.LAST
    mental = (grade == 3) & np.isin(world.ailment, ("智", "精"))
    certified = ((grade > 0) & (grade <= 2)) | mental
    severe = (certified & (world.cert_from <= months.LAST)) | (world.shocks.severe <= months.LAST)
    own = np.flatnonzero((home >= 0) & edge & severe & people.living())
    held = {m.person for case in world.dibao if case.active() for m in case.members}
    held |= {s.person for s in world.stipends if s.kind == "tekun" and s.active()}
    held |= {ward.child for ward in world.wards.children}
    return [p for p in own.tolist() if p not in held]


def single(world: World, person: int, start: int) -> Dibao:
    """A minimum-living case of one person."""
    home = world.home_of(person)
    village = int(world.homes.village[home])
    town = int(world.areas.town[village])
    return Dibao(
        number=world.case_number(village),
        home=home,
        head=person,
        members=[Member(person, start)],
        start=start,
        village=village,
        urban=bool(world.homes.urban[home]),
        account=str(world.people.account[person]),
        account_name=str(world.people.name[person]),
        handler=(world.officials.handlers.get(town) or ["mz00001"])[0],
    )


def _kin(world: World, person: int) -> list[int]:
    """Spouse and children who live in the county."""
    kin = [int(world.people.spouse[person]), *world.kin.children(person)]
    return [one for one in kin if one >= 0 and world.people.lives(one)]


def _alone(world: World) -> list[tuple[Stipend, list[int]]]:
    """特困 support of old people with no kin here, or three at most who could be disabled."""
    people, age = world.people, world.people.age()
    plain, found = plain_homes(world) & ~world.assets.car, []
    owners = {*world.firms.owner.tolist(), *world.firms.business_owner.tolist()}
    owners |= world.reserved | set(world.officials.person)
    for stipend in world.stipends:  # few: one a benefit kept by person
        person = stipend.person
        fits = stipend.kind == "tekun" and stipend.active() and not stipend.institution
        if fits and people.lives(person) and age[person] > 63:
            kin = _kin(world, person)
            may = all(k not in owners and plain[people.home[k]] for k in kin)
            if world.is_free(world.home_of(person)) and len(kin) < 4 and may:
                found.append((stipend, kin))
    return sorted(found, key=lambda pair: len(pair[1]))


def _plant_unseen(world: World) -> None:
    """L16: old, alone, no kin who could support, and not in 特困 support; lookalikes are."""
    waiting = iter(_alone(world))
    base = sum(s.kind == "tekun" and s.active() for s in world.stipends)
    for turn, kind in turns(world, "L16", base, ("met",)):
        stipend, kin = next(waiting, (None, []))
        if stipend is None:
            return
        person = stipend.person
        for child in kin:
            world.used.add(world.home_of(child))
            take_away(world, child)
            disable(world, child, -30)
        household = ("tekun_register", f"person:{world.people.number[person]}")
        if not kind:
            world.stipends.remove(stipend)
            world.aid.tekun[world.home_of(person)] = False
            world.unaided.add(world.home_of(person))
            if turn % 2:
                world.dibao.append(single(world, person, -8))
                world.aid.dibao_from[world.home_of(person)] = -8
            household = household_of(world, person)
        about_need(world, "L16", household, person, months.FIRST_PAID, role=role_of(kind))


def _plant_addons(world: World, active: Pool) -> None:
    """L17: premiums of a paid household that nobody met this year; last year in the lookalikes."""
    for _, kind in turns(world, "L17", len(world.dibao), ("late",)):
        case = active.take(lambda c: c.start < 20 and bool(world.jobs.kind[c.head] == 0))
        if case is None:
            return
        year = YEARS[-1] - bool(kind)
        world.unsubsidised |= {m.person: year for m in case.members}
        household = ("dibao_household_register", case.number)
        about_need(world, "L17", household, case.head, january(year), role=role_of(kind))


def _plant_basics(world: World) -> None:
    """L20: no insurance, or out of school; insured elsewhere, or at school again."""
    rng = world.block.stream("L20")
    pairs = {h: two for h in modest_homes(world, "L20") if (two := _grown_and_young(world, h))}
    pool = list(pairs)
    for turn, kind, home in needs(world, "L20", len(world.homes), pool, ("elsewhere", "back")):
        grown, young = pairs[home]
        if kind == "back" or (not kind and turn % 2):
            month = int(rng.integers(34, 44))
            world.at_school[young] = bool(kind)
            status = "已复学" if kind else "辍学"
            dropout(world, np.array([young]), np.array([month]), status)
            note(world, "L20", young, month, kind)
            continue
        world.uninsured.add(grown)
        if kind:
            _insure_elsewhere(world, grown)
        note(world, "L20", grown, january(YEARS[-1]), kind)


def _grown_and_young(world: World, home: int) -> tuple[int, int] | None:
    """A grown person without job and a child of school age."""
    age, jobs = world.people.age(), world.jobs
    who = [int(p) for p in world.homes.people_of(home)]
    grown = [p for p in who if 25 < age[p] < 64 and jobs.kind[p] == 0]
    young = [p for p in who if 8.5 < age[p] < 14.8]
    return (grown[0], young[0]) if grown and young else None


def _insure_elsewhere(world: World, person: int) -> None:
    """A row of this year from the city where somebody lives."""
    first = january(YEARS[-1])
    world.book.add(
        ENROLMENT,
        known=first,
        person_id=[str(world.people.number[person])],
        scheme="居民",
        year=str(YEARS[-1]),
        subsidised_category="",
        paid_date=months.day(first, months.any_day(person)),
        area_code=FOREIGN,
        status="正常参保",
        name=str(world.people.name[person]),
    )
