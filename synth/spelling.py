"""Cells as somebody might have typed them: numbers and days in spellings that can be repaired."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from doudi.synth.texts import text_of

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from doudi.synth.sheets import Sheet

SPELT = {
    1: (("q.idx", 0.03), ("q.id15", 0.02), ("q.space", 0.01), ("q.wide", 0.005)),
    2: (("q.idx", 0.03), ("q.id15", 0.06), ("q.space", 0.01), ("q.wide", 0.005)),
}
"""Shares of numbers by level of dirt."""
OLD = {1: "1962", 2: "1966"}
"""Birth year before which a number may be listed with 15 digits."""
YOUNGER, LAST_WITH_15 = 0.25, "1999"
"""At level 2 also people born later, down to the last who had such a number, but fewer of them."""
ODD_DATES = 0.006
PERSON = 18


class Cells:
    """The typed cells of a file; columns are typed when somebody first touches them."""

    def __init__(self, sheet: Sheet) -> None:
        """Nothing is touched yet."""
        self._sheet = sheet
        self._touched: dict[str, NDArray[np.object_]] = {}

    def __getitem__(self, field: str) -> NDArray[np.object_]:
        """The cells of a column, to be changed in place."""
        if field not in self._touched:
            column = next(c for c in self._sheet.columns if c.field == field)
            text = text_of(self._sheet.rows[field], column, self._sheet.form)
            self._touched[field] = text.to_numpy(zero_copy_only=False)
        return self._touched[field]

    def typed(self) -> dict[str, pa.Array]:
        """The columns that were touched."""
        return {field: pa.array(cells, pa.string()) for field, cells in self._touched.items()}


def misspell(
    rng: Generator, sheet: Sheet, text: Cells, free: NDArray[np.int64], level: int
) -> None:
    """Person numbers in the spellings that can be repaired."""
    if sheet.person_column is None:
        return
    at = text[sheet.person_column.field]
    draw = rng.random(len(free))
    hit = draw < sum(share for _, share in SPELT[level])
    for row, chance in zip(free[hit].tolist(), draw[hit].tolist(), strict=True):  # a few per cent
        at[row] = _spelling(str(at[row]), chance, level)


def _spelling(number: str, chance: float, level: int) -> str:
    """One number as somebody might have typed it."""
    if len(number) != PERSON:
        return number
    kinds = [kind for kind, _ in SPELT[level]]
    ends = np.cumsum([share for _, share in SPELT[level]])
    place = int(np.searchsorted(ends, chance, side="right"))
    kind, within = kinds[place], chance - (ends[place - 1] if place else 0.0)
    if kind == "q.idx":
        return number.lower() if number.endswith("X") else f"'{number}"
    if kind == "q.id15":
        return _shortened(number, within / SPELT[level][place][1], level)
    if kind == "q.space":
        return f"{number[:6]} {number[6:]} "
    return number.translate({ord(str(d)): chr(0xFF10 + d) for d in range(10)})


def _shortened(number: str, chance: float, level: int) -> str:
    """A number of 15 digits for the old, at level 2 also for some of the younger."""
    born = number[6:10]
    young = level > 1 and chance < YOUNGER and born <= LAST_WITH_15
    return number[:6] + number[8:17] if born < OLD[level] or young else number


def odd_dates(rng: Generator, sheet: Sheet, text: Cells, free: NDArray[np.int64]) -> None:
    """Dates in another spelling than the rest of the column."""
    fields = [c.field for c in sheet.columns if c.type == "date"]
    if not fields or sheet.form.dates != "%Y-%m-%d":
        return
    at = text[fields[0]]
    for row in free[rng.random(len(free)) < ODD_DATES].tolist():  # few cells
        value = str(at[row])
        if value:
            at[row] = value.replace("-", "/") if row % 2 else value.replace("-", "")
