"""Which day stands for what: the day features end, the day outcomes begin, what was known then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from doudi.graph.errors import RankingError

if TYPE_CHECKING:
    from doudi.graph.errors import Pair

OUTCOME_MONTHS = 12
"""Length of the time in which a household may fall back."""


def months_later(day: date, months: int) -> date:
    """The first day of the month that lies so many months after a day's month.

    >>> months_later(date(2026, 6, 1), -7)
    datetime.date(2025, 11, 1)
    """
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


@dataclass(frozen=True, slots=True)
class Window:
    """A day ``t`` and the months after it.

    Attributes:
        t: First day that features do not see and outcomes may fall on.
        months: Length of the outcome window.
    """

    t: date
    months: int = OUTCOME_MONTHS

    @property
    def end(self) -> date:
        """First day after the outcome window."""
        return months_later(self.t, self.months)

    @property
    def known_until(self) -> date:
        """Last day of knowledge: the month's facts are delivered in the month after it."""
        return months_later(self.t, 1) - timedelta(days=1)

    def check_outcome(self, first: date | None, last: date | None) -> None:
        """Refuse outcomes that lie outside the window.

        Args:
            first: Day of the earliest outcome; None where there is none.
            last: Day of the latest.

        Raises:
            RankingError: if one falls before ``t``, where features could see it, or after the end.
        """
        if first is not None and first < self.t:
            raise RankingError(
                (
                    f"{first} 的结果落在特征窗口内",
                    f"an outcome of {first} lies inside the feature window",
                ),
                where=self._where,
                expected=self._outcomes,
                next_step=(
                    "结果窗口应在特征日之后",
                    "take the outcome window after the day of the features",
                ),
            )
        if last is not None and last >= self.end:
            raise RankingError(
                (
                    f"{last} 的结果晚于结果窗口",
                    f"an outcome of {last} lies after the outcome window",
                ),
                where=self._where,
                expected=self._outcomes,
                next_step=("去掉窗口之后的结果", "leave out what came after the window"),
            )

    @property
    def _where(self) -> Pair:
        return features_of(self.t)

    @property
    def _outcomes(self) -> Pair:
        return (
            f"{self.t} 起、{self.end} 之前的结果",
            f"outcomes from {self.t} to before {self.end}",
        )


def features_of(day: date) -> Pair:
    """Features as a message names them."""
    return f"截至 {day} 的特征", f"features as of {day}"


STEPS = (0, -3, -6)
"""A model learns from three starts a quarter apart: the same household at three ages."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The days of one honest split: learn, check, score.

    Attributes:
        train: Windows to learn from before the check; their outcomes end before ``check.t``.
        check: The window of the check, twelve months before the list.
        recent: Further windows for the final model; their outcomes end before ``score.t``.
        score: The day of the list; its outcomes lie in the future.
    """

    train: tuple[Window, ...]
    check: Window
    recent: tuple[Window, ...]
    score: Window


def plan(as_of: date) -> Plan:
    """The split for a list made when the month ``as_of`` is over.

    >>> [str(window.t) for window in plan(date(2026, 6, 1)).train]
    ['2024-07-01', '2024-04-01', '2024-01-01']
    """
    now = months_later(as_of, 1)
    train, recent = (
        tuple(Window(months_later(now, back + step)) for step in STEPS) for back in (-24, -12)
    )
    return Plan(train, recent[0], recent[1:], Window(now))
