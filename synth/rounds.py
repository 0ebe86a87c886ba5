"""Planting one code after the other: its cases, then two lookalikes each, as far as homes last."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from doudi.synth import months, parameters
from doudi.synth.payments import LEAST
from doudi.synth.plant import adult, lookalikes, wanted
from doudi.synth.truth import about_case

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

    from doudi.synth.benefits import Dibao
    from doudi.synth.plant import Pool
    from doudi.synth.world import World


@dataclass(frozen=True)
class Plan:
    """How one code is planted.

    Attributes:
        code: Its code.
        clearings: Clearing codes of its lookalikes, taken in turn.
        plant: Plants one household; an empty clearing code makes it a case.
        fits: Whether a household suits a clearing code.
        half: Whether another plan plants the larger half of the code.
    """

    code: str
    clearings: tuple[str, ...]
    plant: Callable[[World, Generator, Dibao, str, int], None]
    fits: Callable[[World, str, Dibao], bool]
    half: bool = False


def plant_each(world: World, active: Pool, plans: tuple[Plan, ...]) -> None:
    """Plant the plans in order; a county without households left plants fewer."""
    for plan in plans:
        rng = world.block.stream(f"{plan.code} half" if plan.half else plan.code)
        cases = wanted(world, plan.code, len(world.dibao))
        cases = cases // 2 if plan.half else cases
        for clearing, turn in turns(cases, plan.clearings):
            case = active.take(partial(plan.fits, world, clearing))
            if case is not None:
                plan.plant(world, rng, case, clearing, turn)


def turns(cases: int, clearings: tuple[str, ...]) -> list[tuple[str, int]]:
    """Cases, each followed by its lookalikes: the clearing code, and which one of its kind."""
    alike = lookalikes(cases, len(clearings))
    places = [(turn * alike / max(cases, 1) - 0.5, "", turn) for turn in range(cases)]
    places += [(n, clearings[n % len(clearings)], n) for n in range(alike)]
    return [(clearing, turn) for _, clearing, turn in sorted(places)]


def grown(world: World, clearing: str, case: Dibao, *, most: int = 3) -> bool:
    """Whether a household is small, lives to the end and has a member in working years."""
    del clearing
    alive = all(world.people.lives(m.person) for m in case.members)
    return alive and len(case.members) <= most and worker(world, case) is not None


def worker(world: World, case: Dibao) -> int | None:
    """The member who can work, free of any job, neither certified as disabled nor severely ill."""
    person = adult(world, case, low=22, high=58)
    if person is None or world.grade[person] or world.jobs.kind[person]:
        return None
    return None if world.shocks.severe[person] <= months.LAST else person


def hand(world: World, case: Dibao) -> int:
    """The member who can work, else the head."""
    person = worker(world, case)
    return case.head if person is None else person


def line(case: Dibao, month: int = months.LAST) -> float:
    """The household's line: the standard for each of its members."""
    return parameters.standards().of(month, urban=case.urban) * len(case.members)


def over(case: Dibao, least: float, *, ratio: float = 1.5) -> float:
    """An amount a month that lifts the household over its line in whatever month."""
    return float(round(max(least, line(case) * ratio + 300.0) / 10) * 10)


def since(rng: Generator, case: Dibao, low: int = 14, high: int = 34) -> int:
    """A month within the benefit from which something holds."""
    return max(case.start + 2, int(rng.integers(low, high)))


def bearable(case: Dibao) -> float:
    """The most that a household can declare and still be paid in each of its months."""
    standards = parameters.standards()
    paid = range(max(case.start, months.FIRST_PAID), case.last_paid() + 1)
    return min(
        (standards.of(month, urban=case.urban) - LEAST) * case.size_in(month) for month in paid
    )


def temper(case: Dibao) -> None:
    """Let a household declare no more than it can, its shares as they are."""
    told, most = sum(member.declared for member in case.members), bearable(case)
    for member in case.members if told > most else ():
        member.declared = round(member.declared * most / told, 2)


def declare(case: Dibao, person: int, amount: float) -> None:
    """The household declares this income of the person and no other."""
    for member in case.members:
        member.declared = amount if member.person == person else 0.0


def note(  # noqa: PLR0913 - one argument a column
    world: World,
    code: str,
    case: Dibao,
    person: int,
    first: int,
    clearing: str,
    *,
    known: int | None = None,
    last: int | None = None,
    difficulty: str = "plain",
) -> None:
    """The truth about one household."""
    about_case(
        world,
        code,
        case,
        person,
        first,
        role="decoy" if clearing else "case",
        clearing=clearing,
        last=last,
        known=max(first if known is None else known, 0),
        difficulty=difficulty,
    )
