"""Homes and land: transfers, homesteads, presales, public rental, renovation, expropriation."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc

from doudi.synth import months
from doudi.synth.archives import archive_numbers
from doudi.synth.book import coded, numbered
from doudi.synth.folk import positions
from doudi.synth.people import NOBODY
from doudi.synth.quiet import drawn, helped_homes, homes_in, places, quiet_homes, told_of

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from doudi.synth.world import World

SOLD_SINCE = np.datetime64("2017-01-01")
TRANSFERRED = 0.45
"""Share of the registered units of quiet homes whose transfer is on record."""
WAYS = ["买卖", "赠与", "继承", "离婚析产"]
BANKS = ["", "农村商业银行", "农业银行", "邮政储蓄银行"]
METRE = 3300.0
"""CNY a square metre."""
MU = 36_000.0
"""CNY a mu of expropriated land."""
PROJECTS = ["高速公路项目", "工业园区项目", "水库工程", "县道改扩建项目"]
DOORS = 5_000
"""Door numbers of new blocks of flats begin behind those of homes, shops and pumps."""


def write_housing(world: World) -> None:
    """Rows of six sources of housing and land, after the real-estate register's."""
    _write_transfers(world)
    _write_homesteads(world)
    _write_presales(world)
    _write_rentals(world)
    _write_renovations(world)
    _write_expropriations(world)


def _write_transfers(world: World) -> None:
    """Where the registered units of quiet homes came from; dates are those of the register."""
    rng, people = world.block.stream("real_estate_transfer"), world.people
    units = world.book.frame("real_estate_registration")
    owner = positions(world, units["owner_id"])
    day = units["reg_date"].to_numpy().astype("datetime64[D]")
    home = np.where(owner < 0, NOBODY, people.home[owner])
    sole = (owner >= 0) & (home >= 0) & (units["share"].to_numpy() == 1) & (day >= SOLD_SINCE)
    own = drawn(rng, sole & quiet_homes(world)[home], TRANSFERRED)
    giver, way = _givers(world, rng, owner[own], day[own])
    count = len(own)
    area = units["area"].to_numpy()[own]
    price = np.round(area * METRE * rng.uniform(0.8, 1.3, count), -3)
    price = np.where(way == 0, price, 0.0)
    bank = np.where((way == 0) & (rng.random(count) < 0.45), rng.integers(1, 4, count), 0)
    world.book.add(
        "real_estate_transfer",
        known=months.index_of(day[own]),
        unit_no=units["unit_no"].take(own).combine_chunks(),
        from_id=coded(people.number, giver),
        to_id=coded(people.number, owner[own]),
        transfer_type=coded(WAYS, way),
        price=price,
        date=day[own],
        mortgagee=coded(BANKS, bank),
        loan=np.where(bank > 0, np.round(price * 0.6, -3), 0.0),
    )


def _givers(
    world: World, rng: Generator, owner: NDArray[np.int64], day: NDArray[Any]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Who gave each unit, and how: strangers sell; fathers give, or are inherited from."""
    people, count = world.people, len(owner)
    sellers = world.homes.head[quiet_homes(world)]
    giver = sellers[rng.integers(0, len(sellers), count)]
    draw, father, former = rng.random(count), people.father[owner], people.former[owner]
    dead = (father != NOBODY) & people.gone[father]
    alive = (father != NOBODY) & people.living()[father]
    alive &= ~world.aid.ever()[np.where(alive, people.home[father], 0)]
    parted = (former != NOBODY) & (day > people.split[owner]) & people.living()[former]
    parted &= people.spouse[owner] != former
    parted &= ~world.aid.ever()[np.where(parted, people.home[former], 0)]
    way = np.select(
        [parted & (draw < 0.5), alive & (draw < 0.1), dead & (draw > 0.5)], [3, 1, 2], 0
    )
    giver = np.select([way == 3, way != 0], [former, father], giver)
    return np.where(giver == owner, sellers[(np.arange(count) + 1) % 2], giver), way


def _write_homesteads(world: World) -> None:
    """Nearly every rural home; those on a register that own a registered house have just that."""
    rng, homes, people = world.block.stream("rural_homestead"), world.homes, world.people
    registered = homes_in(world, "real_estate_registration", "owner_id")
    free = quiet_homes(world) | ~registered
    own = drawn(rng, free & ~homes.urban, 0.96)
    father, quiet = people.father[homes.head[own]], quiet_homes(world)[own]
    late = quiet & (father != NOBODY) & people.gone[father] & (rng.random(len(own)) < 0.05)
    _homestead_rows(world, rng, own, np.where(late, father, homes.head[own]), old=False)
    second = drawn(rng, quiet_homes(world) & ~homes.urban, 0.04)
    _homestead_rows(world, rng, second, homes.head[second], old=True)


def _homestead_rows(
    world: World, rng: Generator, own: NDArray[np.int64], holder: NDArray[np.int64], *, old: bool
) -> None:
    """Rows of rural_homestead; an old house that a split family left stands empty."""
    homes, people, count = world.homes, world.people, len(own)
    area = np.round(rng.uniform(60, 120, count) if old else rng.uniform(80, 180, count), 1)
    built = rng.integers(1962, 1986, count) if old else rng.integers(1986, 2023, count)
    door = DOORS + np.arange(count)
    code = np.char.add(world.areas.code[homes.village[own]], door.astype("U4"))
    world.book.add(
        "rural_homestead",
        homestead_no=numbered("ZJ2" if old else "ZJ1", homes.first + own + 1, 8),
        holder_id=coded(people.number, holder),
        area=np.where(
            quiet_homes(world)[own], area, np.minimum(area, 50.0 + 20.0 * homes.size[own])
        ),
        built_year=built,
        storeys=np.ones(count, dtype=np.int64) if old else rng.integers(1, 4, count),
        status="闲置" if old else "在用",
        holder_name=coded(people.name, holder),
        address_code=coded(code if old else homes.address[own], np.arange(count)),
    )


def _write_presales(world: World) -> None:
    """Flats that quiet homes bought from the plan, with the spouse as second buyer."""
    rng, homes, people = world.block.stream("presale_contract"), world.homes, world.people
    age = people.age()[homes.head]
    own = drawn(rng, quiet_homes(world) & (age > 22) & (age < 60), 0.05 + 0.02 * homes.comfort)
    count, head = len(own), homes.head[own]
    spouse = np.where(people.spouse[head] >= 0, people.spouse[head], head)
    both = (spouse != head) & people.living()[spouse] & (people.home[spouse] == own)
    buyers = pc.binary_join_element_wise(
        coded(people.number, head).cast("string"),
        coded(people.number, np.where(both, spouse, NOBODY)).cast("string"),
        ";",
        null_handling="skip",
    )
    towns = np.flatnonzero(world.areas.urban)
    village = towns[rng.integers(0, len(towns), count)] if len(towns) else homes.village[own]
    door = DOORS + np.arange(count)
    signed = rng.integers(-40, months.SNAPSHOT + 1, count)
    area = np.round(rng.uniform(82, 135, count), 2)
    world.book.add(
        "presale_contract",
        known=signed,
        contract_no=numbered("WQ", homes.first + own + 1, 8),
        buyer_ids=buyers,
        unit_address=places(world, village, door),
        area=area,
        price=np.round(area * 4200 * rng.uniform(0.85, 1.2, count), -3),
        signed_date=months.day_in(signed, rng.integers(1, 28, count)),
        status=coded(["有效", "撤销"], (rng.random(count) < 0.07).astype(np.int64)),
        project_status=coded(["正常", "停工", "安置"], rng.choice(3, count, p=[0.9, 0.06, 0.04])),
        address_code=np.char.add(world.areas.code[village], door.astype("U4")),
    )


def _write_rentals(world: World) -> None:
    """Public rental flats of urban homes without one of their own, the head as tenant."""
    rng, homes, people = world.block.stream("public_rental_housing"), world.homes, world.people
    registered = homes_in(world, "real_estate_registration", "owner_id")
    fits = homes.urban & ~registered & (people.age()[homes.head] > 18)
    helped = helped_homes(world)
    quiet = quiet_homes(world) & (homes.comfort < 0.3)
    own = drawn(rng, fits & (helped | quiet), np.where(helped, 0.35, 0.2))
    count = len(own)
    first = rng.integers(-20, months.SNAPSHOT + 1, count)
    poor = helped[own]
    size = np.minimum(homes.size[own], 4)
    flat = numbered("GZF", homes.first + own + 1, 7)
    world.book.add(
        "public_rental_housing",
        known=first,
        person_id=coded(people.number, homes.head[own]),
        unit=flat,
        lease_from=months.day_in(first, 1),
        lease_to=months.day_in(first + 60, 1) - np.timedelta64(1, "D"),
        rent=60.0 + 35.0 * size,
        subsidy=np.where(poor, 40.0 + 25.0 * size, 0.0),
        name=coded(people.name, homes.head[own]),
    )


def _write_renovations(world: World) -> None:
    """Houses in danger that were made safe; a work in progress has no acceptance yet."""
    rng, homes, people = world.block.stream("dangerous_house_renovation"), world.homes, world.people
    free = ~told_of(world) & people.living()[homes.head] & ~homes.urban & world.aid.archived
    own = drawn(rng, free, np.where(world.aid.ever(), 0.25, 0.12))
    count = len(own)
    grade = rng.integers(0, 2, count)
    begun = rng.integers(-70, months.SNAPSHOT - 4, count)
    done = begun + rng.integers(3, 7, count)
    rows: dict[str, Any] = {
        "household_id": archive_numbers(world, own),
        "head_id": coded(people.number, homes.head[own]),
        "grade": coded(["C", "D"], grade),
        "subsidy": np.where(grade == 0, 12_000.0, 32_000.0),
        "start_date": months.day_in(begun, 6),
    }
    name = "dangerous_house_renovation"
    world.book.add(name, known=begun, accept_date=np.datetime64("NaT", "D"), **rows)
    world.book.add(name, known=done, accept_date=months.day_in(done, 22), **rows)


def _write_expropriations(world: World) -> None:
    """Projects that take land of quiet homes of a village, one payment a home and project."""
    rng, homes, people = (
        world.block.stream("land_expropriation_compensation"),
        world.homes,
        world.people,
    )
    villages = np.flatnonzero(~world.areas.urban)
    chosen = np.sort(rng.permutation(villages)[: max(1, len(villages) // 8)])
    month = np.full(len(world.areas.code), months.OPEN)
    month[chosen] = rng.integers(0, months.SNAPSHOT + 1, len(chosen))
    fits = quiet_homes(world) & (month[homes.village] < months.OPEN) & ~homes.urban
    own = drawn(rng, fits, 0.35)
    head, when, count = homes.head[own], month[homes.village[own]], len(own)
    area = np.round(rng.gamma(2, 0.6, count) + 0.2, 2)
    project = coded(PROJECTS, homes.village[own] % len(PROJECTS))
    world.book.add(
        "land_expropriation_compensation",
        known=when,
        person_id=coded(people.number, head),
        project=project,
        area_mu=area,
        amount=np.round(area * MU, 2),
        pay_date=months.day_in(when, 16),
        account_hash=coded(people.account, head),
        name=coded(people.name, head),
    )
