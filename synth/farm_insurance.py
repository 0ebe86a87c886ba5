"""Insurance of crops and animals: of farms, and of whole villages in one person's name."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.book import coded, numbered
from doudi.synth.quiet import scale_farmers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.book import Values
    from doudi.synth.world import World

KINDS = ["水稻", "玉米", "油菜", "生猪", "肉牛", "肉羊", "家禽"]
"""What is insured: three crops, then the animals in the order of the livestock register."""
CROPS = 3
YEARS = (2023, 2024, 2025)
CROP_CLAIM = 420.0
"""CNY a mu of a crop that is lost."""
ANIMAL_CLAIM = np.array([700.0, 5200.0, 480.0, 14.0])
"""CNY a dead animal."""
SETTLED = 11
"""Month of the year in which the policies and claims of the year are listed."""


def insure(
    world: World,
    who: NDArray[np.int64],
    year: int,
    *,
    kind: NDArray[np.int64],
    quantity: Values,
    claim: Values,
    whole_village: bool,
    prefix: str,
) -> None:
    """Rows of agricultural_insurance, one a person, year and prefix."""
    people = world.people
    when = (year - 2022) * 12 + SETTLED - 7
    serial = (world.homes.first + people.home[who] + 1) * 100 + year % 100
    world.book.add(
        "agricultural_insurance",
        known=np.full(len(who), when),
        insured_id=coded(people.number, who),
        crop_or_animal=coded(KINDS, kind),
        quantity=quantity,
        claim=claim,
        date=months.day(when, 20),
        policy_no=numbered(prefix, serial, 10),
        group_policy=whole_village,
        insured_name=coded(people.name, who),
    )


def write_farm_insurance(
    world: World, owner: NDArray[np.int64], kind: NDArray[np.int64], stock: NDArray[np.float64]
) -> None:
    """Yearly rows; ``owner``, ``kind`` and ``stock`` tell which animals are insured."""
    rng = world.block.stream("agricultural_insurance")
    village, keeper = _keepers(world)
    farmer = scale_farmers(world)
    land = np.round(rng.lognormal(4.5, 0.4, len(farmer)))
    field = np.round(rng.lognormal(6.2, 0.35, len(keeper)))
    for year in YEARS:
        hurt = _hurt(world, year)
        insure(
            world,
            keeper,
            year,
            kind=rng.integers(0, CROPS, len(keeper)),
            quantity=field,
            claim=np.round(field * hurt[village] * CROP_CLAIM, 2),
            whole_village=True,
            prefix="TB",
        )
        lost = hurt[world.homes.village[world.people.home[farmer]]]
        insure(
            world,
            farmer,
            year,
            kind=rng.integers(0, CROPS, len(farmer)),
            quantity=land,
            claim=np.round(land * lost * CROP_CLAIM, 2),
            whole_village=False,
            prefix="ZZ",
        )
        died = np.floor(stock * np.where(rng.random(len(stock)) < 0.2, 0.06, 0.01))
        insure(
            world,
            owner,
            year,
            kind=CROPS + kind,
            quantity=stock,
            claim=np.round(died * ANIMAL_CLAIM[kind], 2),
            whole_village=False,
            prefix="YZ",
        )


def _keepers(world: World) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rural villages that insure their crops together, and in whose name: a committee member's."""
    officials, areas = world.officials, world.areas
    told = np.array(officials.area, dtype=areas.code.dtype)
    place, first = np.unique(told, return_index=True)
    village = np.searchsorted(areas.code, place)
    village = np.minimum(village, len(areas.code) - 1)
    fits = (areas.code[village] == place) & ~areas.urban[village]
    return village[fits], np.array(officials.person)[first[fits]]


def _hurt(world: World, year: int) -> NDArray[np.float64]:
    """Share of each village's homes that a disaster met in a calendar year."""
    homes, first = world.homes, (year - 2022) * 12 - 6
    met = (world.shocks.disaster >= first) & (world.shocks.disaster < first + 12)
    count = len(world.areas.code)
    every = np.maximum(np.bincount(homes.village, minlength=count), 1)
    return np.asarray(np.bincount(homes.village[met], minlength=count) / every, dtype=np.float64)
