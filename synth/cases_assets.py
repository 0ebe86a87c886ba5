"""Planted: cars (E15), cars held by a nominee (E16), homes and shops over the limit (E17)."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.assets import NAT, unit
from doudi.synth.people import NOBODY
from doudi.synth.plant import early, has_adult, lookalikes, wanted, worker
from doudi.synth.truth import about_case
from doudi.synth.vehicles import licence, policy, vehicle, violations

if TYPE_CHECKING:
    from doudi.synth.benefits import Dibao
    from doudi.synth.book import Values
    from doudi.synth.plant import Pool
    from doudi.synth.world import World


def plant_assets(world: World, active: Pool, left: Pool) -> None:
    """E15, E16 and E17 with their lookalikes."""
    cases = wanted(world, "E15", len(world.dibao))
    for _ in range(cases):
        _car(world, active.must("E15", has_adult(world)), "")
    for turn in range(lookalikes(cases, 5)):
        clearing = ("X04", "X02", "X15", "X04", "X15")[turn % 5]
        _car_lookalike(world, active, left, clearing, turn)
    cases = wanted(world, "E16", len(world.dibao))
    for _ in range(cases):
        _nominee(world, active.must("E16", has_adult(world)), "")
    for turn in range(lookalikes(cases, 2)):
        clearing = ("X13", "X15")[turn % 2]
        _nominee(world, active.must("E16", has_adult(world)), clearing)
    cases = wanted(world, "E17", len(world.dibao))
    for turn in range(cases):
        _homes(world, active.must("E17", lambda c: len(c.members) <= 3), "", turn)
    for turn in range(lookalikes(cases, 4)):
        clearing = ("X02", "X04", "X11", "X10")[turn % 4]
        _homes(world, active.must("E17", lambda c: len(c.members) <= 3), clearing, turn)


def stranger(world: World, *, low: float, high: float) -> int:
    """Somebody of the given years whose home is on no register and carries nothing planted."""
    people = world.people
    age = people.age()
    fits = (people.home >= 0) & (age > low) & (age < high) & people.living()
    fits &= ~world.aid.ever()[np.where(people.home < 0, 0, people.home)]
    fits[sorted(world.reserved)] = False
    fits &= ~np.isin(people.home, sorted(world.used))
    chosen = int(world.rng.choice(np.flatnonzero(fits)))
    world.reserved.add(chosen)
    return chosen


def _car(
    world: World, case: Dibao, clearing: str, *, kind: str = "小型轿车", **more: Values
) -> None:
    """A vehicle of a member, registered within the benefit unless told otherwise."""
    person, month = worker(world, case), early(world, case)
    since = more.pop("since", months.day(month, months.any_day(person)))
    first = more.pop("first", month + 1)
    price = 64_000.0 + person % 25 * 1_000 if "轿车" in kind else 4_300.0 + person % 19 * 100
    plate, vin = vehicle(
        world, np.array([person]), kind=kind, since=since, price=price, known=max(month, 0), **more
    )
    if not clearing:
        licence(world, np.array([person]))
        policy(
            world, plate, vin, np.array([person]), np.array([person]), world.people.phone[[person]]
        )
    role = "decoy" if clearing else "case"
    about_case(world, "E15", case, person, first, role=role, clearing=clearing)


def _car_lookalike(world: World, active: Pool, left: Pool, clearing: str, turn: int) -> None:
    """Mobility vehicles and motorcycles, scrapped or sold cars, cars bought after the end."""
    if clearing == "X04" and turn % 2 == 0:
        case = active.must("E15", has_adult(world))
        _car(world, case, clearing, kind="残疾人机动轮椅车", nature="残疾人专用")
    elif clearing == "X04":
        _car(world, active.must("E15", has_adult(world)), clearing, kind="普通二轮摩托车")
    elif clearing == "X02":
        case = active.must("E15", has_adult(world))
        gone = months.day(min(case.start, months.FIRST_PAID) - 3, months.any_day(case.home))
        _car(
            world,
            case,
            clearing,
            since=gone - np.timedelta64(3900, "D"),
            first=case.start,
            status="报废",
            status_date=gone,
        )
    else:
        gone_case = left.take(lambda c: months.FIRST_PAID + 4 < c.end < months.LAST - 3)
        if gone_case is not None:
            _car(
                world,
                gone_case,
                clearing,
                since=months.day(gone_case.end + 2, months.any_day(gone_case.home)),
                first=gone_case.last_paid(),
            )
            return
        case = active.must("E15", has_adult(world))
        sold = months.day(min(case.start, months.FIRST_PAID) - 4, months.any_day(case.home))
        buyer = str(world.people.number[stranger(world, low=25, high=55)])
        _car(
            world,
            case,
            clearing,
            since=sold - np.timedelta64(2000, "D"),
            first=case.start,
            transfer_date=sold,
            new_owner_id=buyer,
        )


def _nominee(world: World, case: Dibao, clearing: str) -> None:
    """A car registered to somebody who does not drive, used and paid for by a member."""
    people, person = world.people, worker(world, case)
    holder = _old_relative(world, case, person)
    month = early(world, case, 14, 32)
    bought, sold = month - 3, {}
    if clearing == "X15":
        bought = case.start - 40
        buyer = str(people.number[stranger(world, low=25, high=55)])
        sold = {
            "transfer_date": months.day(case.start - 1, months.any_day(case.home)),
            "new_owner_id": buyer,
        }
    plate, vin = vehicle(
        world,
        np.array([holder]),
        since=months.day(bought, months.any_day(holder)),
        known=bought,
        price=76_000.0 + holder % 25 * 1_000,
        **sold,
    )
    licence(world, np.array([person]))
    count = 1 if clearing == "X13" else 5
    when = month + np.arange(count) * 3
    if clearing == "X15":
        when = case.start - 3 - np.arange(count) * 3
    driver = np.full(count, person)
    violations(
        world, driver, np.repeat(plate, count), months.day_in(when, 2 + when * 7 % 25), driver
    )
    if clearing != "X15":
        payer = holder if clearing else person
        phone = people.phone[[holder if clearing else person]]
        policy(world, plate, vin, np.array([payer]), np.array([holder]), phone)
    last_fact = min(int(when.max()), months.LAST)
    first = case.start if clearing == "X15" else month
    role = "decoy" if clearing else "case"
    about_case(
        world,
        "E16",
        case,
        person,
        first,
        role=role,
        clearing=clearing,
        known=max(last_fact, 0) if not clearing else first,
        difficulty="multi-hop",
    )


def _old_relative(world: World, case: Dibao, person: int) -> int:
    """A relative over 75 on no register, else an old neighbour."""
    people = world.people
    age = people.age()
    inside = {m.person for m in case.members}
    for other in sorted(world.kin.within(person, 3)):
        at = int(people.home[other])
        if (
            other not in inside
            and at != NOBODY
            and not world.aid.knows(at)
            and age[other] > 76
            and people.lives(other)
        ):
            return other
    return stranger(world, low=76, high=95)


def _homes(world: World, case: Dibao, clearing: str, turn: int) -> None:
    """Two dwellings, or a dwelling and a shop, with or without an explanation."""
    world.assets.flat[case.home] = False
    owner = np.array([case.head])
    month = early(world, case)
    before = np.datetime64("2013-05-20") - np.timedelta64(case.head * 37 % 1_400, "D")
    after = months.day(month, months.any_day(case.head))
    unit(world, owner, since=before, area=_area(case.head, 0))
    first, known = month + 1, month
    if not clearing:
        shop = turn % 2 == 1
        unit(
            world,
            owner,
            since=after,
            area=_area(case.head, 1) - (90.0 if shop else 0.0),
            use="商业" if shop else "住宅",
            known=month,
        )
    elif clearing == "X02":
        unit(world, owner, since=before - np.timedelta64(1_500, "D"), area=_area(case.head, 2))
        _demolished(world, case, np.datetime64("2016-08-11"), 0)
        first, known = case.start, 0
    elif clearing == "X04":
        _demolished(world, case, np.datetime64("2017-02-20"), 1)
        unit(world, owner, since=np.datetime64("2018-06-30"), area=_area(case.head, 3))
        first, known = case.start, 0
    elif clearing == "X11":
        other = np.array([case.head, stranger(world, low=40, high=70)])
        number = [world.assets.unit_no()] * 2
        unit(
            world,
            other,
            since=after,
            area=_area(case.head, 4),
            co="按份共有",
            share=np.array([0.125, 0.875]),
            number=number,
            village=case.village,
            known=month,
        )
    else:
        unit(world, owner, since=after, area=_area(case.head, 5), status="查封", known=month)
    role = "decoy" if clearing else "case"
    about_case(world, "E17", case, case.head, first, role=role, clearing=clearing, known=known)


def _area(person: int, turn: int) -> float:
    """Square metres of a home, well above what a small household is left."""
    return round(122.0 + (person * 7_919 + turn * 613) % 2_400 / 100, 2)


def _demolished(world: World, case: Dibao, agreed: Values, units: int) -> None:
    """A demolition agreement for a home of the head."""
    people = world.people
    world.book.add(
        "demolition_compensation",
        owner_id=[str(people.number[case.head])],
        amount=0.0 if units else 86_000.0,
        resettled_units=str(units),
        agreement_date=agreed,
        pay_date=NAT if units else agreed + np.timedelta64(60, "D"),
        owner_name=str(people.name[case.head]),
    )
