"""Work that the village keeps an eye on: who works away, and who in a village workshop."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.book import coded
from doudi.synth.quiet import at_home, drawn, quiet_homes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.book import Values
    from doudi.synth.world import World

CITIES = {
    "330100": "浙江省杭州市",
    "440300": "广东省深圳市",
    "440100": "广东省广州市",
    "320500": "江苏省苏州市",
    "310100": "上海市",
    "530100": "省内",
}
"""What the village cadre writes down for the city that somebody works in."""
SITES = ["建筑工地", "装修队", "电子厂", "服装厂", "家具厂", "物流公司", "餐饮店", "家政公司"]
ROUNDED = np.array([2000.0, 3000.0, 5000.0, 8000.0])
"""Wages that people tell the village cadre."""
WORKSHOP = "扶贫车间"
WORKSHOP_WAGE = np.array([1500.0, 1800.0, 2000.0])


def write_villagers(world: World) -> None:
    """Rows of migrant_work_monitor."""
    _write_migrants(world)
    _write_workshops(world)


def watched(
    world: World,
    who: NDArray[np.int64],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    **given: Values,
) -> None:
    """Rows of migrant_work_monitor; an end after the snapshot is a row of its own month."""
    people = world.people
    for cut in (months.SNAPSHOT, months.LAST):
        shown = np.ones(len(who), dtype=bool)
        if cut == months.LAST:
            shown = (last >= months.SNAPSHOT) & (last < months.LAST)
        ended = np.where(last < cut, last, months.OPEN)
        world.book.add(
            "migrant_work_monitor",
            known=(first if cut == months.SNAPSHOT else last + 1)[shown],
            person_id=coded(people.number, who[shown]),
            from_month=months.text_of(first[shown]),
            to_month=months.text_of(ended[shown]),
            name=coded(people.name, who[shown]),
            **{field: values.filter(np.asarray(shown)) for field, values in given.items()},
        )


def _write_migrants(world: World) -> None:
    """Whoever of an archived home works away, with the wage told to the village cadre."""
    rng, away = world.block.stream("migrant_work_monitor"), world.migrants
    home = world.people.home[away.person]
    own = np.flatnonzero(world.aid.archived[home] & quiet_homes(world)[home])
    nearest = np.abs(away.wage[own][:, None] - ROUNDED).argmin(axis=1)
    site = np.where(away.builds[own], rng.integers(0, 2, len(own)), rng.integers(2, 8, len(own)))
    codes = np.array(sorted(CITIES))
    watched(
        world,
        away.person[own],
        np.maximum(away.since[own], -72),
        away.until[own],
        place=coded([CITIES[c] for c in codes.tolist()], np.searchsorted(codes, away.place[own])),
        employer=coded(SITES, site),
        monthly_wage=coded(ROUNDED.astype(str), nearest),
    )


def _write_workshops(world: World) -> None:
    """People of archived homes who stay and work in a village workshop."""
    rng, people = world.block.stream("workshop"), world.people
    fits, _ = at_home(world, low=25, high=60)
    own = drawn(rng, fits, np.where(people.male, 0.04, 0.12))
    count = len(own)
    first = rng.integers(-40, months.SNAPSHOT, count)
    stops = rng.random(count) < 0.3
    last = np.where(
        stops, np.minimum(first + rng.integers(6, 30, count), months.LAST - 1), months.OPEN
    )
    village = world.homes.village[people.home[own]]
    watched(
        world,
        own,
        first,
        last,
        place=coded(world.areas.name, village),
        employer=coded(np.char.add(world.areas.name, WORKSHOP), village),
        monthly_wage=coded(WORKSHOP_WAGE.astype(str), rng.integers(0, len(WORKSHOP_WAGE), count)),
    )
