"""Identity cards: when issued, how long valid, old numbers of fifteen digits, former names."""

# ruff: noqa: PLR2004 - ages and terms of cards explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.people import YEAR

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.world import World

NAT = np.datetime64("NaT", "D")
SINCE = np.datetime64("2008-01-01")
FIRST_GENERATION = np.datetime64("1985-01-01")
TWINNED = np.datetime64("1962-01-01")
"""Two people with one old number were born between this day and the one above."""
CHILDREN = 0.4
"""Share of those below sixteen who have a card."""


def write_cards(world: World) -> None:
    """id_document: the card that is valid, of grown people and of some children."""
    people, rng = world.people, world.block.stream("id_document")
    age = people.age(months.SNAPSHOT)
    fits = (people.home >= 0) & (people.dead_month() > months.SNAPSHOT) & (age > 0.5)
    who = np.flatnonzero(fits & ((age >= 16) | (rng.random(len(people)) < CHILDREN)))
    years = age[who]
    most = np.select([years < 16, years < 26, years < 46], [4.5, 9.5, 9.5], 15.0)
    ago = rng.random(len(who)) * np.minimum(most, np.where(years < 16, years, years - 15.9))
    issued = months.day(months.SNAPSHOT) - np.round(ago * YEAR).astype("timedelta64[D]")
    issued = np.maximum(issued, SINCE)
    then = (issued - people.birth[who]).astype(np.int64) / YEAR
    term = np.select([then < 16, then < 26, then < 46], [5, 10, 20], 0)
    ends = issued + np.round(term * YEAR).astype("timedelta64[D]")
    renamed = rng.random(len(who)) < 0.008
    former = np.char.add(people.name[who].astype("U1"), _given(people.name[np.roll(who, 7)]))
    world.book.add(
        "id_document",
        known=months.index_of(issued),
        person_id=people.number[who],
        issue_date=issued,
        valid_to=np.where(term > 0, ends, NAT),
        old_id=_old_numbers(world, who),
        former_name=np.where(renamed, former, ""),
        name=people.name[who],
    )


def _given(name: NDArray[np.str_]) -> NDArray[np.str_]:
    """Names without their first sign."""
    signs = np.ascontiguousarray(name).view("U1").reshape(len(name), -1)
    width = signs.shape[1] - 1
    return np.ascontiguousarray(signs[:, 1:]).view(f"U{width}").reshape(len(name))


def _old_numbers(world: World, who: NDArray[np.int64]) -> NDArray[np.str_]:
    """Fifteen digits: no century, no check digit; two people a block share one by mistake."""
    number, birth = world.people.number[who], world.people.birth[who]
    signs = np.ascontiguousarray(number.astype("U18")).view("U1").reshape(len(who), 18)
    short = np.ascontiguousarray(np.delete(signs, (6, 7, 17), axis=1)).view("U15").reshape(len(who))
    told = np.where(birth < FIRST_GENERATION, short, "")
    day = np.where((birth > TWINNED) & (birth < FIRST_GENERATION), birth, NAT)
    order = np.argsort(day, kind="stable")
    same = np.flatnonzero(day[order][:-1] == day[order][1:])[:1]
    told[order[same + 1]] = told[order[same]]
    return told
