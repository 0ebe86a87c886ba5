"""What households that are on no register own, and its homes."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from doudi.synth import months, numbers, work
from doudi.synth.people import NOBODY

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from doudi.synth.blocks import Block
    from doudi.synth.book import Values
    from doudi.synth.firms import Firms
    from doudi.synth.homes import Homes
    from doudi.synth.people import People
    from doudi.synth.work import Jobs
    from doudi.synth.world import World

CAR = 0.42
SECOND_HOME = 0.15
UNITS, VEHICLES = 100_000, 10_000
"""Numbers of real-estate units and vehicles that a block may use up."""
STEP = 61_803
"""By how much their numbers differ from one to the next, around the block's range of them."""
NAT = np.datetime64("NaT", "D")


@dataclass
class Assets:
    """Which homes own what."""

    car: NDArray[np.bool_]
    bike: NDArray[np.bool_]
    flat: NDArray[np.bool_]
    second: NDArray[np.bool_]
    driver: NDArray[np.int64]
    """The person of the home who drives; NOBODY where none does."""
    unit_count: int = 0
    vehicle_count: int = 0
    county: int = numbers.COUNTY

    def unit_no(self) -> str:
        """A real-estate unit number of 28 signs that is not in use."""
        self.unit_count += 1
        serial = self.unit_count // UNITS * UNITS + self.unit_count * STEP % UNITS
        return f"{self.county}001001GB{serial % UNITS:05d}F{serial:08d}"


def make_assets(
    rng: Generator, people: People, homes: Homes, may_own: NDArray[np.bool_], block: Block
) -> Assets:
    """Ownership by permanent income; homes on a register own one dwelling at most."""
    count = len(homes)
    age = people.age()
    fits = (people.home >= 0) & (age > 22) & (age < 66) & people.living()
    grown = np.flatnonzero(fits)
    grown = grown[np.lexsort((-age[grown], ~people.male[grown]))]
    driver = np.full(count, NOBODY)
    where, first = np.unique(people.home[grown], return_index=True)
    driver[where] = grown[first]
    wealth = homes.comfort + rng.normal(0, 0.7, count)
    car = may_own & (driver != NOBODY) & (rng.random(count) < CAR + 0.22 * wealth)
    second = may_own & (rng.random(count) < SECOND_HOME + 0.12 * wealth)
    return Assets(
        car=car,
        bike=may_own & ~car & (driver != NOBODY) & (rng.random(count) < 0.3),
        flat=rng.random(count) < np.where(homes.urban, 0.7, 0.4),
        second=second,
        driver=driver,
        unit_count=block.number * UNITS,
        vehicle_count=block.number * VEHICLES,
        county=block.county,
    )


def clean_homes(assets: Assets, jobs: Jobs, firms: Firms, people: People) -> NDArray[np.bool_]:
    """Homes that own nothing which would bar them from the minimum-living benefit."""
    barred = assets.car | assets.second
    owners = np.concatenate([firms.owner, people.spouse[firms.owner], firms.business_owner])
    barred[people.home[owners[owners >= 0]]] = True
    staff = np.flatnonzero(
        (jobs.kind == work.PUBLIC) | (jobs.kind == work.RETIRED) | (jobs.kind == work.FLEXIBLE)
    )
    barred[people.home[staff]] = True
    return ~barred


def unit(  # noqa: PLR0913 - one argument a column
    world: World,
    owner: NDArray[Any],
    *,
    since: Values,
    use: Values = "住宅",
    area: Values = 95.0,
    co: Values = "单独所有",
    share: Values = 1.0,
    status: Values = "现势",
    known: Values = 0,
    number: Values = None,
    village: Values = None,
    door: Values = None,
) -> list[str]:
    """Rows of real_estate_registration for owners (positions); returns unit numbers."""
    people, homes, areas = world.people, world.homes, world.areas
    codes = number or [world.assets.unit_no() for _ in owner]
    home = people.home[owner]
    place = homes.village[home] if village is None else np.broadcast_to(village, home.shape)
    if door is None:
        door = world.rng.integers(6000, 9999, len(owner))
    text = [f"合成县{areas.name[v]}{d}号" for v, d in zip(place, door, strict=True)]
    code = [f"{areas.code[v]}{d:04d}" for v, d in zip(place, door, strict=True)]
    world.book.add(
        "real_estate_registration",
        known=known,
        unit_no=codes,
        owner_id=people.number[owner],
        co_ownership=co,
        share=share,
        area=area,
        use=use,
        address=text,
        reg_date=people.grown(owner, since),
        status=status,
        mortgage=False,
        owner_name=people.name[owner],
        address_code=code,
    )
    return codes


def write_units(world: World) -> None:
    """One dwelling for many, a second one or a shop for some."""
    assets, rng, homes, people = world.assets, world.rng, world.homes, world.people
    for flag, use in (
        (assets.flat, "住宅"),
        (assets.second, "住宅"),
        (assets.second & (homes.comfort > 1.2), "商业"),
    ):
        owner = homes.head[np.flatnonzero(flag)]
        owner = owner[people.dead_month()[owner] > months.FUTURE]
        told = months.day_in(months.SNAPSHOT, 27)
        owner = owner[people.grown(owner, told) == told]  # the head of a home may be a child
        since = np.datetime64("2008-01-01") + rng.integers(0, 5500, len(owner)).astype(
            "timedelta64[D]"
        )
        unit(world, owner, since=since, use=use, area=np.round(rng.uniform(55, 140, len(owner)), 1))
