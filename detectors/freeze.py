"""Feed health: a detector whose source is missing or too old is frozen.

A frozen detector is not run. What it found before is carried on, its leads are marked stale,
nothing of it is cleared and nothing closed: the silence of a registry is not an answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from doudi.detectors.header import Detector


def stale_sources(
    detector: Detector, feeds: Mapping[str, date], *, as_of_end: date
) -> tuple[str, ...]:
    """Sources of a detector that are missing or older than the header allows.

    Args:
        detector: The detector.
        feeds: For each source the day as of which its newest delivery was known.
        as_of_end: First day after the as-of month; a source known later is not old.

    Returns:
        Slugs in order, empty when the detector may run.
    """
    return tuple(
        slug
        for slug, days in sorted(detector.sources.items())
        if slug not in feeds or (as_of_end - feeds[slug]).days > days
    )


def frozen(
    detectors: tuple[Detector, ...], feeds: Mapping[str, date], *, as_of_end: date
) -> dict[str, tuple[str, ...]]:
    """The frozen detectors by id, each with the sources that freeze it."""
    found = {d.id: stale_sources(d, feeds, as_of_end=as_of_end) for d in detectors}
    return {name: slugs for name, slugs in found.items() if slugs}
