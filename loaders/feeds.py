"""When each feed last came, with or without news: a silent feed is not a feed without news."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def feeds(home: Path) -> dict[str, date]:
    """For each source the day its newest delivery was known."""
    path = home / "tables" / "feeds.json"
    if not path.exists():
        return {}
    return {slug: date.fromisoformat(day) for slug, day in json.loads(path.read_text()).items()}


def note_feed(home: Path, slug: str, as_known: date) -> None:
    """Keep the day of a delivery, unless a newer one came before."""
    known = feeds(home)
    known[slug] = max(as_known, known.get(slug, as_known))
    path = home / "tables" / "feeds.json"
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps({s: day.isoformat() for s, day in sorted(known.items())}))
    draft.replace(path)
