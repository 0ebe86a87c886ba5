"""Faults of the worst exports, one a function: what a cell becomes, and what a reader must say."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doudi.synth.numbers import check_digits

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

    from doudi.synth.forms import Column
    from doudi.synth.sheets import Sheet

UNREADABLE_DAYS = ("0000-00-00", "19000100", "2025-02-30", "2024-13-07")
OLD_TOWNSHIP = "900000"
"""Behind a county's six digits: the code of a township that was merged years ago."""
PERSON = 18


@dataclass(frozen=True)
class Fault:
    """One kind of fault.

    Attributes:
        code: The quality code of the domain model.
        share: Of rows, 0 to 1.
        fits: Whether a column may have it.
        spoil: The cell as it is typed; empty cells are left alone.
        reason: What a reader must say, as in the contract; empty where it can be repaired.
        every: Only one file in so many has the fault.
        kept: Whether the row is loaded although a key cannot be read.
    """

    code: str
    share: float
    fits: Callable[[Column, Sheet], bool]
    spoil: Callable[[str, Generator], str]
    reason: str = ""
    every: int = 1
    kept: bool = False

    def touches(self, sheet: Sheet, seed: int) -> bool:
        """Whether a file is one of those that have the fault."""
        name = f"{self.code} {seed} {sheet.batch} {sheet.source}"
        return zlib.crc32(name.encode()) % self.every == 0


def is_person(column: Column, sheet: Sheet) -> bool:
    """The number that says whom a row is about."""
    return column == sheet.person_column and column.role == "key"


def has_name(column: Column, sheet: Sheet) -> bool:
    """A number beside which a name stands, so that the row may do without it."""
    fields = {c.field for c in sheet.columns}
    beside = {"name"} if column.field == "person_id" else {column.field.replace("_id", "_name")}
    beside -= {column.field}
    return is_person(column, sheet) and bool(fields & beside) and _is_first_key(column, sheet)


def _is_first_key(column: Column, sheet: Sheet) -> bool:
    """Whether a column is the first of the key: only this one may be empty, beside a name."""
    return next(c for c in sheet.columns if c.role == "key") == column


def is_cremated(column: Column, sheet: Sheet) -> bool:
    """The dead in the funeral homes' records, which often have no number."""
    return has_name(column, sheet) and column.field == "deceased_id"


def is_name(column: Column, _sheet: Sheet) -> bool:
    """A person's name."""
    return column.field == "name"


def is_side_day(column: Column, _sheet: Sheet) -> bool:
    """A day without which a row still says something."""
    return column.type == "date" and column.role in {"plain", "added"}


def is_side_amount(column: Column, _sheet: Sheet) -> bool:
    """An amount without which a row still says something."""
    return column.type == "decimal" and column.role == "plain"


def is_area(column: Column, _sheet: Sheet) -> bool:
    """The area a row belongs to."""
    return column.field == "area_code" and column.role in {"plain", "added"}


def scientific(number: str, _rng: Generator) -> str:
    """What a spreadsheet makes of a number."""
    return f"{number[0]}.{number[1:6]}E+17" if len(number) == PERSON else number


def missing(number: str, rng: Generator) -> str:
    """No number, in one of the ways in which offices write that."""
    return str(rng.choice(["", "无", "000000000000000000"])) if number else number


def altered(number: str, rng: Generator) -> str:
    """A number that differs in one digit of the serial and passes its check."""
    if len(number) != PERSON or not number[:17].isdigit():
        return number
    place = int(rng.integers(14, 16))
    digit = str((int(number[place]) + 1) % 10)
    body = number[:place] + digit + number[place + 1 : 17]
    return body + str(check_digits(np.array([int(body)]))[0])


def spaced(name: str, _rng: Generator) -> str:
    """A name of two signs with a blank between them, a longer one with a wide blank behind it."""
    return f"{name[0]} {name[1]}" if len(name) == len("张三") else f"{name}　"


def unreadable_day(day: str, rng: Generator) -> str:
    """A day that is none."""
    return str(rng.choice(UNREADABLE_DAYS)) if day else day


def old_area(code: str, _rng: Generator) -> str:
    """The code that the first township's merged neighbour had."""
    return code[:6] + OLD_TOWNSHIP if code[6:9] == "001" else code


def emptied(_amount: str, _rng: Generator) -> str:
    """Nothing where there was an amount."""
    return ""


FAULTS = (
    Fault("q.idsci", 0.002, is_person, scientific, "id.scientific", every=10),
    Fault("q.noid", 0.01, has_name, missing, "id.missing", kept=True),
    Fault("q.noid", 0.05, is_cremated, missing, "id.missing", kept=True),
    Fault("q.alter", 0.0001, is_person, altered),
    Fault("q.name", 0.008, is_name, spaced),
    Fault("q.date", 0.007, is_side_day, unreadable_day, "date.impossible"),
    Fault("q.area", 0.02, is_area, old_area),
    Fault("q.null", 0.003, is_side_amount, emptied),
)
"""Shares are those of the domain model; for amounts left empty it gives none, and this is ours."""
