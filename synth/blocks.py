"""Blocks of townships: a county is made block by block, so that its size does not matter."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doudi.synth.areas import make_areas

if TYPE_CHECKING:
    from numpy.random import Generator

    from doudi.synth.areas import Areas

HOUSEHOLDS = 6_600
"""Households of a block, about two townships: families, firms and offices stay within it."""
MOST = 99
"""Blocks of a county: each has its own first six digits of person numbers."""
AREAS = 1_000
"""Key of the random stream that lays out the villages; blocks have lower ones."""
SERIALS = 2_000_000
"""Running numbers that a block may use up."""


@dataclass(frozen=True)
class Block:
    """One block of a county.

    Attributes:
        number: Its position, 0 for the first.
        of: How many blocks the county has.
        first_home: Households of the blocks before it.
        households: Its own households.
        areas: Its townships and villages.
        county_areas: Those of the whole county.
        seed: The county's seed.
    """

    number: int
    of: int
    first_home: int
    households: int
    areas: Areas
    county_areas: Areas
    seed: int

    @property
    def first_serial(self) -> int:
        """The running number after which the block's own begin."""
        return self.number * SERIALS

    def stream(self, name: str = "") -> Generator:
        """The block's random stream, or one of its own for what has a name.

        What is drawn from a named stream changes nothing that is drawn elsewhere.
        """
        key = (self.number, zlib.crc32(name.encode())) if name else (self.number,)
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=key))


def blocks_of(households: int, seed: int) -> list[Block]:
    """The blocks of a county, about ``HOUSEHOLDS`` households each."""
    layout = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(AREAS,)))
    areas = make_areas(layout, households)
    towns = len(areas.town_code)
    count = min(max(1, round(households / HOUSEHOLDS)), towns, MOST)
    cut = np.searchsorted(areas.town, np.arange(count + 1) * towns // count)
    first = np.round(cut / len(areas.code) * households).astype(int)
    return [
        Block(
            number=number,
            of=count,
            first_home=int(first[number]),
            households=int(first[number + 1] - first[number]),
            areas=areas.part(int(cut[number]), int(cut[number + 1])),
            county_areas=areas,
            seed=seed,
        )
        for number in range(count)
    ]
