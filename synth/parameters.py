"""Policy parameters of the county, raised every July."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from doudi.synth import months

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.book import Book

FIRST_YEAR = 2018
STANDARDS = {
    "dibao.std_month_urban": [580, 605, 630, 655, 680, 705, 730, 780],
    "dibao.std_month_rural": [400, 425, 450, 475, 495, 515, 540, 570],
}
"""From July 2018 on, one value a year."""
YEARLY = {
    "income.rural_pc_year": ("CNY/year", [11500, 12600, 13400, 14400, 15300, 16000, 16700, 17400]),
    "income.urban_pc_year": ("CNY/year", [29500, 31900, 32700, 34800, 36000, 37400, 38600, 39800]),
    "monitor.line_year": ("CNY/year", [4000, 4200, 5000, 6000, 6500, 7500, 8200, 8800]),
    "wage.minimum_month": ("CNY/month", [1500, 1500, 1600, 1600, 1760, 1760, 1850, 1960]),
}
LASTING = {
    "tekun.multiple": ("ratio", 1.3),
    "edge.multiple": ("ratio", 1.5),
    "rigid.ratio_all": ("ratio", 0.70),
    "rigid.ratio_medical": ("ratio", 0.60),
    "asset.vehicle_allowed": ("0/1", 0),
    "asset.vehicle_price_mult": ("annual standards", 12),
    "asset.fin_months_pc": ("months", 24),
    "asset.home_count_max": ("count", 1),
    "asset.home_area_mult": ("ratio", 2.0),
    "hh.coresidence_months": ("months", 12),
    "hh.parents_included": ("0/1", 0),
    "income.window_m": ("months", 12),
    "income.employment_deduct": ("ratio", 0.10),
    "obligor.rate": ("ratio", 0.30),
    "grace.pension_m": ("months", 6),
    "grace.graduate_m": ("months", 12),
    "grace.placed_m": ("months", 24),
    "grace.disabled_job_m": ("months", 36),
    "grace.other_m": ("months", 6),
    "med.warn_reg": ("ratio", 0.5),
    "med.warn_other": ("ratio", 1.0),
    "death.grace_m": ("months", 1),
    "dibao.allowed_home_area_pc": ("m2", 30),
    "lead.min_exposure_months": ("months", 1),
}


@dataclass(frozen=True)
class Standards:
    """Monthly standards by month of the timeline, CNY."""

    urban: NDArray[np.float64]
    rural: NDArray[np.float64]

    def of(self, month: int, *, urban: bool) -> float:
        """The standard of a month; before and after the timeline the nearest known one."""
        place = min(max(month, 0), months.LAST)
        return float((self.urban if urban else self.rural)[place])


def standards() -> Standards:
    """The standards in force in each month of the timeline."""
    year = 2022 - FIRST_YEAR + np.arange(months.LAST + 1) // 12
    urban, rural = (np.array(values, dtype=float)[year] for values in STANDARDS.values())
    return Standards(urban, rural)


def write_parameters(book: Book, county_code: str) -> None:
    """Rows of policy_parameters."""
    rows: list[tuple[Any, ...]] = []
    told = {name: ("CNY/month", values) for name, values in STANDARDS.items()} | YEARLY
    for name, (unit, values) in told.items():
        for step, value in enumerate(values):
            rows.append((name, value, unit, FIRST_YEAR + step, step < len(values) - 1))
    rows += [(name, value, unit, FIRST_YEAR, False) for name, (unit, value) in LASTING.items()]
    names, values, units, years, ends = (list(column) for column in zip(*rows, strict=True))
    until = [f"{y + 1}-06-30" if over else "NaT" for y, over in zip(years, ends, strict=True)]
    book.add(
        "policy_parameters",
        param=names,
        area_code=county_code,
        value=np.array(values, dtype=float),
        unit=units,
        valid_from=np.array([f"{y}-07-01" for y in years], dtype="datetime64[D]"),
        valid_to=np.array(until, dtype="datetime64[D]"),
        document_no=[f"合成民发〔{y}〕{12 + i % 30}号" for i, y in enumerate(years)],
    )
