"""Planted needs of children: nobody cares (L09), orphans unregistered (L10), a parent inside (L11)."""

# ruff: noqa: PLR2004 - ages and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months, work
from doudi.synth.care import help_once
from doudi.synth.cases_burden import MET, needs, note
from doudi.synth.cases_leak import household_of
from doudi.synth.cases_plan import modest_homes, turns
from doudi.synth.justice import corrected
from doudi.synth.truth import about_need
from doudi.synth.wards import (
    DEAD,
    DETOX,
    DISABLED,
    INMATE,
    MISSING,
    make_wards,
    take_away,
    ward_homes,
)

if TYPE_CHECKING:
    from doudi.synth.wards import Ward
    from doudi.synth.world import World

UNABLE = ((INMATE, MISSING), (DEAD, MISSING), (DETOX, DISABLED), (DEAD, DISABLED))
HALF_A_YEAR = 6


def plant_wards(world: World) -> None:
    """L09, L10 and L11 with their lookalikes."""
    told = {world.home_of(p.person) for p in world.truth.planted}
    settled = [w for w in world.wards.children if world.home_of(w.child) not in told]
    _plant_unregistered(world, "L09", [w for w in settled if not w.orphan])
    _plant_unregistered(world, "L10", [w for w in settled if w.orphan])
    _plant_custody(world)


def _plant_unregistered(world: World, code: str, met: list[Ward]) -> None:
    """Children without care whom no register lists; lookalikes are registered, or adopted."""
    rng = world.block.stream(code)
    young = int(((world.people.age() < 18) & (world.people.home >= 0)).sum())
    known = iter(met)
    waiting = ward_homes(world, code) + ward_homes(world, code, own_book=False)
    for turn, kind in turns(world, code, young, (MET,)):
        ward = next(known, None) if kind else None
        if not kind:
            home = next((h for h in waiting if world.is_free(h)), None)
            states = (DEAD, DEAD) if code == "L10" else UNABLE[turn % len(UNABLE)]
            made = [] if home is None else make_wards(world, rng, home, states)
            for one in made:
                one.registered = False
            for one in made:  # brothers and sisters have the same need
                note(world, code, one.child, _seen(one), kind)
        if ward is not None:
            household = household_of(world, ward.child)
            about_need(world, code, household, ward.child, _seen(ward), role="decoy")


def _seen(ward: Ward) -> int:
    """The month in which the need became visible."""
    return max(ward.since - 2, months.FIRST_PAID)


def _plant_custody(world: World) -> None:
    """L11: father in prison, mother without work; she earns, was helped, or he serves at home."""
    rng = world.block.stream("L11")
    couples = {h: pair for h in modest_homes(world, "L11") if (pair := _parents(world, h))}
    for turn, kind, home in needs(
        world, "L11", len(world.homes), list(couples), ("earns", "helped", "corrected")
    ):
        father, mother = couples[home]
        month = int(rng.integers(20, 36))
        child = _young(world, father, mother)[0]
        take_away(world, father)
        if kind != "earns":
            take_away(world, mother)
        if kind == "corrected":
            corrected(world, np.array([father]), np.array([month]), np.array([month + 30]))
        elif turn % 3 == 2 and not kind:
            world.wards.detox[father] = month
        else:
            world.wards.inmates[father] = month
        if kind == "helped":
            help_once(world, mother, months.LAST - 4, "生活困难", 3_000.0)
        if kind == "earns":
            _employ(world, mother)
        world.homes.head[home] = mother
        note(world, "L11", child, month + HALF_A_YEAR, kind)


def _parents(world: World, home: int) -> tuple[int, int] | None:
    """A couple with children below seventeen, and no other adult of the home who could earn."""
    people, age = world.people, world.people.age()
    who = [int(p) for p in world.homes.people_of(home)]
    grown = [p for p in who if age[p] >= 18]
    for man in grown:
        wife = int(people.spouse[man])
        young = [c for c in _young(world, man, wife) if c in who]
        if people.male[man] and wife in grown and len(grown) == 2 and young:
            return man, wife
    return None


def _young(world: World, father: int, mother: int) -> list[int]:
    """Children of both below seventeen."""
    people, age = world.people, world.people.age()
    return [c for c in world.kin.children(father) if age[c] < 17 and people.mother[c] == mother]


def _employ(world: World, person: int) -> None:
    """An insured job since long ago."""
    jobs = world.jobs
    take_away(world, person)
    jobs.kind[person], jobs.wage[person], jobs.start[person] = work.FORMAL, 3_900.0, -20
