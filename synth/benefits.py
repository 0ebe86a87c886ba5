"""Benefits as the registers keep them: households, their members, and stipends by person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doudi.synth import months

if TYPE_CHECKING:
    from doudi.synth.areas import Areas


@dataclass
class Member:
    """A person in an assistance household."""

    person: int
    added: int
    removed: int = months.OPEN
    declared: float = 0.0
    typed: int = -1
    """Whose number the register carries for this person by a slip."""


class _Paid:
    """A benefit with its months; what is paid may go on beyond its end, or stop before it."""

    start: int
    end: int
    paid_to: int

    def last_paid(self) -> int:
        """The last delivered month that was paid."""
        return min(self.end if self.paid_to == months.OPEN else self.paid_to, months.LAST)

    def active(self) -> bool:
        """Whether it is paid in the last delivered month."""
        return self.end == months.OPEN and self.start <= months.LAST


@dataclass
class Dibao(_Paid):
    """A minimum-living household as its register and its payments tell it."""

    number: str
    home: int
    head: int
    members: list[Member]
    start: int
    village: int
    urban: bool
    account: str
    account_name: str
    end: int = months.OPEN
    reason: str = ""
    grace_end: int = months.OPEN
    handler: str = ""
    approved: int = 0
    """Day of the month of the approval, where it is not any day."""
    slip: tuple[int, int, float] = (1, 0, 0.0)
    """From and to which month how many CNY a month too much are paid, or too little."""
    paid_to: int = months.OPEN
    """Last paid month where payment went on beyond, or stopped before, the end."""
    shared_from: int = months.OPEN
    shared_account: str = ""
    """From ``shared_from`` on the money goes to this account."""
    returned: tuple[int, int] = (1, 0)
    """Months whose payments were given back later."""

    def members_in(self, month: int) -> list[Member]:
        """Whom the amount of a month is reckoned for; when all are gone, who left last."""
        last = max(m.removed for m in self.members)
        return [
            m for m in self.members if m.added <= month < m.removed or m.removed == last <= month
        ]

    def declared_pc(self, month: int = months.LAST) -> float:
        """Declared income per head in a month."""
        inside = self.members_in(month)
        return sum(m.declared for m in inside) / max(1, len(inside))

    def size_in(self, month: int) -> int:
        """How many members the amount of a month is reckoned for."""
        return max(1, len(self.members_in(month)))


@dataclass(frozen=True)
class Abroad:
    """A registration in another county that names somebody who is registered here."""

    case: Dibao
    """As the register there has it; its village is one of ``areas``."""
    here: str
    """The number of the household here."""
    place: int
    """Of the other county in the province."""
    areas: Areas
    """Of the other county."""


@dataclass
class Stipend(_Paid):
    """A benefit kept by person: its register, its months and where it is paid."""

    person: int
    kind: str
    """tekun, old_age, care or living."""
    start: int
    amount: float
    account: str
    account_name: str
    end: int = months.OPEN
    paid_to: int = months.OPEN
    institution: str = ""
    shared_from: int = months.OPEN
    shared_account: str = ""
    returned: tuple[int, int] = (1, 0)
