"""Planted: households that live elsewhere (E39), and some that exist on paper only (E44)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months, numbers
from doudi.synth.benefits import Dibao, Member
from doudi.synth.checks import visit
from doudi.synth.children import CITIES
from doudi.synth.migrants import PLACES
from doudi.synth.officials import DEGREE
from doudi.synth.people import NOBODY
from doudi.synth.plant import lookalikes, wanted
from doudi.synth.quiet import quiet_homes
from doudi.synth.relief import stay
from doudi.synth.residence import permit
from doudi.synth.truth import about_case

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from doudi.synth.plant import Pool
    from doudi.synth.world import World

ELSEWHERE = 12
"""Months elsewhere after which a household belongs to the place where it lives."""
LATEST = 28
"""Last month in which a planted household leaves."""
OLD = 60
ADULT = 16
FEE = 900.0
"""What a child pays for a parent's care, CNY a month."""
TREATED = 8
"""Stays in a far hospital, one a month."""
UNKNOWN = (28, 75)
"""Years of age between which people are whom nobody knows."""


def plant_absent(world: World, active: Pool) -> None:
    """E39 and E44 with their lookalikes."""
    rng = world.block.stream("E39")
    cases = wanted(world, "E39", len(world.dibao))
    for turn in range(cases + lookalikes(cases, 2)):
        clearing = "" if turn < cases else ("X20", "X16")[turn % 2]
        case = active.take(partial(_whole, world, alone=clearing == "X16"))
        if case is not None:
            _leave(world, rng, case, clearing)
    _invent(world, world.block.stream("E44"))


def _whole(world: World, case: Dibao, *, alone: bool) -> bool:
    """Whether nobody but the household lives at its home; or one old person."""
    people, inside = world.people, {m.person for m in case.members}
    here = {p for p in world.homes.people_of(case.home).tolist() if people.lives(p)}
    fits = here <= inside and case.start < LATEST
    if alone:
        old = len(inside) == 1 and bool(people.age()[case.head] > OLD)
        return fits and old and bool(_children(world, case))
    return fits


def _children(world: World, case: Dibao) -> list[int]:
    """Grown children of the head who live in the county and could pay for its care."""
    age = world.people.age()
    inside = {m.person for m in case.members}
    found = sorted(set(world.kin.children(case.head)) - inside)
    return [
        c
        for c in found
        if age[c] > OLD / 2 and world.people.home[c] != NOBODY and world.people.lives(c)
    ]


def _leave(world: World, rng: Generator, case: Dibao, clearing: str) -> None:
    """The home stands empty; where its people are tells whether anything is wrong."""
    since = max(case.start + 1, int(rng.integers(12, LATEST)))
    who = np.array([m.person for m in case.members])
    world.vacated[case.home] = since
    if clearing == "X16":
        house = world.firms.institutions[int(rng.integers(len(world.firms.institutions)))][0]
        begin = months.day_in(np.array([since]), 4)
        payer = str(world.people.number[_children(world, case)[0]])
        never = np.datetime64("NaT", "D")
        stay(world, who, house, begin, never, known=since, payer=payer, fee=FEE)
    elif clearing == "X20":
        _treated(world, rng, int(who[0]), since)
    else:
        city = str(PLACES[int(rng.integers(len(PLACES) - 1))])
        world.moved_to[case.home] = city
        grown = who[world.people.age(since)[who] >= ADULT]
        _permits(world, grown, city, since)
    first = since + ELSEWHERE
    role = "decoy" if clearing else "case"
    about_case(
        world, "E39", case, case.head, first, role=role, clearing=clearing, known=max(first, 0)
    )


def _permits(world: World, who: NDArray[np.int64], city: str, since: int) -> None:
    """Residence permits of the grown members in another city."""
    people = world.people
    permit(
        world,
        people.number[who],
        people.name[who],
        f"{city}000000",
        f"{CITIES[city]}外来人口公寓",
        np.full(len(who), since),
        np.full(len(who), months.OPEN),
    )


def _treated(world: World, rng: Generator, person: int, since: int) -> None:
    """Months in a far hospital, almost all of it paid by the insurance."""
    people, month = world.people, since + np.arange(TREATED) * 2
    month = month[month <= months.LAST]
    own, count = np.full(len(month), person), len(month)
    admit = months.day_in(month, 3)
    total = np.round(rng.uniform(6_000, 9_000, count), 2)
    world.book.add(
        "inpatient_settlement",
        known=month,
        person_id=people.number[own],
        hospital="省人民医院",
        admit=admit,
        discharge=admit + np.timedelta64(21, "D"),
        total=total,
        fund_paid=np.round(total * 0.85, 2),
        serious_illness_paid=0.0,
        assistance_paid=np.round(total - np.round(total * 0.85, 2) - 100.0, 2),
        self_pay=100.0,
        disease_group="康复治疗",
        settlement_no=[f"ZY{world.next_serial():08d}" for _ in range(count)],
        reverses="",
        name=people.name[own],
    )


def _invent(world: World, rng: Generator) -> None:
    """Recipients that no other office knows; lookalikes have a certificate and were visited."""
    cases = wanted(world, "E44", len(world.dibao))
    count = cases + lookalikes(cases, 1)
    unknown = rng.permutation(unknown_people(world)).tolist()
    homes = rng.permutation(np.flatnonzero(quiet_homes(world) & ~world.homes.urban)).tolist()
    strangers = (p for p in unknown if not _is_kin_of_office(world, p))
    for turn, (person, home) in enumerate(zip(strangers, homes[:count], strict=False)):
        case = _on_paper(world, rng, person, home)
        world.ghosts.append(case)
        if turn >= cases:
            _certify(world, case, turn)
        role, clearing = ("case", "") if turn < cases else ("decoy", "X14")
        about_case(
            world,
            "E44",
            case,
            person,
            case.start,
            role=role,
            clearing=clearing,
            difficulty="no trace",
            known=max(case.start, 0),
        )


def unknown_people(world: World) -> NDArray[np.int64]:
    """Grown people who left the county long ago and are nobody's spouse or parent."""
    people, age = world.people, world.people.age()
    fits = people.gone & (people.home == NOBODY) & (age > UNKNOWN[0]) & (age < UNKNOWN[1])
    fits &= (people.spouse == NOBODY) & (people.former == NOBODY) & np.isnat(people.death)
    for parent in (people.father, people.mother):
        fits[parent[parent != NOBODY]] = False
    return np.flatnonzero(fits)


def _is_kin_of_office(world: World, person: int) -> bool:
    """Whether a near relative holds an office, and would have to file it."""
    return not world.kin.within(person, DEGREE).keys().isdisjoint(world.officials.person)


def _on_paper(world: World, rng: Generator, person: int, home: int) -> Dibao:
    """A household of one at somebody else's address, paid to an account of its own."""
    village = int(world.homes.village[home])
    start = -int(rng.integers(4, 40))
    logins = world.officials.handlers[int(world.areas.town[village])]
    return Dibao(
        number=world.case_number(village),
        home=home,
        head=person,
        members=[Member(person, start, declared=float(rng.integers(5, 18) * 10))],
        start=start,
        village=village,
        urban=False,
        account=str(numbers.hashes(rng, 1)[0]),
        account_name=str(world.people.name[person]),
        handler=logins[0] if logins else "mz00001",
    )


def _certify(world: World, case: Dibao, turn: int) -> None:
    """A disabled person without papers: certified, visited, the money kept for it."""
    people, homes, person = world.people, world.homes, case.head
    keeper = int(homes.head[case.home])
    case.account, case.account_name = str(people.account[keeper]), str(people.name[keeper])
    issued = np.array([case.start - 6])
    number = str(people.number[person])
    world.book.add(
        "disability_certificate",
        known=0,
        person_id=[number],
        cert_no=f"{number}43",
        type="肢",
        grade="3",
        issue_date=months.day_in(issued, 18),
        valid_to=months.day_in(issued + 240, 17),
        status="有效",
        name=str(people.name[person]),
        birth_date=people.birth[person],
    )
    month = np.array([23, 35])
    visitors = [f"{case.handler};村民小组长"] * len(month)
    visit(world, f"E44 {turn}", [case.number] * len(month), month, visitors, np.array([1, 1]))
