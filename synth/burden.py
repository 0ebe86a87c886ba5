"""Who carries heavy medical costs, and the help that met them: 医疗救助, 刚性支出困难家庭."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.folk import positions
from doudi.synth.lookback import told
from doudi.synth.rigid import recognise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.book import Values
    from doudi.synth.world import World

HEAVY = 16_500.0
"""What a person paid in twelve months, CNY, from which help comes: somewhat below the warning line."""
HEAVY_SHARE = 0.55
"""Share of a home's income from which help comes, somewhat below the rule for medical costs."""
LEAST_INCOME = 12_800.0
WINDOW = 12


def self_paid(world: World) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Who paid anything, and what in the twelve months up to each delivered month, CNY."""
    number, day, paid = told(world, "inpatient_settlement", "person_id", "discharge", "self_pay")
    number_, since, monthly = told(
        world, "outpatient_chronic", "person_id", "from_date", "self_pay"
    )
    who, ill = positions(world, number), positions(world, number_)
    people = np.unique(np.concatenate([who, ill]))
    people = people[people >= 0]
    table = np.zeros((len(people), months.LAST + 1))
    at, month = np.searchsorted(people, who), months.index_of(day)
    fits = (who >= 0) & (month >= 0) & (month <= months.LAST)
    np.add.at(table, (at[fits], month[fits]), paid[fits])
    begins = np.maximum(months.index_of(since), 0)
    every = np.arange(months.LAST + 1)
    fits = ill >= 0
    running = (every[None, :] >= begins[fits, None]) * monthly[fits, None]
    np.add.at(table, np.searchsorted(people, ill[fits]), running)
    summed = np.cumsum(table, axis=1)
    summed[:, WINDOW:] -= summed[:, :-WINDOW].copy()
    return people, summed


def income_of(world: World) -> NDArray[np.float64]:
    """Yearly income of each home, CNY."""
    usual = 15_500 * np.exp(0.35 * world.homes.comfort)
    return np.asarray(np.maximum(usual, LEAST_INCOME) * np.maximum(world.homes.size, 1))


def write_burden(world: World) -> None:
    """Rows of medical_assistance and rigid_expenditure_register; stays and outpatients come first."""
    _assist_stays(world)
    who, paid = self_paid(world)
    found = recognise(world, who, paid, income_of(world))
    fits = ~world.aid.ever()
    fits[sorted(world.unaided | world.used)] = False
    own = fits[world.people.home[who]]
    _assist_heavy(world, who[own], paid[own], found)


def _assist_stays(world: World) -> None:
    """One row for each stay of which assistance paid a part, settled with it."""
    number, day, amount, settlement = told(
        world,
        "inpatient_settlement",
        "person_id",
        "discharge",
        "assistance_paid",
        "settlement_no",
    )
    own = np.flatnonzero(amount > 0)
    who = positions(world, number[own])
    own, who = own[who >= 0], who[who >= 0]
    assist(world, who, day[own], amount[own], _category(world, who, day[own]), settlement[own])


def assist(
    world: World,
    who: NDArray[np.int64],
    day: Values,
    amount: Values,
    category: Values,
    settlement: Values,
    *,
    direct: Values = True,
) -> None:
    """Rows of medical_assistance."""
    world.book.add(
        "medical_assistance",
        known=months.index_of(np.asarray(day)),
        person_id=world.people.number[who],
        category=category,
        amount=amount,
        settle_date=day,
        direct=direct,
        settlement_no=settlement,
        name=world.people.name[who],
    )


def _category(world: World, who: NDArray[np.int64], day: Values) -> NDArray[np.str_]:
    """By which register a person was helped at a day; those who came later count as the ill poor."""
    month, home, aid = months.index_of(day), world.people.home[who], world.aid
    return np.select(
        [
            aid.tekun[home],
            (aid.dibao_from[home] <= month) & (aid.dibao_to[home] > month),
            aid.edge_from[home] <= month,
            aid.monitored_from[home] <= month,
        ],
        ["特困人员", "低保对象", "低保边缘家庭成员", "防止返贫监测对象"],
        "因病致贫重病患者",
    )


def _assist_heavy(
    world: World, who: NDArray[np.int64], paid: NDArray[np.float64], recognised: NDArray[np.bool_]
) -> None:
    """Aid on application for those whose own share became heavy, once in twelve months."""
    rng = world.block.stream("medical_assistance")
    home, last = world.people.home[who], np.full(len(who), -WINDOW)
    line = np.minimum(HEAVY, HEAVY_SHARE * income_of(world)[home])
    for month in range(months.FIRST_PAID, months.LAST + 1):
        falls = (paid[:, month] >= line) & (last + WINDOW <= month)
        falls &= world.people.dead_month()[who] > month
        last[falls] = month
        own = np.flatnonzero(falls & ~recognised[home])
        day = months.day_in(np.full(len(own), month), 28)
        amount = np.round(paid[own, month] * rng.uniform(0.2, 0.5, len(own)), 2)
        assist(world, who[own], day, amount, "因病致贫重病患者", "", direct=False)
