"""The health record of each feed: what every delivery looked like, kept beside the tables.

``tables/feeds/<slug>.jsonl`` has a line a delivery and only grows. A delivery that was stopped leaves
nothing there; ``tables/stopped.jsonl`` says that it came, and why it was stopped. What the lines mean
is said in ``verdicts.py``.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from doudi.graph.errors import HomeError
from doudi.loaders.sketch import Sketch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from doudi.graph.errors import FeedStopped
    from doudi.loaders.modes import Delivery
    from doudi.loaders.receipt import FileReceipt


@dataclass(frozen=True)
class Record:
    """One delivery of one feed.

    Attributes:
        rows: Rows that were sent; ``rows = loaded + refused + duplicates``.
        control: Control totals, as in the receipt.
    """

    as_known: date
    batch: str
    mode: str
    files: int = 0
    rows: int = 0
    loaded: int = 0
    refused: int = 0
    duplicates: int = 0
    control: list[dict[str, Any]] = field(default_factory=list)
    sketch: Sketch = field(default_factory=Sketch)


@dataclass(frozen=True)
class Stop:
    """A delivery of one feed that was stopped.

    Attributes:
        which: Why, a key of ``messages.FOUND``.
        told: What was said then, in Chinese and English.
    """

    slug: str
    as_known: date
    batch: str
    which: str
    told: tuple[str, str]


def note_health(
    home: Path, slug: str, delivery: Delivery, receipts: Sequence[FileReceipt], seen: Sketch
) -> None:
    """Keep the record of a delivery.

    Args:
        home: The home folder.
        slug: The data type.
        delivery: The delivery.
        receipts: What became of the rows, one a file.
        seen: What they look like.
    """
    record = Record(
        as_known=delivery.as_known,
        batch=delivery.batch,
        mode=delivery.mode,
        files=len(receipts),
        rows=sum(file.rows_in for file in receipts),
        loaded=sum(file.loaded for file in receipts),
        refused=sum(file.quarantined for file in receipts),
        duplicates=sum(file.duplicates for file in receipts),
        control=[total for file in receipts for total in file.control],
        sketch=seen,
    )
    _add(_path(home, slug), record)


def note_stopped(home: Path, slug: str, delivery: Delivery, error: FeedStopped) -> None:
    """Keep that a delivery came and was stopped."""
    stop = Stop(slug, delivery.as_known, delivery.batch, error.which, error.message)
    _add(home / "tables" / "stopped.jsonl", stop, slug=slug)


def records(home: Path, slug: str, as_known: date | None = None) -> list[Record]:
    """The deliveries of a feed in the order of their days, those of one day as they were loaded."""
    found = [_read(line) for line in _lines(_path(home, slug))]
    known = [record for record in found if record.as_known <= (as_known or date.max)]
    return sorted(known, key=lambda record: record.as_known)


def recorded(home: Path) -> list[str]:
    """Slugs of the feeds with a record."""
    return sorted(path.stem for path in (home / "tables" / "feeds").glob("*.jsonl"))


def _path(home: Path, slug: str) -> Path:
    return home / "tables" / "feeds" / f"{slug}.jsonl"


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines() if path.exists() else []


def stops(home: Path, as_known: date | None = None) -> dict[str, Stop]:
    """The newest stopped delivery of each feed that has one."""
    tables = [json.loads(line) for line in _lines(home / "tables" / "stopped.jsonl")]
    found = [
        Stop(
            **table
            | {"as_known": date.fromisoformat(table["as_known"]), "told": tuple(table["told"])}
        )
        for table in tables
    ]
    known = [stop for stop in found if stop.as_known <= (as_known or date.max)]
    return {stop.slug: stop for stop in sorted(known, key=lambda stop: stop.as_known)}


def _read(line: str) -> Record:
    table = json.loads(line)
    seen = table.pop("sketch")
    seen["span"] = tuple(seen["span"])
    table["as_known"] = date.fromisoformat(table["as_known"])
    return Record(**table, sketch=Sketch(**seen))


def _add(path: Path, entry: Record | Stop, **same: str) -> None:
    """Add a line, unless the newest one of the same delivery says the same."""
    lines = _lines(path)
    line = json.dumps(asdict(entry), ensure_ascii=False, sort_keys=True, default=date.isoformat)
    same |= {"as_known": entry.as_known.isoformat(), "batch": entry.batch}
    known = [old for old in lines if same.items() <= json.loads(old).items()]
    if known and known[-1] == line:
        return
    draft = path.with_suffix(f".{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text("".join(f"{one}\n" for one in [*lines, line]), "utf-8")
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise HomeError.unwritten(error, f"{path.parent.name}/{path.name}") from error
