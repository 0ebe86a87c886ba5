"""Headers of a file matched to a source's columns: English, Chinese, with a unit in brackets."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from doudi.loaders.read import stopped
from doudi.loaders.source import Column

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from doudi.loaders.source import Source

COMMON = {
    "_op": ("操作", "操作类型"),
    "recorded_time": ("入库时间",),
    "area_code": ("行政区划代码",),
    "name": ("姓名",),
}
"""Columns allowed in every source (contract §1)."""

_UNIT = re.compile(r"^(.*?)\(([^()]*)\)$")


@dataclass(frozen=True)
class Matched:
    """One column of the file, matched.

    Attributes:
        place: Place of the column in the file.
        column: The source's column.
        unit: Unit in the header, which wins over the declared one; empty: as declared.
    """

    place: int
    column: Column
    unit: str


@dataclass(frozen=True)
class Headers:
    """All matched columns, and what the file lacks."""

    matched: tuple[Matched, ...]
    absent: tuple[str, ...]


def plain(header: str) -> str:
    """A header without blanks, marks and full-width forms, in lower case.

    >>> plain(" 成交价（万元） ")
    '成交价(万元)'
    """
    return re.sub(r"[\s\ufeff\u200b]", "", unicodedata.normalize("NFKC", header)).lower()


def match(headers: Sequence[str], source: Source, path: Path) -> Headers:
    """Every header matched, or the feed stopped with all that is wrong.

    Raises:
        FeedStopped: for unknown or doubled columns, and for absent key or main columns.
    """
    known = _known(source)
    found: list[Matched] = []
    unknown, doubled = [], []
    for place, header in enumerate(headers):  # a few dozen headers
        name, unit = _split(plain(header), known)
        if name in known:
            column = known[name]
            if any(m.column.name == column.name for m in found):
                doubled.append(header)
            found.append(Matched(place, column, unit))
        elif plain(header) and plain(header) not in source.ignored:
            unknown.append(header)
    absent = tuple(
        c.name for c in source.columns.values() if c.name not in {m.column.name for m in found}
    )
    needed = [n for n in absent if source.columns[n].role in ("key", "main")]
    _refuse(path, unknown, doubled, needed, known)
    return Headers(tuple(found), tuple(n for n in absent if source.columns[n].role == "plain"))


def _refuse(
    path: Path, unknown: list[str], doubled: list[str], needed: list[str], known: dict[str, Column]
) -> None:
    problems = []
    for header in unknown:  # each with the nearest known headers
        near = get_close_matches(plain(header), known, n=3, cutoff=0.4)
        problems.append(
            f"unknown column {header!r}" + (f", near {', '.join(near)}" if near else "")
        )
    problems += [f"column {header!r} stands twice" for header in doubled]
    problems += [f"column {name!r} is missing" for name in needed]
    if problems:
        raise stopped(
            path,
            "; ".join(problems),
            expected="the columns of the source; [ignore] in its TOML lets one pass",
        )


def _known(source: Source) -> dict[str, Column]:
    """Every spelling of every column, common ones and companions of person numbers included."""
    known: dict[str, Column] = {}
    for column in [*_companions(source), *source.columns.values()]:
        for spelling in (column.name, *column.headers):
            known[plain(spelling)] = column
    return known


def _companions(source: Source) -> list[Column]:
    """The common columns, and a name and birth date beside each person number."""
    extra = [Column(n, h, _COMMON_TYPES.get(n, "str"), "added", personal=_COMMON_PERSONAL.get(n, ""))  # type: ignore[arg-type]  # declared above
             for n, h in COMMON.items() if n not in source.columns]  # fmt: skip  # one line a column
    for column in source.columns.values():
        if column.type in ("id18", "id18_or_uscc"):
            stem = column.name.removesuffix("_id")
            for name, kind, personal in (
                (f"{stem}_name", "str", "name"),
                (f"{stem}_birth_date", "date", ""),
            ):
                if name not in source.columns:
                    extra.append(Column(name, (), kind, "added", personal=personal))  # type: ignore[arg-type]  # two literals
    return extra


_COMMON_TYPES = {"recorded_time": "date"}
_COMMON_PERSONAL = {"name": "name"}


def _split(header: str, known: dict[str, Column]) -> tuple[str, str]:
    """A header and the unit in its brackets; a header that is known as it stands has none."""
    found = _UNIT.match(header)
    if header in known or not found:
        return header, ""
    return found.group(1), found.group(2)
