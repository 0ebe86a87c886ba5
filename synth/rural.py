"""Small rural incomes: dividends, forest compensation, rangers, loans."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.book import coded
from doudi.synth.people import NOBODY
from doudi.synth.quiet import at_home, drawn, quiet_homes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.book import Values
    from doudi.synth.world import World

DIVIDENDS = (0.4, 12, 31)
"""Share of villages that pay a dividend, and from and below how many CNY a person and year."""
FOREST = (0.4, 16.0)
"""Share of villages with forest, and CNY a mu and year."""
RANGER_YEAR = (8000.0, 10000.0)
YEARS = np.array([2023, 2024, 2025])
USES = ["种植", "养殖", "小型加工", "商贸", "企业经营"]


def write_rural(world: World) -> None:
    """Rows of four small sources of income in the country."""
    _write_dividends(world)
    _write_forest(world)
    _write_rangers(world)
    _write_loans(world)


def _rural(world: World) -> NDArray[np.bool_]:
    """Rural homes whose head lives to the last month."""
    return np.asarray(~world.homes.urban & world.people.living()[world.homes.head], dtype=bool)


def dividend(
    world: World, head: NDArray[np.int64], amount: Values, month: int, day: Values
) -> None:
    """Rows of collective_dividend: one for the whole home, paid to its head."""
    people = world.people
    world.book.add(
        "collective_dividend",
        known=np.full(len(head), month),
        person_id=coded(people.number, head),
        village=coded(world.areas.name, world.homes.village[people.home[head]]),
        amount=amount,
        pay_date=months.day_in(np.full(len(head), month), day),
        name=coded(people.name, head),
    )


def _write_dividends(world: World) -> None:
    """In January, from some villages to all their homes."""
    rng, homes = world.block.stream("collective_dividend"), world.homes
    villages = len(world.areas.code)
    pays = (rng.random(villages) < DIVIDENDS[0]) & ~world.areas.urban
    own = np.flatnonzero(_rural(world) & pays[homes.village])
    for month in (18, 30, 42):
        each = rng.integers(DIVIDENDS[1], DIVIDENDS[2], villages).astype(np.float64)
        day = 8 + homes.village[own] % 15
        dividend(world, homes.head[own], each[homes.village[own]] * homes.size[own], month, day)


def forest(
    world: World, holder: NDArray[np.int64], area: NDArray[np.float64], years: Values = YEARS
) -> None:
    """Rows of forest_rights_compensation, listed in December."""
    people, rate = world.people, FOREST[1]
    for year in years:  # few
        world.book.add(
            "forest_rights_compensation",
            known=np.full(len(holder), (int(year) - 2022) * 12 + 5),
            holder_id=coded(people.number, holder),
            area_mu=area,
            amount=np.round(area * rate, 2),
            year=int(year),
            holder_name=coded(people.name, holder),
        )


def _write_forest(world: World) -> None:
    """Heads hold the forest right; some rights still stand in a dead father's name."""
    rng, homes, people = world.block.stream("forest_rights_compensation"), world.homes, world.people
    villages = (rng.random(len(world.areas.code)) < FOREST[0]) & ~world.areas.urban
    own = drawn(rng, _rural(world) & villages[homes.village], 0.8)
    quiet = quiet_homes(world)[own]
    area = np.where(quiet, rng.gamma(3, 3, len(own)) + 1, rng.uniform(1, 5, len(own)))
    area = np.asarray(np.round(area, 1), dtype=np.float64)
    father = people.father[homes.head[own]]
    late = quiet & (father != NOBODY) & people.gone[father] & (rng.random(len(own)) < 0.1)
    forest(world, np.where(late, father, homes.head[own]), area)


def _write_rangers(world: World) -> None:
    """Posts for archived homes, mostly those that left poverty; one a home, renewed yearly."""
    rng, people = world.block.stream("ecological_ranger"), world.people
    fits, home = at_home(world, low=30, high=64)
    who = drawn(rng, fits, np.where(world.aid.former_poor[home], 0.5, 0.15))
    who = who[np.unique(people.home[who], return_index=True)[1]]
    count = len(who)
    first = rng.integers(2017, 2026, count)
    ends = (rng.random(count) < 0.2) & (first < 2024)
    world.book.add(
        "ecological_ranger",
        known=(first - 2022) * 12 - 5,
        person_id=coded(people.number, who),
        amount=rng.choice(RANGER_YEAR, count),
        from_year=first,
        to_year=np.where(ends, "2025", ""),
        name=coded(people.name, who),
    )


def _write_loans(world: World) -> None:
    """Small loans of archived homes; a prolonged one hides that it is overdue."""
    rng, homes = world.block.stream("micro_credit"), world.homes
    age = world.people.age()[homes.head]
    fits = quiet_homes(world) & world.aid.archived & (age > 22) & (age < 62)
    own = drawn(rng, fits, 0.4)
    count = len(own)
    month = rng.integers(-40, months.SNAPSHOT + 1, count)
    lasts = np.where(rng.random(count) < 0.1, 48, 36)
    day = rng.integers(2, 28, count)
    due = month + lasts
    borrow(
        world,
        homes.head[own],
        month,
        rng.choice([10_000.0, 20_000.0, 30_000.0, 50_000.0], count, p=[0.15, 0.2, 0.25, 0.4]),
        due=due,
        day=day,
        use=coded(USES, rng.choice(5, count, p=[0.35, 0.35, 0.1, 0.15, 0.05])),
        overdue=(due < months.SNAPSHOT) & (due > months.SNAPSHOT - 12) & (rng.random(count) < 0.12),
    )


def borrow(
    world: World,
    who: NDArray[np.int64],
    month: NDArray[np.int64],
    amount: Values,
    *,
    due: NDArray[np.int64],
    day: Values,
    use: Values,
    overdue: Values = False,
) -> None:
    """Rows of micro_credit."""
    people = world.people
    world.book.add(
        "micro_credit",
        known=month,
        borrower_id=coded(people.number, who),
        amount=amount,
        loan_date=months.day_in(month, day),
        due_date=months.day_in(due, day),
        overdue=overdue,
        use=use,
        borrower_name=coded(people.name, who),
    )
