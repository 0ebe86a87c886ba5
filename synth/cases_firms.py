"""Planted: company and business roles (E22), control through chains (E23)."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.assets import NAT
from doudi.synth.cases_assets import stranger
from doudi.synth.firms import company, filings, holding
from doudi.synth.people import NOBODY
from doudi.synth.plant import has_adult, lookalikes, wanted, worker
from doudi.synth.truth import about_case

if TYPE_CHECKING:
    from doudi.synth.plant import Pool
    from doudi.synth.world import Dibao, World

LONG_AGO = np.datetime64("2014-09-12")
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


def _business(
    world: World, person: int, *, revenue: float, employees: int, status: str, profit: float = 0.12
) -> None:
    """An individual business with quarterly filings."""
    code = world.firms.new_code("92")
    number, name = _who(world, person)
    world.book.add(
        "individual_business",
        uscc=[code],
        name=f"{name[0]}记小吃店{code[-4:]}",
        operator_id=number,
        industry="餐饮",
        setup_date=world.people.grown(np.array([person]), np.array([LONG_AGO])),
        status=status,
        funds=3.0,
        employees=employees,
        operator_name=name,
        address=str(world.homes.address[world.people.home[person]]),
    )
    filings(world.book, code, revenue, profit=profit)


def _own_company(world: World, person: int, *, revenue: float, status: str) -> None:
    """A company that a member represents, manages and mostly owns."""
    code = world.firms.new_code()
    other = stranger(world, low=30, high=60)
    company(
        world.book,
        code,
        f"合成{code[-5:]}商贸有限公司",
        owner=_who(world, person),
        setup=world.people.grown(np.array([person]), np.array([LONG_AGO]))[0],
        status=status,
        phone=str(world.people.phone[person]),
    )
    holding(world.book, code, _who(world, person), 0.6, since=LONG_AGO)
    holding(world.book, code, _who(world, other), 0.4, since=LONG_AGO)
    _manager(world, code, person, "执行董事")
    filings(
        world.book, code, revenue, months_each=1, status="非正常" if status == "吊销" else "正常"
    )


def _manager(world: World, code: str, person: int, position: str) -> None:
    """One row of executives."""
    number, name = _who(world, person)
    world.book.add(
        "executives",
        company_uscc=[code],
        person_id=number,
        position=position,
        from_date=LONG_AGO,
        to_date=NAT,
        person_name=name,
    )


def _small_share(world: World, person: int) -> None:
    """A share of two per cent in somebody else's working company."""
    code = _outside_company(world, "股份", revenue=120_000.0)
    holding(world.book, code, _who(world, person), 0.02, since=LONG_AGO)
    holding(world.book, code, _who(world, stranger(world, low=30, high=60)), 0.98, since=LONG_AGO)


def _outside_company(world: World, word: str, *, revenue: float | None) -> str:
    """A company that somebody outside every register represents."""
    code = world.firms.new_code()
    owner = stranger(world, low=30, high=60)
    company(
        world.book, code, f"合成{code[-5:]}{word}有限公司", owner=_who(world, owner), setup=LONG_AGO
    )
    if revenue is not None:
        filings(world.book, code, revenue)
    return code


def _chain(world: World, case: Dibao, clearing: str, turn: int) -> None:
    """Member, one to three holding companies, and the company at the end."""
    person = worker(world, case)
    target = _outside_company(world, "实业", revenue=0.0 if clearing == "X12" else BIG_REVENUE)
    layers = 1 + turn % 3
    share = 0.05 if clearing == "X11" else 0.8
    concert = not clearing and turn % 3 == 2
    if concert and _in_concert(world, case, person, target):
        about_case(world, "E22", case, person, max(case.start, months.FIRST_PAID), known=0)
        _note(world, case, person, "", "concert")
        return
    holder = _who(world, person)
    for layer in range(layers):
        code = _outside_company(world, f"投资{layer + 1}", revenue=0.0)
        holding(world.book, code, holder, share if layer == 0 else 0.8, since=LONG_AGO)
        rest = _who(world, stranger(world, low=30, high=60))
        holding(
            world.book, code, rest, round(1 - (share if layer == 0 else 0.8), 2), since=LONG_AGO
        )
        holder = code, f"合成{code[-5:]}投资{layer + 1}有限公司"
    holding(world.book, target, holder, 0.8, since=LONG_AGO)
    holding(world.book, target, _who(world, stranger(world, low=30, high=60)), 0.2, since=LONG_AGO)
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


def _in_concert(world: World, case: Dibao, person: int, target: str) -> bool:
    """A fifth in the member's hands, almost half in a close relative's, the member as manager."""
    people, inside = world.people, {m.person for m in case.members}
    age = people.age()
    near = [
        k
        for k in sorted(world.kin.within(person, 2))
        if k not in inside
        and people.home[k] != NOBODY
        and not world.aid.knows(int(people.home[k]))
        and 22 < age[k] < 75
        and people.lives(k)
    ]
    if not near:
        return False
    holding(world.book, target, _who(world, person), 0.2, since=LONG_AGO)
    holding(world.book, target, _who(world, near[0]), 0.45, since=LONG_AGO)
    holding(world.book, target, _who(world, stranger(world, low=30, high=60)), 0.35, since=LONG_AGO)
    _manager(world, target, person, "财务负责人")
    return True
