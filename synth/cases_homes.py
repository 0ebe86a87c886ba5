"""Planted: homes given away (E18), paid for a nominee (E19), bought from the plan (E20), let (E21)."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.assets import unit
from doudi.synth.bank import loan
from doudi.synth.cases_bank import relative_outside, relatives_outside
from doudi.synth.cases_lump import SERIALS, treated
from doudi.synth.courts import ROLES, case_numbers, enforcement
from doudi.synth.quiet import places
from doudi.synth.rounds import Plan, bearable, declare, grown, hand, line, note, plant_each, since
from doudi.synth.taxes import deed, invoice

if TYPE_CHECKING:
    from numpy.random import Generator

    from doudi.synth.benefits import Dibao
    from doudi.synth.plant import Pool
    from doudi.synth.world import World

PRICE = 316_000.0
DUE = 1_150.0
"""What a mortgage costs a month, CNY."""
LEASES = 1_000_000
"""Planted leases are numbered from here on."""
FAR = 9_000
"""Door numbers of planted homes begin here."""


def plant_homes(world: World, active: Pool) -> None:
    """E19, E18, E20 and E21 with their lookalikes."""
    plant_each(
        world,
        active,
        (
            Plan("E19", ("X08",), _nominee, _has_kin_in_town),
            Plan("E18", ("X20", "X10"), _given_away, _had_time),
            Plan("E20", ("X02", "X04", "X10"), _from_plan, _in_town),
            Plan("E21", ("X05", "X18"), _let, grown),
        ),
    )


def _in_town(world: World, clearing: str, case: Dibao) -> bool:
    """Whether a household lives in town, where it owns no homestead, and has a worker."""
    return case.urban and grown(world, clearing, case)


def _has_kin_in_town(world: World, clearing: str, case: Dibao) -> bool:
    """The same, with a relative who could hold a home for it."""
    suits = _in_town(world, clearing, case)
    return suits and bool(relatives_outside(world, hand(world, case)))


def _had_time(world: World, clearing: str, case: Dibao) -> bool:
    """Whether a household came to the benefit within the last years, and has kin to give to."""
    suits = case.start > -30 and grown(world, clearing, case)
    return suits and (clearing != "" or bool(relatives_outside(world, hand(world, case))))


def _home_of(
    world: World, case: Dibao, owner: int, day: np.datetime64, door: int, *, status: str = "现势"
) -> str:
    """A registered home in the village of the case; returns its number."""
    return unit(
        world,
        np.array([owner]),
        since=day,
        area=_area(owner),
        status=status,
        known=max(int(months.index_of(np.array([day]))[0]), 0),
        village=case.village,
        door=np.array([door]),
    )[0]


def _area(person: int) -> float:
    """Square metres of a home."""
    return round(86.0 + person * 7_919 % 2_400 / 100, 2)


def _price(person: int) -> float:
    """What such a home costs, CNY."""
    return PRICE + person * 613 % 60 * 1_000.0


def _door(rng: Generator) -> int:
    """A door number."""
    return FAR + int(rng.integers(0, 999))


def _nominee(world: World, rng: Generator, case: Dibao, clearing: str, turn: int) -> None:
    """A relative's home whose tax and mortgage a member pays; or just lives in."""
    del turn
    person, first = hand(world, case), since(rng, case)
    holder, day = relative_outside(world, rng, person), months.day(first, months.any_day(person))
    world.assets.flat[case.home] = False
    door = int(str(world.homes.address[case.home])[12:]) if clearing else _door(rng)
    number = _home_of(world, case, holder, day, door)
    payer = holder if clearing else person
    account = [str(world.people.account[payer])]
    paid = np.array([day - np.timedelta64(9, "D")])
    deed(world, np.array([holder]), [number], paid, _price(person), account=account)
    if not clearing:
        asked, owed = np.array([months.SNAPSHOT]), np.array([_price(person) * 0.6])
        partner = [str(world.people.number[holder])]
        loan(world, np.array([person]), "房贷", owed, DUE, asked=asked, partner=partner)
    first = first + 1
    known = months.SNAPSHOT if not clearing else first
    note(world, "E19", case, person, first, clearing, known=known, difficulty="multi-hop")


def _given_away(world: World, rng: Generator, case: Dibao, clearing: str, turn: int) -> None:
    """A home goes to a relative before or during the benefit; or pays for treatment or debts."""
    person = hand(world, case)
    first = case.start - 9 if turn % 2 and not clearing else since(rng, case)
    taker, day = relative_outside(world, rng, person), months.day(first, months.any_day(person))
    number = _home_of(world, case, taker, day, _door(rng))
    way, price = "赠与", 0.0
    if clearing == "X10":
        way, price = "查封拍卖", _price(person) * 0.45
        _seized(world, person, first, price)
    elif clearing == "X20":
        way, price = "买卖", _price(person) * 0.45
        treated(world, rng, person, first, price)
    elif turn % 3 == 1:
        way, price = "买卖", _price(person) * 0.2
    _transfer(world, number, person, taker, (way, price), day)
    paid = np.array([day - np.timedelta64(3, "D")])
    account = [str(world.people.account[taker])]
    deed(world, np.array([taker]), [number], paid, _price(person), account=account)
    start = max(first + 1, case.start)
    note(world, "E18", case, person, start, clearing, known=first, difficulty="multi-hop")


def _transfer(
    world: World,
    number: str,
    giver: int,
    taker: int,
    told: tuple[str, float],
    day: np.datetime64,
) -> None:
    """One row of real_estate_transfer; ``told`` is the way and the price."""
    people = world.people
    world.book.add(
        "real_estate_transfer",
        known=int(months.index_of(np.array([day]))[0]),
        unit_no=[number],
        from_id=str(people.number[giver]),
        to_id=str(people.number[taker]),
        transfer_type=told[0],
        price=told[1],
        date=day,
        mortgagee="",
        loan=0.0,
    )


def _seized(world: World, person: int, first: int, amount: float) -> None:
    """The debt for which a home was sold."""
    filed, closed = np.array([first - 8]), np.array([first])
    number = case_numbers(world, np.array([SERIALS + person]), filed, "执")
    who, sum_ = np.array([person]), np.array([amount])
    enforcement(world, who, ROLES[1], number, sum_, filed, closed, status="执行完毕")


def _from_plan(world: World, rng: Generator, case: Dibao, clearing: str, turn: int) -> None:
    """A contract for a flat that is not registered yet; or void, for resettlement, on credit."""
    del turn
    person, first = hand(world, case), since(rng, case)
    world.assets.flat[case.home] = False
    village, door = np.array([case.village]), np.array([_door(rng)])
    world.book.add(
        "presale_contract",
        known=first,
        contract_no=[f"WQ9{world.homes.first + case.home + 1:08d}"],
        buyer_ids=str(world.people.number[person]),
        unit_address=str(places(world, village, door)[0]),
        area=_area(person),
        price=_price(person),
        signed_date=months.day(first, months.any_day(person)),
        status="撤销" if clearing == "X02" else "有效",
        project_status="安置" if clearing == "X04" else "正常",
        address_code=f"{world.areas.code[case.village]}{door[0]}",
    )
    if clearing == "X10":
        asked, owed = np.array([months.SNAPSHOT]), np.array([_price(person) * 0.97])
        loan(world, np.array([person]), "房贷", owed, DUE, asked=asked)
    note(world, "E20", case, person, first + 3, clearing, known=first + 3)


def _let(world: World, rng: Generator, case: Dibao, clearing: str, turn: int) -> None:
    """A member's only home is let; the rent is declared, or a trifle."""
    del turn
    person, first = hand(world, case), since(rng, case)
    world.assets.flat[case.home] = False
    door = _door(rng)
    _home_of(
        world, case, person, np.datetime64("2013-06-14") - np.timedelta64(person % 1_300, "D"), door
    )
    told = case.declared_pc() * len(case.members)
    rent = max(round(line(case) * 0.45 / 10 + 30) * 10.0, round(told * 0.15) * 10.0)
    if clearing == "X05":
        first = max(case.start, months.FIRST_PAID)
        rent = min(rent, bearable(case) // 10 * 10)
        declare(case, person, rent)
    elif clearing == "X18":
        rent = round(line(case, first) * 0.06)
    month = np.arange(first, months.LAST + 1)
    address = f"合成县{world.areas.name[case.village]}{door}号"
    tenant = str(world.firms.name[int(rng.integers(len(world.firms.name)))])
    day = months.day_in(month, months.any_day(person))
    who = np.full(len(month), person)
    invoice(
        world,
        who,
        address,
        day,
        np.full(len(month), float(rent)),
        tenant=tenant,
        lease=who + LEASES,
    )
    start = case.start if clearing == "X05" else first
    note(world, "E21", case, person, start, clearing, known=first)
