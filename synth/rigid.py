"""Homes whose medical costs eat up their income: 刚性支出困难家庭, recognised or not."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months, parameters
from doudi.synth.archives import archive_number, archived_homes
from doudi.synth.book import numbered
from doudi.synth.folk import positions
from doudi.synth.ledger import LEDGER_YEARS
from doudi.synth.lookback import told
from doudi.synth.people import NOBODY
from doudi.synth.truth import about_need

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.world import World

RATIO = 0.60
WINDOW = 12
MODEST = 0.7
"""Comfort below which a home is within the income and property limits of the register."""


def recognise(
    world: World,
    who: NDArray[np.int64],
    paid: NDArray[np.float64],
    income: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Recognitions of modest homes from the first heavy month on, renewed every year.

    Homes with a planted need get none: archived ones of them have an unmet need more (L24).

    Args:
        world: The block.
        who: People who paid anything.
        paid: What each paid in the twelve months up to each delivered month, CNY.
        income: Yearly income of each home, CNY.

    Returns:
        By home, whether it is recognised.
    """
    income = _as_told(world, income)
    by_home = np.zeros((len(world.homes), months.LAST + 1))
    np.add.at(by_home, world.people.home[who], paid)
    heavy = (by_home >= RATIO * income[:, None]) & _modest(world, income)[:, None]
    heavy[:, : months.FIRST_PAID] = False
    needy = {world.home_of(p.person) for p in world.truth.planted if p.role == "case"}
    needy |= world.unaided
    barred = np.isin(np.arange(len(income)), sorted(needy))
    _note_unmet(world, np.flatnonzero(heavy[:, months.LAST] & barred & world.aid.archived))
    found = heavy.any(axis=1) & ~barred & (recognised(world) == months.OPEN)
    _write(world, found, heavy, by_home, income)
    return np.asarray(found, dtype=bool)


def _as_told(world: World, income: NDArray[np.float64]) -> NDArray[np.float64]:
    """Yearly income of each home; of archived ones what their ledger says of its last year."""
    year, *parts = told(
        world,
        "household_income_ledger",
        "year",
        "wage",
        "business_net",
        "property",
        "transfer",
    )
    known = income.copy()
    known[archived_homes(world)] = np.sum(parts, axis=0)[year.astype(int) == LEDGER_YEARS[-1]]
    return known


def _modest(world: World, income: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Homes within the limits of income and property that draw nothing else; one lives there."""
    homes, aid, assets = world.homes, world.aid, world.assets
    line = parameters.YEARLY["income.rural_pc_year"][1][-1]
    poor = np.where(aid.archived, income < line * homes.size, homes.comfort < MODEST)
    modest = poor & ~assets.car & ~assets.second & ~aid.tekun & (aid.edge_from > months.LAST)
    modest[[case.home for case in world.dibao if case.active()]] = False
    return np.asarray(modest & (_heads(world) != NOBODY), dtype=bool)


def _heads(world: World) -> NDArray[np.int64]:
    """Who heads each home to the end: its head, else another living member; NOBODY where none is."""
    homes, living = world.homes, world.people.living() & (world.people.status == "正常")
    head, who = np.full(len(homes), NOBODY), homes.order[::-1]
    who = who[living[who]]
    head[world.people.home[who]] = who
    return np.where(living[homes.head], homes.head, head)


def _note_unmet(world: World, own: NDArray[np.int64]) -> None:
    """Archived homes that carry as much and were not recognised, beside what is planted there."""
    named = {(p.code, p.household_id) for p in world.truth.planted}
    heads = _heads(world)
    for home in own.tolist():  # few: planted needs
        number = archive_number(world, home)
        if ("L24", number) not in named:
            head = int(heads[home])
            household = ("poverty_archive", number)
            about_need(world, "L24", household, head, months.LAST, difficulty="overlap")


def _write(
    world: World,
    found: NDArray[np.bool_],
    heavy: NDArray[np.bool_],
    by_home: NDArray[np.float64],
    income: NDArray[np.float64],
) -> None:
    """Rows of the homes found, in each year since the first heavy month."""
    rng = world.block.stream("rigid_expenditure_register")
    first = np.where(found, heavy.argmax(axis=1), months.OPEN)
    for turn in range(4):
        own = np.flatnonzero(first + WINDOW * turn <= months.LAST)
        month = first[own] + WINDOW * turn
        medical = np.maximum(by_home[own, month], RATIO * income[own] * 1.02)
        rigid(
            world,
            own,
            month,
            np.asarray(medical),
            income[own],
            rng.choice([0.0, 0.0, 3200.0], len(own)),
        )


def rigid(
    world: World,
    home: NDArray[np.int64],
    month: NDArray[np.int64],
    medical: NDArray[np.float64],
    income: NDArray[np.float64],
    education: NDArray[np.float64],
) -> None:
    """Rows of rigid_expenditure_register: valid for twelve months."""
    homes, people = world.homes, world.people
    rehab = np.round(np.where(medical % 10 < 1.5, medical * 0.1, 0.0), 2)
    living = people.living()
    members = [";".join(people.number[w[living[w]]]) for w in map(homes.people_of, home.tolist())]
    world.book.add(
        "rigid_expenditure_register",
        known=month,
        household_id=numbered("GX", homes.first + home + 1, 7),
        rigid_medical=medical,
        rigid_education=education,
        rigid_rehab=rehab,
        rigid_accident=np.zeros(len(home)),
        household_income=np.round(income, 2),
        ratio=(medical + education + rehab) / income,
        valid_to=months.day_in(month + WINDOW, 14),
        head_id=people.number[_heads(world)[home]],
        member_ids=members,
        area_code=world.areas.code[homes.village[home]],
        recognised_date=months.day_in(month, 28),
    )


def recognised(world: World) -> NDArray[np.int64]:
    """By home, the month since which the register of rigid spending lists it; OPEN where never."""
    head, day = told(world, "rigid_expenditure_register", "head_id", "recognised_date")
    found = np.full(len(world.homes), months.OPEN)
    who = positions(world, head)
    np.minimum.at(found, world.people.home[who], months.index_of(day))
    return found
