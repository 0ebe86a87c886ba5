"""What is true: planted cases, lookalikes, refused rows, relapses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from doudi.synth import months
from doudi.synth.archives import archive_number

if TYPE_CHECKING:
    from doudi.synth.benefits import Dibao
    from doudi.synth.relapses import Relapses
    from doudi.synth.sheets import Sheet
    from doudi.synth.world import World

DIBAO = "dibao_household_register"


@dataclass(frozen=True)
class Planted:
    """One planted fact; the amount is reckoned from the payments at the end."""

    code: str
    role: str
    household_id: str
    register: str
    person: int
    first: int
    last: int
    clearing: str = ""
    min_grade: str = "exact"
    difficulty: str = "plain"
    payee: int = -1
    programmes: tuple[str, ...] = ()
    """Which payments make up the amount: those of the household, or of a payee's programmes."""
    known: int = 0
    """Month in which the evidence is complete."""
    amount: float = -1.0
    """What was paid too much or too little, where that is not what was paid; else negative."""


@dataclass
class Truth:
    """Collects planted facts, refused rows and relapses."""

    planted: list[Planted] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    relapses: list[dict[str, Any]] = field(default_factory=list)
    faults: list[dict[str, Any]] = field(default_factory=list)

    def add(self, planted: Planted) -> None:
        """Note a planted fact."""
        self.planted.append(planted)

    def refuse(
        self, sheet: Sheet, row: int, field: str, reason: str, *, effect: str = "row refused"
    ) -> None:
        """Note a cell that nobody can read; lines are counted as a spreadsheet shows them."""
        self.refused.append(
            {
                "source": sheet.source,
                "batch": sheet.batch,
                "line": row + 2,
                "field": field,
                "reason": reason,
                "effect": effect,
            }
        )

    def count(self, role: str) -> int:
        """How many facts of a role were planted."""
        return sum(p.role == role for p in self.planted)


def about_case(  # noqa: PLR0913 - one argument a column
    world: World,
    code: str,
    case: Dibao,
    person: int,
    first: int,
    *,
    role: str = "case",
    clearing: str = "",
    last: int | None = None,
    difficulty: str = "plain",
    grade: str = "exact",
    known: int | None = None,
) -> None:
    """Note a fact about a member of a minimum-living household and take the home out of use."""
    world.used.add(case.home)
    begin = max(first, case.start, months.FIRST_PAID)
    end = case.last_paid() if last is None else min(last, case.last_paid())
    world.truth.add(
        Planted(
            code,
            role,
            case.number,
            DIBAO,
            person,
            begin,
            end,
            clearing,
            grade,
            difficulty,
            known=begin if known is None else known,
        )
    )


def about_person(  # noqa: PLR0913 - one argument a column
    world: World,
    code: str,
    person: int,
    register: str,
    first: int,
    last: int,
    *,
    role: str = "case",
    clearing: str = "",
    programmes: tuple[str, ...] = (),
    difficulty: str = "plain",
    known: int | None = None,
) -> None:
    """Note a fact about a benefit kept by person."""
    world.used.add(world.home_of(person))
    number = str(world.people.number[person])
    world.truth.add(
        Planted(
            code,
            role,
            f"person:{number}",
            register,
            person,
            max(first, months.FIRST_PAID),
            last,
            clearing,
            "exact",
            difficulty,
            person,
            programmes,
            first if known is None else known,
        )
    )


def about_need(  # noqa: PLR0913 - one argument a column
    world: World,
    code: str,
    household: tuple[str, str],
    person: int,
    first: int,
    *,
    role: str = "case",
    clearing: str = "",
    difficulty: str = "plain",
    grade: str = "exact",
) -> None:
    """Note a need that is not met: it lasts to the last delivered month."""
    world.used.add(world.home_of(person))
    world.truth.add(
        Planted(
            code,
            role,
            household[1],
            household[0],
            person,
            first,
            months.LAST,
            clearing,
            grade,
            difficulty,
            known=first,
        )
    )


def note_relapses(world: World, relapses: Relapses) -> None:
    """Who fell back, seen by the county or not; months after the delivered ones included."""
    homes, people, aid = world.homes, world.people, world.aid
    for i, home in enumerate(relapses.home.tolist()):  # one a relapse
        archived = bool(aid.archived[home])
        month = int(relapses.month[i])
        world.truth.relapses.append(
            {
                "household_id": archive_number(world, home)
                if archived
                else str(homes.book_no[homes.book[home]]),
                "register": "poverty_archive" if archived else "hukou_population",
                "person_id": str(people.number[homes.head[home]]),
                "month": months.month_name(month),
                "cause": str(relapses.cause[i]),
                "entered": str(relapses.register[i]) if relapses.observed[i] else "",
                "observed": bool(relapses.observed[i]),
                "delivered": month <= months.LAST,
            }
        )
