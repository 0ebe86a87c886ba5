"""Planted: benefits that exclude each other (E04), 特困 with care allowance or minimum living."""

# ruff: noqa: PLR2004 - ages and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

from doudi.synth import months
from doudi.synth.benefits import Stipend
from doudi.synth.cases_plan import role_of, turns
from doudi.synth.payments import PROGRAMMES
from doudi.synth.truth import about_case, about_person

if TYPE_CHECKING:
    from doudi.synth.benefits import Dibao
    from doudi.synth.plant import Pool
    from doudi.synth.world import World

CARE = 110.0
CERTIFIED = 3
"""Months from the certificate to the allowance."""


def plant_exclusive(world: World, active: Pool) -> None:
    """E04: two benefits at once; one month of change, or given back, as lookalikes."""
    rng = world.block.stream("E04")
    for turn, clearing in turns(world, "E04", len(world.dibao), ("X15", "X19")):
        month = int(rng.integers(20, 36))
        if clearing == "X15" or (not clearing and turn % 2):
            _beside_minimum(world, active, month, clearing)
        else:
            _beside_support(world, month, clearing)


def _single(world: World, case: Dibao) -> bool:
    """An old person alone who could be in 特困 support, without another benefit by person."""
    held = {s.person for s in world.stipends}
    old = world.people.age()[case.head] >= 61
    return len(case.members) == 1 and bool(old) and case.start < 18 and case.head not in held


def _beside_minimum(world: World, active: Pool, month: int, clearing: str) -> None:
    """特困 support of somebody whose minimum-living benefit goes on, or ended with the change."""
    case = active.take(lambda c: _single(world, c)) or active.take(
        lambda c: len(c.members) == 1 and c.start < 18
    )
    if case is None:
        return
    person = case.head
    account, name = str(world.people.account[person]), str(world.people.name[person])
    world.stipends.append(Stipend(person, "tekun", month, 60.0, account, name))
    if clearing:
        case.end, case.reason = month, "转入特困"
    about_case(
        world,
        "E04",
        case,
        person,
        month,
        role=role_of(clearing),
        clearing=clearing,
        last=month if clearing else None,
        known=month + 1,
    )


def _beside_support(world: World, month: int, clearing: str) -> None:
    """The care allowance of somebody in 特困 support; given back in the lookalike."""
    people, held = world.people, {s.person for s in world.stipends if s.kind == "care"}
    own = [
        s
        for s in world.stipends
        if s.kind == "tekun"
        and s.active()
        and s.start < 18
        and people.lives(s.person)
        and s.person not in held
        and world.grade[s.person] == 0
        and world.is_free(world.home_of(s.person))
    ]
    if not own:
        return
    person = own[0].person
    world.grade[person], world.ailment[person] = 2, "肢"
    world.cert_from[person] = month - CERTIFIED
    account, name = str(people.account[person]), str(people.name[person])
    extra = Stipend(person, "care", month, CARE, account, name)
    if clearing:
        extra.end, extra.returned = month + 3, (month, month + 3)
    world.stipends.append(extra)
    about_person(
        world,
        "E04",
        person,
        "disability_two_subsidies",
        month,
        min(extra.last_paid(), months.LAST),
        role=role_of(clearing),
        clearing=clearing,
        programmes=(PROGRAMMES["care"],),
        known=month + 1,
    )
