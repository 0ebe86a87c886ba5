"""Typing and export faults of real feeds, planted into rows that carry no planted fact."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from doudi.synth.revised import corrected, late, withdrawn
from doudi.synth.shelter import shelter_of
from doudi.synth.spelling import Cells, misspell, odd_dates
from doudi.synth.worst import mistaken_unit, thinned, worsen

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.sheets import Sheet
    from doudi.synth.shelter import Shelter
    from doudi.synth.world import World

TWICE = 0.012
WORST = 2
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


def soil(world: World, sheets: list[Sheet], level: int) -> list[Sheet]:
    """The same files with faults; refused rows are noted in the truth.

    Level 1 has the faults that a reader repairs, and a few rows that it must refuse; level 2 all
    quality codes of the domain model at its rates.
    """
    clean = shelter_of(world, sheets)
    for revise in (corrected, late, withdrawn):
        sheets = revise(world, sheets, clean.free)
    if level == WORST:
        sheets = [thinned(world, sheet, clean.free(sheet)) for sheet in sheets]
        sheets = [mistaken_unit(world, sheet) for sheet in sheets]
    return [
        _soiled(world, sheet, clean, level) if sheet.form.is_text else sheet for sheet in sheets
    ]


def _soiled(world: World, sheet: Sheet, clean: Shelter, level: int) -> Sheet:
    """One file with faults."""
    rng = world.rng
    free = clean.free(sheet)
    twice = np.flatnonzero(free & (rng.random(len(free)) < TWICE))
    every = np.concatenate([np.arange(len(free)), twice])
    sheet = replace(sheet, rows=sheet.rows.take(pa.array(every)))
    text = Cells(sheet)
    alone = free.copy()
    alone[twice] = False
    refused = _refuse(world, sheet, text, np.flatnonzero(alone))
    unread = _unread(sheet, refused, text)
    alone[refused[refused < len(alone)]] = False
    if level == WORST:
        emptied = worsen(world, sheet, text, alone)
        unread |= emptied
    misspell(rng, sheet, text, np.flatnonzero(alone), level)
    odd_dates(rng, sheet, text, np.flatnonzero(alone))
    return replace(sheet, typed=text.typed(), unread=unread)


def _unread(sheet: Sheet, refused: NDArray[np.int64], text: Cells) -> frozenset[int]:
    """Rows whose amount cannot be read."""
    amount = sheet.amount_column
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
        world.truth.refuse(sheet, row, field, reason)
    return chosen


def _wrong_digit(number: str) -> str:
    """The number with another check character."""
    return number[:-1] + ("1" if number[-1] != "1" else "2")
