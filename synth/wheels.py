"""Commercial vehicles, drivers of hailed cars, and boats."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.book import coded, numbered
from doudi.synth.folk import outsiders, some
from doudi.synth.people import NOBODY
from doudi.synth.vehicles import vehicle

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.book import Values
    from doudi.synth.world import World

TRUCKS = 0.018
"""Share of homes outside the registers that own a vehicle used for transport."""
AFFILIATED = 0.45
"""Share of them whose permit is in the name of a company."""
KINDS = (["重型自卸货车", "轻型厢式货车", "中型客车", "出租客车"], [0.35, 0.4, 0.1, 0.15])
TRADES = {"重型自卸货车": "普通货运", "轻型厢式货车": "普通货运", "中型客车": "客运"}
HAILED, BOATS = 0.018, 0.0015


def write_wheels(world: World) -> None:
    """Rows of commercial_vehicle and ride_hailing_vessel, and the vehicles themselves."""
    _write_trucks(world)
    _write_hailed(world)


def permit(
    world: World,
    plate: NDArray[np.str_],
    serial: NDArray[np.int64],
    operator: Values,
    since: NDArray[np.int64],
    until: NDArray[np.int64],
    *,
    kind: Values,
    known: Values = None,
) -> None:
    """Rows of commercial_vehicle; the permit has the number of the vehicle's owner."""
    world.book.add(
        "commercial_vehicle",
        known=since if known is None else known,
        plate=plate,
        operator_id=operator,
        permit=numbered(f"{world.block.county // 100}{world.block.number:02d}", serial, 6),
        from_date=months.day_in(since, 20),
        to_date=months.day_in(until, 19),
        type=kind,
    )


def _write_trucks(world: World) -> None:
    """Lorries, buses and taxis of people, many affiliated to a company."""
    people, firms = world.people, world.firms
    rng = world.block.stream("commercial_vehicle")
    fits = outsiders(world) & people.male & (people.age() > 24) & (people.age() < 60)
    head = world.homes.head
    owner = some(rng, head[fits[head]], TRUCKS, least=6)
    kind = rng.choice(KINDS[0], len(owner), p=KINDS[1])
    since = rng.integers(months.LAST - 90, months.SNAPSHOT - 2, len(owner))
    price = np.where(kind == KINDS[0][0], 260_000.0, 95_000.0) * rng.uniform(0.7, 1.3, len(owner))
    plate, _ = vehicle(
        world,
        owner,
        kind=kind,
        nature=np.where(kind == KINDS[0][3], "出租客运", "营运"),
        since=months.day_in(since, 9),
        price=np.round(price, -2),
        known=np.maximum(since, 0),
        rng=rng,
    )
    mine = rng.permutation(len(owner)) >= AFFILIATED * len(owner)
    company = firms.code[(owner * 3 + 1) % len(firms.code)]
    trade = np.array([TRADES.get(str(one), "出租客运") for one in kind], dtype="U6")
    permit(
        world,
        plate,
        owner,
        np.where(mine, people.number[owner], company),
        since,
        since + 96,
        kind=trade,
    )


def hailed(
    world: World, who: NDArray[np.int64], kind: Values, since: NDArray[np.int64], status: Values
) -> None:
    """Rows of ride_hailing_vessel."""
    world.book.add(
        "ride_hailing_vessel",
        known=since,
        holder_id=coded(world.people.number, who),
        type=kind,
        reg_date=months.day_in(since, 7),
        status=status,
    )


def _write_hailed(world: World) -> None:
    """Drivers who have a car, some of whom gave it up, and owners of boats."""
    people = world.people
    rng = world.block.stream("ride_hailing_vessel")
    free = outsiders(world)
    own = world.assets.driver[world.assets.car & (world.assets.driver != NOBODY)]
    own = some(rng, own[free[own]], HAILED, least=6)
    since = rng.integers(months.LAST - 70, months.SNAPSHOT, len(own))
    status = np.where(rng.permutation(len(own)) < 0.2 * len(own), "注销", "有效")
    hailed(world, own, "网约车", since, status)
    grown = np.flatnonzero(free & people.male & (people.age() > 25) & (people.age() < 65))
    own = some(rng, grown, BOATS)
    since = rng.integers(months.LAST - 120, months.SNAPSHOT, len(own))
    hailed(world, own, "船舶", since, "有效")
