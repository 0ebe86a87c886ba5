"""Fires and accidents as the fire brigade and the safety office list them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.book import coded
from doudi.synth.quiet import drawn, quiet_homes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.book import Values
    from doudi.synth.world import World

ACCIDENTS_A_YEAR = 0.003
"""Small accidents a home and year, which do no lasting harm."""
DAY = 9
"""Day of the month on which disasters are entered."""


def write_fires(world: World) -> None:
    """Rows of fire_accident."""
    rng, homes, shocks = world.block.stream("fire_accident"), world.homes, world.shocks
    living = world.people.living()[homes.head]
    own = np.flatnonzero((shocks.event == "火灾") & (shocks.disaster <= months.LAST) & living)
    serious = shocks.serious()[own]
    loss = np.where(serious, np.round(rng.uniform(8e3, 4e4, len(own)), -2), shocks.crop_loss[own])
    accident(world, homes.head[own], shocks.disaster[own], DAY, loss, "无")
    years = (months.LAST - months.FIRST_PAID + 1) / 12
    other = drawn(rng, quiet_homes(world) & (shocks.event != "火灾"), ACCIDENTS_A_YEAR * years)
    month = rng.integers(months.FIRST_PAID, months.LAST + 1, len(other))
    hurt = coded(["无", "轻伤"], rng.integers(0, 2, len(other)))
    small = np.round(rng.uniform(100, 900, len(other)), -1)
    accident(world, homes.head[other], month, rng.integers(1, 28, len(other)), small, hurt)


def accident(
    world: World,
    who: NDArray[np.int64],
    month: NDArray[np.int64],
    day: Values,
    loss: Values,
    casualty: Values,
) -> None:
    """Rows of fire_accident."""
    world.book.add(
        "fire_accident",
        known=month,
        person_id=coded(world.people.number, who),
        event_date=months.day_in(month, day),
        casualty=casualty,
        loss=loss,
    )
