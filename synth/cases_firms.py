"""Planted: company and business roles (E22), control through chains (E23)."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.assets import NAT
from doudi.synth.cases_assets import stranger
from doudi.synth.cases_bank import relatives_outside
from doudi.synth.filings import filings
from doudi.synth.firms import called, company, founded, trade_of
from doudi.synth.holders import holding
from doudi.synth.plant import has_adult, lookalikes, wanted, worker
from doudi.synth.truth import about_case

if TYPE_CHECKING:
    from doudi.synth.benefits import Dibao
    from doudi.synth.plant import Pool
    from doudi.synth.world import World

BIG_REVENUE = 92_000.0
"""CNY a month: more than a million a year."""


def plant_firms(world: World, active: Pool) -> None:
    """E22 and E23 with their lookalikes."""
    cases = wanted(world, "E22", len(world.dibao))
    for turn in range(cases):
        _role(world, active.must("E22", has_adult(world)), "", turn)
    for turn in range(lookalikes(cases, 4)):
        case = active.must("E22", has_adult(world))
        _role(world, case, ("X12", "X05", "X18", "X12")[turn % 4], turn)
    cases = wanted(world, "E23", len(world.dibao))
    cases += bool(cases) and world.block.of == 1
    for turn in range(cases):
        _chain(world, active.must("E23", has_adult(world)), "", turn)
    for turn in range(lookalikes(cases, 2)):
        _chain(world, active.must("E23", has_adult(world)), ("X12", "X11")[turn % 2], turn)


def _who(world: World, person: int) -> tuple[str, str]:
    """A person's number and name."""
    return str(world.people.number[person]), str(world.people.name[person])


def _role(world: World, case: Dibao, clearing: str, turn: int) -> None:
    """A business or a company of a member."""
    person = worker(world, case)
    role = "decoy" if clearing else "case"
    if clearing == "X18":
        _small_share(world, person)
    elif clearing == "X12" and turn % 2 == 0:
        _business(world, person, revenue=0.0, employees=0, status="存续")
    elif clearing == "X12":
        _own_company(world, person, revenue=0.0, status="吊销")
    elif clearing == "X05":
        for member in case.members:
            member.declared = 420.0 if member.person == person else 0.0
        _business(world, person, revenue=4_000.0, employees=1, status="存续", profit=0.1)
    elif turn % 2:
        _own_company(world, person, revenue=34_000.0, status="存续")
    else:
        _business(world, person, revenue=21_000.0, employees=3, status="存续")
    about_case(
        world,
        "E22",
        case,
        person,
        max(case.start, months.FIRST_PAID),
        role=role,
        clearing=clearing,
        known=0,
    )


def _grown(world: World, person: int, day: np.datetime64) -> np.datetime64:
    """A day, or the one on which somebody has just come of age, where that is later."""
    return np.datetime64(world.people.grown(np.array([person]), np.array([day]))[0], "D")


def _business(
    world: World, person: int, *, revenue: float, employees: int, status: str, profit: float = 0.12
) -> None:
    """An individual business with quarterly filings."""
    code = world.firms.new_code("92")
    number, name = _who(world, person)
    world.book.add(
        "individual_business",
        uscc=[code],
        name=called(code, f"{trade_of(code)}店", ""),
        operator_id=number,
        industry=trade_of(code),
        setup_date=_grown(world, person, founded(code)),
        status=status,
        funds=(2.0, 5.0, 10.0)[person % 3],
        employees=employees,
        operator_name=name,
        address=str(world.homes.address[world.people.home[person]]),
    )
    filings(world.book, code, revenue, profit=profit)


def _registered(
    world: World, owner: int, *, status: str = "存续"
) -> tuple[str, np.datetime64, tuple[str, str]]:
    """A company of one owner: its code, the day it was set up, and code and name as a holder's."""
    code, people = world.firms.new_code(), world.people
    day = _grown(world, owner, founded(code))
    company(
        world.book,
        code,
        called(code),
        owner=_who(world, owner),
        setup=day,
        status=status,
        phone=str(people.phone[owner]),
        address=str(world.homes.address[people.home[owner]]),
    )
    return code, day, (code, called(code))


def _hold(world: World, code: str, person: int, ratio: float, day: np.datetime64) -> None:
    """A person's share of a company, from a day on or when of age."""
    since = _grown(world, person, day)
    holding(world.book, code, _who(world, person), ratio, since=since)


def _own_company(world: World, person: int, *, revenue: float, status: str) -> None:
    """A company that a member represents, manages and mostly owns."""
    code, day, _ = _registered(world, person, status=status)
    _hold(world, code, person, 0.6, day)
    _hold(world, code, stranger(world, low=30, high=60), 0.4, day)
    _manager(world, code, person, "执行董事", day)
    filings(
        world.book, code, revenue, months_each=1, status="非正常" if status == "吊销" else "正常"
    )


def _manager(world: World, code: str, person: int, position: str, day: np.datetime64) -> None:
    """One row of executives."""
    number, name = _who(world, person)
    world.book.add(
        "executives",
        company_uscc=[code],
        person_id=number,
        position=position,
        from_date=_grown(world, person, day),
        to_date=NAT,
        person_name=name,
    )


def _small_share(world: World, person: int) -> None:
    """A share of two per cent in somebody else's working company."""
    code, day, _ = _registered(world, stranger(world, low=30, high=60))
    filings(world.book, code, 120_000.0)
    _hold(world, code, person, 0.02, day)
    _hold(world, code, stranger(world, low=30, high=60), 0.98, day)


def _chain(world: World, case: Dibao, clearing: str, turn: int) -> None:
    """Member, one to three holding companies, and the company at the end."""
    person = worker(world, case)
    target, begun, _ = _registered(world, stranger(world, low=30, high=60))
    filings(world.book, target, 0.0 if clearing == "X12" else BIG_REVENUE)
    layers = 1 + turn % 3
    share = 0.05 if clearing == "X11" else 0.8
    concert = not clearing and turn % 3 == 2
    if concert and _in_concert(world, case, person, target, begun):
        first = max(case.start, months.FIRST_PAID)
        about_case(world, "E22", case, person, first, difficulty="overlap", known=0)
        _note(world, case, person, "", "concert")
        return
    holder, since = _who(world, person), _grown(world, person, founded(target))
    for layer in range(layers):
        part = share if layer == 0 else 0.8
        code, day, told = _registered(world, stranger(world, low=30, high=60))
        filings(world.book, code, 0.0)
        since = max(since, day)
        holding(world.book, code, holder, part, since=since)
        _hold(world, code, stranger(world, low=30, high=60), round(1 - part, 2), day)
        holder = told
    holding(world.book, target, holder, 0.8, since=max(since, begun))
    _hold(world, target, stranger(world, low=30, high=60), 0.2, begun)
    _note(world, case, person, clearing, f"{layers + 1} hops")


def _note(world: World, case: Dibao, person: int, clearing: str, difficulty: str) -> None:
    """The truth about a chain."""
    about_case(
        world,
        "E23",
        case,
        person,
        max(case.start, months.FIRST_PAID),
        role="decoy" if clearing else "case",
        clearing=clearing,
        difficulty=difficulty,
        known=0,
    )


def _in_concert(world: World, case: Dibao, person: int, target: str, begun: np.datetime64) -> bool:
    """A fifth in the member's hands, almost half in a close relative's, the member as manager."""
    inside = {m.person for m in case.members}
    near = [k for k in relatives_outside(world, person) if k not in inside]
    if not near:
        return False
    _hold(world, target, person, 0.2, begun)
    _hold(world, target, near[0], 0.45, begun)
    _hold(world, target, stranger(world, low=30, high=60), 0.35, begun)
    _manager(world, target, person, "财务负责人", begun)
    return True
