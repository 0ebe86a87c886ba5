"""Typing and export faults of real feeds, planted into rows that carry no planted fact."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doudi.synth.revised import corrected, late, withdrawn
from doudi.synth.spelling import Cells, misspell, odd_dates
from doudi.synth.worst import mistaken_unit, thinned, worsen

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.sheets import Sheet
    from doudi.synth.world import World

PLANTED_COMPANY = "2"
"""First digit of the serials of companies that planted facts rest on."""

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
    clean = pa.array(world.people.number[_protected(world)])
    for revise in (corrected, late, withdrawn):
        sheets = revise(world, sheets, partial(touchable, clean=clean))
    if level == WORST:
        sheets = [thinned(world, sheet, touchable(sheet, clean)) for sheet in sheets]
        sheets = [mistaken_unit(world, sheet) for sheet in sheets]
    return [
        _soiled(world, sheet, clean, level) if sheet.form.is_text else sheet for sheet in sheets
    ]


def _protected(world: World) -> NDArray[np.int64]:
    """People on whose rows planted facts rest."""
    homes = set(world.used) | set(world.unaided)
    homes |= {int(world.people.home[p]) for p in world.reserved | set(world.officials.person)}
    inside = np.isin(world.people.home, sorted(homes - {-1}))
    inside[[p.person for p in world.truth.planted]] = True
    return np.flatnonzero(inside)


def touchable(sheet: Sheet, clean: pa.Array) -> NDArray[np.bool_]:
    """Rows that name nobody whose rows must stay clean, nor a planted company."""
    free = np.ones(sheet.rows.num_rows, dtype=bool)
    for column in sheet.columns:
        if column.type.startswith("id18"):
            free &= ~_among(sheet.rows[column.field], clean)
        elif column.type.startswith("list"):
            people = pc.split_pattern(sheet.rows[column.field].combine_chunks(), ";")
            named = _among(people.flatten(), clean)
            free[np.unique(pc.list_parent_indices(people).to_numpy()[named])] = False
        elif column.field.endswith("uscc"):
            serial = pc.utf8_slice_codeunits(sheet.rows[column.field].cast(pa.string()), 8, 9)
            free &= ~_among(serial, pa.array([PLANTED_COMPANY]))
    return free


def _among(values: pa.ChunkedArray | pa.Array, wanted: pa.Array) -> NDArray[np.bool_]:
    """Whether each value is one of the wanted."""
    told = pc.is_in(values.cast(pa.string()), value_set=wanted)
    return np.asarray(told.to_numpy(zero_copy_only=False), dtype=bool)


def _soiled(world: World, sheet: Sheet, clean: pa.Array, level: int) -> Sheet:
    """One file with faults."""
    rng = world.rng
    free = touchable(sheet, clean)
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
