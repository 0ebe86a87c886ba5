"""Workers in need on the union's list."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months, work
from doudi.synth.book import coded
from doudi.synth.folk import outsiders, planted_homes, some
from doudi.synth.people import NOBODY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.book import Values
    from doudi.synth.world import World

CLOSED = 0.02
"""Share of insured workers with a file that was closed, or that nobody closed after the need."""
DEGREES = ["深度", "相对", "意外致困"]
CAUSES = ["本人大病", "家属大病", "子女上学", "收入低", "意外灾害"]


def write_union(world: World) -> None:
    """Rows of needy_workers: closed files, and open ones of homes that a register lists."""
    people, jobs = world.people, world.jobs
    rng = world.block.stream("needy_workers")
    past = np.flatnonzero(outsiders(world) & (jobs.kind == work.FORMAL) & (jobs.start < -6))
    past = some(rng, past, CLOSED)
    begun = rng.integers(-30, 6, len(past))
    over = np.minimum(begun + rng.integers(8, 30, len(past)), months.LAST - 13)
    files(world, past, begun, over, rng.integers(0, 3, len(past)), aid=1_500.0)
    watched = np.where(people.home == NOBODY, months.OPEN, world.aid.monitored_from[people.home])
    worked = (jobs.kind == work.FORMAL) & people.living() & (watched <= months.SNAPSHOT - 3)
    worked &= ~planted_homes(world)[people.home]
    now = np.flatnonzero(worked)
    now = now[rng.random(len(now)) < 0.6]
    since = np.maximum(watched[now] + 1, jobs.start[now] + 1)
    now, since = now[since <= months.SNAPSHOT], since[since <= months.SNAPSHOT]
    still = np.full(len(now), months.OPEN)
    files(world, now, since, still, rng.integers(1, 3, len(now)), aid=3_000.0)


def files(
    world: World,
    who: NDArray[np.int64],
    since: NDArray[np.int64],
    until: NDArray[np.int64],
    degree: NDArray[np.int64],
    *,
    aid: Values,
) -> None:
    """Rows of needy_workers."""
    world.book.add(
        "needy_workers",
        known=since,
        person_id=coded(world.people.number, who),
        type=coded(DEGREES, degree),
        cause=coded(CAUSES, (who + degree) % len(CAUSES)),
        from_date=months.day_in(since, 10),
        to_date=months.day_in(until, 9),
        aid=aid,
        name=coded(world.people.name, who),
    )
