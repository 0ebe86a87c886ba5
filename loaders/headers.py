"""Headers of a file matched to a source's columns: English, Chinese, with a unit in brackets."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from doudi.graph.errors import joined, near
from doudi.loaders.messages import note, stopped
from doudi.loaders.source import NUMBERS, Column

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from doudi.graph.errors import Pair, Said
    from doudi.loaders.source import Source

COMMON = (
    Column("_op", ("操作", "操作类型"), "enum", "added", values=("upsert", "end", "delete"),
           synonyms={"新增修改": "upsert", "新增": "upsert", "修改": "upsert", "终止": "end", "删除": "delete"}),
    Column("recorded_time", ("入库时间",), "date", "added"),
    Column("area_code", ("行政区划代码",), "str", "added"),
)  # fmt: skip
"""Columns allowed in every source (contract §1)."""

MANY_DIGITS = 6
"""Digits from which a header is taken for a value of a row, which no message may repeat."""

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
    """All matched columns, and the promised ones that the file lacks."""

    matched: tuple[Matched, ...]
    absent: tuple[str, ...]

    @property
    def names(self) -> set[str]:
        """Names of the columns that are there."""
        return {m.column.name for m in self.matched}


def plain(header: str) -> str:
    """A header without blanks, full-width forms and marks that nobody sees.

    >>> plain("成交价 （万元）")
    '成交价(万元)'
    """
    text = unicodedata.normalize("NFKC", header)
    return "".join(c for c in text.lower() if not c.isspace() and unicodedata.category(c) != "Cf")


@dataclass(frozen=True)
class Survey:
    """Every header of a file and what it is taken for, right or wrong.

    Attributes:
        matched: Columns of the source, each once.
        ignored: Headers that the source lets pass.
        unknown: What to say of each header that is none.
        doubled: Columns that stand twice.
        missing: Key and main columns that are not there.
        absent: Other promised columns that are not there.
        is_headed: Whether any header is known: else the first row is none.
    """

    matched: tuple[Matched, ...]
    ignored: tuple[str, ...]
    unknown: tuple[Pair, ...]
    doubled: tuple[str, ...]
    missing: tuple[Column, ...]
    absent: tuple[str, ...]
    is_headed: bool


def survey(headers: Sequence[str], source: Source) -> Survey:
    """Every header looked up; nothing is refused."""
    known = _known(source)
    passing = {plain(header) for header in source.ignored}
    found: dict[str, Matched] = {}
    ignored, unknown, doubled = [], [], []
    for place, header in enumerate(headers):  # a few dozen headers
        name, unit = _split(plain(header), known)
        if name not in known:
            if plain(header) in passing:
                ignored.append(header)
            elif plain(header):
                unknown.append(_unknown(place, header, known))
        elif known[name].name in found:
            doubled.append(name)
        else:
            found[known[name].name] = Matched(place, known[name], unit)
    return Survey(
        matched=tuple(found.values()),
        ignored=tuple(ignored),
        unknown=tuple(unknown),
        doubled=tuple(doubled),
        missing=tuple(_needed(source, found)),
        absent=tuple(
            c.name for c in source.columns.values() if c.role == "plain" and c.name not in found
        ),
        is_headed=bool(
            {*known, *passing} & {_split(plain(header), known)[0] for header in headers}
        ),
    )


def match(headers: Sequence[str], source: Source, path: Path) -> Headers:
    """Every header matched, or the feed stopped with all that is wrong.

    Raises:
        FeedStopped: for unknown or doubled columns, and for absent key or main columns.
    """
    seen = survey(headers, source)
    if not seen.is_headed:
        raise stopped(path, "headers", problems=note("no_header"))
    problems: list[Said] = [*seen.unknown, *(note("doubled", name=name) for name in seen.doubled)]
    problems += [note("missing", name=c.name, zh="、".join(c.headers[:1])) for c in seen.missing]
    if problems:
        raise stopped(path, "headers", problems=joined(problems))
    return Headers(seen.matched, seen.absent)


def spellings(source: Source) -> frozenset[str]:
    """Every spelling under which a column of a source may come, ignored ones included."""
    return frozenset({*_known(source), *map(plain, source.ignored)})


def bare(header: str, known: AbstractSet[str]) -> str:
    """A header as it is compared: plain, and without its unit unless it is known with it.

    >>> bare("成交价（万元）", {"成交价"})
    '成交价'
    """
    return _split(plain(header), known)[0]


def _unknown(place: int, header: str, known: Iterable[str]) -> Pair:
    """An unknown column by its name, or by place and kind where the cell looks like a row's."""
    digits = sum(c.isdigit() for c in header)
    if digits >= MANY_DIGITS:
        return note("no_name", place=place + 1, digits=digits)
    names = near(plain(header), known)
    return note("unknown_column", name=header, near=note("near", near=names) if names else "")


def _needed(source: Source, found: Iterable[str]) -> list[Column]:
    """Key and main columns that are not there.

    Rows that end or are deleted need their key only; a monthly file's own month stands in for the
    last one.
    """
    there = set(found)
    ops = "_op" in there
    monthly = source.month_column in there
    return [
        c
        for c in source.columns.values()
        if c.name not in there
        and (
            c.role == "key"
            or (c.role == "main" and not ops and not (monthly and c.type == "yyyymm"))
        )
    ]


def _known(source: Source) -> dict[str, Column]:
    """Every spelling of every column, common ones and companions of person numbers included."""
    known: dict[str, Column] = {}
    common = [c for c in COMMON if c.name not in source.columns]
    for column in [*common, *_companions(source), *source.columns.values()]:
        for spelling in (column.name, *column.headers):
            known[plain(spelling)] = column
    return known


def _companions(source: Source) -> list[Column]:
    """A name and a birth date beside each person number, where none is declared."""
    found: dict[str, Column] = {}
    for column in source.columns.values():
        if column.type in NUMBERS:
            name, born = (
                source.companion(column.name, "name"),
                source.companion(column.name, "birth_date"),
            )
            headers = ("姓名",) if name == "name" else ()
            found[name] = Column(name, headers, "str", "added", personal="name")
            found[born] = Column(born, (), "date", "added")
    return [c for name, c in found.items() if name not in source.columns]


def _split(header: str, known: AbstractSet[str] | dict[str, Column]) -> tuple[str, str]:
    """A header and the unit in its brackets; a header that is known as it stands has none."""
    found = _UNIT.match(header)
    if header in known or not found:
        return header, ""
    return found.group(1), found.group(2)
