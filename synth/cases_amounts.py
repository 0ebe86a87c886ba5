"""Planted: amounts reckoned wrongly (E41), help that went on when its time was over (E42)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months, parameters
from doudi.synth.archives import archive_number
from doudi.synth.edge import EDGE_VALID
from doudi.synth.homes import edge_number
from doudi.synth.payments import LEAST, pay
from doudi.synth.plant import lookalikes, wanted
from doudi.synth.quiet import told_of
from doudi.synth.registers import event, put_off
from doudi.synth.truth import Planted, about_case, about_need

if TYPE_CHECKING:
    from numpy.random import Generator

    from doudi.synth.benefits import Dibao
    from doudi.synth.plant import Pool
    from doudi.synth.world import World

RAISED = 36
"""July 2025, when the standard last rose."""
ARREARS = 38
"""When what was missing since the rise is paid, where the office noticed."""
LATEST = 30
"""A household that is paid wrongly entered before this month."""
SHORT = 0.3
"""Share of a single person's amount that a slip leaves out."""
GRACE = 6
TOLD = 39
"""October 2025, when the ledger of the last year is known."""
OVERDUE = 2
"""Months after the end from which it contradicts that a household is still on the register."""
EDGE = "low_income_edge_register"


def plant_amounts(world: World, active: Pool) -> None:
    """E41 and E42 with their lookalikes."""
    rng = world.block.stream("E41")
    cases = wanted(world, "E41", len(world.dibao))
    for turn in range(cases + lookalikes(cases, 1)):
        case = active.take(_steady)
        if case is not None and turn < cases:
            _slip(world, rng, case, turn)
        elif case is not None:
            _made_good(world, case, turn)
    _plant_expired(world, world.block.stream("E42"), active)


def _steady(case: Dibao) -> bool:
    """Whether a household keeps its size and gets more than the least amount."""
    first = max(case.start, months.FIRST_PAID)
    same = all(m.added <= first and m.removed == months.OPEN for m in case.members)
    standard = parameters.standards().of(0, urban=case.urban)
    return same and case.start <= LATEST and standard - case.declared_pc() > 2 * LEAST


def _gap(case: Dibao, month: int) -> float:
    """What one member gets in a month."""
    return round(parameters.standards().of(month, urban=case.urban) - case.declared_pc(month), 2)


def _rise(case: Dibao) -> float:
    """What the household gets more since the standard rose."""
    return round((_gap(case, RAISED) - _gap(case, RAISED - 1)) * len(case.members), 2)


def _slip(world: World, rng: Generator, case: Dibao, turn: int) -> None:
    """In turn: the rise left out, somebody counted twice, somebody forgotten, and twice again."""
    first, kind = max(case.start + 1, int(rng.integers(14, LATEST + 2))), "miscounted"
    if turn % 4 == 0:
        first, kind, wrong = RAISED, "standard", -_rise(case)
    elif turn % 2:
        wrong = _gap(case, first)
    else:
        wrong = (
            -_gap(case, first) if len(case.members) > 1 else -round(SHORT * _gap(case, first), 2)
        )
    case.slip = (first, months.LAST, wrong)
    side = "under-paid" if wrong < 0 else "over-paid"
    about_case(world, "E41", case, case.head, first, difficulty=f"{side} {kind}", known=first)
    _in_question(world, abs(wrong))


def _in_question(world: World, monthly: float) -> None:
    """What the last planted fact is about is not what was paid, but what was wrong in its months."""
    noted = world.truth.planted[-1]
    count = noted.last - noted.first + 1
    world.truth.planted[-1] = replace(noted, amount=round(monthly * count, 2))


def _made_good(world: World, case: Dibao, turn: int) -> None:
    """The rise came two months late, with the arrears: each month's, or both at once."""
    missing = _rise(case)
    case.slip = (RAISED, ARREARS - 1, -missing)
    single = turn % 2 == 0
    months_owed = np.arange(RAISED, ARREARS)
    pay(
        world,
        np.full(1 if single else len(months_owed), ARREARS),
        payee=case.head,
        account=case.account,
        name=case.account_name,
        programme="城市低保" if case.urban else "农村低保",
        amount=missing * (len(months_owed) if single else 1),
        household=case.number,
        village=case.village,
        day=13 + case.home % 15,
        benefit_month=np.array([ARREARS]) if single else months_owed,
    )
    about_case(
        world,
        "E41",
        case,
        case.head,
        RAISED,
        role="decoy",
        clearing="X19",
        last=ARREARS - 1,
        difficulty="arrears at once" if single else "arrears",
        known=ARREARS,
    )
    _in_question(world, missing)


def _plant_expired(world: World, rng: Generator, active: Pool) -> None:
    """Half on the benefit after a grace, half recognitions as an edge household."""
    cases = wanted(world, "E42", len(world.dibao))
    edge = rng.permutation(_renewable(world)).tolist()
    for turn in range(cases + lookalikes(cases, 2)):
        clearing = "" if turn < cases else ("X23", "X06")[turn % 2]
        recognised = clearing != "X06" and turn % 4 in {1, 2} and edge
        case = None if recognised else active.take(lambda c: c.start < RAISED - GRACE)
        if recognised:
            _lapse(world, edge.pop(), clearing)
        elif case is not None:
            _overstay(world, rng, case, clearing)


def _overstay(world: World, rng: Generator, case: Dibao, clearing: str) -> None:
    """A grace that is over, or not over yet; or about which a decision is pending."""
    end = int(rng.integers(RAISED - 2, RAISED + 5))
    if clearing == "X06":
        end = months.LAST + 2
    first = max(case.start + 1, end - GRACE + 1)
    put_off(world, case, first, end, spell=GRACE)
    if clearing == "X23":
        event(
            world,
            case.number,
            "低保",
            "申请",
            end - 1,
            "复核续保申请",
            people=[m.person for m in case.members],
            village=case.village,
        )
    month = first if clearing == "X06" else end + OVERDUE
    role = "decoy" if clearing else "case"
    about_case(
        world,
        "E42",
        case,
        case.head,
        month,
        role=role,
        clearing=clearing,
        difficulty="grace",
        known=month,
    )


def _last_renewal(first: int) -> int:
    """When an edge household was last recognised or should have been."""
    return first + (months.LAST - first) // EDGE_VALID * EDGE_VALID


def _renewable(world: World) -> list[int]:
    """Homes on the edge register only, whose renewal came due within the delivered months."""
    aid, homes = world.aid, world.homes
    fits = (aid.edge_from <= months.LAST) & (aid.dibao_from > months.LAST) & ~aid.tekun
    fits &= ~told_of(world) & world.people.living()[homes.head]
    due = np.array([_last_renewal(int(first)) for first in aid.edge_from.tolist()])
    fits &= (due > aid.edge_from) & (due >= months.FIRST_PAID) & (due < months.LAST - OVERDUE)
    return np.flatnonzero(fits).tolist()


def _lapse(world: World, home: int, clearing: str) -> None:
    """A recognition that ran out and stayed on the register; renewal asked for in time or not.

    Whose ledger fits still has, without a renewal, an unmet need as well (L24).
    """
    homes, number = world.homes, edge_number(world.homes, home)
    due, head = _last_renewal(int(world.aid.edge_from[home])), int(world.homes.head[home])
    world.lapsed.add(home)
    world.used.add(home)
    if clearing:
        village = int(homes.village[home])
        event(
            world, number, "低保边缘", "申请", due - 1, "续期申请", people=[head], village=village
        )
    elif world.aid.archived[home] and not (world.assets.car[home] or world.assets.second[home]):
        archive = ("poverty_archive", archive_number(world, home))
        about_need(world, "L24", archive, head, max(due + 1, TOLD), difficulty="overlap")
    role = "decoy" if clearing else "case"
    month = due + OVERDUE
    world.truth.add(
        Planted(
            "E42",
            role,
            number,
            EDGE,
            head,
            month,
            months.LAST,
            clearing,
            difficulty="recognition",
            known=month,
        )
    )
