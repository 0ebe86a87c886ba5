"""Person numbers checked many at once, over the bytes of an Arrow array.

Says of each text whether it is a whole and valid number as it stands. What is not (15 digits, marks,
a wrong check digit) is left to the rule of ``values``, which finds the reason or the repair.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

DIGITS = 18
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = b"10X98765432"
FIRST_YEAR = 1850
BLOCK = 16_384
"""Numbers that are worked on while they lie in the processor's cache."""


@dataclass(frozen=True)
class Checked:
    """What whole numbers say; one entry a text.

    Attributes:
        valid: Whether the text is a valid number of 18 signs, without anything to repair.
        born: Day of birth, in days since 1970; anything where not valid.
        male: Whether the 17th digit is odd; anything where not valid.
    """

    valid: NDArray[np.bool_]
    born: NDArray[np.int32]
    male: NDArray[np.bool_]


def check_numbers(texts: pa.Array, as_known: date) -> Checked:
    """Check the numbers of an array of text.

    Args:
        texts: A string array; nulls are not valid.
        as_known: Nobody was born later than this day.
    """
    count = len(texts)
    found = Checked(np.zeros(count, bool), np.zeros(count, np.int32), np.zeros(count, bool))
    _, offsets, data = texts.buffers()
    if not count or data is None:
        return found
    starts = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + count + 1]
    signs = np.frombuffer(data, np.uint8)
    whole = np.flatnonzero(np.diff(starts) == DIGITS)
    if texts.null_count:
        whole = whole[texts.is_valid().to_numpy(zero_copy_only=False)[whole]]
    calendar = _calendar(as_known.year)
    last = (as_known - date(1970, 1, 1)).days
    for first in range(0, len(whole), BLOCK):  # blocks, not rows
        places = whole[first : first + BLOCK]
        digits = _turned(signs, starts[places])
        valid, born = _valid(digits, calendar, last)
        found.valid[places], found.born[places] = valid, born
        found.male[places] = digits[16] & 1
    return found


def _turned(signs: NDArray[np.uint8], starts: NDArray[np.int32]) -> NDArray[np.uint8]:
    """The digits of numbers, place by place: 18 rows, one column a number."""
    first = int(starts[0])
    if int(starts[-1]) - first == DIGITS * (len(starts) - 1):  # one after the other
        square = signs[first : first + DIGITS * len(starts)].reshape(-1, DIGITS)
        return np.ascontiguousarray(square.T) - np.uint8(ord("0"))
    turned = np.empty((DIGITS, len(starts)), np.uint8)
    for place in range(DIGITS):  # 18 places
        signs[place:].take(starts, out=turned[place], mode="clip")
    turned -= np.uint8(ord("0"))
    return turned


def _valid(
    digits: NDArray[np.uint8], calendar: tuple[NDArray[np.int32], NDArray[np.uint8]], last: int
) -> tuple[NDArray[np.bool_], NDArray[np.int32]]:
    """Whether digits, check digit and birth date are right, and the day of birth."""
    total = np.zeros(digits.shape[1], np.uint16)
    for place, weight in enumerate(WEIGHTS):  # 17 places
        total += digits[place] * np.uint8(weight)
    right = (digits[:17].max(axis=0) <= 9) & (digits[0] > 0)  # noqa: PLR2004 - a digit
    right &= _CHECK_OF.take(total, mode="clip") == digits[17]
    tens = digits[6:14:2] * np.uint8(10) + digits[7:14:2]  # century, year, month, day
    month = tens[0].astype(np.int32) * 1200 + tens[1] * np.int32(12) + tens[2] - 1
    month -= FIRST_YEAR * 12
    starts, lengths = calendar
    right &= (month >= 0) & (tens[2] >= 1) & (tens[2] <= 12)  # noqa: PLR2004 - a month
    born = starts.take(month, mode="clip") + tens[3] - 1
    right &= (tens[3] >= 1) & (tens[3] <= lengths.take(month, mode="clip")) & (born <= last)
    right &= month < len(starts)
    return right, born.astype(np.int32)


_CHECK_OF = np.array([CHECKS[total % 11] - ord("0") for total in range(256 * 17)], np.uint8)


@cache
def _calendar(last_year: int) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """First day and length of every month from 1850."""
    months = np.arange(f"{FIRST_YEAR}-01", f"{last_year + 1}-02", dtype="datetime64[M]")
    days = months.astype("datetime64[D]").astype(np.int32)
    return days[:-1], np.diff(days).astype(np.uint8)
