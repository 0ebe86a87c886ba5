"""Meters: electricity, water and gas, month by month; who is away uses nothing."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.book import coded, numbered
from doudi.synth.people import NOBODY
from doudi.synth.quiet import drawn, emptied, home_places, places, quiet_homes, scale_farmers

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from doudi.synth.world import World

MONTHS = np.arange(months.FIRST_PAID, months.LAST + 1)
CALENDAR = (MONTHS + 6) % 12
"""Month of the year, 0 for January."""
POWER = np.array([1.45, 1.4, 1.1, 0.95, 0.9, 1.0, 1.2, 1.25, 1.0, 0.9, 1.0, 1.3])[CALENDAR]
WATER = np.array([0.95, 1.0, 0.9, 0.95, 1.0, 1.1, 1.2, 1.2, 1.1, 1.0, 0.95, 0.9])[CALENDAR]
GAS = np.array([1.6, 1.6, 1.2, 1.0, 0.8, 0.7, 0.7, 0.7, 0.8, 0.9, 1.2, 1.5])[CALENDAR]
FIELDS = np.array([0.0, 0.0, 0.4, 1.0, 1.6, 1.4, 1.2, 1.0, 0.5, 0.2, 0.0, 0.0])[CALENDAR]
FAMILY, TRADE, FARM = range(3)
TARIFFS = ["居民", "商业", "农业"]
STAYS = 144
"""Months of age from which somebody can be alone at home."""
FIXED = 5.0
"""Cubic metres that some village waterworks write down every month, used or not."""
LATE_HOLDER = 0.08
"""Share of meters that still run on a late father's name, where there is one."""
DOORS = 4_000
"""Door numbers of shops and pumps begin behind those of homes."""


@dataclass(frozen=True)
class Meters:
    """Meters of one kind, one entry each.

    Attributes:
        prefix: What their numbers begin with.
        serial: Running numbers within the county.
        holder: Positions of people.
        place: The address in words.
        code: The address as a code.
    """

    prefix: str
    serial: NDArray[np.int64]
    holder: NDArray[np.int64]
    place: NDArray[np.str_]
    code: NDArray[np.str_]


def write_utilities(world: World) -> None:
    """Rows of electricity_usage and water_gas_usage."""
    everybody, grown = residents(world, 0), residents(world, STAYS)
    away = _away(world)
    left = np.maximum(everybody - away, 0)
    empty = grown - away <= 0
    empty |= emptied(world)[:, None] <= MONTHS
    _write_power(world, left, empty)
    _write_water(world, left, empty)


def residents(world: World, least: int) -> NDArray[np.int64]:
    """People of at least ``least`` months of age by home and delivered month."""
    people = world.people
    own = np.flatnonzero(people.home >= 0)
    home, width = people.home[own], len(MONTHS)
    change = np.zeros((len(world.homes), width + 1), dtype=np.int64)
    begin = months.index_of(people.birth[own]) + least - months.FIRST_PAID
    end = people.dead_month()[own] + 1 - months.FIRST_PAID
    np.add.at(change, (home, np.clip(begin, 0, width)), 1)
    np.add.at(change, (home, np.clip(np.maximum(begin, end), 0, width)), -1)
    return np.asarray(change.cumsum(axis=1)[:, :width], dtype=np.int64)


def _away(world: World) -> NDArray[np.int64]:
    """People at work away from home, by home and delivered month."""
    home, count = world.people.home[world.migrants.person], len(world.homes)
    gone = [np.bincount(home[world.migrants.away(m)], minlength=count) for m in MONTHS.tolist()]
    return np.stack(gone, axis=1)


def _holders(world: World) -> NDArray[np.int64]:
    """Heads; some meters are still in the name of a father who died or left long ago."""
    people, head, rng = world.people, world.homes.head, world.block.stream("meter_holders")
    father = people.father[head]
    late = quiet_homes(world) & (father != NOBODY) & people.gone[father]
    late &= rng.random(len(head)) < LATE_HOLDER
    return np.where(late, father, head)


def _of_homes(
    world: World, prefix: str, holder: NDArray[np.int64], own: NDArray[np.int64]
) -> Meters:
    """The meters of chosen homes."""
    place, serial = home_places(world)[own], world.homes.first + own + 1
    return Meters(prefix, serial, holder[own], place, world.homes.address[own])


def _beside(world: World, prefix: str, owner: NDArray[np.int64]) -> Meters:
    """Meters of shops and pumps, with door numbers of their own in the owner's village."""
    home = world.people.home[owner]
    village = world.homes.village[home]
    order = np.argsort(village, kind="stable")
    rank = np.empty(len(owner), dtype=np.int64)
    rank[order] = np.arange(len(owner)) - np.searchsorted(village[order], village[order])
    door = DOORS + 1 + 2 * rank + (prefix == "DN")
    code = np.char.add(world.areas.code[village], door.astype("U4"))
    serial = world.homes.first + home + 1
    return Meters(prefix, serial, owner, places(world, village, door), code)


def _write_power(world: World, left: NDArray[np.int64], empty: NDArray[np.bool_]) -> None:
    """Electricity of homes, shops and pumps."""
    rng, homes = world.block.stream("electricity_usage"), world.homes
    habit = np.exp(0.18 * homes.comfort + rng.normal(0, 0.2, len(homes)))
    habit *= np.where(homes.urban, 1.15, 0.9)
    habit = np.where(world.aid.ever(), np.minimum(habit, 0.95), habit)
    load = (42.0 + 38.0 * np.maximum(left, 1)) * habit[:, None] * POWER
    standby = np.floor(rng.random(load.shape) * 5)
    kwh = np.where(empty, standby, np.round(load * _noise(rng, load.shape)))
    every = np.arange(len(homes))
    _power_rows(world, _of_homes(world, "DJ", _holders(world), every), kwh, FAMILY, empty)
    shop = np.intersect1d(world.firms.business_owner, np.flatnonzero(world.people.living()))
    shop = shop[rng.random(len(shop)) < 0.7]
    size = rng.lognormal(5.6, 0.5, len(shop))
    _power_rows(world, _beside(world, "DS", shop), _level(rng, size, POWER), TRADE)
    farmer = scale_farmers(world)
    pump = rng.lognormal(5.2, 0.6, len(farmer))
    _power_rows(world, _beside(world, "DN", farmer), _level(rng, pump, FIELDS), FARM)


def _noise(rng: Generator, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Factors about one."""
    return 0.8 + 0.4 * rng.random(shape)


def _level(
    rng: Generator, size: NDArray[np.float64], season: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Usage by meter and month, whole units."""
    load = size[:, None] * season
    return np.asarray(np.round(load * _noise(rng, load.shape)), dtype=np.float64)


def _power_rows(
    world: World,
    meters: Meters,
    kwh: NDArray[np.float64],
    tariff: int,
    empty: NDArray[np.bool_] | None = None,
) -> None:
    """Rows of electricity_usage: a row a meter and month."""
    row = np.repeat(np.arange(len(meters.serial)), len(MONTHS))
    vacant = np.zeros(len(row), dtype=bool) if empty is None else empty.reshape(-1)
    known, own = _same(world, meters, row)
    world.book.add(
        "electricity_usage",
        known=known,
        kwh=kwh.reshape(-1),
        vacant=vacant,
        tariff=coded(TARIFFS, np.full(len(row), tariff)),
        **own,
    )


def _same(
    world: World, meters: Meters, row: NDArray[np.int64]
) -> tuple[NDArray[np.int64], dict[str, object]]:
    """The month of each row, and the columns that electricity and water have in common."""
    month = np.tile(MONTHS, len(meters.serial))
    return month, {
        "meter_no": coded(numbered(meters.prefix, meters.serial, 8), row),
        "account_holder": coded(world.people.number, meters.holder[row]),
        "address": coded(meters.place, row),
        "month": coded(months.text_of(MONTHS), month - months.FIRST_PAID),
        "address_code": coded(meters.code, row),
    }


def _write_water(world: World, left: NDArray[np.int64], empty: NDArray[np.bool_]) -> None:
    """Water of urban homes and of half the rural ones, others have wells; gas in towns."""
    rng, homes, people = world.block.stream("water_gas_usage"), world.homes, np.maximum(left, 1)
    holder = _holders(world)
    every = np.ones(len(homes), dtype=bool)
    tap = drawn(rng, every, np.where(homes.urban, 1.0, 0.5))
    fixed = quiet_homes(world) & ~homes.urban & (rng.random(len(homes)) < 0.1)
    shape = left.shape
    drunk = np.round((1.2 + 2.4 * people) * WATER * _noise(rng, shape), 1)
    drunk = np.where(empty, 0.0, drunk)
    drunk[fixed] = FIXED
    _water_rows(world, _of_homes(world, "SB", holder, tap), drunk[tap])
    pipe = drawn(rng, homes.urban, 0.35)
    burnt = np.round((4.0 + 3.0 * people) * GAS * _noise(rng, shape), 1)
    burnt = np.where(empty, 0.0, burnt)
    _water_rows(world, _of_homes(world, "RQ", holder, pipe), burnt[pipe])


def _water_rows(world: World, meters: Meters, volume: NDArray[np.float64]) -> None:
    """Rows of water_gas_usage: a row a meter and month."""
    row = np.repeat(np.arange(len(meters.serial)), len(MONTHS))
    known, own = _same(world, meters, row)
    world.book.add("water_gas_usage", known=known, volume=volume.reshape(-1), **own)
