"""Village committees and handlers, their relatives among recipients, and what they filed."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.people import NOBODY

if TYPE_CHECKING:
    from doudi.synth.world import World

ROLES = ["书记", "主任", "会计"]
HANDLER_ROLES = ["民政专干", "社会救助协理员"]
DEGREE = 3
TURNS = 43
"""Homes are given to the handlers of a township in turn, by so many steps."""


@dataclass
class Officials:
    """Who holds an office, where, since when, and under which login."""

    person: list[int] = field(default_factory=list)
    role: list[str] = field(default_factory=list)
    area: list[str] = field(default_factory=list)
    since: list[int] = field(default_factory=list)
    login: list[str] = field(default_factory=list)
    handlers: dict[int, list[str]] = field(default_factory=dict)
    """Logins by township."""
    unfiled: set[tuple[int, int]] = field(default_factory=set)
    """Pairs of official and home that are planted without a filing."""

    def appoint(self, person: int, role: str, area: str, since: int, login: str = "") -> None:
        """One more office holder."""
        self.person.append(person)
        self.role.append(role)
        self.area.append(area)
        self.since.append(since)
        self.login.append(login)


def appoint_all(world: World) -> None:
    """Three committee members a village and two handlers a township, from homes on no register."""
    people, homes, rng, areas = world.people, world.homes, world.rng, world.areas
    age = people.age()
    home = np.where(people.home < 0, 0, people.home)
    fits = (people.home >= 0) & (age > 32) & (age < 58) & people.living() & ~world.aid.ever()[home]
    fits &= homes.comfort[home] > -0.8
    fits[sorted(world.reserved)] = False
    pool = rng.permutation(np.flatnonzero(fits))
    village = homes.village[people.home[pool]]
    for place in range(len(areas.code)):  # one a village
        for person, role in zip(pool[village == place][:3].tolist(), ROLES, strict=False):
            world.officials.appoint(person, role, str(areas.code[place]), -int(rng.integers(6, 60)))
    taken = set(world.officials.person)
    town_of = areas.town[village]
    for town, code in enumerate(areas.town_code):  # one a township
        near = [p for p in pool[town_of == town].tolist() if p not in taken][:2]
        logins = [f"mz{areas.sign}{code[6:9]}{i + 1:02d}" for i in range(len(near))]
        for person, role, login in zip(near, HANDLER_ROLES, logins, strict=False):
            world.officials.appoint(person, role, str(code), -int(rng.integers(6, 60)), login)
        world.officials.handlers[town] = logins
    for case in world.dibao:  # few: one a recipient household
        logins = world.officials.handlers[int(areas.town[case.village])] or ["mz00001"]
        case.handler = logins[TURNS * case.home % len(logins)]


def write_officials(world: World) -> None:
    """Rows of village_committee_roster and kin_filing."""
    officials, people = world.officials, world.people
    who = np.array(officials.person)
    world.book.add(
        "village_committee_roster",
        person_id=people.number[who],
        role=officials.role,
        area_code=officials.area,
        from_date=months.day_in(np.array(officials.since), 1),
        to_date=np.datetime64("NaT", "D"),
        name=people.name[who],
        login=officials.login,
    )
    _write_filings(world)


def beneficiaries(world: World) -> dict[int, list[tuple[int, str, int]]]:
    """What each 低保 or 特困 recipient draws: its home, programme and first month, one a benefit."""
    found: dict[int, list[tuple[int, str, int]]] = {}
    for case in world.dibao:  # few: one a recipient household
        for m in case.members:
            found.setdefault(m.person, []).append((case.home, "低保", max(case.start, m.added)))
    for stipend in world.stipends:  # few: one a benefit kept by person
        if stipend.kind == "tekun":
            told = (world.home_of(stipend.person), "特困", stipend.start)
            found.setdefault(stipend.person, []).append(told)
    return found


def _write_filings(world: World) -> None:
    """File every relative within the third degree among recipients, unless planted otherwise."""
    officials, people = world.officials, world.people
    helped = beneficiaries(world)
    rows: list[tuple[int, int, str, str, str, int]] = []
    for person, role, since in zip(officials.person, officials.role, officials.since, strict=True):
        for relative in sorted(world.kin.within(person, DEGREE)):  # few a person
            begun: dict[str, int] = {}
            for home, programme, start in helped.get(relative, []):
                if (person, home) not in officials.unfiled:
                    begun[programme] = min(start, begun.get(programme, start))
            told = relation_name(world, person, relative) if begun else ""
            rows += [(person, relative, role, p, told, max(m, since)) for p, m in begun.items()]
    if not rows:
        return
    who, kin = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    when = np.array([row[5] for row in rows])
    world.book.add(
        "kin_filing",
        known=when,
        official_id=people.number[who],
        official_role=[row[2] for row in rows],
        relative_id=people.number[kin],
        relation=[row[4] for row in rows],
        programme=[row[3] for row in rows],
        filed_date=months.day_in(when, 2),
        reviewed_by="县民政局",
        official_name=people.name[who],
        relative_name=people.name[kin],
        status="有效",
    )


def relation_name(world: World, person: int, other: int) -> str:
    """What a relative is called in a filing; the nearest word of the form."""
    people = world.people
    parents = _parents(world, person)
    spouse = int(people.spouse[person])
    rules = [
        (other == spouse, "配偶"),
        (other in parents, "父母"),
        (person in _parents(world, other), "子女"),
        (bool(parents & _parents(world, other)), "兄弟姐妹"),
        (spouse != NOBODY and other in _parents(world, spouse), "配偶父母"),
        (any(other in _parents(world, p) for p in parents), "祖父母"),
        (bool(people.birth[other] > people.birth[person]), "侄甥"),
    ]
    return next((told for holds, told in rules if holds), "叔伯姑舅姨")


def _parents(world: World, person: int) -> set[int]:
    """The known parents of a person."""
    people = world.people
    return {int(people.father[person]), int(people.mother[person])} - {NOBODY}
