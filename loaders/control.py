"""A delivery folder: its ``delivery.toml``, its files, and the control totals of the sender."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from doudi.graph.errors import DeliveryError
from doudi.loaders.modes import Delivery
from doudi.loaders.read import SUFFIXES, slug_of
from doudi.loaders.receipt import Control

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from doudi.loaders.clean import Feed
    from doudi.loaders.source import Source

MODES = ("snapshot", "delta")
EPOCHS = (1900, 1904)
LAST_MONTH = 12


@dataclass(frozen=True)
class Folder:
    """What a delivery folder says of itself.

    Attributes:
        modes: Mode of single sources that differ.
        epochs: First year of Excel serial dates of single sources, where it is 1904.
        control: Control totals by source: ``rows``, and sums of amounts as sent.
    """

    path: Path
    batch: str
    as_known: date
    mode: str
    modes: dict[str, str] = field(default_factory=dict)
    epochs: dict[str, int] = field(default_factory=dict)
    control: dict[str, dict[str, float]] = field(default_factory=dict)

    def for_source(self, slug: str) -> Delivery:
        """The delivery as it is for one source."""
        month = _month(self.batch) or self.as_known.replace(day=1)
        return Delivery(self.batch, self.as_known, self.modes.get(slug, self.mode), month)

    def dated(self, source: Source) -> Source:
        """The source with the epoch of this folder's serial dates."""
        if source.slug not in self.epochs:
            return source
        epoch = self.epochs[source.slug]
        columns = {name: replace(column, epoch=epoch) for name, column in source.columns.items()}
        return replace(source, columns=columns)

    def feeds(self) -> dict[str, list[Path]]:
        """Its data files by data type; the parts of one type in their order."""
        found: dict[str, list[Path]] = {}
        paths = (p for p in self.path.iterdir() if p.name.endswith(SUFFIXES) and p.is_file())
        for path in sorted(paths, key=lambda p: (slug_of(p), _part(p), p.name)):
            if not path.name.startswith((".", "~")):
                found.setdefault(slug_of(path), []).append(path)
        return found


def _part(path: Path) -> int:
    found = re.search(r"\.part(\d+)\.", path.name)
    return int(found[1]) if found else 0


def read_folder(path: Path) -> Folder:
    """The folder's own words, with the defaults of the contract.

    Raises:
        DeliveryError: if there is no such folder, or ``delivery.toml`` is wrong.
    """
    if not path.is_dir():
        raise DeliveryError(
            "no such folder", where=str(path), expected="a folder of <slug>.csv files",
            next_step="check the path",
        )  # fmt: skip  # one call
    table = _table(path / "delivery.toml")
    mode = table.get("mode", "snapshot")
    own, control = _tables(path, table, "source"), _tables(path, table, "control")
    modes = {slug: entry.get("mode", mode) for slug, entry in own.items()}
    wrong = sorted({str(m) for m in (mode, *modes.values()) if m not in MODES})
    if wrong:
        raise _broken(path, f"mode {wrong[0]!r}", " or ".join(MODES))
    as_known = table.get("as_known", datetime.now(UTC).date())
    if isinstance(as_known, datetime):
        as_known = as_known.date()
    if not isinstance(as_known, date):
        raise _broken(path, f"as_known is {as_known!r}", "a day without quotes, such as 2026-07-03")
    epochs = {slug: entry["epoch"] for slug, entry in own.items() if "epoch" in entry}
    odd = [f"{slug}: {year!r}" for slug, year in epochs.items() if year not in EPOCHS]
    if odd:
        raise _broken(path, f"epoch of {odd[0]}", " or ".join(map(str, EPOCHS)))
    batch = str(table.get("batch", path.resolve().name))
    return Folder(path, batch, as_known, mode, modes, epochs, control)


def _broken(folder: Path, found: str, expected: str) -> DeliveryError:
    return DeliveryError(
        found,
        where=f"{folder.name}/delivery.toml",
        expected=expected,
        next_step="mend the file and load the folder again; nothing was loaded from it",
    )


def _tables(folder: Path, table: dict[str, Any], name: str) -> dict[str, dict[str, Any]]:
    """The tables ``[name.<slug>]``."""
    own = table.get(name, {})
    if not isinstance(own, dict) or not all(isinstance(entry, dict) for entry in own.values()):
        raise _broken(folder, f"{name} is no table of tables", f"[{name}.<slug>]")
    return own


def _table(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _broken(path.parent, str(error), "TOML in UTF-8") from None


def _month(batch: str) -> date | None:
    found = re.match(r"^(\d{4})-?(\d{2})", batch)
    return (
        date(int(found[1]), int(found[2]), 1)
        if found and 1 <= int(found[2]) <= LAST_MONTH
        else None
    )


def compare(
    con: duckdb.DuckDBPyConnection, feed: Feed, wanted: dict[str, float], rows: int
) -> list[Control]:
    """Control totals against all rows as sent, refused ones and duplicates included."""
    found: list[Control] = []
    for name, expected in wanted.items():  # a few totals a file
        if name == "rows":
            found.append(Control(name, float(expected), float(rows)))
        elif feed.has(name) and feed.source.columns[name].type in ("decimal", "int", "ratio"):
            total = con.execute(f'SELECT coalesce(sum("{name}__sent"), 0) FROM typed').fetchall()[
                0
            ][0]
            found.append(Control(name, float(expected), round(float(total), 4)))
        else:
            found.append(Control(name, float(expected), 0.0))
    return found
