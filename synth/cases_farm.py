"""Planted: income from land (E34), farming on a large scale (E36), large machines (E35)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from doudi.synth import months, parameters
from doudi.synth.farm_insurance import insure
from doudi.synth.farms import lease, livestock
from doudi.synth.firms import KINDS, company
from doudi.synth.machines import SMALL, machines
from doudi.synth.market import members
from doudi.synth.plant import adult, lookalikes, wanted
from doudi.synth.quiet import quiet_homes
from doudi.synth.rural import borrow, forest
from doudi.synth.truth import about_case

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator
    from numpy.typing import NDArray

    from doudi.synth.benefits import Dibao
    from doudi.synth.plant import Pool
    from doudi.synth.world import World

MOST = 2
"""Members of a household that a lease can lift over the line."""
RENTED_OUT = 0.3
"""Rent a head as a share of the standard; the rule looks from a tenth of it on."""
TRIFLE = 0.04
"""Rent as a share of the household's line that is too small to count."""
FOREST_MU = 38.0
HERDS = ((0, 620), (1, 85), (2, 340))
"""Kind of animal in the livestock register, and how many a large farm has."""
INSURED_MU = 160.0
WHOLE_VILLAGE_MU = 640.0


def plant_farms(world: World, active: Pool) -> None:
    """E34, E36 and half of E35; the other half are commercial vehicles."""
    plans: tuple[tuple[str, tuple[str, ...], Callable[..., None]], ...] = (
        ("E34", ("X05", "X18"), _land),
        ("E36", ("X09", "X12"), _scale),
        ("E35", ("X04", "X10", "X02"), _machine),
    )
    for code, clearings, plant in plans:
        rng = world.block.stream(code)
        cases = wanted(world, code, len(world.dibao))
        cases = (cases + 1) // 2 if code == "E35" else cases
        turns = [(turn, "") for turn in range(cases)]
        turns += [
            (t, clearings[t % len(clearings)]) for t in range(lookalikes(cases, len(clearings)))
        ]
        for turn, clearing in turns:
            case = active.take(lambda c: _rural(world, c))
            if case is not None:
                plant(world, rng, case, clearing, turn)


def _rural(world: World, case: Dibao) -> bool:
    """Whether a household lives in the country and has a living head and few members."""
    fits = not case.urban and len(case.members) <= MOST and world.people.lives(case.head)
    return fits and _grown(world, case) is not None


def _grown(world: World, case: Dibao) -> int | None:
    """A member who can work the land."""
    return adult(world, case, low=22, high=72)


def _since(rng: Generator, case: Dibao) -> int:
    """A month within the benefit from which something is the case."""
    return max(case.start + 2, int(rng.integers(14, 34)))


def _land(world: World, rng: Generator, case: Dibao, clearing: str, turn: int) -> None:
    """Land let for a rent that was not declared, was declared, or is a trifle."""
    line = parameters.standards().of(months.LAST, urban=False)
    first, size = _since(rng, case), len(case.members)
    rent_month = size * (RENTED_OUT * line + case.declared_pc())
    if clearing == "X18":
        rent_month = TRIFLE * line * size
    if clearing == "X05":
        rent_month = RENTED_OUT * line * size
    area = round(float(rng.uniform(5.0, 8.5)) * size / (6 if clearing == "X18" else 1), 1)
    rate = float(np.ceil(rent_month * 12 / area / 10) * 10)
    if clearing == "X05":
        first = case.start
        for member in case.members:
            member.declared = round(area * rate / 12, 2) if member.person == case.head else 0.0
    firm = world.firms.code[int(rng.integers(len(world.firms.code)))]
    head, when = np.array([case.head]), np.array([first])
    lease(world, head, str(firm), area=area, rent=rate, first=when, years=20, prefix="LZ")
    if turn % 2 and not clearing:
        forest(world, head, np.array([FOREST_MU + case.head % 90 / 10]))
    _note(world, "E34", case, case.head, first, clearing)


def _note(world: World, code: str, case: Dibao, person: int, first: int, clearing: str) -> None:
    """The truth about one household."""
    role = "decoy" if clearing else "case"
    known = max(first, 0)
    about_case(world, code, case, person, first, role=role, clearing=clearing, known=known)


def _scale(world: World, rng: Generator, case: Dibao, clearing: str, turn: int) -> None:
    """Much land leased, a large herd or a large crop of one's own; or only in name."""
    person = _grown(world, case)
    who, first = np.array([case.head if person is None else person]), _since(rng, case)
    if clearing == "X09":
        _insured(world, who, first, WHOLE_VILLAGE_MU, whole_village=True)
    elif clearing == "X12":
        _cooperative(world, rng, who, first)
    elif turn % 2:
        kind, stock = HERDS[turn // 2 % len(HERDS)]
        livestock(
            world,
            who,
            kind=np.array([kind]),
            stock=np.array([float(stock)]),
            registered=np.array([first]),
            insured=np.array([False]),
            known=np.array([first]),
        )
    else:
        _leases(world, rng, int(who[0]), first)
        _insured(world, who, first, INSURED_MU, whole_village=False)
    _note(world, "E36", case, int(who[0]), first, clearing)


def _cooperative(world: World, rng: Generator, who: NDArray[np.int64], first: int) -> None:
    """A co-operative that lists a member who put nothing in."""
    code, heads = world.firms.new_code("93"), world.homes.head[quiet_homes(world)]
    chair = int(heads[int(rng.integers(len(heads)))])
    world.reserved.add(chair)
    owner = str(world.people.number[chair]), str(world.people.name[chair])
    setup, home = months.day(first - 30, months.any_day(chair)), int(world.people.home[chair])
    name = f"{world.areas.name[world.homes.village[home]]}农民专业合作社"
    company(
        world.book,
        code,
        name,
        owner=owner,
        setup=setup,
        kind=KINDS[3],
        capital=50.0,
        phone=str(world.people.phone[chair]),
        address=str(world.homes.address[home]),
    )
    members(world, [code], np.array([chair]), 60_000.0, setup, role="理事长")
    members(
        world,
        [code],
        who,
        0.0,
        months.day_in(np.array([first]), months.any_day(int(who[0]))),
        role="成员",
    )


def _leases(world: World, rng: Generator, lessee: int, first: int) -> None:
    """Land of eight neighbours, more than fifty mu in all."""
    homes = world.homes
    near = np.flatnonzero(quiet_homes(world) & ~homes.urban)
    lessors = homes.head[np.sort(rng.permutation(near)[:8])]
    lease(
        world,
        lessors,
        str(world.people.number[lessee]),
        area=np.round(rng.uniform(7.5, 14.0, len(lessors)), 1),
        rent=320.0,
        first=np.full(len(lessors), first),
        years=8,
        serial=(homes.first + int(world.people.home[lessee]) + 1) * 10 + np.arange(len(lessors)),
        prefix="CB",
    )


def _insured(
    world: World, who: NDArray[np.int64], first: int, area: float, *, whole_village: bool
) -> None:
    """A crop insured from the year of the first month on."""
    for year in range(2022 + (first + 6) // 12, 2026):
        insure(
            world,
            who,
            year,
            kind=np.array([1]),
            quantity=area + who % 40,
            claim=0.0,
            whole_village=whole_village,
            prefix="CT" if whole_village else "CG",
        )


def _machine(world: World, rng: Generator, case: Dibao, clearing: str, turn: int) -> None:
    """A tractor or harvester of more than 50 kW; or a tiller, one on credit, one sold again."""
    first = _since(rng, case)
    person = _grown(world, case)
    owner, day = (
        np.array([case.head if person is None else person]),
        months.day(first, months.any_day(case.home)),
    )
    kind = np.array([1 if clearing == "X04" else SMALL + turn % 3])
    told: dict[str, Any] = {}
    if clearing == "X02":
        day = months.day(case.start - 40, months.any_day(case.home))
        told = {"status": "已转让" if turn % 2 else "报废"}
    if clearing == "X10":
        told = {"price": 58_000.0, "subsidy": 9_000.0}
        when = np.array([first])
        borrow(world, owner, when, 48_000.0, due=when + 36, day=6, use="购买农机")
    machines(world, owner, kind, np.array([day]), **told)
    start = case.start if clearing == "X02" else first + 1
    _note(world, "E35", case, int(owner[0]), start, clearing)
