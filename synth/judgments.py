"""Judgments of family courts: divorces, keep of children and parents, people missing or dead."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.book import coded
from doudi.synth.courts import case_numbers
from doudi.synth.folk import marked, outsiders, some
from doudi.synth.lookback import plain_homes
from doudi.synth.people import NOBODY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.book import Values
    from doudi.synth.world import World

BY_COURT = 0.35
"""Share of divorces outside the registers that a court spoke: a quarter of all, or a little less."""
SUPPORTED = 0.35
"""Share of divorced couples with a child under age about whose keep a court decided."""
KEPT = 0.0008
"""Share of old people whom a child keeps by judgment."""


def write_judgments(world: World) -> None:
    """Rows of court_divorce_judgments."""
    _write_family(world)
    _write_old(world)
    _write_absent(world)


def judgment(  # noqa: PLR0913 - one argument a column
    world: World,
    one: NDArray[np.int64],
    other: NDArray[np.int64],
    kind: str,
    day: Values,
    *,
    alimony: Values = np.nan,
    payer: NDArray[np.int64] | None = None,
    payee: NDArray[np.int64] | None = None,
    number: Values = "",
) -> None:
    """Rows of court_divorce_judgments; ``other`` may be NOBODY."""
    people = world.people
    first, second = people.number[one], people.number[other]
    both = np.where(other == NOBODY, first, np.char.add(np.char.add(first, ";"), second))
    nobody = np.full(len(one), NOBODY)
    world.book.add(
        "court_divorce_judgments",
        known=months.index_of(np.asarray(day)),
        party_ids=both,
        type=kind,
        effective=day,
        alimony=alimony,
        case_no=number,
        payer_id=coded(people.number, nobody if payer is None else payer),
        payee_id=coded(people.number, nobody if payee is None else payee),
    )


def by_court(world: World, man: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which divorces of men (positions) a court spoke: of people outside the registers."""
    people, rng = world.people, world.block.stream("court_divorce_judgments")
    drawn = rng.random(len(people)) < BY_COURT
    quiet = plain_homes(world)
    wife = people.former[man]
    settled = (people.home[man] != NOBODY) & (people.home[wife] != NOBODY)
    settled &= quiet[people.home[man]] & quiet[people.home[wife]]
    return np.asarray(drawn[man] & settled, dtype=bool)


def _write_family(world: World) -> None:
    """Divorces by court, and what a parent who lives apart pays for a child."""
    people, rng = world.people, world.block.stream("court_divorce_judgments keep")
    man = np.flatnonzero(people.male & people.parted() & ~people.gone)
    spoken = man[by_court(world, man)]
    day = people.split[spoken]
    number = case_numbers(world, spoken, months.index_of(day), "民初")
    judgment(world, spoken, people.former[spoken], "离婚", day, number=number)
    child = np.flatnonzero(outsiders(world) & (people.age() < 18) & (people.father != NOBODY))
    father, mother = people.father[child], people.mother[child]
    free = outsiders(world)
    apart = (people.former[father] == mother) & (people.home[father] != people.home[mother])
    apart &= free[father] & free[mother] & (rng.random(len(child)) < SUPPORTED)
    child, father, mother = child[apart], father[apart], mother[apart]
    _, first = np.unique(father, return_index=True)
    child, father, mother = child[first], father[first], mother[first]
    with_mother = people.home[child] == people.home[mother]
    payer = np.where(with_mother, father, mother)
    payee = np.where(with_mother, mother, father)
    day = people.split[father] + np.timedelta64(40, "D")
    born = people.birth[child] + np.timedelta64(300, "D")
    day = np.maximum(day, born)
    sum_ = rng.integers(6, 17, len(child)) * 50.0
    number = case_numbers(world, father, months.index_of(day), "民再")
    judgment(
        world, payer, payee, "抚养", day, alimony=sum_, payer=payer, payee=payee, number=number
    )


def _write_old(world: World) -> None:
    """Old people whom a child keeps by judgment."""
    people, rng = world.people, world.block.stream("court_divorce_judgments old")
    free = outsiders(world)
    known = np.flatnonzero(free & (people.age() > 34) & (people.mother != NOBODY))
    known = known[free[people.mother[known]] & (people.age()[people.mother[known]] > 66)]
    child = some(rng, known, KEPT * 4)
    mother, first = np.unique(people.mother[child], return_index=True)
    child = child[first]
    month = rng.integers(months.FIRST_PAID - 30, months.LAST, len(child))
    number = case_numbers(world, child, month, "民赡")
    judgment(
        world,
        mother,
        child,
        "赡养",
        months.day_in(month, 11),
        alimony=rng.integers(3, 9, len(child)) * 50.0,
        payer=child,
        payee=mother,
        number=number,
    )


def _write_absent(world: World) -> None:
    """A few people long gone who were declared missing or dead."""
    people, rng = world.people, world.block.stream("court_divorce_judgments absent")
    listed = marked(len(people), {case.head for case in world.ghosts} | world.reserved)
    gone = np.flatnonzero(people.gone & (people.age() > 70) & ~listed)
    who = rng.permutation(gone)[:4]
    nobody = np.full(len(who), NOBODY)
    month = rng.integers(-40, months.SNAPSHOT, len(who))
    number = case_numbers(world, who, month, "民特")
    for kind, chosen in (("宣告失踪", slice(0, 2)), ("宣告死亡", slice(2, 4))):
        judgment(
            world,
            who[chosen],
            nobody[chosen],
            kind,
            months.day_in(month[chosen], 21),
            number=number[chosen],
        )
