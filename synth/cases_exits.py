"""Planted: households that left the benefit, and what befell them since (L12)."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

from doudi.synth import months
from doudi.synth.plant import lookalikes, wanted
from doudi.synth.truth import about_need

if TYPE_CHECKING:
    from doudi.synth.benefits import Dibao
    from doudi.synth.plant import Pool
    from doudi.synth.world import World


def plant_exits(world: World, active: Pool, left: Pool) -> None:
    """L12: a new shock after the exit; lookalikes left because they moved away."""
    people, shocks = world.people, world.shocks
    age = people.age()
    exits = [c for c in left.waiting if c.end >= months.LAST - 23]
    cases = wanted(world, "L12", len(exits))
    for turn in range(cases + lookalikes(cases, 1)):
        case = left.take(
            lambda c: (
                shocks.disaster[c.home] > months.LAST
                and months.LAST - 22 <= c.end < months.LAST - 6
                and people.lives(c.head)
            ),
        )
        if case is None:
            case = _withdraw(world, active.must("L12", lambda c: people.lives(c.head)))
        grown = [m.person for m in case.members if age[m.person] > 17 and people.lives(m.person)]
        person, month = grown[0], months.LAST - 4
        role = "case" if turn < cases else "decoy"
        world.unaided.add(case.home)
        if role == "decoy":
            case.reason = "迁出"
            people.status[[m.person for m in case.members]] = "迁出"
            shocks.severe[person] = month
        elif turn % 2 and not case.urban and case.head == int(world.homes.head[case.home]):
            shocks.disaster[case.home], shocks.event[case.home] = month, "地质灾害"
            shocks.damage[case.home], shocks.crop_loss[case.home] = "D", 800.0
            about_need(
                world,
                "L06",
                ("dibao_household_register", case.number),
                case.head,
                month + 1,
                difficulty="overlap",
            )
        else:
            shocks.severe[person] = month
        about_need(
            world, "L12", ("dibao_household_register", case.number), person, month, role=role
        )


def _withdraw(world: World, case: Dibao) -> Dibao:
    """A household that gives the benefit up within the last two years."""
    case.end, case.reason = months.LAST - int(world.rng.integers(8, 21)), "自愿放弃"
    world.shocks.severe[world.homes.people_of(case.home)] = months.OPEN
    world.shocks.disaster[case.home] = months.OPEN
    return case
