"""When each feed came, with or without news: a silent feed is not a feed without news."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def feeds(home: Path, as_known: date | None = None) -> dict[str, date]:
    """For each source the day its newest delivery was known, none later than ``as_known``."""
    last = as_known or date.max
    return {
        slug: max(day for day in days if day <= last)
        for slug, days in deliveries(home).items()
        if min(days) <= last
    }


def deliveries(home: Path) -> dict[str, list[date]]:
    """For each source the days its deliveries were known, the oldest first."""
    path = home / "tables" / "feeds.json"
    if not path.exists():
        return {}
    told = json.loads(path.read_text()).items()
    days = {slug: [one] if isinstance(one, str) else one for slug, one in told}  # one day, once
    return {slug: sorted(map(date.fromisoformat, several)) for slug, several in days.items()}


def note_feed(home: Path, slug: str, as_known: date) -> None:
    """Keep the day of a delivery."""
    known = deliveries(home)
    known[slug] = sorted({as_known, *known.get(slug, [])})
    path = home / "tables" / "feeds.json"
    draft = path.with_suffix(".new")
    told = {slug: [day.isoformat() for day in days] for slug, days in sorted(known.items())}
    draft.write_text(json.dumps(told))
    draft.replace(path)
