"""Who is helped: disability, the first registers, entries after relapses, exits."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months, work
from doudi.synth.benefits import Dibao, Member, Stipend
from doudi.synth.people import NOBODY
from doudi.synth.world import Aid

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from doudi.synth.homes import Homes
    from doudi.synth.people import People
    from doudi.synth.relapses import Relapses
    from doudi.synth.world import World

CERTIFIED = 0.03
AILMENTS = np.array(["视", "听", "言", "肢", "智", "精", "多重"])
DIBAO_SHARE = 0.055
"""Share of people in minimum-living households when the timeline begins."""
SIZES = ((1, 0.45), (2, 0.30), (3, 0.15), (4, 0.10))
TEKUN_SHARE = 0.005
EDGE_SHARE = 0.014
ARCHIVED = (0.12, 0.13)
"""Shares of rural homes: those that left poverty, and ordinary ones kept under watch."""
EXIT_A_YEAR = 0.05
LIVING, CARE = 90.0, 110.0
DECLARED = (8, 48)
"""Tens of yuan that a grown member declares a month: small work, crops, remittances."""


def disability(
    rng: Generator, people: People, homes: Homes
) -> tuple[NDArray[np.int64], NDArray[np.str_], NDArray[np.int64]]:
    """Grade, kind and month of the certificate of each person."""
    age = people.age()
    home = np.where(people.home < 0, 0, people.home)
    odds = (
        np.interp(age, [0, 20, 50, 70, 90], [0.2, 0.4, 0.9, 2.0, 2.5]) - 0.4 * homes.comfort[home]
    )
    has = (people.home >= 0) & (rng.random(len(people)) < CERTIFIED * np.maximum(odds, 0.1))
    grade = np.where(has, rng.choice([1, 2, 3, 4], len(people), p=[0.15, 0.26, 0.31, 0.28]), 0)
    kind = rng.choice(AILMENTS, len(people), p=[0.13, 0.11, 0.03, 0.5, 0.1, 0.1, 0.03])
    issued = np.maximum(months.LAST + 12 - age * 12, rng.integers(-150, -2, len(people))).astype(
        np.int64
    )
    return grade, kind, issued


def first_registers(rng: Generator, people: People, homes: Homes, grade: NDArray[np.int64]) -> Aid:
    """The registers as they stand when the timeline begins."""
    aid = Aid.empty(len(homes))
    disabled = np.bincount(people.home[(grade > 0) & (people.home >= 0)], minlength=len(homes)) > 0
    age = people.age()[homes.head]
    score = -homes.comfort + 1.3 * disabled + 0.5 * (age > 65) + rng.normal(0, 0.6, len(homes))
    _choose_tekun(rng, people, homes, aid, score)
    wanted = DIBAO_SHARE * homes.size.sum() / sum(size * share for size, share in SIZES)
    for size, share in SIZES:
        fits = np.flatnonzero(~aid.tekun & (np.minimum(homes.size, 4) == size))
        best = fits[np.argsort(-score[fits])][: round(wanted * share)]
        aid.dibao_from[best] = -rng.integers(1, 110, len(best))
    rest = np.flatnonzero(~aid.tekun & (aid.dibao_from == months.OPEN))
    edge = rest[np.argsort(-score[rest])][: round(EDGE_SHARE * len(homes))]
    aid.edge_from[edge] = -rng.integers(1, 12, len(edge))
    _archive(rng, homes, aid, score)
    return aid


def _choose_tekun(
    rng: Generator, people: People, homes: Homes, aid: Aid, score: NDArray[np.float64]
) -> None:
    """Old single people without children, in the country."""
    parents = np.zeros(len(people), dtype=bool)
    parents[people.father[people.father != NOBODY]] = True
    parents[people.mother[people.mother != NOBODY]] = True
    head = homes.head
    fits = (homes.size == 1) & (people.age(0)[head] >= 57) & (people.spouse[head] == NOBODY)
    alone = np.flatnonzero(fits & ~parents[head])
    widowed = np.flatnonzero((homes.size == 1) & (people.age(0)[head] >= 72) & parents[head])
    wanted = max(12, round(TEKUN_SHARE * homes.size.sum()))
    pool = np.concatenate([alone[np.argsort(-score[alone])], widowed[np.argsort(-score[widowed])]])
    aid.tekun[pool[:wanted]] = True
    aid.edge_from[pool[:wanted]] = months.OPEN
    del rng


def _archive(rng: Generator, homes: Homes, aid: Aid, score: NDArray[np.float64]) -> None:
    """Rural homes with a poverty archive."""
    rural = np.flatnonzero(~homes.urban)
    ranked = rural[np.argsort(-(score[rural] + rng.normal(0, 0.7, len(rural))))]
    poor, watched = (round(share * len(rural)) for share in ARCHIVED)
    aid.archived[ranked[: poor + watched]] = True
    aid.former_poor[ranked[:poor]] = True


def enter(world: World, relapses: Relapses) -> None:
    """Put recognised relapses of the delivered months into the registers."""
    aid, rng = world.aid, world.rng
    kept = relapses.observed & (relapses.month <= months.LAST)
    home, month, register = relapses.home[kept], relapses.month[kept], relapses.register[kept]
    cause = relapses.cause[kept]
    aid.dibao_from[home[register == "dibao"]] = month[register == "dibao"]
    aid.edge_from[home[register == "edge"]] = month[register == "edge"]
    watched = register == "monitored"
    aid.monitored_from[home[watched]] = month[watched]
    sudden = watched & ((cause != "收入骤减") | (rng.random(len(home)) < 0.3))
    aid.monitored_kind[home[sudden]] = "突发严重困难"
    slow = home[watched & ~sudden]
    aid.monitored_kind[slow] = np.where(aid.former_poor[slow], "脱贫不稳定", "边缘易致贫")
    aid.edge_from[slow] = np.minimum(aid.monitored_from[slow] + 1, months.LAST)
    aid.archived[home[~world.homes.urban[home] & watched]] = True
    world.assets.bike[home[register == "dibao"]] = False
    for index in home[register == "dibao"]:  # few: one a household that enters
        for person in world.homes.people_of(int(index)):
            world.jobs.stop(int(person), int(aid.dibao_from[index]) - 2)


def open_cases(world: World) -> None:
    """Minimum-living households with their members, ends and the people who keep the money."""
    aid, homes, people, rng = world.aid, world.homes, world.people, world.rng
    dead = people.dead_month()
    order = np.flatnonzero(aid.dibao_from <= months.LAST)
    for index in order:  # few: one a recipient household
        home, start = int(index), int(aid.dibao_from[index])
        who = [int(p) for p in homes.people_of(home) if dead[p] > start]
        if not who:
            aid.dibao_from[home] = months.OPEN
            continue
        head = max(who, key=lambda p: (dead[p], p == homes.head[home], -p))
        born = months.index_of(people.birth[who])
        members = [
            Member(p, max(start, int(b) + 1), int(min(dead[p] + 1, months.OPEN)))
            for p, b in zip(who, born, strict=True)
        ]
        case = _case(world, home, head, members, start)
        _end(rng, people, case, int(dead[head]))
        aid.dibao_to[home] = case.end + 1 if case.end < months.OPEN else months.OPEN
        world.dibao.append(case)


def _case(world: World, home: int, head: int, members: list[Member], start: int) -> Dibao:
    """One household with the small incomes it declares."""
    village = int(world.homes.village[home])
    age = world.people.age()
    for member in members:
        declares = age[member.person] > 20 and world.rng.random() < 0.85
        if declares:
            member.declared = float(world.rng.integers(*DECLARED) * 10)
    return Dibao(
        number=world.case_number(village),
        home=home,
        head=head,
        members=members,
        start=start,
        village=village,
        urban=bool(world.homes.urban[home]),
        account=str(world.people.account[head]),
        account_name=str(world.people.name[head]),
    )


def _end(rng: Generator, people: People, case: Dibao, head_dies: int) -> None:
    """End a case by the death of the last member, or by an ordinary exit."""
    del people
    leaves = max(case.start + 6, 0) + int(rng.exponential(12 / EXIT_A_YEAR))
    if head_dies <= min(leaves, months.LAST):
        case.end, case.reason = head_dies + int(rng.random() < 0.3), "死亡"
        case.end = min(case.end, months.LAST + 1)
    elif leaves < months.LAST - 1:
        case.end = leaves
        case.reason = str(
            rng.choice(["收入超标", "自愿放弃", "财产超标", "到期"], p=[0.6, 0.2, 0.05, 0.15])
        )
    if case.end > months.LAST:
        case.end, case.reason = months.OPEN, ""


def protect_former(world: World) -> None:
    """No new shock meets a household after its exit, unless it is planted; some find work."""
    for case in world.dibao:  # few: one a recipient household
        if case.end == months.OPEN or case.reason == "死亡":
            continue
        for person in world.homes.people_of(case.home):
            if world.shocks.severe[person] >= case.end - 2:
                world.shocks.severe[person] = months.OPEN
        if world.shocks.disaster[case.home] >= case.end - 2:
            world.shocks.disaster[case.home] = months.OPEN
        if case.reason == "收入超标":
            _find_work(world, case)


def _find_work(world: World, case: Dibao) -> None:
    """The able member of a household that left works from the month after."""
    age, dead = world.people.age(), world.people.dead_month()
    able = [
        m.person for m in case.members if 20 < age[m.person] < 57 and dead[m.person] > months.FUTURE
    ]
    if able and case.end + 1 < months.LAST:
        world.jobs.kind[able[0]] = work.FORMAL
        world.jobs.start[able[0]] = case.end + 1
        world.jobs.end[able[0]] = world.jobs.again[able[0]] = months.OPEN


def open_stipends(world: World) -> None:
    """特困, old-age and disability benefits of everyone who has a claim."""
    people, aid, rng = world.people, world.aid, world.rng
    dead = people.dead_month()
    tekun = set(world.homes.head[aid.tekun].tolist())
    for person in sorted(tekun):  # few: half a per cent of people
        _open_tekun(world, person, int(dead[person]))
    eighty = months.index_of(people.birth) + 960
    old = np.flatnonzero((people.home >= 0) & (eighty <= months.LAST) & (dead > eighty))
    for person in old.tolist():  # one a recipient
        end = _stop(rng, int(dead[person]))
        amount = 100.0 if people.age()[person] >= 90 else 60.0
        _open(world, person, "old_age", max(int(eighty[person]), -60), amount, end)
    claims = {m.person: case for case in world.dibao for m in case.members}
    certified = np.flatnonzero((world.grade > 0) & (people.home >= 0))
    for person in certified.tolist():  # one a recipient
        start, end = int(world.cert_from[person]) + 2, _stop(rng, int(dead[person]))
        if person in tekun or dead[person] <= start:
            continue
        if world.grade[person] <= 2 or world.ailment[person] in {"智", "精"}:
            _open(world, person, "care", max(start, -60), CARE, end)
        if person in claims:
            case = claims[person]
            _open(world, person, "living", max(start, case.start), LIVING, min(end, case.end))


def _stop(rng: Generator, dies: int) -> int:
    """Last month of a benefit by person: the month of death, or the grace month after it."""
    return months.OPEN if dies > months.LAST else dies + int(rng.random() < 0.3)


def _open(world: World, person: int, kind: str, start: int, amount: float, end: int) -> None:
    """A benefit paid to the person's own account."""
    account, name = str(world.people.account[person]), str(world.people.name[person])
    if end >= start:
        world.stipends.append(Stipend(person, kind, start, amount, account, name, end))


def _open_tekun(world: World, person: int, dies: int) -> None:
    """特困 support; three in ten live in an institution, to whose account the money goes."""
    rng = world.rng
    stipend = Stipend(
        person,
        "tekun",
        -int(rng.integers(3, 100)),
        float(rng.choice([60, 330, 640])),
        str(world.people.account[person]),
        str(world.people.name[person]),
        _stop(rng, dies),
    )
    if rng.random() < 0.4:
        number = int(
            rng.integers(0, min(len(world.firms.institutions), 1 + len(world.homes) // 8000))
        )
        stipend.institution, stipend.account, stipend.account_name = world.firms.institutions[
            number
        ]
    world.stipends.append(stipend)
