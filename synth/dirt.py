"""Typing and export faults of real feeds, planted into rows that carry no planted fact."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doudi.synth.texts import text_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.sheets import Sheet
    from doudi.synth.world import World

PLANTED_COMPANY = "2"
"""First digit of the serials of companies that planted facts rest on."""

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


def soil(world: World, sheets: list[Sheet]) -> list[Sheet]:
    """The same files with faults; refused rows are noted in the truth."""
    clean = pa.array(world.people.number[_protected(world)])
    sheets = _late(world, _corrected(world, sheets, clean), clean)
    return [_soiled(world, sheet, clean) if sheet.form.is_text else sheet for sheet in sheets]


def _protected(world: World) -> NDArray[np.int64]:
    """People on whose rows planted facts rest."""
    homes = set(world.used) | set(world.unaided)
    homes |= {int(world.people.home[p]) for p in world.reserved | set(world.officials.person)}
    inside = np.isin(world.people.home, sorted(homes - {-1}))
    inside[[p.person for p in world.truth.planted]] = True
    return np.flatnonzero(inside)


def _touchable(sheet: Sheet, clean: pa.Array) -> NDArray[np.bool_]:
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


def _first_two(sheets: list[Sheet], source: str) -> list[int]:
    """Where a source's first two files stand among the sheets; nothing if it is not delivered."""
    return [place for place, sheet in enumerate(sheets) if sheet.source == source][:2]


def _corrected(world: World, sheets: list[Sheet], clean: pa.Array) -> list[Sheet]:
    """Names that the snapshot has wrong and the next delivery puts right."""
    places = _first_two(sheets, "hukou_population")
    if not places:
        return sheets
    first, second = places
    rows = sheets[first].rows
    chosen = np.flatnonzero(_touchable(sheets[first], clean))
    chosen = world.rng.permutation(chosen)[:CORRECTED]
    right = rows.take(pa.array(chosen))
    names = rows["name"].to_numpy().astype(object)
    names[chosen] = [f"{names[row]}儿" for row in chosen]
    place = rows.column_names.index("name")
    wrong = rows.set_column(place, "name", pa.array(names, pa.string()))
    sheets[first] = replace(sheets[first], rows=wrong)
    sheets[second] = replace(
        sheets[second],
        rows=pa.concat_tables([sheets[second].rows, right], promote_options="default"),
    )
    return sheets


def _late(world: World, sheets: list[Sheet], clean: pa.Array) -> list[Sheet]:
    """Rows that reach the county one delivery late."""
    for first, second in filter(None, (_first_two(sheets, source) for source in LATE)):
        rows = sheets[first].rows
        chosen = world.rng.permutation(np.flatnonzero(_touchable(sheets[first], clean)))[:MOVED]
        kept = np.delete(np.arange(rows.num_rows), chosen)
        later = pa.concat_tables([sheets[second].rows, rows.take(pa.array(chosen))])
        sheets[first] = replace(sheets[first], rows=rows.take(pa.array(kept)))
        sheets[second] = replace(sheets[second], rows=later)
    return sheets


def _soiled(world: World, sheet: Sheet, clean: pa.Array) -> Sheet:
    """One file with faults."""
    rng = world.rng
    free = _touchable(sheet, clean)
    twice = np.flatnonzero(free & (rng.random(len(free)) < TWICE))
    every = np.concatenate([np.arange(len(free)), twice])
    sheet = replace(sheet, rows=sheet.rows.take(pa.array(every)))
    text = Cells(sheet)
    alone = free.copy()
    alone[twice] = False
    refused = _refuse(world, sheet, text, np.flatnonzero(alone))
    alone[refused[refused < len(alone)]] = False
    _misspell(world, sheet, text, np.flatnonzero(alone))
    _odd_dates(world, sheet, text, np.flatnonzero(alone))
    return replace(sheet, typed=text.typed(), unread=_unread(sheet, refused, text))


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
    if sheet.person_column is None:
        return
    at = text[sheet.person_column.field]
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
