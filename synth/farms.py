"""Land and animals: who farms on a large scale, leases, the farmland subsidy, livestock."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.book import coded, numbered
from doudi.synth.farm_insurance import write_farm_insurance
from doudi.synth.quiet import drawn, helped_homes, home_places, quiet_homes, scale_farmers

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from doudi.synth.book import Values
    from doudi.synth.world import World

FARMLAND = "耕地地力保护补贴"
FARMLAND_MU = 92.0
"""CNY a mu and year of the farmland subsidy."""
SPECIES = [("生猪", 120), ("肉牛", 26), ("肉羊", 110), ("家禽", 3200)]
"""Kinds of animals, and how many a farm on record keeps."""


def write_farms(world: World) -> None:
    """Rows of farmland_transfer and livestock_register, and of the insurance of the animals."""
    _write_leases(world)
    write_farm_insurance(world, *_write_livestock(world))


def lease(  # noqa: PLR0913 - one argument a column
    world: World,
    lessor: NDArray[np.int64],
    lessee: Values,
    *,
    area: Values,
    rent: Values,
    first: NDArray[np.int64],
    years: Values,
    prefix: str = "TD",
    serial: NDArray[np.int64] | None = None,
) -> None:
    """Rows of farmland_transfer; without serials one contract a lessor's home and prefix."""
    people = world.people
    numbers = world.homes.first + people.home[lessor] + 1 if serial is None else serial
    world.book.add(
        "farmland_transfer",
        known=first,
        contract_no=numbered(prefix, numbers, 8),
        lessor_id=coded(people.number, lessor),
        lessee_id=lessee,
        area_mu=area,
        rent_per_mu=rent,
        from_date=months.day_in(first, 1),
        to_date=months.day_in(first + 12 * np.asarray(years), 1) - np.timedelta64(1, "D"),
        lessor_name=coded(people.name, lessor),
    )


def _write_leases(world: World) -> None:
    """A third of rural homes let land; those on a register let too little to count."""
    rng, homes = world.block.stream("farmland_transfer"), world.homes
    usual = drawn(rng, quiet_homes(world) & ~homes.urban, 0.35)
    small = drawn(rng, helped_homes(world) & ~homes.urban, 0.08)
    own = np.concatenate([usual, small])
    poor = np.arange(len(own)) >= len(usual)
    area = np.round(
        np.where(poor, rng.uniform(0.4, 1, len(own)), rng.gamma(3, 0.9, len(own)) + 0.5), 1
    )
    # Some rents are agreed in kilograms of grain and written down all the same.
    rent = np.where(poor, rng.integers(15, 22, len(own)), rng.integers(18, 55, len(own))) * 10.0
    lease(
        world,
        homes.head[own],
        _lessees(world, rng, homes.head[own]),
        area=area,
        rent=rent,
        first=-rng.integers(-40, 70, len(own)),
        years=rng.choice([5, 8, 10, 15], len(own)),
    )


def _lessees(world: World, rng: Generator, lessor: NDArray[np.int64]) -> NDArray[np.str_]:
    """Mostly those who farm on a large scale, else neighbours or companies."""
    people, count = world.people, len(lessor)
    farmers, near = scale_farmers(world), world.homes.head[quiet_homes(world)]
    near = near[~world.homes.urban[people.home[near]]]
    some = farmers if len(farmers) else near
    person = np.where(
        rng.random(count) < 0.8,
        some[rng.integers(0, len(some), count)],
        near[rng.integers(0, len(near), count)],
    )
    person = np.where(person == lessor, near[0], person)
    firm = world.firms.code[rng.integers(0, len(world.firms.code), count)]
    by_firm = (rng.random(count) < 0.2) | (person == lessor)
    return np.where(by_firm, firm, people.number[person])


def farmland_rows(
    world: World, head: NDArray[np.int64], area: NDArray[np.int64], month: int
) -> None:
    """Rows of farming_subsidy: the yearly payment as the farm office lists it."""
    people = world.people
    world.book.add(
        "farming_subsidy",
        known=np.full(len(head), month),
        person_id=coded(people.number, head),
        type=FARMLAND,
        area_mu=area.astype(np.float64),
        amount=area * FARMLAND_MU,
        pay_date=months.day(month, 20),
        account_hash=coded(people.account, head),
        name=coded(people.name, head),
        year=2022 + (month + 6) // 12,
    )


def _write_livestock(
    world: World,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Farms on record, some with a new count after the snapshot; returns who insures what."""
    rng, homes = world.block.stream("livestock_register"), world.homes
    small = homes.head[drawn(rng, quiet_homes(world) & ~homes.urban, 0.012)]
    farmers = scale_farmers(world)
    owner = np.union1d(small, farmers[rng.random(len(farmers)) < 0.5])
    count = len(owner)
    kind = rng.integers(0, len(SPECIES), count)
    stock = np.round(np.array([n for _, n in SPECIES])[kind] * rng.lognormal(0, 0.5, count))
    stock = np.where(rng.random(count) < 0.03, 0, stock)
    before, registered = stock, -rng.integers(-42, 60, count)
    insured = (rng.random(count) < 0.6) & (stock > 0)
    for cut in (months.SNAPSHOT, months.SNAPSHOT + 1):
        shown = np.ones(count, dtype=bool)
        if cut > months.SNAPSHOT:
            shown = rng.random(count) < 0.3
            stock = np.round(stock * rng.uniform(0.5, 1.3, count))
        who = owner[shown]
        livestock(
            world,
            who,
            kind=kind[shown],
            stock=stock[shown],
            registered=registered[shown],
            insured=insured[shown],
            known=registered[shown] if cut == months.SNAPSHOT else np.full(len(who), cut),
        )
    return owner[insured], kind[insured], before[insured]


def livestock(
    world: World,
    owner: NDArray[np.int64],
    *,
    kind: NDArray[np.int64],
    stock: NDArray[np.float64],
    registered: NDArray[np.int64],
    insured: Values,
    known: Values,
) -> None:
    """Rows of livestock_register, each farm at its owner's home."""
    people = world.people
    world.book.add(
        "livestock_register",
        known=known,
        owner_id=coded(people.number, owner),
        species=coded([s for s, _ in SPECIES], kind),
        head_count=stock.astype(np.int64),
        site=np.char.add(home_places(world)[people.home[owner]], "养殖场"),
        reg_date=months.day_in(registered, 18),
        insured=insured,
        owner_name=coded(people.name, owner),
    )
