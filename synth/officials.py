"""Village committees and handlers, their relatives among recipients, and what they filed."""

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
        logins = [f"mz{town + 1:03d}{i + 1:02d}" for i in range(len(near))]
        for person, role, login in zip(near, HANDLER_ROLES, logins, strict=False):
            world.officials.appoint(person, role, str(code), -int(rng.integers(6, 60)), login)
        world.officials.handlers[town] = logins
    for case in world.dibao:  # few: one a recipient household
        logins = world.officials.handlers[int(areas.town[case.village])] or ["mz00001"]
        case.handler = logins[len(case.number + case.account) * case.home % len(logins)]


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


def beneficiaries(world: World) -> dict[int, tuple[int, str, int]]:
    """Each 低保 or 特困 recipient with its home, programme and first month."""
    found = {
        m.person: (case.home, "低保", max(case.start, m.added))
        for case in world.dibao
        for m in case.members
    }
    for stipend in world.stipends:
        if stipend.kind == "tekun":
            found[stipend.person] = (world.home_of(stipend.person), "特困", stipend.start)
    return found


def _write_filings(world: World) -> None:
    """File every relative within the third degree among recipients, unless planted otherwise."""
    officials, people = world.officials, world.people
    helped = beneficiaries(world)
    rows: list[tuple[int, int, str, str, str, int, int]] = []
    for person, role, since in zip(officials.person, officials.role, officials.since, strict=True):
        for relative, degree in sorted(world.kin.within(person, DEGREE).items()):  # few a person
            if relative not in helped:
                continue
            home, programme, start = helped[relative]
            if (person, home) not in officials.unfiled:
                told = relation_name(world, person, relative)
                rows.append((person, relative, role, programme, told, max(start, since), degree))
    if not rows:
        return
    who, relative, role, programme, told, month, _ = zip(*rows, strict=True)
    world.book.add(
        "kin_filing",
        known=np.array(month),
        official_id=people.number[list(who)],
        official_role=list(role),
        relative_id=people.number[list(relative)],
        relation=list(told),
        programme=list(programme),
        filed_date=months.day_in(np.array(month), 2),
        reviewed_by="县民政局",
        official_name=people.name[list(who)],
        relative_name=people.name[list(relative)],
        status="有效",
    )


def relation_name(world: World, person: int, other: int) -> str:
    """What a relative is called in a filing; the nearest word of the form."""
    people = world.people
    parents = {int(people.father[person]), int(people.mother[person])} - {NOBODY}
    spouse = int(people.spouse[person])
    if other == spouse:
        return "配偶"
    if other in parents:
        return "父母"
    if person in {int(people.father[other]), int(people.mother[other])}:
        return "子女"
    if people.father[other] != NOBODY and people.father[other] == people.father[person]:
        return "兄弟姐妹"
    if spouse != NOBODY and other in {int(people.father[spouse]), int(people.mother[spouse])}:
        return "配偶父母"
    if any(other in {int(people.father[p]), int(people.mother[p])} for p in parents):
        return "祖父母"
    return "侄甥" if people.birth[other] > people.birth[person] else "叔伯姑舅姨"
