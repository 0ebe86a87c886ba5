"""Birth dates and years in any spelling, and how near two of them are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doudi.linking.text import MISSING, coded, tidy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from doudi.linking.text import Rows

LEVELS = ("missing", "different", "near_year", "same_year", "only_year", "slip", "same")
"""Outcomes of comparing two births, worst first."""

TURNED = 2
"""Digits that are wrong where two neighbours changed places."""

_YMD = re.compile(r"(\d{4})\D+(\d{1,2})(?:\D+(\d{1,2}))?(?:\D.*)?$")
_DMY = re.compile(r"(\d{1,2})\D+(\d{1,2})\D+(\d{4})(?:\D.*)?$")
_DIGITS = re.compile(r"(\d{4})(\d{2})?(\d{2})?$")
_SERIAL_DIGITS = re.compile(r"\d{5}$")
_SERIAL = range(3_000, 60_000)
_EPOCH = date(1899, 12, 30)


@dataclass(frozen=True)
class Births:
    """Births of all rows.

    Attributes:
        day: Year, month and day as eight digits; ``MISSING`` where the day is not told.
        year: Year; ``MISSING`` where nothing is told.
    """

    day: Rows
    year: Rows

    @property
    def month_day(self) -> Rows:
        """Month and day as up to four digits; ``MISSING`` where the day is not told."""
        return np.where(self.day < 0, MISSING, self.day % 10_000)


def read_births(column: pa.ChunkedArray) -> Births:
    """The births in a column of dates, numbers or texts."""
    if pa.types.is_floating(column.type):
        column = pc.cast(column, pa.int64(), safe=False)
    found = coded(tidy(column))
    read = [read_birth(text) for text in found.values]  # one for each distinct spelling
    table = np.array([*read, (MISSING, MISSING)], np.int32)
    return Births(table[found.codes, 0], table[found.codes, 1])


def read_birth(text: str) -> tuple[int, int]:
    """Day as eight digits and year of a birth as it was written; ``MISSING`` for what is not told.

    Months and days that no calendar has are kept: a slip is near what was meant.

    >>> read_birth("1980年1月2日"), read_birth("02/01/1980"), read_birth("1980"), read_birth("?")
    ((19800102, 1980), (19800102, 1980), (-1, 1980), (-1, -1))
    """
    text = text.split("t", maxsplit=1)[0] if text[:4].isdigit() else text
    if _SERIAL_DIGITS.match(text) and int(text) in _SERIAL:
        text = (_EPOCH + timedelta(days=int(text))).isoformat()
    if found := _DIGITS.match(text) or _YMD.match(text):
        return _joined(found.groups())
    if found := _DMY.match(text):
        day, month, year = found.groups()
        return _joined((year, month, day))
    return MISSING, MISSING


def _joined(parts: Iterable[str | None]) -> tuple[int, int]:
    year, month, day = (int(part or 0) for part in parts)
    if not year:
        return MISSING, MISSING
    return (year * 10_000 + month * 100 + day if month and day else MISSING), year


def compare_births(births: Births, left: Rows, right: Rows) -> NDArray[np.uint8]:
    """Of each pair of rows the place of its outcome in ``LEVELS``."""
    one, two = births.day[left], births.day[right]
    year, other = births.year[left], births.year[right]
    level = np.ones(len(left), np.uint8)
    level[np.abs(year - other) <= 1] = LEVELS.index("near_year")
    both = (one >= 0) & (two >= 0)
    level[year == other] = np.where(both[year == other], 3, 4)
    at = np.flatnonzero(both & (one != two))
    level[at[_is_slip(one[at], two[at])]] = LEVELS.index("slip")
    level[both & (one == two)] = LEVELS.index("same")
    level[(year < 0) | (other < 0)] = 0
    return level


def _is_slip(one: Rows, two: Rows) -> NDArray[np.bool_]:
    """Whether one digit differs, two neighbours changed places, or month and day did."""
    gap = np.zeros((8, len(one)), np.int8)
    for place in range(8):
        gap[7 - place] = (one // 10**place % 10) - (two // 10**place % 10)
    wrong = (gap != 0).sum(axis=0)
    # Two neighbours that changed places differ by the same amount with opposite signs.
    turned = np.zeros(len(one), bool)
    for place in range(7):
        a, b = one // 10 ** (7 - place) % 10, one // 10 ** (6 - place) % 10
        c, d = two // 10 ** (7 - place) % 10, two // 10 ** (6 - place) % 10
        turned |= (a == d) & (b == c) & (a != b)
    month, day = one // 100 % 100, one % 100
    swapped = (one // 10_000 == two // 10_000) & (two % 10_000 == day * 100 + month)
    slipped: NDArray[np.bool_] = (wrong == 1) | (turned & (wrong == TURNED)) | swapped
    return slipped
