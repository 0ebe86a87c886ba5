"""Dirt of level 2: every quality code of the domain model, at its rates."""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from doudi.synth import months
from doudi.synth.faults import FAULTS

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from doudi.synth.faults import Fault
    from doudi.synth.forms import Column
    from doudi.synth.sheets import Sheet
    from doudi.synth.spelling import Cells
    from doudi.synth.world import World

THIN_FILES = 20
"""One delta file in so many lacks the rows of a township."""
SWAPPED = 0.002
"""Marriages with the spouses' numbers in each other's place."""
UNIT_SOURCES = (
    "charity_aid",
    "student_aid",
    "tertiary_tuition_loan",
    "family_planning_aid",
    "medical_assistance",
    "deed_tax",
    "vehicle_purchase_tax",
    "needy_workers",
)
"""Sources without planted facts; half of their delta files are one in 25 of all files."""
FIRST = months.month_name(months.SNAPSHOT)


def thinned(world: World, sheet: Sheet, free: NDArray[np.bool_]) -> Sheet:
    """The sheet, or what is left of it where a township's rows were forgotten.

    Rows that planted facts rest on are sent in any case.
    """
    name = f"q.cov {world.block.seed} {sheet.batch} {sheet.source}"
    fields = [c.field for c in sheet.columns]
    chosen = zlib.crc32(name.encode()) % THIN_FILES == 0 and sheet.batch != FIRST
    last = world.block.number == world.block.of - 1
    if not (chosen and last and "area_code" in fields):
        return sheet
    town = str(world.areas.town_code[-1])[:9]
    codes = sheet.rows["area_code"].cast(pa.string()).to_numpy(zero_copy_only=False)
    lost = free & np.char.startswith(codes.astype("U12"), town)
    if lost.any():
        _note(world, sheet, None, town, "q.cov")
    return replace(sheet, rows=sheet.rows.take(pa.array(np.flatnonzero(~lost))))


def mistaken_unit(world: World, sheet: Sheet) -> Sheet:
    """The sheet, or the same with its amounts in ten thousands, where a clerk forgot to say so."""
    name = f"q.unit {world.block.seed} {sheet.batch} {sheet.source}"
    chosen = zlib.crc32(name.encode()) % 2 == 0 and sheet.batch != FIRST
    amount = sheet.amount_column
    if not chosen or amount is None or sheet.source not in UNIT_SOURCES or not sheet.rows.num_rows:
        return sheet
    if world.block.number == 0:
        _note(world, sheet, None, amount.field, "q.unit")
    values = np.round(sheet.rows[amount.field].to_numpy() / 10_000, 2)
    place = sheet.rows.column_names.index(amount.field)
    return replace(sheet, rows=sheet.rows.set_column(place, amount.field, pa.array(values)))


def worsen(world: World, sheet: Sheet, text: Cells, alone: NDArray[np.bool_]) -> frozenset[int]:
    """Spoil cells, one a row at most; returns the rows whose first amount is now unreadable.

    ``alone`` says which rows may be spoilt; those that were are taken out of it.
    """
    rng = world.block.stream(f"dirt {sheet.batch} {sheet.source}")
    emptied: set[int] = set()
    for fault in FAULTS:
        if not fault.touches(sheet, world.block.seed):
            continue
        for column in (c for c in sheet.columns if fault.fits(c, sheet)):
            rows = _spoil(world, sheet, text, alone, fault, column, rng)
            if column == sheet.amount_column:
                emptied |= set(rows)
    _swap_spouses(world, sheet, text, alone, rng)
    return frozenset(emptied)


def _spoil(
    world: World,
    sheet: Sheet,
    text: Cells,
    alone: NDArray[np.bool_],
    fault: Fault,
    column: Column,
    rng: Generator,
) -> list[int]:
    """One fault in one column; returns the rows that have it."""
    rows = np.flatnonzero(alone & (rng.random(len(alone)) < fault.share)).tolist()
    if not rows:
        return []
    cells, spoilt = text[column.field], []
    for row in rows:  # a share of a per cent
        before = str(cells[row])
        after = fault.spoil(before, rng)
        if before == after or not before:
            continue
        cells[row] = after
        alone[row] = False
        spoilt.append(row)
        _note(world, sheet, row, column.field, fault.code)
        if fault.reason:
            refused = column.role in {"key", "main"} and not fault.kept
            effect = "row refused" if refused else "field unknown"
            world.truth.refuse(sheet, row, column.field, fault.reason, effect=effect)
    return spoilt


def _swap_spouses(
    world: World, sheet: Sheet, text: Cells, alone: NDArray[np.bool_], rng: Generator
) -> None:
    """Marriages with the numbers of husband and wife in each other's place."""
    if sheet.source != "marriage_registration":
        return
    husband, wife = text["husband_id"], text["wife_id"]
    for row in np.flatnonzero(alone & (rng.random(len(alone)) < SWAPPED)).tolist():  # very few
        husband[row], wife[row] = wife[row], husband[row]
        alone[row] = False
        _note(world, sheet, row, "husband_id", "q.swap")


def _note(world: World, sheet: Sheet, row: int | None, field: str, code: str) -> None:
    """A fault; line 0 stands for the whole file."""
    world.truth.faults.append(
        {
            "source": sheet.source,
            "batch": sheet.batch,
            "line": 0 if row is None else row + 2,
            "field": field,
            "code": code,
        }
    )
