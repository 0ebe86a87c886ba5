"""A delivery folder: its ``delivery.toml``, its files, and the control totals of the sender."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from doudi.graph.errors import DeliveryError, UnknownName
from doudi.loaders.modes import Delivery
from doudi.loaders.read import SUFFIXES, slug_of
from doudi.loaders.receipt import Control

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    import duckdb

    from doudi.loaders.headers import Headers

MODES = ("snapshot", "delta")


@dataclass(frozen=True)
class Folder:
    """What a delivery folder says of itself."""

    path: Path
    batch: str
    as_known: date
    mode: str
    modes: dict[str, str] = field(default_factory=dict)
    control: dict[str, dict[str, float]] = field(default_factory=dict)

    def for_source(self, slug: str) -> Delivery:
        """The delivery as it is for one source."""
        month = _month(self.batch) or self.as_known.replace(day=1)
        return Delivery(self.batch, self.as_known, self.modes.get(slug, self.mode), month)

    def files(self) -> list[Path]:
        """Its data files, by name; the parts of one data type one after the other."""
        return sorted(p for p in self.path.iterdir() if p.name.endswith(SUFFIXES) and p.is_file())


def read_folder(path: Path) -> Folder:
    """The folder's own words, with the defaults of the contract.

    Raises:
        DeliveryError: if there is no such folder, or ``delivery.toml`` is wrong.
    """
    if not path.is_dir():
        raise DeliveryError(
            "no such folder", where=str(path), expected="a folder of <slug>.csv files"
        )
    table = _table(path / "delivery.toml")
    mode = table.get("mode", "snapshot")
    modes = {slug: entry.get("mode", mode) for slug, entry in table.get("source", {}).items()}
    wrong = sorted({m for m in (mode, *modes.values()) if m not in MODES})
    if wrong:
        raise DeliveryError(
            f"mode {wrong[0]!r}", where=f"{path.name}/delivery.toml", expected=" or ".join(MODES)
        )
    as_known = table.get("as_known", datetime.now(UTC).date())
    if not isinstance(as_known, date):
        raise DeliveryError(
            "as_known is no date", where=f"{path.name}/delivery.toml", expected="2026-07-03"
        )
    return Folder(
        path, str(table.get("batch", path.name)), as_known, mode, modes, table.get("control", {})
    )


def _table(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DeliveryError(str(error), where=f"{path.parent.name}/delivery.toml") from None


def _month(batch: str) -> date | None:
    found = re.match(r"^(\d{4})-?(\d{2})", batch)
    return date(int(found[1]), int(found[2]), 1) if found and 1 <= int(found[2]) <= 12 else None  # noqa: PLR2004 - months


def slug_in(path: Path, known: Collection[str]) -> str:
    """The file's data type.

    Raises:
        UnknownName: if it is not declared; offers the nearest.
    """
    slug = slug_of(path)
    if slug not in known:
        raise UnknownName.among("data type", slug, known, where=f"{path.parent.name}/{path.name}")
    return slug


def compare(
    con: duckdb.DuckDBPyConnection, headers: Headers, wanted: dict[str, float], rows: int
) -> list[Control]:
    """Control totals against all rows as sent, refused ones and duplicates included."""
    known = {m.column.name for m in headers.matched}
    found: list[Control] = []
    for name, expected in wanted.items():  # a few totals a file
        if name == "rows":
            found.append(Control(name, float(expected), float(rows)))
        elif name in known:
            total = con.execute(f'SELECT coalesce(sum("{name}"), 0) FROM typed').fetchone()
            found.append(
                Control(name, float(expected), round(float(total[0]), 2) if total else 0.0)
            )
    return found
