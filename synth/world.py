"""What the builders of the county share while they build it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.blocks import SERIALS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.random import Generator
    from numpy.typing import NDArray

    from doudi.synth.areas import Areas
    from doudi.synth.assets import Assets
    from doudi.synth.benefits import Abroad, Dibao, Stipend
    from doudi.synth.blocks import Block
    from doudi.synth.book import Book
    from doudi.synth.firms import Firms
    from doudi.synth.homes import Homes
    from doudi.synth.kin import Kin
    from doudi.synth.migrants import Migrants
    from doudi.synth.officials import Officials
    from doudi.synth.people import People
    from doudi.synth.shocks import Shocks
    from doudi.synth.truth import Truth
    from doudi.synth.wards import Wards
    from doudi.synth.work import Jobs


STEP = 1_299_709
"""By how much running numbers differ from one to the next, around the block's range of them."""
CASES_A_HOME = 3
"""Numbers of minimum-living cases that there are for each home."""


@dataclass
class Aid:
    """Which homes are, or were, helped, by home; months, OPEN where never."""

    dibao_from: NDArray[np.int64]
    dibao_to: NDArray[np.int64]
    tekun: NDArray[np.bool_]
    edge_from: NDArray[np.int64]
    monitored_from: NDArray[np.int64]
    monitored_kind: NDArray[np.str_]
    archived: NDArray[np.bool_]
    former_poor: NDArray[np.bool_]

    @classmethod
    def empty(cls, homes: int) -> Aid:
        """Nobody is helped."""
        never = np.full(homes, months.OPEN)
        no = np.zeros(homes, dtype=bool)
        return cls(
            never,
            never.copy(),
            no,
            never.copy(),
            never.copy(),
            np.full(homes, "", "U6"),
            no.copy(),
            no.copy(),
        )

    def in_register(self, month: int) -> NDArray[np.bool_]:
        """Homes that any household register lists in a month."""
        dibao = (self.dibao_from <= month) & (self.dibao_to > month)
        return dibao | self.tekun | (self.edge_from <= month) | (self.monitored_from <= month)

    def knows(self, home: int) -> bool:
        """Whether a household register lists one home in any delivered month."""
        first = min(
            int(self.dibao_from[home]), int(self.edge_from[home]), int(self.monitored_from[home])
        )
        return bool(self.tekun[home]) or first <= months.LAST

    def ever(self) -> NDArray[np.bool_]:
        """Homes that a household register lists in any delivered month."""
        dibao = self.dibao_from <= months.LAST
        return (
            dibao
            | self.tekun
            | (self.edge_from <= months.LAST)
            | (self.monitored_from <= months.LAST)
        )


def case_serials(block: Block) -> list[int]:
    """Serials of minimum-living cases in no order.

    The block takes them from the end; the first half is for planted cases of other counties.
    """
    drawn = block.stream("case numbers").permutation(CASES_A_HOME * block.households) + 1
    serials: list[int] = drawn.tolist()
    return serials


def case_number(areas: Areas, village: int, serial: int) -> str:
    """The number of a minimum-living case: county, township, serial."""
    return f"DB{str(areas.code[village])[:9]}{serial:06d}"


@dataclass
class World:
    """The county while it is built."""

    rng: Generator
    block: Block
    rates: Mapping[str, float]
    """Planted rate of each code, boost and wishes included."""
    areas: Areas
    people: People
    homes: Homes
    aid: Aid
    book: Book
    truth: Truth
    jobs: Jobs
    assets: Assets
    firms: Firms
    shocks: Shocks
    officials: Officials
    kin: Kin
    grade: NDArray[np.int64]
    """Disability grade 1 to 4, 0 without a certificate."""
    ailment: NDArray[np.str_]
    cert_from: NDArray[np.int64]
    migrants: Migrants = field(init=False)
    """From homes that no register lists in any delivered month."""
    wards: Wards = field(init=False)
    """Children whose parents cannot care for them."""
    dibao: list[Dibao] = field(default_factory=list)
    stipends: list[Stipend] = field(default_factory=list)
    well: set[int] = field(default_factory=set)
    """Homes whose people have no ordinary stay in hospital."""
    used: set[int] = field(default_factory=set)
    """Homes that planted facts have already been put into."""
    reserved: set[int] = field(default_factory=set)
    """People that planted facts rest on."""
    deaths: dict[int, str] = field(default_factory=dict)
    """Planted deaths: which of P(olice), F(uneral), H(ospital) recorded them."""
    unaided: set[int] = field(default_factory=set)
    """Homes that get no help on purpose."""
    vacated: dict[int, int] = field(default_factory=dict)
    """Homes that stand empty on purpose, and since which month."""
    moved_to: dict[int, str] = field(default_factory=dict)
    """Code of the city, six digits, where the people of an empty home live."""
    ghosts: list[Dibao] = field(default_factory=list)
    """Households that exist on the register only; no source but the county's own knows them."""
    abroad: list[Abroad] = field(default_factory=list)
    """Registrations in other counties of people who are registered here."""
    offices: dict[int, Book] = field(default_factory=dict)
    """Rows about them as the offices there write them, by the other county's place."""
    lapsed: set[int] = field(default_factory=set)
    """Homes on the edge register whose recognition is not renewed."""
    uninsured: set[int] = field(default_factory=set)
    """People without medical insurance in the last year on purpose."""
    unschooled: set[int] = field(default_factory=set)
    """Homes whose students get no aid on purpose."""
    unsubsidised: dict[int, int] = field(default_factory=dict)
    """People whose premiums nobody pays on purpose, and in which year."""
    at_school: dict[int, bool] = field(default_factory=dict)
    """Who is at school, or is not, on purpose."""
    studying: set[int] = field(default_factory=set)
    """Homes whose tertiary students pay dear on purpose."""
    placed: set[int] = field(default_factory=set)
    """People whose stays in institutions are planted."""
    own_books: dict[int, tuple[str, int]] = field(default_factory=dict)
    """People with a hukou book of their own at the same address: its number and its head."""
    divorced: set[int] = field(default_factory=set)
    """People whose planted marriage has ended in a divorce."""
    uncalled: set[int] = field(default_factory=set)
    """Homes of old people on whom nobody calls on purpose."""
    causes: dict[int, str] = field(default_factory=dict)
    """Why a home fell back."""
    relapse_months: dict[int, int] = field(default_factory=dict)
    """When a home fell back, seen or not, the months to come included."""
    ledger: dict[tuple[int, int], float] = field(default_factory=dict)
    """Planted ledger incomes a head, by home and year."""
    serial: int = 0
    """How many such numbers have been given out."""
    _case_serials: list[int] = field(default_factory=list)
    _by_home: dict[int, list[Dibao]] = field(default_factory=dict)
    _indexed: int = -1

    def next_serial(self) -> int:
        """A number that nothing else of the county has, for certificates and events."""
        return int(self.next_serials(1)[0])

    def next_serials(self, count: int) -> NDArray[np.int64]:
        """As many such numbers, all from the block's range; their order tells nothing."""
        self.serial += count
        turn = np.arange(self.serial - count, self.serial)
        return self.block.first_serial + (turn * STEP + STEP) % SERIALS + 1

    def case_number(self, village: int) -> str:
        """The number of one more minimum-living case: county, township, and a number in no order."""
        if not self._case_serials:
            self._case_serials = case_serials(self.block)
        return case_number(self.areas, village, self._case_serials.pop())

    def home_of(self, person: int) -> int:
        """The home of a person."""
        return int(self.people.home[person])

    def cases_at(self, home: int) -> list[Dibao]:
        """The minimum-living cases of a home; indexed anew when cases were added."""
        if self._indexed != len(self.dibao):
            self._by_home = {}
            for case in self.dibao:  # one a recipient household
                self._by_home.setdefault(case.home, []).append(case)
            self._indexed = len(self.dibao)
        return self._by_home.get(home, [])

    def error_homes(self) -> set[int]:
        """Homes with a planted car, home or firm that bars them, and no lookalike."""
        return {
            int(self.people.home[p.person])
            for p in self.truth.planted
            if p.role == "case" and p.code in {"E15", "E17", "E22"}
        }

    def is_free(self, home: int) -> bool:
        """Whether nothing has been planted in a home."""
        return home not in self.used
