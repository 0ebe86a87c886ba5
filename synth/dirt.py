"""Typing and export faults of real feeds, planted into rows that carry no planted fact."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

from doudi.synth import months
from doudi.synth.files import amount_column, text_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.files import Sheet
    from doudi.synth.world import World

Cells: TypeAlias = dict[str, list[str]]
"""The typed cells of a file, column by column."""

TWICE = 0.012
SPELT = (("q.idx", 0.03), ("q.id15", 0.02), ("q.space", 0.01), ("q.wide", 0.005))
BORN_BEFORE = "1962"
ODD_DATES = 0.006
MOVED = 12
CORRECTED = 6
REFUSED: dict[str, tuple[tuple[str, str, str], ...]] = {
    "old_age_allowance": (
        ("person_id", "", "id.missing"),
        ("person_id", "000000000000000000", "id.missing"),
        ("person_id", "5.39901E+17", "id.scientific"),
        ("person_id", "见附件", "id.text"),
        ("person_id", "!checksum", "id.checksum"),
        ("amount", "待核", "number.text"),
        ("pay_month", "202513", "month.impossible"),
    ),
    "driver_and_violations": (
        ("driver_id", "", "id.missing"),
        ("driver_id", "!checksum", "id.checksum"),
    ),
    "enterprise_tax_filing": (
        ("revenue", "——", "number.text"),
        ("period", "202500", "month.impossible"),
    ),
    "death_medical_certificate": (("death_date", "2025-02-30", "date.impossible"),),
}
"""Source, then column, what is written there, and why the row is refused."""
LATE = ("driver_and_violations", "inpatient_settlement")


def soil(world: World, sheets: list[Sheet]) -> list[Sheet]:
    """The same files with faults; refused rows are noted in the truth."""
    clean = set(world.people.number[_protected(world)].tolist())
    sheets = _late(world, _corrected(world, sheets, clean), clean)
    return [
        _soiled(world, sheet, clean) if sheet.form.suffix.startswith("csv") else sheet
        for sheet in sheets
    ]


def _protected(world: World) -> NDArray[np.int64]:
    """People on whose rows planted facts rest."""
    homes = set(world.used) | set(world.unaided)
    homes |= {int(world.people.home[p]) for p in world.reserved | set(world.officials.person)}
    inside = np.isin(world.people.home, sorted(homes - {-1}))
    inside[[p.person for p in world.truth.planted]] = True
    return np.flatnonzero(inside)


def _touchable(sheet: Sheet, clean: set[str]) -> NDArray[np.bool_]:
    """Rows that name nobody whose rows must stay clean, nor a planted company."""
    free = np.ones(len(sheet.rows), dtype=bool)
    for column in sheet.columns:
        values = sheet.rows[column.field]
        if column.type.startswith("id18"):
            free &= ~values.isin(clean).to_numpy()
        elif column.type.startswith("list"):
            parts = values.astype(str).str.split(";")
            free &= ~np.array([any(part in clean for part in row) for row in parts], dtype=bool)
        elif column.field.endswith("uscc"):
            free &= ~values.astype(str).str[8:10].eq("20").to_numpy()
    return free


def _corrected(world: World, sheets: list[Sheet], clean: set[str]) -> list[Sheet]:
    """Names that the snapshot has wrong and the next delivery puts right."""
    by = {(s.source, s.batch): i for i, s in enumerate(sheets)}
    first = by["hukou_population", months.month_name(months.SNAPSHOT)]
    second = by["hukou_population", months.month_name(months.SNAPSHOT + 1)]
    chosen = np.flatnonzero(_touchable(sheets[first], clean))
    chosen = world.rng.permutation(chosen)[:CORRECTED]
    right = sheets[first].rows.iloc[chosen]
    wrong = sheets[first].rows.copy()
    names = wrong["name"].to_numpy(dtype=object, copy=True)
    names[chosen] = [f"{name}儿" for name in right["name"]]
    wrong["name"] = names
    sheets[first] = replace(sheets[first], rows=wrong)
    joined = pd.concat([sheets[second].rows, right], ignore_index=True)
    sheets[second] = replace(sheets[second], rows=joined)
    return sheets


def _late(world: World, sheets: list[Sheet], clean: set[str]) -> list[Sheet]:
    """Rows that reach the county one delivery late."""
    by = {(s.source, s.batch): i for i, s in enumerate(sheets)}
    for source in LATE:
        first = by[source, months.month_name(months.SNAPSHOT)]
        second = by[source, months.month_name(months.SNAPSHOT + 1)]
        rows = sheets[first].rows
        chosen = world.rng.permutation(np.flatnonzero(_touchable(sheets[first], clean)))[:MOVED]
        later = pd.concat([sheets[second].rows, rows.iloc[chosen]], ignore_index=True)
        sheets[first] = replace(
            sheets[first], rows=rows.drop(index=rows.index[chosen]).reset_index(drop=True)
        )
        sheets[second] = replace(sheets[second], rows=later)
    return sheets


def _soiled(world: World, sheet: Sheet, clean: set[str]) -> Sheet:
    """One file with faults."""
    rng = world.rng
    free = _touchable(sheet, clean)
    twice = np.flatnonzero(free & (rng.random(len(free)) < TWICE))
    rows = pd.concat([sheet.rows, sheet.rows.iloc[twice]], ignore_index=True)
    sheet = replace(sheet, rows=rows)
    text = {c.field: list(text_of(rows[c.field], c, sheet.form)) for c in sheet.columns}
    alone = free.copy()
    alone[twice] = False
    refused = _refuse(world, sheet, text, np.flatnonzero(alone))
    alone[refused[refused < len(alone)]] = False
    _misspell(world, sheet, text, np.flatnonzero(alone))
    _odd_dates(world, sheet, text, np.flatnonzero(alone))
    return replace(sheet, text=pd.DataFrame(text), unread=_unread(sheet, refused, text))


def _unread(sheet: Sheet, refused: NDArray[np.int64], text: Cells) -> frozenset[int]:
    """Rows whose amount cannot be read."""
    amount = amount_column(sheet)
    if amount is None:
        return frozenset()
    marks = {
        wanted for _, wanted, reason in REFUSED.get(sheet.source, ()) if reason == "number.text"
    }
    place = text[amount.field]
    return frozenset(int(i) for i in refused if place[int(i)] in marks)


def _refuse(world: World, sheet: Sheet, text: Cells, free: NDArray[np.int64]) -> NDArray[np.int64]:
    """Plant what the contract refuses, and note line and reason; returns the rows."""
    faults = REFUSED.get(sheet.source, ())
    if not faults or len(free) <= len(faults):
        return np.zeros(0, dtype=np.int64)
    chosen = world.rng.permutation(free)[: len(faults)]
    for row, (field, wanted, reason) in zip(chosen.tolist(), faults, strict=True):
        at = text[field]
        value = str(at[row])
        at[row] = _wrong_digit(value) if wanted == "!checksum" else wanted
        world.truth.refused.append(_note(sheet, row, field, reason))
    return chosen


def _note(sheet: Sheet, row: int, field: str, reason: str) -> dict[str, Any]:
    """A refused row; lines are counted as a spreadsheet shows them."""
    return {
        "source": sheet.source,
        "batch": sheet.batch,
        "line": row + 2,
        "field": field,
        "reason": reason,
    }


def _wrong_digit(number: str) -> str:
    """The number with another check character."""
    return number[:-1] + ("1" if number[-1] != "1" else "2")


def _misspell(world: World, sheet: Sheet, text: Cells, free: NDArray[np.int64]) -> None:
    """Person numbers in the spellings that can be repaired."""
    field = next((c.field for c in sheet.columns if c.type == "id18"), None)
    if field is None:
        return
    at = text[field]
    draw = world.rng.random(len(free))
    for row, chance in zip(free.tolist(), draw.tolist(), strict=True):  # text faults, one a cell
        at[row] = _spelling(str(at[row]), chance)


def _spelling(number: str, chance: float) -> str:
    """One number as somebody might have typed it."""
    if len(number) != len("539901194208030018"):
        return number
    low = 0.0
    kind = ""
    for told, share in SPELT:
        if low <= chance < low + share:
            kind = told
        low += share
    if not kind:
        return number
    if kind == "q.idx":
        return number.lower() if number.endswith("X") else f"'{number}"
    if kind == "q.id15":
        return number[:6] + number[8:17] if number[6:10] < BORN_BEFORE else number
    if kind == "q.space":
        return f"{number[:6]} {number[6:]} "
    return number.translate({ord(str(d)): chr(0xFF10 + d) for d in range(10)})


def _odd_dates(world: World, sheet: Sheet, text: Cells, free: NDArray[np.int64]) -> None:
    """Dates in another spelling than the rest of the column."""
    fields = [c.field for c in sheet.columns if c.type == "date"]
    if not fields or sheet.form.dates != "%Y-%m-%d":
        return
    at = text[fields[0]]
    for row in free[world.rng.random(len(free)) < ODD_DATES].tolist():  # few cells
        value = str(at[row])
        if value:
            at[row] = value.replace("-", "/") if row % 2 else value.replace("-", "")
