"""Feed health: a detector whose source is missing, too old or not to be relied upon is frozen.

A frozen detector is not run. What it found before is carried on, its leads are marked stale,
nothing of it is cleared and nothing closed: the silence of a registry is not an answer. Neither is
it where a clearing check would take it for one: such an answer is held back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from doudi.detectors.header import ClearingCheck, Detector

INCOMES = (
    "employee_social_insurance",
    "enterprise_tax_filing",
    "individual_business",
    "provident_fund_contribution",
    "public_payroll",
)
"""Sources whose silence would make the recomputed income (X07) smaller than it is."""


def unreliable(
    needed: Mapping[str, int],
    feeds: Mapping[str, date],
    *,
    as_of_end: date,
    sick: Collection[str] = (),
) -> tuple[str, ...]:
    """Sources that are missing, older than allowed, or sick.

    Args:
        needed: Slugs with the greatest age in days.
        feeds: For each source the day as of which its newest delivery was known.
        as_of_end: First day after the as-of month; a source known later is not old.
        sick: Sources whose newest delivery is not to be relied upon.

    Returns:
        Slugs in order, empty when all may be relied upon.
    """
    return tuple(
        slug
        for slug, days in sorted(needed.items())
        if slug not in feeds or (as_of_end - feeds[slug]).days > days or slug in sick
    )


def frozen(
    detectors: tuple[Detector, ...],
    feeds: Mapping[str, date],
    *,
    as_of_end: date,
    sick: Collection[str] = (),
) -> dict[str, tuple[str, ...]]:
    """The frozen detectors by id, each with the sources that freeze it."""
    found = {d.id: unreliable(d.sources, feeds, as_of_end=as_of_end, sick=sick) for d in detectors}
    return {name: slugs for name, slugs in found.items() if slugs}


@dataclass(frozen=True, slots=True)
class Held:
    """Answers of a clearing check that are held back.

    Attributes:
        slugs: Sources that are silent.
        reasons: Reasons whose answers rest on their silence; None where every answer does.
    """

    slugs: tuple[str, ...]
    reasons: tuple[str, ...] | None


def held_back(
    checks: Mapping[str, ClearingCheck | None],
    feeds: Mapping[str, date],
    *,
    as_of_end: date,
    sick: Collection[str] = (),
) -> dict[str, Held]:
    """Clearing codes whose answers may rest on the silence of a source, and are held back.

    Args:
        checks: The checks that would run by code; None for one that is built in.
        feeds: For each source the day as of which its newest delivery was known.
        as_of_end: First day after the as-of month.
        sick: Sources whose newest delivery is not to be relied upon.
    """
    found: dict[str, Held] = {}
    for code, check in checks.items():
        if check is None:
            slugs = tuple(slug for slug in INCOMES if slug in sick)
            if code == "X07" and slugs:
                found[code] = Held(slugs, None)
            continue
        ages = {slug: silence.days for slug, silence in check.silence.items()}
        slugs = unreliable(ages, feeds, as_of_end=as_of_end, sick=sick)
        if slugs:
            found[code] = Held(slugs, answers_of(check, slugs))
    return found


def answers_of(check: ClearingCheck, slugs: Collection[str]) -> tuple[str, ...] | None:
    """Reasons of a check that rest on the silence of some sources; None where every one does."""
    lists = [check.silence[slug].reasons for slug in slugs]
    if any(not reasons for reasons in lists):
        return None
    return tuple(sorted({reason for reasons in lists for reason in reasons}))
