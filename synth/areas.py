"""Townships and villages of the county, and the table of their codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from doudi.synth.book import Book

TOWN_NAMES = list("云石龙河青白金银东西南北上下大新高平永安和福")
TOWN_ENDS = list("山水溪坪川桥岭泉湾坝塘关")
VILLAGE_ENDS = ["村", "坝村", "寨村", "沟村", "坪村", "塘村"]
URBAN_SHARE = 0.35


@dataclass(frozen=True)
class Areas:
    """Villages and urban communities: code, name, township code and name, urban or not."""

    code: NDArray[np.str_]
    name: NDArray[np.str_]
    town: NDArray[np.int64]
    town_code: NDArray[np.str_]
    town_name: NDArray[np.str_]
    urban: NDArray[np.bool_]
    county: int
    """Six digits."""
    sign: str = ""
    """In a province: what tells the numbers of one county from those of another."""

    def part(self, first: int, end: int) -> Areas:
        """The villages from ``first`` to before ``end``, whole townships."""
        own = slice(first, end)
        towns = slice(int(self.town[first]), int(self.town[end - 1]) + 1)
        return Areas(
            self.code[own],
            self.name[own],
            self.town[own] - self.town[first],
            self.town_code[towns],
            self.town_name[towns],
            self.urban[own],
            self.county,
            self.sign,
        )

    @property
    def county_code(self) -> str:
        """The county's code of twelve digits."""
        return f"{self.county}000000"

    def town_digits(self, village: int) -> str:
        """The digits of a village's township, as case numbers and logins carry them."""
        return self.sign + str(self.code[village])[6:9]


def make_areas(rng: Generator, households: int, county: int, sign: str = "") -> Areas:
    """Areas for a county of the given size, about 125 to 250 households a village."""
    villages = max(12, households // 250)
    towns = max(4, round(villages / 13))
    town = np.arange(villages) * towns // villages
    within = np.arange(villages) - np.searchsorted(town, town)
    town_code = np.array([f"{county}{t + 1:03d}000" for t in range(towns)])
    code = np.array([f"{county}{t + 1:03d}{v + 1:03d}" for t, v in zip(town, within, strict=True)])
    urban = np.zeros(villages, dtype=bool)
    urban[rng.permutation(villages)[: round(villages * URBAN_SHARE)]] = True
    name = [_village_name(i, is_urban=bool(urban[i])) for i in range(villages)]
    town_name = np.array([_town_name(t) for t in range(towns)])
    return Areas(code, np.array(name), town, town_code, town_name, urban, county, sign)


def _town_name(number: int) -> str:
    """A township's name, no two alike within a few hundred."""
    first = TOWN_NAMES[number % len(TOWN_NAMES)]
    last = TOWN_ENDS[(number // len(TOWN_NAMES) + number) % len(TOWN_ENDS)]
    return f"{first}{last}{'镇' if number % 3 == 0 else '乡'}"


def _village_name(number: int, *, is_urban: bool) -> str:
    """A village's or community's name."""
    sign = TOWN_NAMES[(number * 7) % len(TOWN_NAMES)] + TOWN_ENDS[(number * 5) % len(TOWN_ENDS)]
    return sign + ("社区" if is_urban else VILLAGE_ENDS[number % len(VILLAGE_ENDS)])


def write_areas(book: Book, areas: Areas) -> None:
    """Rows of area_code_history: county, townships, villages, and one merged township."""
    codes = [areas.county_code, *areas.town_code, *areas.code, f"{areas.county}900000"]
    names = ["合成县", *areas.town_name, *areas.name, "旧关乡"]
    parents: list[Any] = ["", *[areas.county_code] * len(areas.town_code)]
    parents += [*areas.town_code[areas.town], areas.county_code]
    nat = np.datetime64("NaT", "D")
    ends = np.full(len(codes), nat)
    ends[-1] = np.datetime64("2019-12-31")
    book.add(
        "area_code_history",
        code=codes,
        name=names,
        valid_from=np.datetime64("2010-01-01"),
        valid_to=ends,
        parent=parents,
        successor=[""] * (len(codes) - 1) + [areas.town_code[0]],
    )
