"""What homes earn: a permanent part, good and bad years, and what of it they tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from doudi.synth import months, prices

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.world import World

YEARS = (2021, 2022, 2023, 2024, 2025, 2026)
PERMANENT = 0.50
"""Spread of the logarithm of permanent income; ``homes.comfort`` is its standard score."""
SWING, KEPT = 0.45, 0.35
"""Spread of good and bad years in the logarithm, and how much of a year's is left in the next.

The steps are years, for no source tells incomes by the month but wages, which do not swing.
"""
LOSSES = 0.07
"""Share of years in which a farm or business loses money."""
MARGIN, LOST_SALES = 0.07, 0.6
"""Profit of a usual year beside revenue, and what a business still sells in a year of losses."""
WAGE_UNTOLD, BUSINESS_UNTOLD = (2, 6), (4, 3)
"""Of wages and of business income, the share that a home does not tell: of a Beta distribution."""


@dataclass(frozen=True)
class Incomes:
    """By year (position in ``YEARS``) and home, beside the permanent part; and by home."""

    swing: NDArray[np.float64]
    """Logarithm."""
    loses: NDArray[np.bool_]
    depth: NDArray[np.float64]
    """What is lost in such a year, as a share of what would have been earned."""
    wage_told: NDArray[np.float64]
    business_told: NDArray[np.float64]
    product: NDArray[np.int64]
    """What the home's township lives on."""


def place_of(month: NDArray[Any] | int) -> NDArray[np.int64]:
    """The position in ``YEARS`` of months' calendar years."""
    return np.asarray((np.asarray(month) + 6) // 12 + 2022 - YEARS[0], dtype=np.int64)


def draw_incomes(world: World) -> Incomes:
    """The years of all homes; the same whenever it is asked."""
    rng, count = world.block.stream("incomes"), len(world.homes)
    news = rng.normal(0, 1, (len(YEARS), count))
    swing = np.empty_like(news)
    swing[0] = news[0]
    for year in range(1, len(YEARS)):
        swing[year] = KEPT * swing[year - 1] + np.sqrt(1 - KEPT**2) * news[year]
    return Incomes(
        swing=SWING * swing,
        loses=rng.random((len(YEARS), count)) < LOSSES,
        depth=rng.uniform(0.05, 0.4, count),
        wage_told=1 - rng.beta(*WAGE_UNTOLD, count),
        business_told=1 - rng.beta(*BUSINESS_UNTOLD, count),
        product=prices.main_product(world.areas)[world.homes.village],
    )


def usual(untold: tuple[int, int]) -> float:
    """The share that is told on average."""
    return 1 - untold[0] / sum(untold)


def business_years(
    world: World, owner: NDArray[np.int64], *, farm: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """By month and business, what is declared beside the usual, and profit beside revenue.

    Farms follow the price of what the township lives on; some years bring a loss.
    """
    drawn, home = draw_incomes(world), world.people.home[owner]
    month = np.arange(months.LAST + 1)[:, None]
    year = place_of(month)
    price = np.where(farm, prices.product(drawn.product[home][None, :], month), 1.0)
    loses = drawn.loses[year, home[None, :]]
    times = np.exp(drawn.swing[year, home[None, :]]) * price
    times = times * drawn.business_told[home] / usual(BUSINESS_UNTOLD)
    margin = np.where(loses, -drawn.depth[home][None, :], MARGIN)
    return np.where(loses, times * LOST_SALES, times), margin
