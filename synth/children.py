"""Orphans and children without care, adoptions, and children whose parents work away."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.adoptions import write_adoptions
from doudi.synth.lookback import home_of, keeper_of, plain_homes
from doudi.synth.payments import pay
from doudi.synth.people import NOBODY
from doudi.synth.wards import DEAD, DISABLED, TRIED, Ward

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.world import World

PROGRAMME = "孤儿基本生活费"
ALLOWANCE = 1_150.0
"""CNY a month of an orphan in a family, and of a child without care."""
ILL = "重病"
KNOWN_CHILDREN = 0.85
"""Share of the children left behind whom the village has put on its list."""
CITIES = {
    "330100": "浙江杭州",
    "440300": "广东深圳",
    "440100": "广东广州",
    "320500": "江苏苏州",
    "310100": "上海",
    "530100": "云南昆明",
}


def write_children(world: World) -> None:
    """Rows of orphan_child_register and its payments, adoption_registration, the left behind."""
    register_others(world)
    helped = [w for w in world.wards.children if w.registered]
    _write_register(world, helped)
    _pay_wards(world, helped)
    _write_adoptions(world)
    write_adoptions(world)
    _write_left_behind(world)


def _unable(world: World) -> tuple[NDArray[np.str_], NDArray[np.int64]]:
    """What keeps anybody from caring for a child, empty for most, and since which month."""
    people = world.people
    dead, ill = people.dead_month(), world.shocks.severe
    lame = (world.grade > 0) & ((world.grade <= 2) | np.isin(world.ailment, ("智", "精")))
    since = np.where(lame, world.cert_from, months.OPEN)
    state = np.select(
        [dead <= months.LAST, since <= months.LAST, ill <= months.LAST], [DEAD, DISABLED, ILL], ""
    )
    month = np.where(state == DEAD, dead, np.minimum(since, ill))
    return np.asarray(state), np.asarray(month, dtype=np.int64)


def register_others(world: World) -> None:
    """Put on the register whoever else has parents that are dead, severely ill or disabled."""
    people, known = world.people, {w.child for w in world.wards.children}
    state, month = _unable(world)
    child = np.flatnonzero((people.home >= 0) & (people.age() < 17.5) & people.living())
    child = child[(people.father[child] >= 0) & (people.mother[child] >= 0)]
    father, mother = people.father[child], people.mother[child]
    fits = (state[father] != "") & (state[mother] != "")
    fits &= ~np.isin(people.home[child], sorted(world.used)) & ~np.isin(child, sorted(known))
    child = child[fits]
    keeper = keeper_of(world, child, low=20, high=72)
    for one, other in zip(child.tolist(), keeper.tolist(), strict=True):  # few: one in a thousand
        parents = int(people.father[one]), int(people.mother[one])
        living = [p for p in parents if state[p] != DEAD]
        guardian = (living or [other])[0] if other in {NOBODY, *parents} else other
        if guardian != NOBODY:
            told = str(state[parents[0]]), str(state[parents[1]])
            born = int(months.index_of(people.birth[[one]])[0])
            since = max(*(int(month[p]) for p in parents), born) + 1
            since = min(since, months.LAST)
            world.wards.children.append(Ward(one, guardian, *parents, told, since))


def _write_register(world: World, wards: list[Ward]) -> None:
    """orphan_child_register: some mothers without a number; an end is known when it comes."""
    people = world.people
    child, guardian, father, mother = (
        np.array([getattr(w, name) for w in wards], dtype=np.int64)
        for name in ("child", "guardian", "father", "mother")
    )
    kind = np.array(["孤儿" if w.orphan else "事实无人抚养儿童" for w in wards], dtype="U8")
    since = np.array([w.since for w in wards], dtype=np.int64)
    until = np.array([w.until for w in wards], dtype=np.int64)
    named = np.array([not w.orphan or w.child % 4 != 1 for w in wards], dtype=bool)
    told = np.where(until <= months.SNAPSHOT, until, np.maximum(since, 0))
    for cut, known in ((months.SNAPSHOT, told), (months.LAST, until)):
        own = np.flatnonzero(
            since <= months.LAST
            if cut == months.SNAPSHOT
            else (until > months.SNAPSHOT) & (until <= cut)
        )
        world.book.add(
            "orphan_child_register",
            known=known[own],
            child_id=people.number[child[own]],
            type=kind[own],
            guardian_id=people.number[guardian[own]],
            father_id=people.number[father[own]],
            mother_id=np.where(named[own], people.number[mother[own]], ""),
            father_status=np.array([w.states[0] for w in wards], dtype="U8")[own],
            mother_status=np.array([w.states[1] for w in wards], dtype="U8")[own],
            monthly_amount=ALLOWANCE,
            start_month=months.text_of(since[own]),
            end_month=months.text_of(np.where(until[own] <= cut, until[own], months.OPEN)),
            name=people.name[child[own]],
            account_hash=people.account[child[own]],
            area_code=world.areas.code[world.homes.village[people.home[child[own]]]],
        )


def _pay_wards(world: World, wards: list[Ward]) -> None:
    """The allowance goes to the child's own account."""
    people = world.people
    child = np.array([w.child for w in wards], dtype=np.int64)
    first = np.array([max(w.since, months.FIRST_PAID) for w in wards], dtype=np.int64)
    last = np.array([min(w.until, months.LAST) for w in wards], dtype=np.int64)
    span = np.maximum(last - first + 1, 0)
    row = np.repeat(np.arange(len(child)), span)
    month = first[row] + np.arange(len(row)) - np.repeat(np.cumsum(span) - span, span)
    who = child[row]
    pay(
        world,
        month,
        payee=who,
        account=people.account[who],
        name=people.name[who],
        programme=PROGRAMME,
        amount=np.full(len(who), ALLOWANCE),
        village=world.homes.village[people.home[who]],
        day=17,
    )


def _write_adoptions(world: World) -> None:
    """adoption_registration: by relatives, and one that was dissolved before the register knew."""
    people = world.people
    rows = [w for w in world.wards.children if w.adopted or w.returned]
    adopter = np.array([w.guardian for w in rows], dtype=np.int64)
    spouse = people.spouse[adopter]
    pair = [
        f"{people.number[a]};{people.number[s]}" if s != NOBODY else str(people.number[a])
        for a, s in zip(adopter.tolist(), spouse.tolist(), strict=True)
    ]
    child = np.array([w.child for w in rows], dtype=np.int64)
    ends = np.array([w.since - 1 if w.returned else months.OPEN for w in rows], dtype=np.int64)
    since = np.array([w.until + 1 if w.adopted else w.since - TRIED for w in rows], dtype=np.int64)
    world.book.add(
        "adoption_registration",
        known=np.maximum(np.where(ends < months.OPEN, ends, since), 0),
        adopter_ids=pair,
        adoptee_id=people.number[child],
        adoption_date=months.day_in(since, 3),
        dissolved_date=months.day_in(ends, 24),
        adoptee_name=people.name[child],
    )


def left_behind(world: World) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Children whose parents are both away or gone, one at least at work; guardian; who works."""
    people, age, moved = world.people, world.people.age(), world.migrants
    away = np.zeros(len(people) + 1, dtype=bool)
    away[moved.person[moved.until >= months.LAST]] = True
    absent = away.copy()
    absent[:-1] |= people.gone | (people.home < 0)
    child = np.flatnonzero((people.home >= 0) & (age < 16) & (people.mother != NOBODY))
    child = child[plain_homes(world)[home_of(world)[child]]]
    father, mother = people.father[child], people.mother[child]
    fits = absent[father] & absent[mother] & (away[father] | away[mother])
    child, father, mother = child[fits], father[fits], mother[fits]
    guardian = keeper_of(world, child, low=40, high=69)
    for grandparent in _grandparents(world, father, mother):
        guardian = np.where(guardian == NOBODY, grandparent, guardian)
    earner = np.where(away[father], father, mother)
    fits = guardian != NOBODY
    return child[fits], guardian[fits], earner[fits]


def _grandparents(
    world: World, father: NDArray[np.int64], mother: NDArray[np.int64]
) -> list[NDArray[np.int64]]:
    """The father's parents, then the mother's; NOBODY for those who cannot look after a child."""
    people, age = world.people, world.people.age()
    fits = (people.home >= 0) & people.living() & (age < 69) & ~np.isin(people.home, _helped(world))
    fits[world.migrants.person] = False
    elders = [
        line[parent] for parent in (father, mother) for line in (people.father, people.mother)
    ]
    return [np.where((elder >= 0) & fits[elder], elder, NOBODY) for elder in elders]


def _helped(world: World) -> NDArray[np.int64]:
    """Homes on a register, or with planted facts."""
    return np.flatnonzero(~plain_homes(world))


def _write_left_behind(world: World) -> None:
    """left_behind_children: entered once a year; wards are on it too."""
    people, moved, rng = world.people, world.migrants, world.block.stream("left_behind_children")
    child, guardian, earner = left_behind(world)
    listed = rng.random(len(child)) < KNOWN_CHILDREN
    child, guardian, earner = child[listed], guardian[listed], earner[listed]
    city = dict(zip(moved.person.tolist(), moved.place.tolist(), strict=True))
    place = [CITIES[city[e]] for e in earner.tolist()]  # one a child left behind
    wards = world.wards.children
    who = np.concatenate([child, np.array([w.child for w in wards], dtype=np.int64)])
    keeper = np.concatenate([guardian, np.array([w.guardian for w in wards], dtype=np.int64)])
    since = np.array([w.since for w in wards], dtype=np.int64)
    world.book.add(
        "left_behind_children",
        known=np.concatenate([rng.choice([14, 26, 38], len(child)), np.clip(since, 0, 45)]),
        child_id=people.number[who],
        guardian_id=people.number[keeper],
        parents_location=place + ["；".join(w.states) for w in wards],
        risk_type=["留守"] * len(child) + ["孤儿" if w.orphan else "监护缺失" for w in wards],
        name=people.name[who],
    )
