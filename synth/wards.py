"""Children whose parents cannot care for them: dead, in prison, missing or severely disabled."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months, work
from doudi.synth.benefits import Stipend
from doudi.synth.lookback import plain_homes
from doudi.synth.people import NOBODY

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from doudi.synth.world import World

DEAD, INMATE, DETOX, MISSING, DISABLED = "死亡", "服刑", "强制隔离戒毒", "失踪", "重残"
STATES = (
    (DEAD, DEAD),
    (INMATE, MISSING),
    (DEAD, MISSING),
    (DEAD, DEAD),
    (DETOX, DISABLED),
    (INMATE, DISABLED),
    (DEAD, DISABLED),
)
"""What keeps father and mother from caring, home by home in turn; the fourth are adopted."""
ADOPTED = 3
YOUNGEST = 5
"""Age of the children today: they were born before anything befell their parents."""
GROWN = 18.9
"""Age up to which somebody counts among the children of such a home; none has people between."""
TRIED = 9
"""Months that the dissolved adoption of a block lasted, and from an allowance to an adoption."""
LEAST = 4
SHARE = 0.0021
"""Homes with such children by the number of children."""


@dataclass
class Ward:
    """One child and why its parents do not care for it."""

    child: int
    guardian: int
    father: int
    mother: int
    states: tuple[str, str]
    since: int
    """Month in which its allowance begins."""
    adopted: bool = False
    returned: bool = False
    """Whether an adoption was dissolved before the allowance began."""
    until: int = months.OPEN
    registered: bool = True
    """Whether the register has it: what is planted may not be."""

    @property
    def orphan(self) -> bool:
        """Whether both parents are dead."""
        return self.states == (DEAD, DEAD)


@dataclass
class Wards:
    """The children, and since when which parent is where; months."""

    children: list[Ward] = field(default_factory=list)
    inmates: dict[int, int] = field(default_factory=dict)
    detox: dict[int, int] = field(default_factory=dict)
    missing: dict[int, int] = field(default_factory=dict)

    held: dict[int, int] = field(default_factory=dict)
    """Other people in custody for good."""

    def gone(self, people: int) -> NDArray[np.int64]:
        """By person, the month since which nobody sees them outside; OPEN for all others."""
        found = np.full(people, months.OPEN)
        for person, since in (self.inmates | self.detox | self.missing | self.held).items():
            found[person] = since
        return found


def settle_wards(world: World) -> None:
    """Find homes for such children, and take their parents out of working life."""
    world.wards = Wards()
    rng = world.block.stream("wards")
    young = int(((world.people.age() < 18) & (world.people.home >= 0)).sum())
    wanted = max(LEAST, round(SHARE * young))
    for turn, home in enumerate(
        ward_homes(world, "settled", own_book=False)[:wanted]
    ):  # few: one in a thousand homes
        states = STATES[turn % len(STATES)]
        made = make_wards(world, rng, home, states, adopted=turn % len(STATES) == ADOPTED)
        if turn == 0:
            made[0].returned, made[0].since = True, made[0].since + TRIED
        for ward in made:
            ward.until = ward.since + TRIED if ward.adopted else months.OPEN


def ward_homes(
    world: World, name: str, *, high: float = 16.8, own_book: bool = True, inside: bool = True
) -> list[int]:
    """Plain homes of a couple with school children and, inside, a grandparent below seventy."""
    people, homes, age = world.people, world.homes, world.people.age()
    fits = plain_homes(world) & ~world.assets.car & ~world.assets.second
    fits &= world.shocks.disaster > months.LAST
    if own_book:
        fits &= np.bincount(homes.book, minlength=len(homes))[homes.book] == 1
    fits[[h for h, month in world.relapse_months.items() if month <= months.LAST + 1]] = False
    owners = np.concatenate([world.firms.owner, world.firms.business_owner])
    taken = [*world.reserved, *world.officials.person, *owners[owners >= 0].tolist()]
    dying = np.flatnonzero((people.home >= 0) & (people.dead_month() <= months.LAST))
    ill = np.flatnonzero((people.home >= 0) & (world.shocks.severe <= months.LAST))
    at = np.concatenate([people.home[taken], people.home[dying], people.home[ill]])
    fits[at[at >= 0]] = False
    young = np.flatnonzero((people.home >= 0) & (age < GROWN))
    fits[people.home[young[(age[young] < YOUNGEST) | (age[young] > high)]]] = False
    child = young[fits[people.home[young]]]
    father, mother = people.father[child], people.mother[child]
    known = (father != NOBODY) & (mother != NOBODY)
    child, father, mother = child[known], father[known], mother[known]
    together = (people.home[father] == people.home[child]) & (
        people.home[mother] == people.home[child]
    )
    found = np.unique(people.home[child[together & people.living()[father]]])
    rng = world.block.stream(f"ward homes {name}")
    homes_found = [int(h) for h in rng.permutation(found)]
    return [h for h in homes_found if not inside or _guardian(world, h) != NOBODY]


def _minors(world: World, home: int) -> NDArray[np.int64]:
    """The children of a home."""
    who = world.homes.people_of(home)
    return np.asarray(who[world.people.age()[who] < GROWN], dtype=np.int64)


def _guardian(world: World, home: int) -> int:
    """An adult of the home below seventy who is a parent of none of its children."""
    people, age = world.people, world.people.age()
    young = _minors(world, home)
    parents = {*people.father[young].tolist(), *people.mother[young].tolist()}
    one_couple = len(parents) == 2
    grown = [
        int(p)
        for p in world.homes.people_of(home)
        if 30 < age[p] < 69 and int(p) not in parents and people.lives(int(p))
    ]
    return grown[0] if grown and one_couple else NOBODY


def make_wards(
    world: World,
    rng: Generator,
    home: int,
    states: tuple[str, str],
    *,
    adopted: bool = False,
    guardian: int = NOBODY,
) -> list[Ward]:
    """Make the children of a home wards of a relative, and note what befell the parents."""
    people, young = world.people, _minors(world, home)
    guardian = _guardian(world, home) if guardian == NOBODY else guardian
    father, mother = int(people.father[young[0]]), int(people.mother[young[0]])
    world.used.add(home)
    inside = people.home[guardian] == home
    world.homes.head[home] = guardian if inside else young[np.argmin(people.birth[young])]
    world.assets.bike[home] = False
    befell = [
        _befall(world, rng, parent, state)
        for parent, state in zip((father, mother), states, strict=True)
    ]
    since = max(befell) + (2 if states == (DEAD, DEAD) else 8)
    made = [
        Ward(child, guardian, father, mother, states, since, adopted) for child in young.tolist()
    ]
    world.wards.children += made
    return made


def _befall(world: World, rng: Generator, parent: int, state: str) -> int:
    """Let something befall a parent; returns the month."""
    take_away(world, parent)
    month = int(rng.integers(-11, 8))
    if state == DEAD:
        die(world, parent, month, int(rng.integers(1, 28)))
    elif state == DISABLED:
        disable(world, parent, month)
    else:
        held = {INMATE: world.wards.inmates, DETOX: world.wards.detox, MISSING: world.wards.missing}
        month = int(rng.integers(20, 26)) if state == DETOX else month
        held[state][parent] = month
    return month


def take_away(world: World, person: int) -> None:
    """Somebody neither works, nor works away, nor falls ill later."""
    world.jobs.kind[person], world.jobs.funded[person] = work.NONE, False
    world.jobs.end[person] = world.jobs.again[person] = months.OPEN
    world.shocks.severe[person] = months.OPEN
    old = world.migrants
    kept = old.person != person
    world.migrants = replace(old, **{f.name: getattr(old, f.name)[kept] for f in fields(old)})


def die(world: World, person: int, month: int, day: int, records: str = "PFH") -> None:
    """A death with its records."""
    world.people.death[person] = months.day(month, day)
    world.deaths[person] = records


def disable(world: World, person: int, month: int) -> None:
    """A certificate of the second grade, and the care allowance that comes with it."""
    people = world.people
    world.grade[person], world.ailment[person], world.cert_from[person] = 2, "智", month
    held = [s for s in world.stipends if s.person == person and s.kind == "care"]
    if not held:
        account, name = str(people.account[person]), str(people.name[person])
        world.stipends.append(Stipend(person, "care", month + 2, 110.0, account, name))
