"""Months and days as people type them."""

from __future__ import annotations

from datetime import date

from doudi.graph.errors import UsageError


def parse_month(text: str) -> date:
    """The first day of a month typed as ``2026-06``.

    >>> parse_month("2026-06")
    datetime.date(2026, 6, 1)
    """
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        found = (f"“{text}”不是月份", f"{text!r} is no month")
        expected = ("YYYY-MM，如 2026-06", "YYYY-MM, such as 2026-06")
        raise UsageError(
            found,
            where="--as-of",
            expected=expected,
            next_step=("改写月份，不写则取最后一个月", "give a month, or none for the last one"),
        ) from None


def parse_day(text: str, *, where: str = "--as-known") -> date:
    """A day typed as ``2026-06-30``.

    >>> parse_day("2026-06-30")
    datetime.date(2026, 6, 30)
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(
            (f"“{text}”不是日期", f"{text!r} is no day"),
            where=where,
            expected=("YYYY-MM-DD，如 2026-06-30", "YYYY-MM-DD, such as 2026-06-30"),
            next_step=("改写日期", "give a day"),
        ) from None
