"""Residence permits: of those who work away, and of people from elsewhere."""

# ruff: noqa: PLR2004 - shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months, numbers
from doudi.synth.children import CITIES
from doudi.synth.lookback import day_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.book import Values
    from doudi.synth.world import World

NAT = np.datetime64("NaT", "D")
ELSEWHERE = 529_900
"""First six digits of numbers of people from elsewhere; a block adds its number.

A province has others for each of its counties.
"""
PERMITTED = 0.5
INCOMERS = 0.02


def write_residence(world: World) -> None:
    """Rows of residence_permit."""
    _write_migrants(world)
    _write_incomers(world)


def _write_migrants(world: World) -> None:
    """residence_permit of half of those who work away; few have an employer in it."""
    moved, people, rng = world.migrants, world.people, world.block.stream("residence_permit")
    own = np.flatnonzero((rng.random(len(moved.person)) < PERMITTED) & (moved.since <= 44))
    who, since, until = moved.person[own], moved.since[own] + 1, moved.until[own]
    place = [CITIES[p] for p in moved.place[own].tolist()]
    street = rng.integers(1, 400, len(own)).astype("U3")
    permit(
        world,
        people.number[who],
        people.name[who],
        np.char.add(moved.place[own], "000000"),
        np.char.add(np.char.add(np.array(place, dtype="U8"), "外来人口公寓"), street),
        since,
        np.where(until <= months.LAST, until, months.OPEN),
        np.where(rng.random(len(own)) < 0.3, "建筑劳务公司", ""),
    )


def permit(
    world: World,
    number: Values,
    name: Values,
    code: Values,
    address: Values,
    since: NDArray[np.int64],
    until: NDArray[np.int64],
    employer: Values = "",
) -> None:
    """Rows of residence_permit; an end becomes known when it comes."""
    rng = world.block.stream(f"residence_permit day {number[:1]}")
    begin, end = day_of(since, rng), months.day_in(until, 28)
    cells = {
        "person_id": number,
        "area_code": code,
        "address": address,
        "employer": employer,
        "name": name,
    }
    early = until <= months.SNAPSHOT
    known = np.where(early, until, np.maximum(since, 0))
    first = {**cells, "from_date": begin, "to_date": np.where(early, end, NAT)}
    world.book.add("residence_permit", known=known, **first)
    late = np.flatnonzero((until > months.SNAPSHOT) & (until <= months.LAST))
    again = {n: np.asarray(v)[late] if np.ndim(v) else v for n, v in cells.items()}
    world.book.add(
        "residence_permit", known=until[late], **again, from_date=begin[late], to_date=end[late]
    )


def _write_incomers(world: World) -> None:
    """People from elsewhere who live in the county; landlords enter many on one day."""
    people, rng = world.people, world.block.stream("residence_permit incomers")
    count = max(20, round(INCOMERS * int((people.home >= 0).sum())))
    birth = np.datetime64("1966-01-01") + rng.integers(0, 14_000, count).astype("timedelta64[D]")
    area = ELSEWHERE - 100 * world.block.place + world.block.number
    number = numbers.person_numbers(birth, rng.random(count) < 0.55, area=area)
    village = rng.integers(0, len(world.areas.code), count)
    since = rng.choice([2, 14, 26, 38, 40, 42, 45], count)
    leaves = rng.random(count) < 0.2
    until = np.where(leaves, np.minimum(since + rng.integers(5, 30, count), months.LAST), 9999)
    told_ = people.name[rng.permutation(len(people))[:count]]
    door = rng.integers(1, 90, count).astype("U2")
    permit(
        world,
        number,
        told_,
        world.areas.code[village],
        np.char.add(np.char.add(world.areas.name[village], "出租屋"), door),
        since,
        np.where(until < months.OPEN, np.maximum(until, since + 1), months.OPEN),
        np.where(rng.random(count) < 0.4, world.firms.name[village % len(world.firms.name)], ""),
    )
