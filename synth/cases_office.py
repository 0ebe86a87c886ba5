"""Planted: unfiled relatives of officials (E31), accounts that several people share (E33)."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from doudi.synth import months
from doudi.synth.officials import DEGREE, beneficiaries
from doudi.synth.people import NOBODY
from doudi.synth.plant import lookalikes, wanted
from doudi.synth.truth import about_case, about_person

if TYPE_CHECKING:
    from doudi.synth.benefits import Dibao
    from doudi.synth.plant import Pool
    from doudi.synth.world import World

CLUSTER = 3


def plant_office(world: World, active: Pool) -> None:
    """E31 and E33 with their lookalikes."""
    cases = wanted(world, "E31", len(world.dibao))
    for turn in range(cases):
        _unfiled(world, active, handler=turn % 3 == 2)
    _distant(world, active, cases // 2 + bool(cases))
    _filed(world, lookalikes(cases, 1))
    clusters = wanted(world, "E33", len(world.dibao))
    for _ in range(clusters):
        _shared(world, active)
    if clusters:
        _institutions(world)
    _families(world, lookalikes(clusters, 1))


def _may_serve(world: World, person: int) -> bool:
    """Whether a person could be an office holder and is none."""
    people = world.people
    at, age = int(people.home[person]), people.age()[person]
    fits = at != NOBODY and 28 < age < 66 and people.lives(person)
    return fits and not world.aid.knows(at) and person not in world.officials.person


def _near(world: World, case: Dibao) -> list[tuple[int, int]]:
    """Members with a parent, child, sibling or the spouse of a living one who could hold an office."""
    people, inside = world.people, {m.person for m in case.members}
    found = []
    for member in case.members:
        person = member.person
        blood = set(world.kin.children(person))
        parents = [int(p) for p in (people.father[person], people.mother[person]) if p != NOBODY]
        blood |= set(parents) | {c for p in parents for c in world.kin.children(p)}
        close = blood | {int(people.spouse[b]) for b in blood if people.lives(b)}
        found += [(person, o) for o in sorted(close - inside - {NOBODY}) if _may_serve(world, o)]
    return found


def _unfiled(world: World, active: Pool, *, handler: bool) -> None:
    """Appoint a close relative of a recipient, who does not file it."""
    case = active.must("E31", lambda c: bool(_near(world, c)))
    person, official = _near(world, case)[0]
    since = -int(world.rng.integers(4, 40))
    login = ""
    if handler:
        town = int(world.areas.town[case.village])
        login = f"mz{world.areas.town_digits(case.village)}{90 + len(world.officials.person) % 10}"
        world.officials.appoint(
            official, "社会救助协理员", str(world.areas.town_code[town]), since, login
        )
        case.handler = login
    else:
        world.officials.appoint(official, "委员", str(world.areas.code[case.village]), since)
    world.officials.unfiled.add((official, case.home))
    first = max(case.start, months.FIRST_PAID)
    about_case(world, "E31", case, person, first, known=0, difficulty="kin")


def _distant(world: World, active: Pool, count: int) -> None:
    """Relatives beyond the third degree in office: nothing to file."""
    for _ in range(count):
        case = active.take(lambda c: _cousin(world, c) != NOBODY)
        if case is None:
            return
        official = _cousin(world, case)
        world.officials.appoint(official, "委员", str(world.areas.code[case.village]), -12)
        about_case(
            world, "E31", case, case.head, case.start, role="decoy", known=0, difficulty="kin"
        )


def _cousin(world: World, case: Dibao) -> int:
    """A relative of the fourth or fifth degree, and no nearer, who could hold an office.

    Nobody where a nearer relative holds one already.
    """
    near = {p for m in case.members for p in world.kin.within(m.person, DEGREE)}
    if not near.isdisjoint(world.officials.person):
        return NOBODY
    far = {p for m in case.members for p in world.kin.within(m.person, DEGREE + 2)}
    fits = [p for p in sorted(far - near) if _may_serve(world, p)]
    return fits[0] if fits else NOBODY


def _filed(world: World, count: int) -> None:
    """Relatives of officials among recipients that are filed like all others."""
    helped = beneficiaries(world)
    cases = {case.home: case for case in world.dibao if case.active()}
    found = 0
    for official in list(world.officials.person):
        for relative in sorted(world.kin.within(official, DEGREE)):
            home = helped[relative][0][0] if relative in helped else NOBODY
            filed = (official, home) not in world.officials.unfiled
            if home in cases and filed and world.is_free(home) and found < count:
                about_case(
                    world,
                    "E31",
                    cases[home],
                    relative,
                    cases[home].start,
                    role="decoy",
                    clearing="X22",
                    known=0,
                )
                found += 1


def _shared(world: World, active: Pool) -> None:
    """Unrelated households whose money goes to one account from a month on."""
    first = active.must("E33")
    chosen, barred = [first], set(world.kin.within(first.head, 4))
    while len(chosen) < CLUSTER:
        case = active.must("E33", partial(_apart, chosen=chosen, barred=barred))
        chosen.append(case)
        barred |= set(world.kin.within(case.head, 4))
    cadres = [p for p in world.officials.person if p not in barred]
    keeper = cadres[int(world.rng.integers(len(cadres)))]
    month = int(world.rng.integers(24, 36))
    for case in chosen:
        case.shared_from = max(month, case.start)
        case.shared_account = str(world.people.account[keeper])
        about_case(world, "E33", case, case.head, case.shared_from, difficulty="cluster")


def _apart(case: Dibao, chosen: list[Dibao], barred: set[int]) -> bool:
    """Whether a household is no kin of the chosen ones."""
    return case.head not in barred and all(case.home != other.home for other in chosen)


def _institutions(world: World) -> None:
    """People in care homes: the home's account takes the money of all of them."""
    for stipend in world.stipends:  # few: one a benefit kept by person
        paid = stipend.last_paid() >= months.FIRST_PAID
        if stipend.institution and paid and world.is_free(world.home_of(stipend.person)):
            about_person(
                world,
                "E33",
                stipend.person,
                "tekun_register",
                stipend.start,
                stipend.last_paid(),
                role="decoy",
                clearing="X14",
                programmes=("特困供养", "特困照护"),
                known=0,
            )


def _family(world: World, person: int) -> set[int]:
    """Spouse, parents, children, brothers and sisters; ties over the dead are in no file."""
    people, kin = world.people, world.kin
    spouse = int(people.spouse[person])
    near = {spouse} if spouse != NOBODY and people.lives(spouse) else set()
    parents = {int(people.father[person]), int(people.mother[person])} - {NOBODY}
    return near | parents | {c for p in (person, *near, *parents) for c in kin.children(p)}


def _families(world: World, count: int) -> None:
    """Three benefits of one family on the head's account."""
    found = 0
    held: dict[int, list[int]] = {}
    for place, stipend in enumerate(world.stipends):  # few: one a benefit kept by person
        if stipend.kind != "tekun" and stipend.active():
            held.setdefault(world.home_of(stipend.person), []).append(place)
    for case in world.dibao:  # few: one a recipient household
        places = held.get(case.home, [])
        who = {world.stipends[p].person for p in places} - {case.head}
        fits = len(who) >= 2 and case.active() and world.is_free(case.home) and found < count
        if not fits or not who <= _family(world, case.head):  # the head is the third
            continue
        for place in places:
            world.stipends[place].account = case.account
            world.stipends[place].account_name = case.account_name
        about_case(world, "E33", case, case.head, case.start, role="decoy", clearing="X14", known=0)
        found += 1
