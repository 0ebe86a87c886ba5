"""Wages, consumer prices and the price of each township's main product, by month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.areas import Areas

BASE = 2024
"""Year whose price is 1."""
WAGES = {2021: 0.088, 2022: 0.041, 2023: 0.036, 2024: 0.038, 2025: 0.038}
"""Growth of migrant workers' monthly wage on the year before: 4,432, 4,615, 4,780 and 4,961 CNY.

NBS, reports on the monitoring of migrant workers of 2021 to 2024 (the last one is S74); 2025 repeats
the rate of 2024, which is ours.
"""
CONSUMER = {2021: 0.009, 2022: 0.020, 2023: 0.002, 2024: 0.002, 2025: 0.0}
"""Consumer prices. NBS, yearly releases (2023: 2024-01-12); 2025 is ours."""
PORK = {2021: -0.303, 2022: -0.068, 2023: -0.136, 2024: 0.077, 2025: 0.0}
"""Consumer price of pork, for that of pigs.

NBS, yearly releases; the figures of pork and fresh vegetables in 2023 also NDRC 2024-01-18. 2025 is
ours.
"""
PRODUCTS = {"粮食": CONSUMER, "生猪": PORK, "蔬菜": CONSUMER | {2023: -0.026}}
"""What townships live on; grain, and vegetables in other years, move like all prices, which is ours."""
RAISE = 36
"""Wages rise every July; those of July 2025 are 1."""


def wages(month: NDArray[Any] | int) -> NDArray[np.float64]:
    """Wages of months beside those since July 2025, raised in July by the rate of the year."""
    steps = (np.asarray(month) - RAISE) // 12
    back = np.array([1.0, *(1 + WAGES[year] for year in range(2025, 2020, -1))])
    return np.asarray(1.0 / np.cumprod(back)[np.clip(-steps, 0, len(back) - 1)], dtype=np.float64)


def wages_in(year: int) -> float:
    """Wages of a year beside those of 2024."""
    return _levels(WAGES)[year]


def consumer_in(year: int) -> float:
    """Consumer prices of a year beside those of 2024; later years like the last known one."""
    known = _levels(CONSUMER)
    return known[min(year, max(known))]


def product(kind: NDArray[np.int64], month: NDArray[Any] | int) -> NDArray[np.float64]:
    """Prices of products, by position in ``PRODUCTS``, in a month; they move from July to July."""
    found = np.ones(np.broadcast(kind, np.asarray(month)).shape)
    for place, growth in enumerate(PRODUCTS.values()):
        levels = _levels(growth)
        julys = [(year - 2022) * 12 for year in levels]
        told = np.exp(np.interp(month, julys, np.log(list(levels.values()))))
        found = np.where(kind == place, told, found)
    return np.asarray(found, dtype=np.float64)


def main_product(areas: Areas) -> NDArray[np.int64]:
    """What each village's township lives on, as a position in ``PRODUCTS``."""
    number = np.array([int(code[6:9]) for code in areas.town_code.tolist()])
    return np.asarray((number % len(PRODUCTS))[areas.town], dtype=np.int64)


def _levels(growth: dict[int, float]) -> dict[int, float]:
    """The level of each year, ``BASE`` being 1, the year before the first growth included."""
    level, found = 1.0, {min(growth) - 1: 1.0}
    for year, rate in sorted(growth.items()):
        level *= 1 + rate
        found[year] = level
    return {year: value / found[BASE] for year, value in found.items()}
