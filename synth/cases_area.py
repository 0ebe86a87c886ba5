"""Planted: handlers whose approvals are all alike (E32), villages that share alike (E48)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months, parameters
from doudi.synth.plant import LOOKALIKES, wanted
from doudi.synth.rounds import bearable
from doudi.synth.truth import Planted

if TYPE_CHECKING:
    from numpy.random import Generator

    from doudi.synth.benefits import Dibao
    from doudi.synth.world import World

ENOUGH = 20
"""Households below which nothing can be said of an office or a village."""
FREE = 0.5
"""Share of an office's or a village's households that must be free to be made alike."""
STRUCK = 0.2
"""Share of a village's homes that a disaster met where the whole village was helped alike."""
ALIKE = 120.0
"""Income a head that a careless handler writes down for everybody, CNY a month."""
SHARED = 450.0
"""What each household gets where a village shares alike, CNY a month."""
BATCH = -30
"""Month of an approval day on which an office caught up with old files."""
BATCH_DAY = 18


def plant_areas(world: World) -> None:
    """E48, then E32; both change what free households declare, and take none of them out of use."""
    shared = _villages(world, world.block.stream("E48"))
    _handlers(world, world.block.stream("E32"), shared)


def _free(world: World, cases: list[Dibao]) -> list[Dibao]:
    """Those of the households in which nothing is planted."""
    return [case for case in cases if world.is_free(case.home)]


def _villages(world: World, rng: Generator) -> set[int]:
    """Villages where every household gets the same; lookalikes were struck. Returns their homes."""
    cases = wanted(world, "E48", len(world.areas.code))
    by_village: dict[int, list[Dibao]] = {}
    for case in world.dibao:  # few: one a recipient household
        if case.active() and case.start <= months.SNAPSHOT:
            by_village.setdefault(case.village, []).append(case)
    large = {
        village: found
        for village, found in by_village.items()
        if len(found) >= ENOUGH
        and len(_free(world, found)) >= FREE * len(found)
        and str(world.areas.code[village]) in world.officials.area
    }
    order = [list(large)[i] for i in rng.permutation(len(large)).tolist()]
    struck = [v for v in order if _struck(world, v)]
    chosen = [v for v in order if v not in struck][:cases]
    for village in chosen + struck[: LOOKALIKES * len(chosen)]:
        for case in _free(world, large[village]):
            _share(case)
        code = str(world.areas.code[village])
        holder = world.officials.person[world.officials.area.index(code)]
        _note(world, "E48", holder, "decoy" if village in struck else "case", f"area {code}")
    return {case.home for village in large for case in large[village]} if chosen else set()


def _struck(world: World, village: int) -> bool:
    """Whether a disaster met a village that has its own committee."""
    here = world.homes.village == village
    return bool((world.shocks.disaster[here] <= months.SNAPSHOT).mean() > STRUCK)


def _share(case: Dibao) -> None:
    """Let a household declare what makes its amount that of all others."""
    standard = parameters.standards().of(months.LAST, urban=case.urban)
    declared = min(max(0.0, standard * case.size_in(months.LAST) - SHARED), bearable(case))
    for member in case.members:
        member.declared = declared if member.person == case.head else 0.0


def _handlers(world: World, rng: Generator, shared: set[int]) -> None:
    """Handlers who write down one income for all; lookalikes caught up on one day."""
    logins = [login for own in world.officials.handlers.values() for login in own]
    cases = wanted(world, "E32", len(logins))
    by_login: dict[str, list[Dibao]] = {}
    for case in world.dibao:  # few: one a recipient household
        if case.active() and case.start <= months.SNAPSHOT:
            by_login.setdefault(case.handler, []).append(case)
    large = [
        login
        for login in logins
        if len(found := by_login.get(login, [])) >= ENOUGH
        and sum(c.home not in shared for c in _free(world, found)) >= FREE * len(found)
    ]
    order = [large[i] for i in rng.permutation(len(large)).tolist()]
    same = {login: _sameness(by_login[login]) for login in order}
    usual = [login for login in order[cases:] if same[login] <= np.median(list(same.values()))]
    for turn, login in enumerate(order[:cases] + usual[: cases * LOOKALIKES]):
        for case in [c for c in _free(world, by_login[login]) if c.home not in shared]:
            if turn < cases:
                _write_alike(case)
            elif case.start < 0:
                _approve_together(world, case)
        holder = world.officials.person[world.officials.login.index(login)]
        _note(world, "E32", holder, "case" if turn < cases else "decoy", f"office {login}")


def _sameness(cases: list[Dibao]) -> float:
    """Share of an office's households that declare its most frequent income."""
    _, counts = np.unique([round(case.declared_pc(), 2) for case in cases], return_counts=True)
    return float(counts.max() / len(cases))


def _write_alike(case: Dibao) -> None:
    """The same income a head as everybody's."""
    for member in case.members:
        member.declared = ALIKE


def _approve_together(world: World, case: Dibao) -> None:
    """An approval on the day on which the office caught up."""
    if all(member.added == case.start for member in case.members):
        for member in case.members:
            member.added = BATCH
        case.start, case.approved = BATCH, BATCH_DAY
        world.aid.dibao_from[case.home] = BATCH


def _note(world: World, code: str, holder: int, role: str, difficulty: str) -> None:
    """The truth about an office or a village; it names who answers for it, and no household."""
    world.truth.add(
        Planted(
            code,
            role,
            "",
            "village_committee_roster",
            holder,
            months.FIRST_PAID,
            months.LAST,
            difficulty=difficulty,
        )
    )
