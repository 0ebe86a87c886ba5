"""Vehicles and homes owned by households that are on no register."""

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
BRANDS = ["五菱", "比亚迪", "大众", "丰田", "长安", "吉利", "哈弗"]
ELECTRIC = "比亚迪"
"""A brand whose cars are free of purchase tax, so that they have no row."""
UNTAXED = ("普通二轮摩托车", "残疾人机动轮椅车")
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


def vehicle(  # noqa: PLR0913 - one argument a column
    world: World,
    owner: NDArray[Any],
    *,
    kind: Values = "小型轿车",
    nature: Values = "非营运",
    since: Values,
    status: Values = "正常",
    price: Values = 80000.0,
    known: Values = 0,
    rng: Values = None,
    **more: Values,
) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    """Rows of vehicle_registration for owners (positions); returns plates and vehicle numbers.

    The purchase tax of each comes with it.
    """
    count, people, rng = len(owner), world.people, rng or world.rng
    start = world.assets.vehicle_count
    world.assets.vehicle_count += count
    turn = start + np.arange(count)
    serial = turn // VEHICLES * VEHICLES + turn * STEP % VEHICLES
    plate = np.array(
        [f"测{'ABCDEFGHJK'[n // 100000 % 10]}{n % 100000:05d}" for n in serial * 7 % 999983]
    )
    vin, brand = numbers.vins(rng, count), rng.choice(BRANDS, count)
    gone = {"transfer_date": NAT, "new_owner_id": "", "status_date": NAT} | more
    world.book.add(
        "vehicle_registration",
        known=known,
        plate=plate,
        vin=vin,
        owner_id=people.number[owner],
        vehicle_type=kind,
        use_nature=nature,
        brand=brand,
        first_reg_date=people.grown(owner, since),
        status=status,
        price=price,
        owner_name=people.name[owner],
        **gone,
    )
    taxed = ~np.isin(np.broadcast_to(kind, count), UNTAXED) & (brand != ELECTRIC)
    _purchase_tax(
        world,
        owner[taxed],
        vin[taxed],
        *(np.broadcast_to(value, count)[taxed] for value in (since, price, known)),
    )
    return plate, vin


def _purchase_tax(
    world: World,
    owner: NDArray[Any],
    vin: NDArray[np.str_],
    since: NDArray[Any],
    price: NDArray[Any],
    known: NDArray[np.int64],
) -> None:
    """Rows of vehicle_purchase_tax: the price without value-added tax, some days before."""
    world.book.add(
        "vehicle_purchase_tax",
        known=known,
        payer_id=world.people.number[owner],
        vin=vin,
        price=np.round(price / 1.13, 2),
        pay_date=since - (1 + owner % 6).astype("timedelta64[D]"),
    )


def policy(
    world: World,
    plate: NDArray[Any],
    vin: NDArray[Any],
    holder: NDArray[Any],
    insured: NDArray[Any],
    phone: NDArray[Any],
    premium: float = 2600.0,
) -> None:
    """Yearly insurance rows of the last three years."""
    people = world.people
    for year in (2023, 2024, 2025):
        start = np.datetime64(f"{year}-09-15")
        world.book.add(
            "vehicle_insurance",
            vin=np.asarray(vin),
            plate=plate,
            holder_id=people.number[holder],
            insured_id=people.number[insured],
            premium=premium,
            driver_phone_hash=phone,
            start=start,
            end=start + np.timedelta64(364, "D"),
        )


def licence(
    world: World, who: NDArray[Any], *, kind: Values = "C1", status: Values = "正常"
) -> None:
    """Driving licences of people (positions)."""
    none = np.datetime64("NaT", "s")
    world.book.add(
        "driver_and_violations",
        driver_id=world.people.number[who],
        licence_class=kind,
        licence_status=status,
        plate="",
        violation_time=none,
        handled_by_id="",
        record="驾驶证",
        points="",
        licence_valid_to=np.datetime64("2030-05-01"),
    )


def violations(
    world: World,
    driver: NDArray[Any],
    plate: NDArray[Any],
    days: NDArray[Any],
    handler: NDArray[Any],
) -> None:
    """Traffic violations, one row each."""
    people = world.people
    seconds = world.rng.integers(6 * 3600, 22 * 3600, len(days)).astype("timedelta64[s]")
    world.book.add(
        "driver_and_violations",
        known=months.index_of(days),
        driver_id=people.number[driver],
        licence_class="C1",
        licence_status="正常",
        plate=plate,
        violation_time=days.astype("datetime64[s]") + seconds,
        handled_by_id=people.number[handler],
        record="违法",
        points="3",
        licence_valid_to=NAT,
    )


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


def write_assets(world: World) -> None:
    """Rows of what ordinary homes own."""
    _write_vehicles(world)
    _write_units(world)


def _write_vehicles(world: World) -> None:
    """Cars and motorcycles with their owners' licences, policies and violations."""
    assets, rng, people = world.assets, world.rng, world.people
    for flag, kind, price in (
        (assets.car, "小型轿车", 90000),
        (assets.bike, "普通二轮摩托车", 6000),
    ):
        owner = assets.driver[flag]
        since = np.datetime64("2012-01-01") + rng.integers(0, 5000, len(owner)).astype(
            "timedelta64[D]"
        )
        worth = np.round(price * rng.uniform(0.6, 1.8, len(owner)), -2)
        plate, vin = vehicle(world, owner, kind=kind, since=since, price=worth)
        licence(world, owner, kind="C1" if flag is assets.car else "E")
        if flag is assets.car:
            policy(world, plate, vin, owner, owner, people.phone[owner])
            fined = np.repeat(np.arange(len(owner)), rng.poisson(0.8, len(owner)))
            when = months.day_in(
                rng.integers(12, months.LAST, len(fined)), rng.integers(1, 28, len(fined))
            )
            violations(world, owner[fined], plate[fined], when, owner[fined])


def _write_units(world: World) -> None:
    """One dwelling for many, a second one or a shop for some."""
    assets, rng, homes, people = world.assets, world.rng, world.homes, world.people
    for flag, use in (
        (assets.flat, "住宅"),
        (assets.second, "住宅"),
        (assets.second & (homes.comfort > 1.2), "商业"),
    ):
        owner = homes.head[np.flatnonzero(flag)]
        owner = owner[people.dead_month()[owner] > months.FUTURE]
        since = np.datetime64("2008-01-01") + rng.integers(0, 5500, len(owner)).astype(
            "timedelta64[D]"
        )
        unit(world, owner, since=since, use=use, area=np.round(rng.uniform(55, 140, len(owner)), 1))
