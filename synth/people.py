"""People, and what is true of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from doudi.synth import months

if TYPE_CHECKING:
    from numpy.typing import NDArray

TODAY = np.datetime64("2026-03-31")
YEAR = 365.25
NOBODY = -1
NEVER = np.datetime64("NaT", "D")
END = months.day(months.LAST + 1)


@dataclass
class People:
    """One entry a person; links are positions, NOBODY where there is none."""

    number: NDArray[np.str_]
    name: NDArray[np.str_]
    male: NDArray[np.bool_]
    birth: NDArray[Any]
    father: NDArray[np.int64]
    mother: NDArray[np.int64]
    spouse: NDArray[np.int64]
    former: NDArray[np.int64]
    """Whom the first marriage was with, where it ended in divorce or with a second one."""
    wed: NDArray[Any]
    """Day of the first wedding."""
    split: NDArray[Any]
    """Day of the divorce; NaT also where ``former`` died."""
    again: NDArray[Any]
    """Day of the second wedding, with ``spouse``: somebody else, or ``former`` once more."""
    death: NDArray[Any]
    gone: NDArray[np.bool_]
    """Dead before the timeline, or living outside the county."""
    home: NDArray[np.int64]
    account: NDArray[np.str_]
    phone: NDArray[np.str_]
    status: NDArray[np.str_]
    ages: dict[int, NDArray[np.float64]] = field(default_factory=dict)

    def __len__(self) -> int:
        """How many people, the gone included."""
        return len(self.number)

    def age(self, month: int = months.LAST) -> NDArray[np.float64]:
        """Age in years at the first day of a month; birth dates never change."""
        if month not in self.ages:
            days = (months.day_in(month) - self.birth).astype(np.int64)
            self.ages[month] = np.asarray(days / YEAR, dtype=np.float64)
        return self.ages[month]

    def grown(self, who: NDArray[np.int64], day: NDArray[Any]) -> NDArray[Any]:
        """Days, or where they lie before a person's eighteenth birthday, some weeks after it."""
        adult = self.birth[who].astype("datetime64[D]") + np.timedelta64(6_620, "D")
        later: NDArray[Any] = np.maximum(np.asarray(day).astype("datetime64[D]"), adult)
        return later

    def parted(self) -> NDArray[np.bool_]:
        """Who was divorced, whoever married again included."""
        return np.asarray((self.former != NOBODY) & ~np.isnat(self.split), dtype=bool)

    def lives(self, person: int) -> bool:
        """Whether one person lives in the county to the end of the delivered months."""
        death = self.death[person]
        return not self.gone[person] and bool(np.isnat(death) or death >= END)

    def dead_month(self) -> NDArray[np.int64]:
        """Month of death, OPEN for the living."""
        return months.index_of(self.death)

    def living(self) -> NDArray[np.bool_]:
        """Who lives in the county and does not die before the end of the delivered months."""
        return ~self.gone & (self.dead_month() > months.LAST)
