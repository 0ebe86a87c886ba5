"""What is linked by what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from doudi.graph.errors import Lang

LINKED = 0.95
"""From this probability on a pair has the grade ``linked``."""
POSSIBLE = 0.5
"""From this probability on a pair is told at all, as ``possible``."""
KINDS = ("name", "birth", "sex", "area", "household")
"""What a column can be mapped to."""


@dataclass(frozen=True)
class LinkSettings:
    """Which column means what; an empty text means that there is none.

    Attributes:
        id: Column of an identifier of the record, without nulls and doubles.
        name: Name of the person; several columns joined by ``+``, as everywhere here.
        birth: Date or year of birth, in any spelling.
        sex: Sex, in any spelling.
        area: Code or name of a place; codes of which the beginning is the larger area.
        household: Number of the household in its own register; the numbers of two registers
            need have nothing in common.
        compare: Further columns that are the same for one person.
        one_to_one: Of two tables, whether a record has at most one partner on the other side.
        lang: Language of the reasons.

    >>> LinkSettings(name="given+surname", compare=("phone",)).columns
    ('given', 'surname', 'phone')
    """

    id: str = "id"
    name: str = ""
    birth: str = ""
    sex: str = ""
    area: str = ""
    household: str = ""
    compare: tuple[str, ...] = ()
    one_to_one: bool = False
    lang: Lang = "zh"

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is compared."""
        told = [getattr(self, kind) for kind in KINDS]
        return tuple(part for names in (*told, *self.compare) if names for part in names.split("+"))
