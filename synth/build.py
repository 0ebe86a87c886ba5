"""The county before anything is planted: people, homes, jobs, assets, shocks, registers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doudi.synth.assets import clean_homes, make_assets
from doudi.synth.book import Book
from doudi.synth.families import grow_people
from doudi.synth.firms import make_firms
from doudi.synth.homes import make_homes
from doudi.synth.kin import Kin
from doudi.synth.marriages import never_parted
from doudi.synth.migrants import make_migrants
from doudi.synth.needs import (
    disability,
    enter,
    first_registers,
    open_cases,
    open_stipends,
    protect_former,
)
from doudi.synth.obligors import weaken
from doudi.synth.officials import Officials
from doudi.synth.relapses import draw_relapses
from doudi.synth.settling import settle
from doudi.synth.shocks import draw_shocks
from doudi.synth.truth import Truth
from doudi.synth.work import make_jobs
from doudi.synth.world import World

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from doudi.synth.blocks import Block
    from doudi.synth.relapses import Relapses


def build(
    block: Block, rates: Mapping[str, float], *, stress: bool = False
) -> tuple[World, Relapses]:
    """A block in which nothing contradicts anything yet."""
    rng, areas, households = block.stream(), block.areas, block.households
    people, generation = grow_people(block.stream, rng, households, block.county + block.number)
    settle(rng, people, generation, households)
    homes = make_homes(rng, people, areas, block)
    _fix(people.number, people.name, people.account, people.phone)
    _fix(homes.address, homes.book_no, areas.code, areas.name)
    grade, ailment, cert_from = disability(rng, people, homes)
    aid = first_registers(rng, people, homes, grade)
    may_own = ~aid.in_register(0)
    firms = make_firms(rng, people, homes, may_own, block)
    assets = make_assets(rng, people, homes, may_own, block)
    jobs = make_jobs(rng, people, homes, may_own, len(firms.code))
    shocks = draw_shocks(rng, people, homes, len(areas.code))
    world = World(
        rng,
        block,
        rates,
        areas,
        people,
        homes,
        aid,
        Book(),
        Truth(),
        jobs,
        assets,
        firms,
        shocks,
        Officials(),
        Kin(people),
        grade,
        ailment,
        cert_from,
    )
    relapses = draw_relapses(world, clean_homes(assets, jobs, firms, people), stress=stress)
    world.causes = dict(zip(relapses.home.tolist(), relapses.cause.tolist(), strict=True))
    world.relapse_months = dict(zip(relapses.home.tolist(), relapses.month.tolist(), strict=True))
    enter(world, relapses)
    world.migrants = make_migrants(block.stream("migrants"), people, homes, jobs, ~aid.ever())
    never_parted(people, aid.ever())
    open_cases(world)
    weaken(world)
    protect_former(world)
    open_stipends(world)
    return world, relapses


def _fix(*arrays: NDArray[np.str_]) -> None:
    """Nobody writes to these any more."""
    for array in arrays:
        array.flags.writeable = False
