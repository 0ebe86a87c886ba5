"""Planted needs that nobody met: L01, L03, L05, L06, L24, and needs that were met."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months, work
from doudi.synth.archives import archive_number
from doudi.synth.care import help_once
from doudi.synth.cases_exits import plant_exits
from doudi.synth.homes import edge_number
from doudi.synth.people import NOBODY
from doudi.synth.plant import lookalikes, wanted
from doudi.synth.truth import about_need

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.plant import Pool
    from doudi.synth.world import World

EDGE_INCOME = 8_200.0
"""CNY a head and year, between the standard and one and a half times it."""


def household_of(world: World, person: int) -> tuple[str, str]:
    """Register and number of the household that a fact about a person belongs to."""
    home = world.home_of(person)
    for case in world.cases_at(home):
        if any(m.person == person for m in case.members):
            return "dibao_household_register", case.number
    if world.aid.edge_from[home] <= months.LAST:
        return "low_income_edge_register", edge_number(world.homes, home)
    if world.aid.archived[home]:
        return "poverty_archive", archive_number(world, home)
    return "hukou_population", str(world.homes.book_no[world.homes.book[home]])


def plant_needs(world: World, active: Pool, left: Pool) -> None:
    """All needs, after the errors."""
    _fallen_ill(world)
    _disabled(world)
    _out_of_work(world)
    _struck(world)
    plant_exits(world, active, left)
    _almost_poor(world)


def _ordinary(world: World) -> NDArray[np.int64]:
    """Modest homes on no register, in a hukou book of their own, with nothing else to tell."""
    people, homes, shocks = world.people, world.homes, world.shocks
    fits = ~world.aid.ever() & (homes.comfort < 0.6) & ~world.assets.car & ~world.assets.second
    fits &= (shocks.disaster > months.LAST) & people.living()[homes.head]
    fits &= np.bincount(homes.book, minlength=len(homes))[homes.book] == 1
    taken = [int(people.home[p]) for p in world.reserved | set(world.officials.person)]
    fits[sorted(set(taken) | world.used)] = False
    ill = np.flatnonzero((people.home >= 0) & (shocks.severe <= months.LAST))
    fits[people.home[ill]] = False
    lost = np.flatnonzero((people.home >= 0) & world.jobs.lost())
    fits[people.home[lost]] = False
    dying = np.flatnonzero((people.home >= 0) & (people.dead_month() <= months.LAST))
    fits[people.home[dying]] = False
    later = np.array(
        [h for h, m in world.relapse_months.items() if m <= months.LAST + 1], dtype=np.int64
    )
    fits[later] = False
    return world.rng.permutation(np.flatnonzero(fits))


def _fallen_ill(world: World) -> None:
    """L01: a diagnosis in the last months; lookalikes were helped at once."""
    cases = wanted(world, "L01", len(world.homes))
    homes = _ordinary(world)
    age = world.people.age()
    for turn, home in enumerate(homes[: cases + lookalikes(cases, 1)].tolist()):
        who = [int(p) for p in world.homes.people_of(home) if age[p] >= 18]
        person = who[int(world.rng.integers(len(who)))]
        month = months.LAST - turn % 2
        world.shocks.severe[person] = month
        if turn < cases:
            world.unaided.add(home)
        about_need(
            world,
            "L01",
            household_of(world, person),
            person,
            month,
            role="case" if turn < cases else "decoy",
        )


def _disabled(world: World) -> None:
    """L03: grade one or two without a subsidy; people in 特困 support cannot have one."""
    people = world.people
    certified = np.flatnonzero((world.grade > 0) & (world.grade <= 2) & people.living())
    held = {s.person for s in world.stipends if s.kind == "tekun"}
    old = world.cert_from[certified] < months.LAST - 12
    pool = [p for p in certified[old].tolist() if p not in held]
    free = [p for p in pool if world.is_free(world.home_of(p))]
    wrong = world.error_homes()
    both = [p for p in pool if world.home_of(p) in wrong]
    cases = wanted(world, "L03", len(certified))
    if not cases:
        return
    both = both or _newly_disabled(world)
    chosen = both[: max(1, cases // 4)]
    chosen += [p for p in world.rng.permutation(free).tolist() if p not in chosen][
        : cases - len(chosen) + 1
    ]
    for person in chosen:
        world.stipends = [
            s for s in world.stipends if s.person != person or s.kind not in {"care", "living"}
        ]
        first = max(int(world.cert_from[person]) + 3, months.FIRST_PAID)
        about_need(
            world,
            "L03",
            household_of(world, person),
            person,
            first,
            difficulty="overlap" if person in both else "plain",
            grade="certificate",
        )
    held_alone = [
        s
        for s in world.stipends
        if s.kind == "tekun"
        and s.active()
        and people.lives(s.person)
        and world.is_free(world.home_of(s.person))
    ]
    for stipend in held_alone[: lookalikes(cases, 1)]:
        world.grade[stipend.person], world.cert_from[stipend.person] = 2, 6
        number = str(people.number[stipend.person])
        about_need(
            world,
            "L03",
            ("tekun_register", f"person:{number}"),
            stipend.person,
            months.FIRST_PAID,
            role="decoy",
            grade="certificate",
        )


def _newly_disabled(world: World) -> list[int]:
    """A certificate for somebody whose home an error is planted in: both are true at once."""
    homes = world.error_homes()
    members = [m.person for case in world.dibao if case.home in homes for m in case.members]
    chosen = [p for p in members if world.people.lives(p) and world.grade[p] == 0][:1]
    for person in chosen:
        world.grade[person], world.ailment[person], world.cert_from[person] = 2, "肢", 4
    return chosen


def _out_of_work(world: World) -> None:
    """L05: the only insured earner's contributions stop; lookalikes found work or were helped."""
    jobs, people = world.jobs, world.people
    cases = wanted(world, "L05", len(world.homes))
    earning = np.zeros(len(world.homes), dtype=np.int64)
    working = np.flatnonzero((jobs.kind != work.NONE) & (people.home >= 0))
    np.add.at(earning, people.home[working], 1)
    holder = np.full(len(world.homes), NOBODY)
    formal = working[jobs.kind[working] == work.FORMAL]
    holder[people.home[formal]] = formal
    homes = _ordinary(world)
    sole = holder[homes[(earning[homes] == 1) & (holder[homes] != NOBODY)]]
    fits = sole[jobs.start[sole] < 20].tolist()
    for turn, person in enumerate(fits[: cases + lookalikes(cases, 2)]):
        home, last = world.home_of(person), months.LAST - 4
        jobs.end[person] = last
        jobs.again[person] = months.OPEN
        if turn < cases:
            world.unaided.add(home)
        elif turn % 2:
            jobs.again[person] = last + 2
        about_need(
            world,
            "L05",
            household_of(world, person),
            person,
            last + 3,
            role="case" if turn < cases else "decoy",
        )


def _struck(world: World) -> None:
    """L06: a ruined house or lost crops without aid; lookalikes got disaster or other aid."""
    shocks, homes = world.shocks, world.homes
    cases = wanted(world, "L06", len(homes))
    pool = [h for h in _ordinary(world).tolist() if not homes.urban[h]]
    for turn, home in enumerate(pool[: cases + lookalikes(cases, 2)]):
        month = int(world.rng.integers(months.LAST - 5, months.LAST))
        shocks.disaster[home], shocks.event[home] = month, "洪涝"
        shocks.damage[home], shocks.crop_loss[home] = ("C", "D")[turn % 2], 600.0
        person = int(homes.head[home])
        if world.aid.archived[home] and turn < cases:
            shocks.damage[home], shocks.crop_loss[home] = "B", 9_000.0 * homes.size[home]
        if turn < cases or turn % 2:
            world.unaided.add(home)
        if turn >= cases and turn % 2:
            help_once(world, person, month, "受灾", 3000.0)
        about_need(
            world,
            "L06",
            household_of(world, person),
            person,
            month + (1 if turn < cases else 0),
            role="case" if turn < cases else "decoy",
        )


def _almost_poor(world: World) -> None:
    """L24: an income a little over the standard; lookalikes are on the edge register."""
    cases = wanted(world, "L24", int(world.aid.archived.sum()))
    homes = world.homes
    pool = [h for h in _ordinary(world).tolist() if world.aid.archived[h]]
    for home in pool[:cases]:
        world.ledger[home, 2025] = EDGE_INCOME + float(world.rng.integers(-6, 12) * 100)
        world.unaided.add(home)
        person = int(homes.head[home])
        about_need(world, "L24", household_of(world, person), person, 39)
    ends = (2025 - 2022) * 12 + 2
    edge = np.flatnonzero(world.aid.archived & (world.aid.edge_from <= ends) & ~world.aid.tekun)
    edge = edge[world.people.living()[homes.head[edge]]]
    edge = edge[~np.isin(edge, sorted(world.used))]
    for home in edge[: lookalikes(cases, 1)].tolist():
        number = edge_number(homes, home)
        about_need(
            world,
            "L24",
            ("low_income_edge_register", number),
            int(homes.head[home]),
            39,
            role="decoy",
        )
