"""Months of the county's timeline, counted from July 2022."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from numpy.typing import NDArray

ORIGIN = np.datetime64("2022-07", "M")
FIRST_PAID = 10
"""2023-05: the first month of the monthly facts that are delivered."""
SNAPSHOT = 45
"""2026-04: the month of the snapshot."""
LAST = 47
"""2026-06: the last delivered month."""
FUTURE = 59
"""2027-06: the last simulated month; what lies after LAST is in the truth only."""
EARLIEST, LATEST = -1600, 1200
"""Bounds of the months that rows name, the last one left out."""
OPEN = 9999
"""The month of an end that has not come."""


def index_of(days: NDArray[Any]) -> NDArray[np.int64]:
    """Month numbers of days; OPEN where there is no day."""
    days = np.asarray(days, dtype="datetime64[D]")
    months = (days.astype("datetime64[M]") - ORIGIN).astype(np.int64)
    return np.where(np.isnat(days), OPEN, months)


def day_in(month: NDArray[Any] | int, day: NDArray[Any] | int = 1) -> NDArray[Any]:
    """The given day (1 to 28) of months; NaT where the month is OPEN."""
    wanted = np.asarray(month, dtype=np.int64)
    found = (ORIGIN + np.where(wanted >= OPEN, 0, wanted)).astype("datetime64[D]") + (
        np.asarray(day, dtype=np.int64) - 1
    )
    return np.where(wanted >= OPEN, np.datetime64("NaT", "D"), found)


def any_day(key: int, last: int = 27) -> int:
    """A day of the month, from 2 to ``last``, as good as any other; the same for the same key."""
    return 2 + (key * 2_654_435_761 >> 9) % (last - 1)


def text_of(month: NDArray[Any] | int, *, dash: bool = False) -> NDArray[np.str_]:
    """Months as ``202503`` or ``2025-03``; empty where OPEN."""
    wanted = np.asarray(month, dtype=np.int64)
    if not wanted.size:
        return np.zeros(wanted.shape, dtype="U7")
    told = np.datetime_as_string(ORIGIN + np.where(wanted >= OPEN, 0, wanted), unit="M")
    told = told if dash else np.char.replace(told, "-", "")
    return np.where(wanted >= OPEN, "", told)


def coded(month: NDArray[Any]) -> pa.DictionaryArray:
    """Months as ``202503`` by position in a list of all; nothing where OPEN."""
    wanted = np.asarray(month, dtype=np.int64)
    at = pa.array((wanted - EARLIEST).astype(np.int32), mask=wanted >= OPEN)
    return pa.DictionaryArray.from_arrays(at, _all_months())


@cache
def _all_months() -> pa.Array:
    """Every month that a row may name, in order."""
    return pa.array(text_of(np.arange(EARLIEST, LATEST)))


def month_name(month: int) -> str:
    """One month as ``2025-03``."""
    return str(text_of(month, dash=True))


def day(month: int, number: int = 1) -> np.datetime64:
    """One day of a month."""
    return np.datetime64(str(day_in(month, number)), "D")
