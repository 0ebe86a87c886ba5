"""Blocks of townships: a county is made block by block, so that its size does not matter."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doudi.synth.areas import make_areas
from doudi.synth.numbers import COUNTY, county_code

if TYPE_CHECKING:
    from numpy.random import Generator

    from doudi.synth.areas import Areas

HOUSEHOLDS = 6_600
"""Households of a block, about two townships: families, firms and offices stay within it."""
MOST = 99
"""Blocks of a county: each has its own first six digits of person numbers."""
AREAS = 1_000
"""Key of the random stream that lays out the villages; blocks have lower ones."""
COUNTIES = 1_001
"""Key of the random stream that gives each county of a province its seed."""
SERIALS = 2_000_000
"""Running numbers that a block may use up."""


@dataclass(frozen=True)
class Province:
    """Counties of one size that exchange what they know.

    Attributes:
        counties: How many; a county's place is 0 for the first.
        households: Of each county.
        seed: The province's seed.
    """

    counties: int
    households: int
    seed: int

    def seed_of(self, place: int) -> int:
        """A county's own seed."""
        drawn = np.random.SeedSequence(self.seed, spawn_key=(COUNTIES, place))
        return int(drawn.generate_state(1)[0])

    def areas_of(self, place: int) -> Areas:
        """Townships and villages of a county."""
        sign = str(county_code(place) // 100)
        return _areas(self.households, self.seed_of(place), county_code(place), sign)

    def blocks(self, place: int) -> list[Block]:
        """The blocks of a county."""
        return blocks_of(self.households, self.seed_of(place), place=place, province=self)


@dataclass(frozen=True)
class Block:
    """One block of a county.

    Attributes:
        number: Its position, 0 for the first.
        of: How many blocks the county has.
        first_home: Households of the blocks before it, other counties included.
        households: Its own households.
        areas: Its townships and villages.
        county_areas: Those of the whole county.
        seed: The county's seed.
        county: The county's code, six digits.
        place: Of the county in its province.
        province: Where the county is one of several.
    """

    number: int
    of: int
    first_home: int
    households: int
    areas: Areas
    county_areas: Areas
    seed: int
    county: int = COUNTY
    place: int = 0
    province: Province | None = None

    @property
    def rank(self) -> int:
        """Its position in the province, where every county has room for ``MOST`` blocks."""
        return self.place * MOST + self.number

    @property
    def first_serial(self) -> int:
        """The running number after which the block's own begin."""
        return self.rank * SERIALS

    def stream(self, name: str = "") -> Generator:
        """The block's random stream, or one of its own for what has a name.

        What is drawn from a named stream changes nothing that is drawn elsewhere.
        """
        key = (self.number, zlib.crc32(name.encode())) if name else (self.number,)
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=key))


def blocks_of(
    households: int, seed: int, *, place: int = 0, province: Province | None = None
) -> list[Block]:
    """The blocks of a county, about ``HOUSEHOLDS`` households each."""
    county = county_code(place)
    areas = province.areas_of(place) if province else _areas(households, seed, county)
    towns = len(areas.town_code)
    count = min(max(1, round(households / HOUSEHOLDS)), towns, MOST)
    cut = np.searchsorted(areas.town, np.arange(count + 1) * towns // count)
    first = np.round(cut / len(areas.code) * households).astype(int)
    return [
        Block(
            number=number,
            of=count,
            first_home=place * households + int(first[number]),
            households=int(first[number + 1] - first[number]),
            areas=areas.part(int(cut[number]), int(cut[number + 1])),
            county_areas=areas,
            seed=seed,
            county=county,
            place=place,
            province=province,
        )
        for number in range(count)
    ]


def _areas(households: int, seed: int, county: int, sign: str = "") -> Areas:
    """The villages of a county, from a random stream of their own."""
    layout = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(AREAS,)))
    return make_areas(layout, households, county, sign)
