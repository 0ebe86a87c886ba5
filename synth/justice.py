"""Prisons, custody and compulsory detox, and people who serve a sentence at home."""

# ruff: noqa: PLR2004 - shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.folk import listed
from doudi.synth.lookback import day_of, draw, ordinary, parents_of_minors, without_work

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.book import Values
    from doudi.synth.world import World

NAT = np.datetime64("NaT", "D")
INMATES, HELD, CORRECTED = 0.004, 0.002, 0.0025
"""Shares of idle grown people without minor children whom these lists name in three years."""
PROVINCES = ["云南省", "云南省", "云南省", "广东省", "浙江省"]
DETOX, CUSTODY = "强制隔离戒毒", "刑事拘留"


def write_justice(world: World) -> None:
    """Rows of prison_inmates, detention_detox and community_correction."""
    fits = ordinary(world, high=60) & without_work(world) & ~parents_of_minors(world)
    for source in ("inpatient_settlement", "student_enrolment"):
        fits &= ~listed(world, source)
    chosen = draw(world, "prison_inmates", fits, INMATES + HELD + CORRECTED, least=9)
    turn = world.block.stream("justice").permutation(len(chosen))
    first, second = len(chosen) * 4 // 9, len(chosen) * 6 // 9
    _write_inmates(world, chosen[np.sort(turn[:first])])
    _write_held(world, chosen[np.sort(turn[first:second])])
    _write_corrected(world, chosen[np.sort(turn[second:])])


def _days(world: World, kind: str, who: NDArray[np.int64]) -> np.random.Generator:
    """The stream that days are drawn from, another for each group of people."""
    return world.block.stream(f"{kind} day {who[:1]}")


def _write_inmates(world: World, who: NDArray[np.int64]) -> None:
    """Terms of one to eight years; some were released early, and some releases are not written."""
    rng = world.block.stream("prison_inmates")
    since = rng.integers(-20, months.SNAPSHOT - 2, len(who))
    years = rng.integers(1, 9, len(who))
    ends = since + 12 * years
    early = rng.random(len(who)) < 0.25
    out = np.where(early, ends - 2 * years, ends)
    inmate(
        world,
        who,
        since,
        ends,
        np.where((out <= months.SNAPSHOT) & (rng.random(len(who)) < 0.9), out, months.OPEN),
        rng.choice(PROVINCES, len(who)),
    )
    wards = world.wards.inmates
    who = np.array(sorted(wards), dtype=np.int64)
    since = np.array([wards[p] for p in sorted(wards)], dtype=np.int64)
    inmate(world, who, since, since + 180, np.full(len(who), months.OPEN), PROVINCES[0])


def inmate(
    world: World,
    who: NDArray[np.int64],
    since: NDArray[np.int64],
    ends: NDArray[np.int64],
    released: NDArray[np.int64],
    province: Values,
) -> None:
    """Rows of prison_inmates; a release becomes known when it comes."""
    people, rng = world.people, _days(world, "prison", who)
    begin = day_of(since, rng)
    for cut in (months.SNAPSHOT, months.LAST):
        shown = since <= cut if cut == months.SNAPSHOT else (released > months.SNAPSHOT)
        own = np.flatnonzero(shown & ((released <= cut) | (cut == months.SNAPSHOT)))
        out = np.where(released[own] <= cut, released[own], months.OPEN)
        known = np.where(out < months.OPEN, out, np.maximum(since[own], 0))
        world.book.add(
            "prison_inmates",
            known=known,
            person_id=people.number[who[own]],
            term_from=begin[own],
            term_to=months.day_in(ends[own], 15),
            actual_release=months.day_in(out, 15),
            province=province if isinstance(province, str) else np.asarray(province)[own],
            name=people.name[who[own]],
            birth_date=people.birth[who[own]],
        )


def _write_held(world: World, who: NDArray[np.int64]) -> None:
    """Detox of two years and custody of some weeks; ends are planned ones."""
    rng = world.block.stream("detention_detox")
    kind = np.where(rng.random(len(who)) < 0.5, DETOX, CUSTODY)
    since = rng.integers(months.FIRST_PAID, months.SNAPSHOT - 2, len(who))
    held(world, who, kind, since, np.where(kind == DETOX, since + 24, since + 1))
    wards = world.wards.detox
    who = np.array(sorted(wards), dtype=np.int64)
    since = np.array([wards[p] for p in sorted(wards)], dtype=np.int64)
    held(world, who, DETOX, since, since + 36)


def held(
    world: World,
    who: NDArray[np.int64],
    kind: Values,
    since: NDArray[np.int64],
    until: NDArray[np.int64],
) -> None:
    """Rows of detention_detox."""
    people, rng = world.people, _days(world, "detention", who)
    world.book.add(
        "detention_detox",
        known=np.maximum(since, 0),
        person_id=people.number[who],
        type=kind,
        from_date=day_of(since, rng),
        to_date=months.day_in(until, 28),
        name=people.name[who],
    )


def _write_corrected(world: World, who: NDArray[np.int64]) -> None:
    """People who live at home under supervision for one to three years."""
    rng = world.block.stream("community_correction")
    since = rng.integers(0, months.SNAPSHOT - 2, len(who))
    corrected(world, who, since, since + rng.integers(10, 36, len(who)))


def corrected(
    world: World, who: NDArray[np.int64], since: NDArray[np.int64], until: NDArray[np.int64]
) -> None:
    """Rows of community_correction."""
    people, rng = world.people, _days(world, "correction", who)
    world.book.add(
        "community_correction",
        known=np.maximum(since, 0),
        person_id=people.number[who],
        from_date=day_of(since, rng),
        to_date=months.day_in(until, 28),
        name=people.name[who],
    )
