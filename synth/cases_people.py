"""Planted: the dead still paid (E01), double registration (E03)."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months, parameters, work
from doudi.synth.benefits import Dibao, Member
from doudi.synth.payments import PROGRAMMES, pay
from doudi.synth.plant import lookalikes, wanted
from doudi.synth.truth import about_case, about_person

if TYPE_CHECKING:
    from doudi.synth.benefits import Stipend
    from doudi.synth.plant import Pool
    from doudi.synth.world import World

TEKUN = ("特困供养", "特困照护")


def plant_dead(world: World, active: Pool) -> None:
    """E01 in four programmes, with one or two sources of death; and its lookalikes."""
    count = wanted(world, "E01", len(world.dibao) + len(world.stipends) // 2)
    kinds = ["dibao", "old_age", "tekun", "care"]
    if count and world.block.of == 1:
        count = max(count, len(kinds))
    for turn in range(count):
        sources = ("FH", "H", "PFH", "P")[turn % 4]
        _one_dead(world, active, kinds[turn % len(kinds)], sources, role="case", clearing="")
    for turn in range(lookalikes(count, 3)):
        clearing = ("X15", "X19", "X03")[turn % 3]
        kind = "old_age" if turn % 2 else "dibao"
        _one_dead(world, active, kind, "PFH", role="decoy", clearing=clearing)


def _one_dead(
    world: World, active: Pool, kind: str, sources: str, *, role: str, clearing: str
) -> None:
    """One death of a recipient who lives alone, or of one kept by person."""
    dies = int(world.rng.integers(37, 43))
    if kind == "dibao":
        case = active.must("E01", lambda c: len(c.members) == 1 and c.start < 30)
        person = case.head
        if clearing == "X03":
            _namesake_funeral(world, person, dies)
        else:
            _die(world, person, dies, sources)
            case.members[0].removed = months.OPEN
        case.paid_to, case.end, case.reason = _paid(clearing, dies)
        _note_dead_case(world, case, dies, role, clearing)
        return
    stipend = _free_stipend(world, kind)
    if stipend is None:
        return
    if clearing == "X03":
        _namesake_funeral(world, stipend.person, dies)
    else:
        _die(world, stipend.person, dies, sources)
    stipend.paid_to, stipend.end, _ = _paid(clearing, dies)
    _note_dead_person(world, stipend, dies, role, clearing)


def _paid(clearing: str, dies: int) -> tuple[int, int, str]:
    """Last paid month, end and reason of a benefit after a death."""
    if clearing in {"", "X03"}:
        return months.OPEN, months.OPEN, ""
    if clearing == "X15":
        return dies + 1, dies + 1, "死亡"
    return dies + 4, dies + 4, "死亡"


def _die(world: World, person: int, month: int, sources: str) -> None:
    """Let a person die, seen by the given sources; other benefits stop in time."""
    world.people.death[person] = months.day(month, int(world.rng.integers(2, 27)))
    world.deaths[person] = sources
    if world.shocks.severe[person] >= month - 1:
        world.shocks.severe[person] = months.OPEN
    for stipend in world.stipends:  # few: one a benefit kept by person
        if stipend.person == person:
            stipend.end = min(stipend.end, month)


def _free_stipend(world: World, kind: str) -> Stipend | None:
    """A benefit kept by person, of somebody on no household register and nothing planted."""
    held = {m.person for case in world.dibao for m in case.members}
    helped = world.aid.ever() & ~world.aid.tekun
    found = [
        s
        for s in world.stipends
        if s.kind == kind
        and s.active()
        and s.start < 30
        and s.person not in held
        and not s.institution
        and world.is_free(world.home_of(s.person))
        and not helped[world.home_of(s.person)]
        and world.people.lives(s.person)
        and world.jobs.kind[s.person] == work.NONE
    ]
    return found[int(world.rng.integers(len(found)))] if found else None


def _namesake_funeral(world: World, person: int, month: int) -> None:
    """A funeral record that carries a living person's number by a slip."""
    people = world.people
    other = int(world.rng.integers(0, len(people) // 8))
    world.book.add(
        "funeral_cremation",
        known=month,
        deceased_id=[str(people.number[person])],
        deceased_name="郑" + str(people.name[other])[1:] + "根",
        death_date=months.day(month, 2 + other % 22),
        cremation_date=months.day(month, 5 + other % 22),
        applicant_id="",
        applicant_phone="",
        fee_waiver=False,
        deceased_birth_date=people.birth[person] - np.timedelta64(2345, "D"),
        deceased_address=str(world.homes.address[other % len(world.homes)]),
        applicant_relation="",
    )


def _note_dead_case(world: World, case: Dibao, dies: int, role: str, clearing: str) -> None:
    """The truth about a household, and the payments that clear it."""
    if clearing == "X15":
        _arrears(world, case, dies)
    first = dies + (0 if clearing == "X15" else 2)
    about_case(world, "E01", case, case.head, first, role=role, clearing=clearing, known=dies + 2)
    if clearing == "X19":
        case.returned = (dies + 2, dies + 4)


def _arrears(world: World, case: Dibao, dies: int) -> None:
    """A part of two months before the death that was paid late, after it."""
    when = np.full(2, dies + 3)
    standard = parameters.standards().of(dies - 2, urban=case.urban)
    missing = round((standard - case.declared_pc(dies - 2)) / 4, 2)
    case.slip = (dies - 2, dies - 1, -missing)
    pay(
        world,
        when,
        payee=case.head,
        account=case.account,
        name=case.account_name,
        programme="城市低保" if case.urban else "农村低保",
        amount=missing,
        household=case.number,
        village=case.village,
        day=24,
        benefit_month=np.array([dies - 2, dies - 1]),
    )


def _note_dead_person(world: World, stipend: Stipend, dies: int, role: str, clearing: str) -> None:
    """The truth about a benefit kept by person."""
    registers = {"tekun": "tekun_register", "old_age": "old_age_allowance"}
    programmes = TEKUN if stipend.kind == "tekun" else (PROGRAMMES[stipend.kind],)
    first = dies + (0 if clearing == "X15" else 2)
    if clearing == "X19":
        stipend.returned = (dies + 2, dies + 4)
    about_person(
        world,
        "E01",
        stipend.person,
        registers.get(stipend.kind, "disability_two_subsidies"),
        first,
        stipend.last_paid(),
        role=role,
        clearing=clearing,
        programmes=programmes,
        known=dies + 2,
    )


def plant_double(world: World, active: Pool) -> None:
    """E03: the same person in two townships; a transfer and a slip as lookalikes."""
    count = wanted(world, "E03", len(world.dibao))
    for _ in range(count):
        case = active.must("E03", lambda c: len(c.members) == 1 and c.start < 30)
        start = int(world.rng.integers(20, 38))
        second = _second(world, case, start)
        world.used.add(case.home)
        about_case(world, "E03", second, case.head, start)
    for turn in range(lookalikes(count, 2)):
        if turn % 2:
            _slip(world, active)
        else:
            _transfer(world, active)


def _second(world: World, case: Dibao, start: int) -> Dibao:
    """Another registration of a household's head in another township."""
    village = int((case.village + len(world.areas.code) // 2) % len(world.areas.code))
    town = int(world.areas.town[village])
    second = Dibao(
        number=world.case_number(village),
        home=case.home,
        head=case.head,
        members=[Member(case.head, start)],
        start=start,
        village=village,
        urban=bool(world.areas.urban[village]),
        account=case.account,
        account_name=case.account_name,
        handler=(world.officials.handlers.get(town) or [case.handler])[0],
    )
    world.dibao.append(second)
    return second


def _transfer(world: World, active: Pool) -> None:
    """One month in both registers because the household's number was changed on moving."""
    case = active.must("E03", lambda c: len(c.members) == 1 and c.start < 25)
    month = int(world.rng.integers(30, 42))
    second = _second(world, case, month)
    case.end, case.reason = month, "系统迁移换号"
    about_case(world, "E03", second, case.head, month, role="decoy", clearing="X15", last=month)


def _slip(world: World, active: Pool) -> None:
    """A register that carries another recipient's number for one of its members."""
    first = active.must(
        "E03", lambda c: len(c.members) == 1 and world.jobs.kind[c.head] == work.NONE
    )
    second = active.must("E03", lambda c: _slips(world, first, c))
    second.members[0].typed = first.head
    world.used |= {first.home, second.home}
    later = max(first, second, key=lambda c: (c.start, c.number))
    about_case(world, "E03", later, first.head, later.start, role="decoy", clearing="X03")


def _slips(world: World, first: Dibao, other: Dibao) -> bool:
    """Whether a single person elsewhere, known by no archive, can carry the other's number."""
    apart = len(other.members) == 1 and other.village != first.village
    return apart and not world.aid.archived[other.home]
