"""What became of lines in quarantine that were sent again: ``home/quarantine/repairs.jsonl``.

It only grows, and holds no value of a row.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from doudi.graph.drafts import write_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

Place = tuple[str, str, str, int, str]
"""Batch, source, file, line, and the digest of the delivery that came with it."""


@dataclass(frozen=True)
class Fate:
    """What became of a line that was sent again.

    Attributes:
        fate: ``loaded``, ``duplicate`` of another line that was sent with it, or ``overtaken``.
        still: Fields that are unknown all the same.
    """

    place: Place
    fate: str
    still: tuple[str, ...] = ()


def fates(home: Path) -> dict[Place, Fate]:
    """The newest fate of each line that was sent again."""
    path = _notes(home)
    found = {}
    for text in path.read_text("utf-8").splitlines() if path.exists() else ():
        told = json.loads(text)
        place = (told["batch"], told["source"], told["file"], told["line"], told["told"])
        found[place] = Fate(place, told["fate"], tuple(told["still"]))
    return found


def note_fates(home: Path, as_known: date, news: Iterable[Fate]) -> None:
    """Add what became of lines, where that is not known already."""
    known = fates(home)
    fresh = [fate for fate in news if known.get(fate.place) != fate]
    if not fresh:
        return
    path = _notes(home)
    before = path.read_text("utf-8") if path.exists() else ""
    names = ("batch", "source", "file", "line", "told")
    added = [
        dict(zip(names, fate.place, strict=True))
        | {"fate": fate.fate, "still": list(fate.still), "as_known": as_known.isoformat()}
        for fate in fresh
    ]
    text = "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in added)
    write_bytes(path, (before + text).encode())


def _notes(home: Path) -> Path:
    return home / "quarantine" / "repairs.jsonl"
