"""Vehicles with their owners' licences, policies and violations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from doudi.synth import months, numbers
from doudi.synth.assets import NAT, STEP, VEHICLES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.book import Values
    from doudi.synth.world import World

BRANDS = ["五菱", "比亚迪", "大众", "丰田", "长安", "吉利", "哈弗"]
ELECTRIC = "比亚迪"
"""A brand whose cars are free of purchase tax, so that they have no row."""
UNTAXED = ("普通二轮摩托车", "残疾人机动轮椅车")


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


def write_vehicles(world: World) -> None:
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
