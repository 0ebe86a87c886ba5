"""Groups of people that several sources draw on, and rows by month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doudi.synth import months
from doudi.synth.lookback import plain_homes
from doudi.synth.people import NOBODY

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.random import Generator
    from numpy.typing import NDArray

    from doudi.synth.book import Values
    from doudi.synth.world import World


def planted_homes(world: World) -> NDArray[np.bool_]:
    """Homes that something is planted in, or that get no help on purpose."""
    return marked(len(world.homes), world.used | world.unaided)


def marked(size: int, places: Collection[int]) -> NDArray[np.bool_]:
    """A mask that is true at some places; NOBODY is none."""
    found = np.zeros(size, dtype=bool)
    found[np.array(sorted(set(places) - {NOBODY}), dtype=np.int64)] = True
    return found


def outsiders(world: World) -> NDArray[np.bool_]:
    """Who lives, to the end of the simulated months, in a plain home and has no part in a plan."""
    people = world.people
    free: NDArray[np.bool_] = (people.home != NOBODY) & (people.status == "正常")
    free &= plain_homes(world)[people.home] & (people.dead_month() > months.FUTURE)
    return free & ~marked(len(people), world.reserved)


def positions(world: World, numbers: Values) -> NDArray[np.int64]:
    """Positions of people by their numbers; NOBODY where a number is nobody's."""
    known = pa.array(world.people.number, pa.string())
    told = pa.array(numbers, pa.string()) if isinstance(numbers, np.ndarray) else numbers
    found = pc.index_in(told.cast(pa.string()), value_set=known)
    return np.asarray(pc.fill_null(found, NOBODY).to_numpy(), dtype=np.int64)


def listed(world: World, source: str, field: str = "person_id") -> NDArray[np.bool_]:
    """Who stands in the rows that a source has so far."""
    found = np.zeros(len(world.people), dtype=bool)
    at = positions(world, world.book.frame(source)[field])
    found[at[at != NOBODY]] = True
    return found


def some(
    rng: Generator, pool: NDArray[np.int64], share: float, *, least: int = 2
) -> NDArray[np.int64]:
    """A share of a pool in order, but no fewer than ``least`` while there are so many."""
    wanted = max(least, round(share * len(pool)))
    return np.sort(rng.permutation(pool)[:wanted])


def by_month(
    first: NDArray[np.int64], last: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Spells as rows: position of the spell, and each of its months that is delivered."""
    first = np.maximum(first, months.FIRST_PAID)
    span = np.maximum(np.minimum(last, months.LAST) - first + 1, 0)
    row = np.repeat(np.arange(len(first)), span)
    month = first[row] + np.arange(len(row)) - np.repeat(np.cumsum(span) - span, span)
    return row, month


def birthday(world: World, who: NDArray[np.int64], years: Values) -> NDArray[np.int64]:
    """Months in which people reach an age."""
    reached = months.index_of(world.people.birth[who]) + np.asarray(years) * 12
    return np.asarray(reached, dtype=np.int64)


def ended(
    first: NDArray[np.int64], last: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The versions of register rows that run from one month to another.

    Returns:
        Position of the row, month in which the version became known, and the end it tells: the
        snapshot knows the ends up to its month, a later end comes as a second version.
    """
    row = np.flatnonzero(first <= months.LAST)
    at_first = np.where(last[row] <= months.SNAPSHOT, last[row], months.OPEN)
    late = np.flatnonzero((last > months.SNAPSHOT) & (last <= months.LAST) & (first < last))
    return (
        np.concatenate([row, late]),
        np.concatenate([first[row], last[late]]),
        np.concatenate([at_first, last[late]]),
    )


def text(values: pa.ChunkedArray) -> NDArray[Any]:
    """A text column of a frame as an array."""
    return np.asarray(values.cast(pa.string()).to_numpy(), dtype="U64")
