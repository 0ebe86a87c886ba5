"""household_income_ledger: what archived homes earn in a year, as they told it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import incomes, months, prices, work

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from doudi.synth.incomes import Incomes
    from doudi.synth.parameters import Standards
    from doudi.synth.world import World

LEDGER_YEARS = (2021, 2022, 2023, 2024, 2025)
SAFE_PC = 12_800.0
"""Ledger income a head and year above which nobody without help is near the edge line."""
OWNER_PC = 17_800.0
"""The same of homes with a second flat, which are not near the line of rigid spending either."""
USUAL_PC = 15_500.0
"""What the ledger of a middling home says of 2024, a head."""
SHOWN = 0.5
"""How much of a good or bad year the ledger shows: last year's figure is a guide; ours."""
OWNED, GIVEN = 0.03, 0.1
"""Shares of property and of transfers."""
COST = 0.04
"""Costs of production beside the income of a usual year; they move with consumer prices."""


def write_ledger(
    world: World,
    own: NDArray[np.int64],
    numbers: pa.Array,
    size: NDArray[np.int64],
    standards: Standards,
) -> None:
    """Five years of every archived home; sums over its people."""
    drawn, jobs = incomes.draw_incomes(world), world.jobs
    earning = np.zeros(len(world.homes), dtype=bool)
    earning[world.people.home[(jobs.kind == work.FORMAL) & (world.people.home >= 0)]] = True
    rng = world.block.stream("household_income_ledger")
    low, high = np.where(earning[own], 0.6, 0.3), np.where(earning[own], 0.75, 0.5)
    share = rng.uniform(low, high)
    for year in LEDGER_YEARS:
        wage, business, owned, given = _heads(world, drawn, own, year, share, standards)
        total = wage + business + owned + given
        world.book.add(
            "household_income_ledger",
            known=(year - 2022) * 12 + 3,
            archive_no=numbers,
            year=np.full(len(own), year),
            wage=np.round(wage * size, 2),
            business_net=np.round(business * size, 2),
            property=np.round(owned * size, 2),
            transfer=np.round(given * size, 2),
            production_cost=np.round(total * size * COST * prices.consumer_in(year), 2),
        )


def _heads(
    world: World,
    drawn: Incomes,
    own: NDArray[np.int64],
    year: int,
    share: NDArray[np.float64],
    standards: Standards,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Wages, business income, property and transfers, a head of a ledger year.

    In a year of losses kin and insurers give what is lacking.
    """
    wage, business, rest = _usual(world, drawn, own, year, share)
    safe = np.where(world.assets.second[own], OWNER_PC, SAFE_PC)
    least = safe * world.block.stream(f"ledger {year}").uniform(1.0, 1.12, len(own))
    lack = np.maximum(least - wage - business - rest, 0.0)
    times = np.where(business < 0, 1.0, 1 + lack / np.maximum(wage + business + rest, 1.0))
    given = rest * times * GIVEN / (OWNED + GIVEN) + np.where(business < 0, lack, 0.0)
    owned = rest * times * OWNED / (OWNED + GIVEN)
    told = _told(world, own, year, standards)
    known = ~np.isnan(told)
    return (
        np.where(known, told * share, wage * times),
        np.where(known, told * (1 - share - OWNED - GIVEN), business * times),
        np.where(known, told * OWNED, owned),
        np.where(known, told * GIVEN, given),
    )


def _usual(
    world: World,
    drawn: Incomes,
    own: NDArray[np.int64],
    year: int,
    share: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """What a home on no register tells: by its permanent income, the year, prices and disasters."""
    end, place = (year - 2022) * 12 + 2, year - incomes.YEARS[0]
    base = np.exp(incomes.PERMANENT * world.homes.comfort[own] + SHOWN * drawn.swing[place, own])
    struck = world.shocks.disaster[own]
    base *= USUAL_PC * np.where((struck >= end - 12) & (struck < end), 0.85, 1.0)
    wage = base * share * prices.wages_in(year)
    wage *= drawn.wage_told[own] / incomes.usual(incomes.WAGE_UNTOLD)
    business = base * (1 - share - OWNED - GIVEN) * prices.product(drawn.product[own], end - 6)
    business *= drawn.business_told[own] / incomes.usual(incomes.BUSINESS_UNTOLD)
    business *= np.where(drawn.loses[place, own], -drawn.depth[own], 1.0)
    return wage, business, base * (OWNED + GIVEN)


def _told(
    world: World, own: NDArray[np.int64], year: int, standards: Standards
) -> NDArray[np.float64]:
    """Income a head where a register or a planted fact says what it is; nan elsewhere."""
    aid, rng = world.aid, world.block.stream(f"ledger {year} helped")
    end = (year - 2022) * 12 + 2
    standard = standards.of(end, urban=False) * 12
    held = (aid.dibao_from[own] <= end) & (end < aid.dibao_to[own])
    if year == LEDGER_YEARS[-1]:
        held &= aid.dibao_to[own] > months.LAST  # who left since had left for an income that lasts
    income = np.select(
        [held | aid.tekun[own], aid.edge_from[own] <= end],
        [
            standard * rng.uniform(0.55, 0.9, len(own)),
            standard * rng.uniform(1.1, 1.4, len(own)),
        ],
        np.nan,
    )
    place = {home: at for at, home in enumerate(own.tolist())}
    for (home, planted_year), planted in world.ledger.items():  # few are planted
        if planted_year == year and home in place:
            income[place[home]] = planted
    return np.asarray(income, dtype=np.float64)
