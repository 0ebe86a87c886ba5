"""Months, which are written as their first day."""

from __future__ import annotations

from datetime import date


def next_month(month: date) -> date:
    """The first day of the month after.

    >>> next_month(date(2025, 12, 1))
    datetime.date(2026, 1, 1)
    """
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def first_of(day: date) -> date:
    """The first day of the month a day lies in."""
    return date(day.year, day.month, 1)
