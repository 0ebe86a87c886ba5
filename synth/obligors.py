"""Children of recipients: what they could pay, and that ordinary ones cannot pay much."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months, parameters, work
from doudi.synth.people import NOBODY

if TYPE_CHECKING:
    from doudi.synth.benefits import Dibao
    from doudi.synth.world import World

EDGE = 1.5
"""Times the standard: what a child's own household keeps for each of its members."""
RATE = 0.30
"""Share of the rest that counts as support (formula F30)."""
NOTICED = 0.20
"""Share of the parents' line from which support is noticed."""
LOW_WAGE = 2_400.0
"""What a migrant child of recipients earns at most a month, CNY."""


def child_homes(world: World, case: Dibao) -> list[int]:
    """Homes of the grown children of the head and the head's spouse who live apart."""
    people = world.people
    parents = [case.head, int(people.spouse[case.head])]
    children = {c for p in parents if p != NOBODY for c in world.kin.children(p)}
    found = {int(people.home[child]) for child in children}
    return sorted(found - {NOBODY, case.home})


def earners(world: World, home: int) -> list[int]:
    """Who in a home has wages that some register shows."""
    kinds = (work.FORMAL, work.PUBLIC)
    return [int(p) for p in world.homes.people_of(home) if world.jobs.kind[p] in kinds]


def support(world: World, home: int) -> float:
    """What a child's home could pay a month by formula F30, CNY."""
    urban = bool(world.homes.urban[home])
    kept = EDGE * parameters.standards().of(months.LAST, urban=urban) * world.homes.size[home]
    wages = float(sum(world.jobs.wage[p] for p in earners(world, home)))
    return RATE * max(0.0, float(wages - kept))


def noticed(case: Dibao) -> float:
    """The support a month from which it is noticed, CNY."""
    standard = parameters.standards().of(months.LAST, urban=case.urban)
    return NOTICED * standard * len(case.members)


def weaken(world: World) -> None:
    """Let children of recipients earn too little to matter: who could pay much was no recipient."""
    migrants = world.migrants
    for case in world.dibao:  # few: one a recipient household
        for home in child_homes(world, case):
            waiting = earners(world, home)
            while waiting and support(world, home) >= noticed(case) / 2:
                world.jobs.kind[waiting.pop()] = work.NONE
            away = np.isin(migrants.person, world.homes.people_of(home)) & (migrants.wage > 0)
            migrants.wage[away] = np.minimum(migrants.wage[away], LOW_WAGE)
