"""Disabled people: their certificates, and the two subsidies, one of which rests on 低保."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.folk import ended

if TYPE_CHECKING:
    from doudi.synth.benefits import Dibao, Stipend
    from doudi.synth.book import Values
    from doudi.synth.world import World

SOURCE, PROGRAMME = "disability_two_subsidies", "困难残疾人生活补贴"
PARTS = ("living", "care")


def end_living(world: World) -> None:
    """End each living allowance with the 低保 of its household, unless a planted fact rests on it."""
    ground: dict[int, list[Dibao]] = {}
    for case in world.dibao:  # few: one a recipient household
        for member in case.members:
            ground.setdefault(member.person, []).append(case)
    kept = {p.person for p in world.truth.planted if PROGRAMME in p.programmes}
    for stipend in world.stipends:  # few: one a benefit kept by person
        held = ground.get(stipend.person, [])
        if stipend.kind == "living" and held and stipend.person not in kept:
            stipend.start = max(stipend.start, min(case.start for case in held))
            stipend.end = min(stipend.end, max(case.end for case in held))
    world.stipends = [s for s in world.stipends if s.kind != "living" or s.start <= s.end]


def _spells(held: list[Stipend]) -> list[tuple[int, int, dict[str, float]]]:
    """First and last month and amounts of what began together: once more for what lasts longer."""
    first, ends = held[0].start, sorted({s.end for s in held})
    found = []
    for last in ends:
        found.append((first, last, {s.kind: s.amount for s in held if s.end >= last}))
        first = last + 1
    return found


def write_subsidies(world: World) -> None:
    """disability_two_subsidies: one row a person and start; an end is known when it comes."""
    begun: dict[tuple[int, int], list[Stipend]] = {}
    for stipend in world.stipends:  # few: one a benefit kept by person
        if stipend.kind in PARTS:
            begun.setdefault((stipend.person, stipend.start), []).append(stipend)
    rows = [(p, own[0].account, *spell) for (p, _), own in begun.items() for spell in _spells(own)]
    who = np.array([person for person, *_ in rows], dtype=np.int64)
    start = np.array([first for _, _, first, _, _ in rows], dtype=np.int64)
    end = np.array([last for _, _, _, last, _ in rows], dtype=np.int64)
    row, known, told = ended(start, end)
    people, home = world.people, world.people.home[who]
    living, care = (np.array([parts.get(part, 0.0) for *_, parts in rows]) for part in PARTS)
    world.book.add(
        SOURCE,
        known=known,
        person_id=people.number[who][row],
        living_allowance=living[row],
        care_allowance=care[row],
        cert_no=certificate_numbers(world, who)[row],
        start_month=months.text_of(start)[row],
        end_month=months.text_of(told),
        account_hash=np.array([account for _, account, *_ in rows])[row],
        name=people.name[who][row],
        area_code=world.areas.code[world.homes.village[home]][row],
    )


def certificate_numbers(world: World, who: Values) -> Values:
    """Certificate numbers: the person's number, the kind's digit, the grade's digit."""
    kinds = {"视": "1", "听": "2", "言": "3", "肢": "4", "智": "5", "精": "6", "多重": "7"}
    digit = np.array([kinds[str(kind)] for kind in world.ailment[who]], dtype="U1")
    number = np.char.add(world.people.number[who], digit)
    return np.char.add(number, world.grade[who].astype("U1"))


def write_certificates(world: World) -> None:
    """disability_certificate of the living and the recently dead."""
    people = world.people
    own = np.flatnonzero((world.grade > 0) & (people.home >= 0) & (world.cert_from <= months.LAST))
    issued = world.cert_from[own]
    dead = people.dead_month()[own] <= months.LAST
    world.book.add(
        "disability_certificate",
        known=issued,
        person_id=people.number[own],
        cert_no=certificate_numbers(world, own),
        type=world.ailment[own],
        grade=world.grade[own].astype(str),
        issue_date=months.day_in(issued, 18),
        valid_to=months.day_in(issued + 240, 17),
        status=np.where(dead & (people.dead_month()[own] < months.SNAPSHOT - 2), "注销", "有效"),
        name=people.name[own],
        birth_date=people.birth[own],
    )
