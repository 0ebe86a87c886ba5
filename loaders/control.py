"""A delivery folder: its ``delivery.toml``, its files, and the control totals of the sender."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from math import isfinite
from typing import TYPE_CHECKING, Any

from doudi.graph.errors import TOML, DeliveryError, joined, toml_problem
from doudi.loaders.modes import Delivery
from doudi.loaders.read import slug_of, suffix_of
from doudi.loaders.receipt import Control

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from doudi.graph.errors import Said
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
        for path in sorted(self._files(), key=lambda p: (slug_of(p), _part(p), p.name)):
            if suffix_of(path):
                found.setdefault(slug_of(path), []).append(path)
        return found

    def unread(self) -> list[str]:
        """Names of its files that are of no kind that is read."""
        return sorted(p.name for p in self._files() if not suffix_of(p))

    def _files(self) -> list[Path]:
        """What was delivered: neither hidden, nor the folder's own words, nor check sums."""
        return [p for p in self.path.iterdir() if p.is_file() and not _BESIDE.fullmatch(p.name)]


_BESIDE = re.compile(
    r"[.~].*|delivery\.toml|(sha|md5)\d*sums?(\.txt)?|.*\.(sha\d*|md5)", re.IGNORECASE
)


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
            ("没有这个文件夹", "no such folder"),
            where=str(path),
            expected=("存放 <数据类型>.csv 文件的文件夹", "a folder of <slug>.csv files"),
            next_step=("核对路径", "check the path"),
        )
    table = _table(path / "delivery.toml")
    mode = table.get("mode", "snapshot")
    own, control = _tables(path, table, "source"), _tables(path, table, "control")
    modes = {slug: entry.get("mode", mode) for slug, entry in own.items()}
    wrong = sorted({str(m) for m in (mode, *modes.values()) if m not in MODES})
    if wrong:
        raise _broken(path, f"mode {wrong[0]!r}", joined(MODES, " 或 ", " or "))
    as_known = table.get("as_known", datetime.now(UTC).date())
    if isinstance(as_known, datetime):
        as_known = as_known.date()
    if not isinstance(as_known, date):
        raise _broken(
            path,
            (f"as_known 为 {as_known!r}", f"as_known is {as_known!r}"),
            ("不带引号的日期，如 2026-07-03", "a day without quotes, such as 2026-07-03"),
        )
    epochs = {slug: entry["epoch"] for slug, entry in own.items() if "epoch" in entry}
    odd = [f"{slug}: {year!r}" for slug, year in epochs.items() if year not in EPOCHS]
    if odd:
        found = (f"epoch 不对：{odd[0]}", f"epoch of {odd[0]}")
        raise _broken(path, found, joined(map(str, EPOCHS), " 或 ", " or "))
    return Folder(path, _batch(path, table), as_known, mode, modes, epochs, _totals(path, control))


def _batch(path: Path, table: dict[str, Any]) -> str:
    """The batch's name, which is also a folder's."""
    batch = str(table.get("batch", path.resolve().name))
    if not _NAME.fullmatch(batch) or ".." in batch:
        unnamed = ("没有写明 batch，文件夹名为", "without a batch, the folder's name is")
        zh, en = ("batch 为", "batch is") if "batch" in table else unnamed
        raise _broken(
            path,
            (f"{zh}“{batch}”", f"{en} {batch!r}"),
            (
                "字母、数字、“_”、“-”和单个“.”，如 2026-06",
                'letters, digits, "_", "-" and single ".", as in 2026-06',
            ),
        )
    return batch


_NAME = re.compile(r"(?!\.)[\w.-]+")


def _totals(path: Path, control: dict[str, dict[str, Any]]) -> dict[str, dict[str, float]]:
    """The control totals, all of them numbers."""
    wrong = [
        (f"control.{slug}.{name} 不是数字", f"control.{slug}.{name} is no number")
        for slug, entry in control.items()
        for name, value in entry.items()
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value)
    ]
    if wrong:
        raise _broken(
            path,
            joined(wrong),
            (
                "不带引号的数字，如 1834 或 918220.00",
                "a number without quotes, such as 1834 or 918220.00",
            ),
        )
    return control


def _broken(folder: Path, found: Said, expected: Said) -> DeliveryError:
    return DeliveryError(
        found,
        where=f"{folder.name}/delivery.toml",
        expected=expected,
        next_step=(
            "改正该文件后重新载入该文件夹；其中数据均未载入",
            "mend the file and load the folder again; nothing was loaded from it",
        ),
    )


def _tables(folder: Path, table: dict[str, Any], name: str) -> dict[str, dict[str, Any]]:
    """The tables ``[name.<slug>]``."""
    own = table.get(name, {})
    if not isinstance(own, dict) or not all(isinstance(entry, dict) for entry in own.values()):
        found = (f"{name} 不是由小节组成的表", f"{name} is no table of tables")
        raise _broken(folder, found, f"[{name}.<slug>]")
    return own


def _table(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _broken(path.parent, toml_problem(error), TOML) from None


def _month(batch: str) -> date | None:
    found = re.match(r"^(\d{4})-?(\d{2})", batch)
    return (
        date(int(found[1]), int(found[2]), 1)
        if found and 1 <= int(found[2]) <= LAST_MONTH
        else None
    )


def compare(
    con: duckdb.DuckDBPyConnection, feed: Feed, wanted: dict[str, float], rows: int, *, empty: bool
) -> list[Control]:
    """Control totals against all rows as sent, refused ones and duplicates included.

    Args:
        con: The engine, with the feed's ``judged`` unless it is empty.
        feed: The declaration and the files' columns.
        wanted: What the sender counted: ``rows``, and sums of columns.
        rows: Rows that were sent.
        empty: Whether the files hold no rows; every sum is nil then.
    """
    summed = [n for n in wanted if summable(feed.source, n) and feed.has(n) and not empty]
    found = {name: _sum(con, name) for name in summed} | {"rows": float(rows)}
    return [Control(name, float(value), found.get(name, 0.0)) for name, value in wanted.items()]


def summable(source: Source, name: str) -> bool:
    """Whether a column of the source holds numbers, which a control total can count."""
    return name in source.columns and source.columns[name].type in ("decimal", "int", "ratio")


def _sum(con: duckdb.DuckDBPyConnection, name: str) -> float:
    rows = con.execute(f'SELECT coalesce(sum("{name}__sent"), 0) FROM judged').fetchall()
    return round(float(rows[0][0]), 4)
