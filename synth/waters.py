"""Drinking water of rural homes, and the aid of people who made way for a reservoir."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.book import coded
from doudi.synth.quiet import quiet_homes

if TYPE_CHECKING:
    from doudi.synth.world import World

ORIGINS = ["集中供水", "井水", "山泉水"]
STATES = ["安全", "基本安全", "不安全"]
SHORT = 0.06
"""Share of villages whose first check found too little water; it was put right."""
RESETTLED = 0.08
"""Share of rural villages to which people of a reservoir moved."""
RESERVOIR_YEAR = 600.0
"""CNY a person and year."""


def write_waters(world: World) -> None:
    """Rows of drinking_water_safety and reservoir_resettlement_aid."""
    _write_checks(world)
    _write_resettled(world)


def _write_checks(world: World) -> None:
    """Each village is checked once a year, and its finding copied to every home."""
    rng, homes, people = world.block.stream("drinking_water_safety"), world.homes, world.people
    villages = np.arange(len(world.areas.code))
    own = np.flatnonzero(~homes.urban & people.living()[homes.head])
    village = homes.village[own]
    origin = rng.choice(3, len(villages), p=[0.6, 0.2, 0.2])
    state = rng.choice(2, len(villages), p=[0.85, 0.15])
    short = rng.random(len(villages)) < SHORT
    for turn in range(4):
        month = months.FIRST_PAID + 1 + villages % 12 + 12 * turn
        found = np.where(short & (turn == 0), 2, state)
        shown = month[village] <= months.LAST
        at = village[shown]
        world.book.add(
            "drinking_water_safety",
            known=month[at],
            household_head=coded(people.number, homes.head[own[shown]]),
            source=coded(ORIGINS, origin[at]),
            status=coded(STATES, found[at]),
            check_date=months.day_in(month[at], 3 + at % 20),
        )


def _write_resettled(world: World) -> None:
    """A yearly sum a head, listed in December, for quiet homes of resettled villages."""
    rng, homes, people = (
        world.block.stream("reservoir_resettlement_aid"),
        world.homes,
        world.people,
    )
    villages = np.flatnonzero(~world.areas.urban)
    chosen = rng.permutation(villages)[: max(1, round(RESETTLED * len(villages)))]
    fits = quiet_homes(world) & np.isin(homes.village, chosen) & (rng.random(len(homes)) < 0.5)
    own = np.flatnonzero((people.home >= 0) & fits[np.where(people.home < 0, 0, people.home)])
    born, dead = months.index_of(people.birth[own]), people.dead_month()[own]
    for year in (2023, 2024, 2025):
        listed = (year - 2022) * 12 + 5
        who = own[(born < listed - 11) & (dead > listed)]
        world.book.add(
            "reservoir_resettlement_aid",
            known=np.full(len(who), listed),
            person_id=coded(people.number, who),
            amount=RESERVOIR_YEAR,
            year=year,
            name=coded(people.name, who),
        )
